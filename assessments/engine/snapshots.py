"""What a sealed score follows from, as plain content: read back, it gives the very same numbers."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.engine.ladders import Record
from assessments.engine.numbers import said
from assessments.engine.results import Adjusted, Inputs, LineResult, Result
from partybuild.periods import Period

# Another number than this wherever the arithmetic of the engine changes; a sealed score names it.
ENGINE = "scheme-engine/1"


def inputs_as_data(inputs: Inputs) -> dict[str, Any]:
    """Return what is known of a subject as lists, mappings, texts and whole numbers."""
    return {
        "given": [
            [side, line, {rule: dict(told) for rule, told in sorted(rules.items())}]
            for (side, line), rules in sorted(inputs.given.items())
        ],
        "records": {code: _record(one) for code, one in sorted(inputs.records.items())},
        "adjustments": [[str(one.points), one.reason] for one in inputs.adjustments],
    }


def inputs_from_data(data: Mapping[str, Any]) -> Inputs:
    """Read what `inputs_as_data` wrote."""
    return Inputs(
        given={(side, line): rules for side, line, rules in data["given"]},
        records={code: _read(one) for code, one in data["records"].items()},
        adjustments=tuple(Adjusted(Decimal(points), why) for points, why in data["adjustments"]),
    )


def _record(record: Record) -> dict[str, Any]:
    return {
        "period": record.period.code,
        "months": list(record.months),
        "owed": list(record.owed),
        "as_of": record.as_of.isoformat(),
    }


def _read(data: Mapping[str, Any]) -> Record:
    return Record(
        Period.parse(data["period"]),
        tuple(data["months"]),
        tuple(data["owed"]),
        dt.date.fromisoformat(data["as_of"]),
    )


@dataclass(frozen=True)
class Moved:
    """A line that came out otherwise: what it was, what it is now."""

    side: str
    title: str
    before: str
    after: str


def moved_lines(before: Result, after: Result) -> list[Moved]:
    """Return the lines of one document that two results of a subject differ in, in its order."""
    then = {(side.side.code, one.line.code): one for side in before.sides for one in side.lines}
    found = []
    for side in after.sides:
        for one in side.lines:
            old = then.get((side.side.code, one.line.code))
            told, telling = _standing(old), _standing(one)
            if told != telling:
                found.append(Moved(side.side.name, one.line.title, told, telling))
    return found


def _standing(line: LineResult | None) -> str:
    if line is None:
        return "—"
    if line.points is None or not line.line.counts:
        return "；".join(step.text for step in line.all_steps) or line.state.label
    return f"{said(line.points)} 分"
