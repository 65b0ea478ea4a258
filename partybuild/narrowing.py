"""What a reader wants of a ledger: which rows and which columns.

One `Selection` goes everywhere: into an address, a saved view, a file, a printed page. It names
columns by their titles, so that an address that somebody has kept means the same after a column
was added; what it cannot name or read is refused, never left out.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from urllib.parse import urlencode

from django.db.models import Field, Q, QuerySet

from partybuild.crypto import EncryptedTextField
from partybuild.ledgers import Column, Gathered, Ledger, as_it_is, partial_date
from partybuild.periods import Period
from partybuild.values import clean_text

FilterKind = Literal["", "choice", "text", "date", "number"]
HIDE = "hide"
# Operator -> the words of its sentence, its lookup.
OPERATORS = {
    "is": ("{column}为“{value}”", "exact"),
    "not": ("{column}不是“{value}”", "exact"),
    "has": ("{column}含有“{value}”", "icontains"),
    "from": ("{column}从 {value} 起", "gte"),
    "to": ("{column}到 {value} 止", "lte"),
}
BY_KIND: dict[FilterKind, tuple[str, ...]] = {
    "": (),
    "choice": ("is", "not"),
    "text": ("has",),
    "date": ("from", "to"),
    "number": ("from", "to"),
}
LONGEST = 100


class SelectionProblem(Exception):
    """Conditions that cannot be understood, each said in Chinese; by the name of its parameter."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems.values()))


@dataclass(frozen=True)
class Condition:
    """One condition on a column: `Condition("性别", "is", "女")`."""

    column: str
    operator: str
    value: str
    # What the column is called on the page.
    label: str = field(default="", compare=False)

    def __str__(self) -> str:
        words, _ = OPERATORS[self.operator]
        return words.format(column=self.label or self.column, value=self.value)

    @property
    def parameter(self) -> str:
        """Its name in an address: `is.性别`."""
        return f"{self.operator}.{self.column}"


@dataclass(frozen=True)
class Selection:
    """Rows that meet every condition, without the hidden columns.

    `links` are the named conditions of the ledger itself, as links from other pages give them.
    """

    conditions: tuple[Condition, ...] = ()
    hidden: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.conditions or self.hidden or self.links)

    @property
    def narrows(self) -> bool:
        """Tell whether rows are left out, or only columns."""
        return bool(self.conditions or self.links)

    def pairs(self) -> list[tuple[str, str]]:
        """Return it as the parameters of an address or the hidden fields of a form."""
        return [
            *self.links.items(),
            *((one.parameter, one.value) for one in self.conditions),
            *((HIDE, title) for title in self.hidden),
        ]

    def without(self, condition: Condition) -> "Selection":
        rest = tuple(one for one in self.conditions if one != condition)
        return Selection(rest, self.hidden, self.links)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept in a row; `{}` where everything is shown."""
        kept = {
            "where": [[one.column, one.operator, one.value] for one in self.conditions],
            "hide": list(self.hidden),
            "links": dict(self.links),
        }
        return {name: value for name, value in kept.items() if value}

    def words(self) -> str:
        """Return the conditions as one line: `性别为“女”；姓名含有“李”`."""
        told = [str(one) for one in self.conditions]
        return "；".join([*told, "从一个数字点开的记录"] if self.links else told)


def shown_columns(ledger: Ledger, selection: Selection) -> tuple[Column, ...]:
    """Return the columns that a selection leaves."""
    return tuple(
        column for key, column in ledger.by_key.items() if key not in set(selection.hidden)
    )


def kept_selection(ledger: Ledger, kept: Mapping[str, Any]) -> Selection:
    """Return a selection that was kept as JSON; SelectionProblem where the ledger has changed."""
    pairs = [(f"{operator}.{column}", value) for column, operator, value in kept.get("where", ())]
    pairs += [(HIDE, title) for title in kept.get("hide", ())]
    return asked_selection(ledger, [*pairs, *kept.get("links", {}).items()])


def asked_selection(ledger: Ledger, pairs: Iterable[tuple[str, str]]) -> Selection:
    """Return what the parameters of an address ask for; empty ones ask for nothing.

    Parameters of other things, such as `period`, are passed over. Raises SelectionProblem with every
    parameter that names no column, or whose value is no date, number or choice.
    """
    conditions, hidden, links, problems = [], [], {}, {}
    columns = ledger.by_key
    for name, value in pairs:
        text = clean_text(value)[:LONGEST]
        operator, dot, key = name.partition(".")
        if not text:
            continue
        if name in ledger.conditions:
            links[name] = text
        elif name == HIDE and text in columns:
            hidden.append(text)
        elif name == HIDE or (dot and operator in OPERATORS):
            key = text if name == HIDE else key
            label = ledger.labels.get(key, key)
            problem = _problem(columns.get(key), label, operator, text)
            if problem:
                problems[name] = problem
            else:
                conditions.append(Condition(key, operator, text, label))
    if set(hidden) >= set(columns):
        problems[HIDE] = "至少要留一列。"
    if problems:
        raise SelectionProblem(problems)
    return Selection(tuple(conditions), tuple(hidden), links)


def _problem(column: Column | None, label: str, operator: str, value: str) -> str:
    """Say why a condition cannot be applied, "" when it can."""
    if column is None:
        return f"这本台账没有“{label}”这一列。"
    kind = shape_of(column)
    if operator not in BY_KIND[kind]:
        return f"“{label}”这一列不能这样筛选。"
    if kind == "choice" and value not in {shown for _, shown in column.choices}:
        return f"“{label}”没有“{value}”这一项。"
    if kind == "date" and _date(value) is None:
        return f"“{label}”要写成 {dt.date.today():%Y-%m-%d} 这样的日期。"  # noqa: DTZ011 -- an example
    if kind == "number" and _number(value) is None:
        return f"“{label}”要写数字。"
    return ""


def shape_of(column: Column) -> FilterKind:
    """Tell how a column might be filtered, by its declaration alone."""
    if column.sensitive or isinstance(column, Gathered):
        return ""
    if column.choices:
        return "choice"
    if column.kind == "date":
        return "date" if column.render in {as_it_is, partial_date} else ""
    if column.render is not as_it_is or len(column.lookups) != 1:
        return ""
    return "text" if column.kind == "text" else "number"


def filters_of(ledger: Ledger, rows: QuerySet) -> Iterator[tuple[str, Column, FilterKind]]:
    """Yield the columns by which records can be filtered: key, column, how."""
    for key, column in ledger.by_key.items():
        kind = shape_of(column)
        if kind and not isinstance(field_of(rows, column.lookups[0]), EncryptedTextField):
            yield key, column, kind


def field_of(rows: QuerySet, lookup: str) -> Field:
    """Return the column or the computed value that a lookup of some records ends at."""
    first, *rest = lookup.split("__")
    computed = rows.query.annotations.get(first)
    if computed is not None and not rest:
        return computed.output_field
    _, found, _, _ = rows.query.names_to_path(lookup.split("__"), rows.model._meta)
    return found


def records(ledger: Ledger, period: Period, selection: Selection) -> QuerySet:
    """Return the records of a ledger that a selection asks for.

    Raises SelectionProblem for a column that is encrypted and cannot be searched.
    """
    rows = ledger.selected(period, dict(selection.links))
    for one in selection.conditions:
        column = ledger.by_key[one.column]
        if isinstance(field_of(rows, column.lookups[0]), EncryptedTextField):
            raise SelectionProblem({one.parameter: f"“{one.label}”加密保存，不能筛选。"})
        rows = rows.filter(_meets(column, one))
    return rows


def _meets(column: Column, one: Condition) -> Q:
    lookup, kind = column.lookups[0], shape_of(column)
    if kind == "choice":
        stored = [value for value, label in column.choices if label == one.value]
        empty = Q(**{f"{lookup}__isnull": True}) if None in stored else Q(pk__in=[])
        found = empty | Q(**{f"{lookup}__in": [value for value in stored if value is not None]})
        if one.operator == "is":
            return found
        # What is not filled in is not that either; SQL alone would leave it out.
        return ~found if None in stored else ~found | Q(**{f"{lookup}__isnull": True})
    value: Any = one.value
    if kind == "date":
        value = _date(one.value)
    elif kind == "number":
        value = _number(one.value)
    return Q(**{f"{lookup}__{OPERATORS[one.operator][1]}": value})


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def address_of(selection: Selection, others: Iterable[tuple[str, str]]) -> str:
    """Return the query of an address that asks for a selection and for other things."""
    return urlencode([*others, *selection.pairs()])
