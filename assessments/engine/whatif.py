"""What would lift a result: each next step tried out by evaluating with one input changed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from assessments.engine.document import Line, Side
from assessments.engine.evaluation import evaluate
from assessments.engine.results import Inputs, LineResult, Result
from assessments.engine.rules.base import ZERO, Change, Facts, Rule


@dataclass(frozen=True)
class Lift:
    """An act, the points its line would have, what the total would gain, and a band if it changes.

    `total` is what there would then be of the total, None where a part of it would mislead.
    """

    side: str
    line: str
    act: str
    points: Decimal
    gain: Decimal
    band: str = ""
    total: Decimal | None = None


def lifts(result: Result, inputs: Inputs) -> tuple[Lift, ...]:
    """Return for every rule the nearest step that raises the total, and the best that is known."""
    found: list[Lift] = []
    for side in result.sides:
        for line in side.lines:
            for rule, changes in _changes(line, side.side, inputs):
                tried = [_lift(result, inputs, side.side, line, rule, one) for one in changes]
                raising = [lift for lift in tried if lift]
                if raising:
                    best = max(raising, key=lambda lift: lift.points)
                    found += dict.fromkeys([raising[0], best])
    return tuple(found)


def what_if(
    result: Result, inputs: Inputs, side: Side, rule: Rule, line: Line, change: Change
) -> Result:
    """Evaluate with one input changed; lines that it does not touch keep their result."""
    changed = _changed(inputs, side, line, rule, change)
    by_record = change.record is not None
    known = {
        (one.side.code, other.line.code): other
        for one in result.sides
        for other in one.lines
        if not (
            any(used.indicator == rule.indicator for used in other.line.rules)
            if by_record
            else (one.side.code, other.line.code) == (side.code, line.code)
        )
    }
    return evaluate(result.document, changed, known)


def _changes(line: LineResult, side: Side, inputs: Inputs) -> Iterator[tuple[Rule, list[Change]]]:
    """Yield the rules of a line that say what could be different, with what that is."""
    given = inputs.given.get((side.code, line.line.code))
    for one in line.rules:
        said = given.get(one.rule.code) if given and one.outcome.points is not None else None
        changes = list(one.rule.changes(Facts(said, inputs.records.get(one.rule.indicator))))
        if changes:
            yield one.rule, changes


def _changed(inputs: Inputs, side: Side, line: Line, rule: Rule, change: Change) -> Inputs:
    if change.record is not None:
        return replace(inputs, records={**inputs.records, rule.indicator: change.record})
    key = (side.code, line.code)
    given = {**inputs.given.get(key, {}), rule.code: change.given or {}}
    return replace(inputs, given={**inputs.given, key: given})


def _lift(
    before: Result, inputs: Inputs, side: Side, line: LineResult, rule: Rule, change: Change
) -> Lift | None:
    after = what_if(before, inputs, side, rule, line.line, change)
    now = _line_of(after, side, line.line)
    if now.points is None or (line.points is not None and now.points <= line.points):
        return None
    gain = now.points - (line.points or ZERO)
    if before.total.so_far is not None and after.total.so_far is not None:
        gain = after.total.so_far - before.total.so_far
    if gain <= 0:
        return None
    names = [result.band.band.name if result.band.band else "" for result in (before, after)]
    band = names[1] if names[1] != names[0] else ""
    total = after.total.so_far
    return Lift(side.code, line.line.code, change.act, now.points, gain, band, total)


def _line_of(result: Result, side: Side, line: Line) -> LineResult:
    return next(
        one
        for side_result in result.sides
        if side_result.side.code == side.code
        for one in side_result.lines
        if one.line.code == line.code
    )
