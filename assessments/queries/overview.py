"""A document as its page shows it: categories with their lines, sums, and remarks where they belong."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.engine.checker import Remark, check
from assessments.engine.document import (
    MODES_IN_WORDS,
    PERIODS,
    PLACES_IN_WORDS,
    SUBJECTS,
    Adjusting,
    Category,
    Document,
    Line,
)
from assessments.engine.editing import key_of, lines_in
from assessments.engine.numbers import said
from assessments.engine.rules.base import ZERO
from assessments.engine.typed import entries_of


@dataclass(frozen=True)
class LineRow:
    """A line with its key, its full mark in words and what is said about it."""

    line: Line
    key: str
    full: str
    remarks: list[Remark]


@dataclass(frozen=True)
class CategoryRow:
    """A category with its lines; `key` is '' for one that only lines name."""

    category: Category
    key: str
    kind: str
    limits: str
    lines: list[LineRow]
    full: str
    remarks: list[Remark]


@dataclass(frozen=True)
class PartRow:
    """A band, a quota or the like in words."""

    name: str
    key: str
    words: str


@dataclass(frozen=True)
class Section:
    """One list of a document, with what is said about it."""

    part: str
    title: str
    rows: list[PartRow]
    remarks: list[Remark]


@dataclass(frozen=True)
class Overview:
    """What the page of a draft shows."""

    categories: list[CategoryRow]
    sections: list[Section]
    full: str
    remarks: list[Remark]
    count: int
    head: list[tuple[str, str]]


def overview_of(document: Document) -> Overview:
    """Return a document as its page shows it."""
    remarks = check(document)
    known = {category.code for category in document.categories}
    categories = [
        _category(document, one, remarks, is_known=one.code in known)
        for one in document.all_categories
    ]
    sections = [
        _section(document, part, remarks)
        for part in ("totals", "bands", "quotas", "sides", "classes")
    ]
    full = [row.full for row in categories]
    return Overview(
        categories=categories,
        sections=sections,
        full="没有封顶"
        if "没有封顶" in full
        else said(_sum([line.full for line in document.lines])),
        remarks=[one for one in remarks if not one.about or {"categories", "lines"} & _names(one)],
        count=len(remarks),
        head=list(_head(document)),
    )


def _span(limits: Adjusting) -> str:
    low = "减分不限" if limits.low is None else f"合计最多减 {said(abs(limits.low))} 分"
    high = "加分不限" if limits.high is None else f"合计最多加 {said(limits.high)} 分"
    return f"{high}，{low}"


def _head(document: Document) -> Iterator[tuple[str, str]]:
    """Yield what the head says, as label and words, and what it leaves out where that matters."""
    yield "制定单位", document.issuer or "没有写"
    yield "文号", document.paper or "没有写"
    yield "对象", SUBJECTS.get(document.subject, document.subject)
    yield "周期", PERIODS.get(document.period, document.period)
    rounding = document.rounding
    at = "、".join(PLACES_IN_WORDS[one] for one in rounding.at) or "哪里都不取"
    yield "小数", f"{at}保留 {rounding.places} 位，{MODES_IN_WORDS[rounding.mode]}"
    if document.adjusting.allowed:
        yield "加减分", _span(document.adjusting)
    if document.excluded:
        yield "不参加", "、".join(document.excluded)
    if document.band_total:
        named = {one.code: one.name for one in document.all_totals}
        yield "等次按", named.get(document.band_total, document.band_total)


def remarks_on(document: Document, part: Any) -> list[Remark]:
    """Return what the checker says about one line or category."""
    return [one for one in check(document) if part in one.about]


def _names(remark: Remark) -> set[str]:
    return {one for one in remark.about if isinstance(one, str)}


def _sum(full: list[Decimal | None]) -> Decimal:
    return sum((one for one in full if one is not None), ZERO)


def full_of(lines: tuple[Line, ...]) -> str:
    """Return the sum of full marks in words."""
    counted = [line.full for line in lines if line.counts]
    return "没有封顶" if None in counted else f"{said(_sum(counted))} 分"


def _category(
    document: Document, category: Category, remarks: list[Remark], *, is_known: bool
) -> CategoryRow:
    lines = lines_in(document, category.code)
    return CategoryRow(
        category=category,
        key=key_of(category) if is_known else "",
        kind=entries_of(Category)["kind"].label.choices[category.kind],
        limits=_limits(category),
        lines=[
            LineRow(
                line=line,
                key=key_of(line),
                full="—"
                if not line.counts
                else "没有封顶"
                if line.full is None
                else said(line.full),
                remarks=[one for one in remarks if line in one.about],
            )
            for line in lines
        ],
        full=full_of(lines),
        remarks=[one for one in remarks if category in one.about],
    )


def _limits(part: Category | Line) -> str:
    words = [f"基础分 {said(part.base)}"] if part.base else []
    for name, word in (("max", "满分"), ("cap", "最多"), ("floor", "最少")):
        value = getattr(part, name)
        words += [f"{word} {said(value)}"] if value is not None else []
    return "，".join(words)


def _section(document: Document, part: str, remarks: list[Remark]) -> Section:
    parts = getattr(document, part)
    return Section(
        part=part,
        title=entries_of(Document)[part].label.text,
        rows=[PartRow(_title(one), key_of(one), words_of(one)) for one in parts],
        remarks=[one for one in remarks if part in _names(one)],
    )


def _title(part: Any) -> str:
    return str(getattr(part, "name", "") or getattr(part, "band", ""))


def words_of(part: Any) -> str:
    """Return what a part says, field by field, without its name and what has its default."""
    words = []
    for name, entry in entries_of(type(part)).items():
        text = entry.written(getattr(part, name))
        if text and name not in {"name", "band"}:
            words.append(f"{entry.label.text} {text}".replace("\n", "、"))
    return "；".join(words)
