"""Visits: who has been where, whichever app keeps it.

Somebody is assigned to a place; a visit may be written down by hand, or follow from an occasion in
which that person took part there. Each app that knows of visits adds a `VisitSource` in its
`readings`; whoever asks sees them as one list.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from partybuild.periods import Period
from partybuild.registry import Registry


@dataclass(frozen=True)
class Pair:
    """One assignment: its own key, the place visited, and the visitor's file where there is one."""

    key: int
    organization: int
    person: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Visit:
    """One visit of a pair: the day, what it left behind, and the page that shows it."""

    pair: int
    visited_on: dt.date
    text: str = ""
    url: str = ""


class VisitSource:
    """走访来源: finds the visits of many pairs in a period, in constant queries and the open scope."""

    code: ClassVar[str]

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            visit_sources.add(cls.code, cls())

    def visits(self, pairs: Sequence[Pair], period: Period) -> Iterable[Visit]:
        """Return the visits of these pairs on the days of the period."""
        raise NotImplementedError


visit_sources: Registry[VisitSource] = Registry("走访来源")


def visits_of(pairs: Sequence[Pair], period: Period) -> dict[int, list[Visit]]:
    """Return the visits of every source: key of the pair -> visits, the newest first."""
    found: defaultdict[int, list[Visit]] = defaultdict(list)
    for source in visit_sources:
        for visit in source.visits(pairs, period):
            found[visit.pair].append(visit)
    for visits in found.values():
        visits.sort(key=lambda visit: (visit.visited_on, visit.url, visit.text), reverse=True)
    return dict(found)
