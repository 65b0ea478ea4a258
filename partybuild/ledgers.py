"""The contract of a ledger: one class, and menu, page, Excel, archive and leak test follow.

Columns are ORM lookups with a type. They are read with `values_list` and streamed, so a ledger of
any length needs constant memory; nothing is computed from a model instance. Rows come in chunks:
a `Gathered` column asks one query per chunk, never one per row.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar, Literal

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils import timezone

from partybuild.periods import Period
from partybuild.registry import Registry
from partybuild.sheetxml import figure_of

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
    # What may stand in the column: (stored value, what is shown).
    choices: tuple[tuple[Any, str], ...] = ()

    @cached_property
    def path(self) -> tuple[str, ...]:
        """Its titles from the top level of the heading down."""
        return (self.title,) if isinstance(self.title, str) else self.title

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
    return Labelled(title, lookup, choices.choices, **options)


def Labelled(  # noqa: N802 -- reads as a type in a ledger
    title: str | tuple[str, ...], lookup: str, pairs: Iterable[tuple[Any, str]], **options: Any
) -> Column:
    """Return a column that shows labels, given as (stored value, label)."""
    labels = {value: str(label) for value, label in pairs}
    return Column(
        title,
        (lookup,),
        render=lambda value: labels.get(value, value),
        choices=tuple(labels.items()),
        **options,
    )


def Flag(title: str | tuple[str, ...], lookup: str, **options: Any) -> Column:  # noqa: N802 -- reads as a type in a ledger
    """Return a column that shows 是 or 否."""
    return Labelled(title, lookup, ((True, "是"), (False, "否"), (None, "否")), **options)


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
        yield from self.written(self.selected(period, conditions), reveal=reveal)

    def written(
        self, rows: QuerySet, columns: Sequence[Column] = (), *, reveal: bool = False
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the cells of records, of all columns or of these, in the ledger's order."""
        columns = columns or self.columns
        values = rows.order_by(*self.order).values_list(*_lookups(columns))
        yield from rendered(values.iterator(chunk_size=CHUNK), columns, reveal=reveal)

    def totals(self, rows: QuerySet, columns: Sequence[Column]) -> dict[int, int | Decimal]:
        """Return the sums of the columns that have one, by their number, as the Excel file has them."""
        at = [number for number, column in enumerate(columns) if column.total]
        sums: dict[int, int | Decimal] = dict.fromkeys(at, 0)
        for row in self.written(rows, [columns[number] for number in at]):
            for number, value in zip(at, row, strict=True):
                sums[number] += figure_of(value)
        return sums

    def cells(
        self, raw: Iterable[tuple[Any, ...]], columns: Sequence[Column] = ()
    ) -> list[tuple[str, tuple[Any, ...]]]:
        """Return per row of `lookups()` the public id of its record ('' without) and its cells."""
        rows = list(raw)
        extra = 1 if self.record else 0
        cut = [row[: len(row) - extra] for row in rows]
        shown = rendered(iter(cut), columns or self.columns)
        ids = [row[-1] if extra else "" for row in rows]
        return list(zip(ids, shown, strict=True))

    def lookups(self, columns: Sequence[Column] = ()) -> tuple[str, ...]:
        """Return what `cells` wants to have read: the columns' lookups, then the record's."""
        return (*_lookups(columns or self.columns), *((self.record,) if self.record else ()))

    @cached_property
    def by_key(self) -> dict[str, Column]:
        """The columns by what an address calls them: their titles, the second of a name with （2）."""
        found: dict[str, Column] = {}
        for column in self.columns:
            name = key = "/".join(column.path)
            number = 1
            while key in found:
                number += 1
                key = f"{name}（{number}）"
            found[key] = column
        return found

    @cached_property
    def person(self) -> str:
        """The lookup of the person whom a record is about, '' where its columns name none."""
        name = str(settings.PERSON_NAME)
        for lookup in (lookup for column in self.columns for lookup in column.lookups):
            if lookup == name or lookup.endswith(f"__{name}"):
                return f"{lookup.rpartition('__')[0]}__pk"
        return ""

    @cached_property
    def labels(self) -> dict[str, str]:
        """What a column is called in a sentence, by its key: the last of its titles if that is enough."""
        leaves = Counter(column.path[-1] for column in self.columns)
        return {
            key: column.path[-1] if leaves[column.path[-1]] == 1 else key.replace("/", "·")
            for key, column in self.by_key.items()
        }

    def selected(self, period: Period, conditions: dict[str, str] | None = None) -> QuerySet[Model]:
        """Return the records that also meet conditions such as `{"kind": "party_day"}`."""
        return self.narrowed(self.rows(period), conditions or {})

    def narrowed(self, rows: QuerySet[Model], conditions: Mapping[str, str]) -> QuerySet[Model]:
        """Return those of some records that meet the conditions which this ledger names."""
        for name, value in conditions.items():
            if value and name in self.conditions:
                rows = rows.filter(**{self.conditions[name]: value})
        return rows


def _lookups(columns: Iterable[Column]) -> list[str]:
    return [lookup for column in columns for lookup in column.lookups]


def rendered(
    raw: Iterator[tuple[Any, ...]], columns: Sequence[Column], *, reveal: bool = False
) -> Iterator[tuple[Any, ...]]:
    """Yield the cells of columns from the values of their lookups."""
    while chunk := list(islice(raw, CHUNK)):
        yield from zip(*_cells(chunk, columns, reveal=reveal), strict=True)


def _cells(
    chunk: list[tuple[Any, ...]], columns: Sequence[Column], *, reveal: bool
) -> Iterator[Sequence[Any]]:
    at = 0
    for column in columns:
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
    paths = [column.path for column in columns]
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
