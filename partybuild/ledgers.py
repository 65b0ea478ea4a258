"""The contract of a ledger: one class, and menu, page, Excel, archive and leak test follow.

Columns are ORM lookups with a type. They are read with `values_list` and streamed, so a ledger of
any length needs constant memory; nothing is computed from a model instance. Rows come in chunks:
a `Gathered` column asks one query per chunk, never one per row.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar, Literal

from django.db.models import Model, QuerySet
from django.utils import timezone

from partybuild.periods import Period
from partybuild.registry import Registry

CHUNK = 2000
SHORT_WIDTH = 14
CellKind = Literal["text", "integer", "number", "date"]


def as_it_is(value: Any) -> Any:
    """Show a value as it is stored."""
    return value


@dataclass(frozen=True, eq=False)
class Column:
    """A column: its title (a tuple makes merged headings), its lookups, its kind of cell.

    `render` turns the values of `lookups` into what a cell shows: str, int, Decimal, date or None.
    """

    title: str | tuple[str, ...]
    lookups: tuple[str, ...]
    kind: CellKind = "text"
    render: Callable[..., Any] = as_it_is
    width: float | None = None
    total: bool = False
    wrap: bool = False
    sensitive: bool = False
    reveal: Callable[..., Any] | None = None

    @cached_property
    def look(self) -> str:
        """How its cells are laid out on the screen: dates, names and numbers are never broken."""
        if self.kind in {"integer", "number"}:
            return "n"
        if self.kind == "date" or (self.width or 0) <= SHORT_WIDTH:
            return "nowrap"
        return "long" if self.wrap else "broad"


def Text(title: str | tuple[str, ...], lookup: str, **options: Any) -> Column:  # noqa: N802 -- reads as a type in a ledger
    """Return a column of plain text."""
    return Column(title, (lookup,), **options)


def Choice(  # noqa: N802 -- reads as a type in a ledger
    title: str | tuple[str, ...], lookup: str, choices: Any, **options: Any
) -> Column:
    """Return a column that shows the Chinese label of a choice."""
    labels = dict(choices.choices)
    return Column(title, (lookup,), render=lambda value: labels.get(value, value), **options)


def Date(  # noqa: N802 -- reads as a type in a ledger
    title: str | tuple[str, ...], lookup: str, precision: str = "", **options: Any
) -> Column:
    """Return a column of dates; `precision` is the lookup of a companion column, if any."""
    if not precision:
        return Column(title, (lookup,), kind="date", **options)
    return Column(title, (lookup, precision), kind="date", render=partial_date, **options)


def Integer(title: str | tuple[str, ...], lookup: str, **options: Any) -> Column:  # noqa: N802 -- reads as a type in a ledger
    """Return a column of whole numbers."""
    return Column(title, (lookup,), kind="integer", **options)


def Sensitive(  # noqa: N802 -- reads as a type in a ledger
    title: str | tuple[str, ...], lookup: str, mask: Callable[[str], str], **options: Any
) -> Column:
    """Return a column of personal numbers: text cells, masked unless revealed."""
    return Column(title, (lookup,), render=mask, sensitive=True, reveal=as_it_is, **options)


@dataclass(frozen=True, eq=False)
class Gathered(Column):
    """A column whose cells are gathered for a whole chunk by one query.

    `gather` receives the list of values of the single lookup and returns a dict from such a value
    to the cell; a value that is missing there gives an empty cell.
    """

    gather: Callable[[list[Any]], dict[Any, Any]] = dict


def partial_date(value: dt.date | None, precision: str) -> dt.date | str | None:
    """Return a date, or the part of it that is known as text: `2018-05`, `2018`."""
    if value is None or precision == "day":
        return value
    return f"{value:%Y-%m}" if precision == "month" else f"{value:%Y}"


class Ledger:
    """台账: a named, typed reading of records for one period and one subtree."""

    code: ClassVar[str]
    title: ClassVar[str]
    permission: ClassVar[str]
    # One sentence: what a row is.
    about: ClassVar[str] = ""
    columns: ClassVar[tuple[Column, ...]]
    # Which periods make sense, and whether the ledger is a state as of the period's last day.
    as_of: ClassVar[bool] = False
    # Periodic ledgers are built into the archive once a month.
    periodic: ClassVar[bool] = False
    # The lookup of the public id and the name of the page that shows the record.
    record: ClassVar[str] = ""
    record_page: ClassVar[str] = ""
    # The lookups of the day of a record, of what it is about, and of the moment it was entered.
    arrival: ClassVar[tuple[str, str, str] | None] = None
    # Conditions that a link may narrow by: name in the address -> lookup.
    conditions: ClassVar[dict[str, str]] = {}
    # Never-empty lookups by which rows are ordered and paged, the last one unique.
    order: ClassVar[tuple[str, ...]] = ("pk",)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            ledgers.add(cls.code, cls())

    @staticmethod
    def day(period: Period) -> dt.date:
        """Return the day of which a state is told: the period's last, today while it runs."""
        return min(period.end, timezone.localdate())

    def rows(self, period: Period) -> QuerySet[Model]:
        """Return the records; the open scope has already narrowed them."""
        raise NotImplementedError

    def table(
        self, period: Period, *, reveal: bool = False, conditions: dict[str, str] | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """Yield one tuple of cells per record; `reveal` unmasks sensitive columns."""
        lookups = self._lookups()
        rows = self.selected(period, conditions).order_by(*self.order)
        values = rows.values_list(*lookups)
        yield from self._render(values.iterator(chunk_size=CHUNK), reveal=reveal)

    def cells(self, raw: Iterable[tuple[Any, ...]]) -> list[tuple[str, tuple[Any, ...]]]:
        """Return per row of `lookups()` the public id of its record ('' without) and its cells."""
        rows = list(raw)
        extra = 1 if self.record else 0
        cut = [row[: len(row) - extra] for row in rows]
        rendered = self._render(iter(cut), reveal=False)
        ids = [row[-1] if extra else "" for row in rows]
        return list(zip(ids, rendered, strict=True))

    def lookups(self) -> tuple[str, ...]:
        """Return what `cells` wants to have read: the columns' lookups, then the record's."""
        return (*self._lookups(), *((self.record,) if self.record else ()))

    def selected(self, period: Period, conditions: dict[str, str] | None = None) -> QuerySet[Model]:
        """Return the records that also meet conditions such as `{"kind": "party_day"}`."""
        return self.narrowed(self.rows(period), conditions or {})

    def narrowed(self, rows: QuerySet[Model], conditions: Mapping[str, str]) -> QuerySet[Model]:
        """Return those of some records that meet the conditions which this ledger names."""
        for name, value in conditions.items():
            if value and name in self.conditions:
                rows = rows.filter(**{self.conditions[name]: value})
        return rows

    def _lookups(self) -> list[str]:
        return [lookup for column in self.columns for lookup in column.lookups]

    def _render(self, raw: Iterator[tuple[Any, ...]], *, reveal: bool) -> Iterator[tuple[Any, ...]]:
        while chunk := list(islice(raw, CHUNK)):
            yield from zip(*self._cells(chunk, reveal=reveal), strict=True)

    def _cells(self, chunk: list[tuple[Any, ...]], *, reveal: bool) -> Iterator[Sequence[Any]]:
        at = 0
        for column in self.columns:
            values = [row[at : at + len(column.lookups)] for row in chunk]
            at += len(column.lookups)
            if isinstance(column, Gathered):
                found = column.gather([value[0] for value in values])
                yield [found.get(value[0]) for value in values]
            else:
                render = column.reveal if reveal and column.reveal else column.render
                yield [render(*value) for value in values]


def heading_rows(columns: Iterable[Column]) -> list[list[tuple[str, int, int]]]:
    """Return the rows of a table head: per row the cells as (title, columns, rows)."""
    paths = [(c.title,) if isinstance(c.title, str) else c.title for c in columns]
    depth = max(len(path) for path in paths)
    head: list[list[tuple[str, int, int]]] = []
    for level in range(depth):
        row: list[tuple[str, int, int]] = []
        previous: tuple[str, ...] = ()
        for path in paths:
            if level >= len(path):
                previous = ()
                continue
            if row and level < len(path) - 1 and path[: level + 1] == previous:
                title, span, rows = row[-1]
                row[-1] = (title, span + 1, rows)
            else:
                row.append((path[level], 1, depth - level if level == len(path) - 1 else 1))
            previous = path[: level + 1] if level < len(path) - 1 else ()
        head.append(row)
    return head


ledgers: Registry[Ledger] = Registry("台账")
