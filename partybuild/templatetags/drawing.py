"""Charts drawn on the server: plain SVG that prints, can be read aloud and needs no script."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(rows: Iterable[Mapping[str, Any]], title: str, unit: str = "") -> dict[str, Any]:
    """Draw horizontal bars from zero, one table row each.

    `rows` are mappings with `label`, `value` (a number ≥ 0), and if wanted `url` (the records
    behind the figure) and `is_found` (true marks the bar the title speaks of). The title is the
    finding, not the name of the figure.
    """
    rows = list(rows)
    longest = max((row["value"] for row in rows), default=0) or 1
    bars = [{**row, "width": round(row["value"] / longest * 84, 2)} for row in rows]
    return {"bars": bars, "title": title, "unit": unit}


@register.inclusion_tag("components/score_band.html")
def score_band(score: float, grades: Iterable[Mapping[str, Any]], full: float) -> dict[str, Any]:
    """Draw a score on a line of grades from 0 to `full`.

    `grades` are mappings with `label` (may be empty) and `lower`, the least score of the grade,
    in rising order; the first begins at 0.
    """
    grades = list(grades)
    edges = [*(float(grade["lower"]) for grade in grades), float(full)]
    at = min(max(float(score), 0.0), float(full))
    parts = [
        {
            "label": grade["label"],
            "left": round(lower / edges[-1] * 100, 2),
            "width": round((upper - lower) / edges[-1] * 100 - 0.25, 2),
            "middle": round((lower + upper) / 2 / edges[-1] * 100, 2),
            "is_here": lower <= at and (at < upper or upper == edges[-1]),
        }
        for grade, lower, upper in zip(grades, edges, edges[1:], strict=False)
    ]
    return {"parts": parts, "score": score, "full": full, "mark": round(at / edges[-1] * 100, 2)}
