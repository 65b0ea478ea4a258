"""Two schemes on the same facts: what each gives, who moves to another band, and which lines differ.

What people said for one scheme is carried over to the other where its line has the same code and
asks for the same; the rest is left unscored, never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.engine.document import Document, Line
from assessments.engine.evaluation import evaluate
from assessments.engine.ladders import Record
from assessments.engine.results import SUBJECT, Inputs, LineResult, Result
from assessments.engine.rules.base import ZERO, Ask, Given
from assessments.engine.states import State
from assessments.engine.subjects import subject_line

Said = Mapping[tuple[str, str], Mapping[str, Given]]


@dataclass(frozen=True)
class Carried:
    """What was carried over, and the titles of the lines whose marks were not."""

    given: Said
    left_behind: tuple[str, ...] = ()


@dataclass(frozen=True)
class LineDifference:
    """A line that the two schemes score differently; None where one of them has no such line."""

    side: str
    code: str
    before: LineResult | None
    after: LineResult | None

    @property
    def title(self) -> str:
        line = self.after or self.before
        return line.line.title if line else ""

    @property
    def gain(self) -> Decimal:
        """The points it adds or takes away, what has none counted as nothing."""
        return _points(self.after) - _points(self.before)


@dataclass(frozen=True)
class Comparison:
    """One subject under the scheme that was used and under the other."""

    before: Result
    after: Result
    lines: tuple[LineDifference, ...]

    @property
    def gain(self) -> Decimal | None:
        """How many points more the other scheme gives; None where one of them gives no number."""
        before, after = self.before.total.so_far, self.after.total.so_far
        return None if before is None or after is None else after - before

    @property
    def moves(self) -> bool:
        """Tell whether the band becomes another; none at all is another as well."""
        return band_of(self.before) != band_of(self.after)

    @property
    def differs(self) -> bool:
        return self.moves or bool(self.lines) or self.gain != ZERO

    @property
    def open_lines(self) -> tuple[str, ...]:
        """The titles of the lines of the other scheme that nobody has scored."""
        waiting = (line.line.title for line in self.after.lines if line.state is State.UNSCORED)
        return tuple(dict.fromkeys(waiting))

    @property
    def unscored(self) -> int:
        """How many lines of the other scheme nobody has scored."""
        return sum(line.state is State.UNSCORED for line in self.after.lines)


def band_of(result: Result) -> str:
    """Return the name of the band, '' for none."""
    return result.band.band.name if result.band.band else ""


def carry_over(old: Document, new: Document, said: Said) -> Carried:
    """Return what was said for one scheme as far as another asks for the same."""
    sides = {side.code for side in new.all_sides}
    asked = {line.code: _asked(line) for line in new.lines}
    lines = {line.code: line for line in old.lines}
    given: dict[tuple[str, str], Mapping[str, Given]] = {}
    left: list[str] = []
    for (side, code), values in said.items():
        if code == SUBJECT:
            given[side, code] = {SUBJECT: _about(old, new, values.get(SUBJECT, {}))}
        elif code in lines and side in sides and asked.get(code) == _asked(lines[code]):
            given[side, code] = values
        else:
            left.append(lines[code].title if code in lines else code)
    return Carried(given, tuple(dict.fromkeys(left)))


def compare(before: Result, after: Result) -> Comparison:
    """Compare what two schemes give for one subject, line by line in the order of the new one."""
    old, new = _lines(before), _lines(after)
    keys = [*new, *(key for key in old if key not in new)]
    lines = (LineDifference(*key, old.get(key), new.get(key)) for key in keys)
    return Comparison(before, after, tuple(one for one in lines if _is_other(one)))


def try_out(
    old: Document, new: Document, used: Result, inputs: Inputs, records: Mapping[str, Record]
) -> tuple[Comparison, Carried]:
    """Evaluate a scheme with what was said for another, and compare.

    `used` and `inputs` belong to the old one, `records` are what the new one measures.
    """
    carried = carry_over(old, new, inputs.given)
    return compare(used, evaluate(new, Inputs(carried.given, records))), carried


def _asked(line: Line) -> list[tuple[str, Any]]:
    return [
        (rule.code, _what(ask)) for rule in line.rules if not rule.indicator for ask in rule.asks()
    ]


def _what(ask: Ask) -> tuple[Any, ...]:
    """What an answer may be; how the question is worded does not matter."""
    choices = tuple(value for value, _ in ask.choices)
    return ask.name, ask.shape, ask.unit, ask.low, ask.high, choices


def _about(old: Document, new: Document, values: Given) -> Given:
    """Keep answers about the subject to questions that both schemes ask in the same words."""
    before, after = (
        {ask.name: ask for rule in subject_line(one).rules for ask in rule.asks()}
        for one in (old, new)
    )
    return {
        name: value
        for name, value in values.items()
        if name in after and before.get(name) == after[name]
    }


def _lines(result: Result) -> dict[tuple[str, str], LineResult]:
    return {(side.side.code, line.line.code): line for side in result.sides for line in side.lines}


def _is_other(one: LineDifference) -> bool:
    if one.before is None or one.after is None:
        present = one.before or one.after
        return present is not None and present.state is not State.NOT_APPLICABLE
    return (one.before.state, one.before.points) != (one.after.state, one.after.points)


def _points(line: LineResult | None) -> Decimal:
    return (line.points if line and line.line.counts else None) or ZERO
