"""What a measurement says: a figure, what it is compared with, and the goal."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One line of the report; without a peer or a goal the line only tells the figure."""

    name: str
    value: float
    unit: str
    peer: str = ""
    peer_value: float | None = None
    ratio: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def goal(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:g} 倍"
        return f"≥ {self.at_least:g} 倍" if self.at_least is not None else ""

    @property
    def met(self) -> bool | None:
        """Tell whether the goal is met; None where there is none."""
        if self.ratio is None or not self.goal:
            return None
        if self.at_most is not None:
            return self.ratio <= self.at_most
        return self.ratio >= (self.at_least or 0)


def cpu_seconds(act: Callable[[], Any]) -> float:
    """Return the CPU seconds of this process that an act takes."""
    started = time.process_time()
    act()
    return time.process_time() - started


def interleaved(acts: Mapping[str, Callable[[], Any]], *, rounds: int) -> dict[str, float]:
    """Do all acts in turn, round after round; return the median CPU seconds of each.

    One round before is not counted: it fills caches.
    """
    for act in acts.values():
        act()
    gc.collect()
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            taken[name].append(cpu_seconds(act))
    return {name: statistics.median(seconds) for name, seconds in taken.items()}
