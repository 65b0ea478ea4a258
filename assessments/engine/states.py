"""How a rule, a line, a category or a total stands, and the steps that lead to its points."""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """How something that is scored stands; only what is scored has points."""

    SCORED = "scored"
    UNSCORED = "unscored"
    PENDING = "pending"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return {
            "scored": "已得分",
            "unscored": "未评",
            "pending": "未到期",
            "not_applicable": "不适用",
        }[self.value]


class Step(NamedTuple):
    """One step of the arithmetic in words, with the number before and after it where it has one."""

    text: str
    before: Decimal | None = None
    after: Decimal | None = None


def together(states: list[State]) -> State:
    """Return how several parts stand as one: whatever is open keeps the whole open."""
    if not states:
        return State.SCORED
    for state in (State.UNSCORED, State.PENDING):
        if state in states:
            return state
    return State.SCORED if State.SCORED in states else State.NOT_APPLICABLE
