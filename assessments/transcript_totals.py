"""Formulas, bands and quotas of a transcript."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from assessments.engine.document import BONUS, Band, Category, Line, Quota, Term, Total
from assessments.engine.formulas import NotLinear, linear
from assessments.engine.rules.base import ZERO
from assessments.filetext import (
    TranscriptProblem,
    list_in,
    mapping_in,
    points_in,
    share_in,
    text_in,
)

PER_LINE = "per indicator"
WITHOUT_BONUS = "不含加分"
NUMBERS = {"floor", "ceiling", "start"}
PLAIN_CODE = "plain"
BAND_KEYS = {"name", "gte", "lt", "as_printed"}

Categories = dict[str, Category]


def totals_in(
    reader: Any, categories: Categories, lines: tuple[Line, ...]
) -> tuple[Callable[[Line], Line], tuple[Total, ...], str]:
    """Return how lines are floored, the totals, and the code of the total that the bands use."""
    told = reader.content.get("formula")
    if told is None:
        return (lambda line: line), (), ""
    formula = mapping_in(told, "formula（公式）")
    floor_line, floor = _floors(formula.get("floor"))
    cap = formula.get("ceiling")
    total = Total(floor=floor, cap=None if cap is None else points_in(cap, "formula（公式）的上限"))
    total = _with_terms(reader, formula, total, categories, lines)
    _note_words(reader, formula)
    if WITHOUT_BONUS in str(formula.get("band_input", "")):
        plain = replace(total, code=PLAIN_CODE, name="不含加分的得分", without=(BONUS,))
        return floor_line, (total, plain), PLAIN_CODE
    changed = total != Total()
    return floor_line, ((total,) if changed else ()), ""


def _floors(told: Any) -> tuple[Callable[[Line], Line], Any]:
    if told is None:
        return (lambda line: line), None
    if isinstance(told, str) and told.startswith(PER_LINE):
        least = points_in(told.split()[2] if len(told.split()) > 2 else None, "每项的下限")  # noqa: PLR2004 -- after the words
        return (lambda line: replace(line, floor=least if line.floor is None else line.floor)), None
    return (lambda line: line), points_in(told, "formula（公式）的下限")


def _with_terms(
    reader: Any,
    formula: dict[str, Any],
    total: Total,
    categories: Categories,
    lines: tuple[Line, ...],
) -> Total:
    text = formula.get("total")
    if text is None:
        return total
    try:
        start, terms = linear(text_in(text, "formula（公式）的 total", 300))
    except NotLinear:
        reader.to_decide.append(f"总分公式“{text}”读不出来，先按各类别合计")
        return total
    known = {*categories, *(line.category for line in lines)}
    for name, _ in terms:
        if name not in known:
            reader.to_decide.append(f"公式里的“{name}”没有读到条目")
    weighed = [(name, weight) for name, weight in terms if name in known]
    if all(weight == 1 or _takes_away(name, lines) for name, weight in weighed):
        return replace(total, start=start)
    kept = tuple(Term(of=name, weight=weight) for name, weight in weighed)
    return replace(total, start=start, terms=kept)


def _takes_away(name: str, lines: tuple[Line, ...]) -> bool:
    """Tell whether the lines of a category are negative already, so that − means to add them."""
    rules = [rule for line in lines if line.category == name for rule in line.rules]
    return bool(rules) and all(rule.best == ZERO for rule in rules)


def _note_words(reader: Any, formula: dict[str, Any]) -> None:
    if formula.get("start") is not None:
        start = points_in(formula["start"], "formula（公式）的起始分")
        reader.to_decide.append(
            f"原文写起始 {start} 分，没有写与各项分值怎样合计，先按各项合计，不另加 {start} 分"
        )
    for name, told in formula.items():
        if name in NUMBERS | {"total"} or told is None:
            continue
        if isinstance(told, str):
            reader.to_decide.append(f"公式说明“{name}”：{' '.join(told.split())}"[:300])


def bands_in(reader: Any) -> tuple[Band, ...]:
    """Return the bands of a transcript, best first."""
    bands = []
    for row in list_in(reader.content.get("bands") or [], "bands（等次）"):
        told = mapping_in(row, "bands（等次）")
        name = text_in(told.get("name"), "等次的 name（名称）", 40)
        limits: dict[str, Any] = {
            key: points_in(told[key], f"等次“{name}”的界限")
            for key in ("gte", "lt")
            if told.get(key) is not None
        }
        printed = text_in(told.get("as_printed") or "", f"等次“{name}”", 40, required=False)
        reader.note_unknown(sorted(told.keys() - BAND_KEYS))
        bands.append(Band(name=name, printed=printed, **limits))
    names = [band.name for band in bands]
    if len(set(names)) < len(names):
        raise TranscriptProblem("等次的名称有重复。")
    return tuple(bands)


def quotas_in(reader: Any) -> tuple[Quota, ...]:
    """Return the quotas of a transcript."""
    quotas = []
    for band, row in mapping_in(reader.content.get("quota") or {}, "quota（名额）").items():
        told = mapping_in(row, "quota（名额）")
        quotas.append(
            Quota(
                band=band,
                max_share=share_in(told.get("max_share"), f"“{band}”的名额比例"),
                of=text_in(told.get("of") or "", f"“{band}”的名额", 100, required=False),
                tie_break=text_in(
                    told.get("tie_break") or "", f"“{band}”的名额", 100, required=False
                ),
            )
        )
        reader.note_unknown(sorted(told.keys() - {"max_share", "of", "tie_break"}))
    return tuple(quotas)
