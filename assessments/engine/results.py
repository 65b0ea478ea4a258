"""What is known of a subject, and what follows from it: a tree of results, each with its steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from assessments.engine.document import Band, Category, Document, Line, Side, Total
from assessments.engine.ladders import Reading, Record
from assessments.engine.numbers import said
from assessments.engine.rules.base import ZERO, Given, Rule, Weighed
from assessments.engine.states import State, Step, together
from assessments.engine.written import fingerprint

# What is asked about the subject itself stands under this line: its class, answers to conditions.
SUBJECT = ""
CLASS, EXCLUDED = "class", "excluded"


@dataclass(frozen=True)
class Adjusted:
    """加减分 of one subject that has been approved: signed points, and for what."""

    points: Decimal
    reason: str


@dataclass(frozen=True)
class Inputs:
    """What is known of one subject: what people said, by side, line and rule, and the records.

    `adjustments` are those approved, in the order of their approval.
    """

    given: Mapping[tuple[str, str], Mapping[str, Given]] = field(default_factory=dict)
    records: Mapping[str, Record] = field(default_factory=dict)
    adjustments: tuple[Adjusted, ...] = ()

    def about_subject(self, name: str) -> str:
        """Return what was said of the subject itself: its class, its exclusion, an answer."""
        return self.given.get(("", SUBJECT), {}).get(SUBJECT, {}).get(name, "")


@dataclass(frozen=True)
class RuleResult:
    rule: Rule
    outcome: Weighed


@dataclass(frozen=True)
class LineResult:
    """A line of one subject: its rules, its steps, and the points if it is scored."""

    line: Line
    state: State
    points: Decimal | None
    rules: tuple[RuleResult, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def reading(self) -> Reading | None:
        """What the months say, if a frequency measures the line."""
        found = (one.outcome.reading for one in self.rules if one.outcome.reading)
        return next(found, None)

    @cached_property
    def all_steps(self) -> tuple[Step, ...]:
        told = [step for one in self.rules for step in one.outcome.steps]
        return (*told, *self.steps)


@dataclass(frozen=True)
class CategoryResult:
    """A category of one side: `so_far` is what there is already, `points` only when it is whole."""

    category: Category
    state: State
    so_far: Decimal
    lines: tuple[LineResult, ...]
    steps: tuple[Step, ...] = ()

    @property
    def points(self) -> Decimal | None:
        return self.so_far if self.state is State.SCORED else None


@dataclass(frozen=True)
class SideResult:
    side: Side
    categories: tuple[CategoryResult, ...]

    @property
    def lines(self) -> tuple[LineResult, ...]:
        return tuple(line for one in self.categories for line in one.lines)


@dataclass(frozen=True)
class TotalResult:
    """A total; `so_far` is None where a part of it would mislead, as 40 % of a mark does."""

    total: Total
    state: State
    points: Decimal | None
    so_far: Decimal | None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class BandResult:
    """The band, or why there is none yet."""

    band: Band | None
    why: str = ""


@dataclass(frozen=True)
class Result:
    """Everything that follows from a document for one subject."""

    document: Document
    sides: tuple[SideResult, ...]
    totals: tuple[TotalResult, ...]
    band: BandResult
    excluded: str = ""

    @property
    def total(self) -> TotalResult:
        return self.totals[0]

    @property
    def lines(self) -> tuple[LineResult, ...]:
        return tuple(line for side in self.sides for line in side.lines)

    @property
    def vetoes(self) -> tuple[Rule, ...]:
        rules = (one for line in self.lines for one in line.rules)
        return tuple(one.rule for one in rules if one.outcome.vetoes)

    @property
    def rewards(self) -> Decimal:
        """The money that is promised: never part of a number."""
        rules = (one for line in self.lines for one in line.rules)
        return sum((one.outcome.reward or ZERO for one in rules), ZERO)

    @property
    def state(self) -> State:
        return together([line.state for line in self.lines] + [one.state for one in self.totals])

    def as_data(self) -> dict[str, Any]:
        """Return the numbers and states as plain content."""
        return {
            "totals": {one.total.code: [one.state, _text(one.points)] for one in self.totals},
            "band": self.band.band.name if self.band.band else None,
            "vetoes": sorted(rule.name for rule in self.vetoes),
            "excluded": self.excluded,
            "lines": {
                f"{side.side.code}/{line.line.code}": [
                    line.state,
                    _text(line.points),
                    [[step.text, _text(step.before), _text(step.after)] for step in line.all_steps],
                ]
                for side in self.sides
                for line in side.lines
            },
        }

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.as_data())


def _text(points: Decimal | None) -> str | None:
    return None if points is None else said(points)
