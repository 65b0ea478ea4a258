"""统计口径: figures that people define in the browser, computed from the records of a ledger.

A figure is what the ledger itself shows: the same records, the same cells. So it opens the list it
was counted from, and the figures of the organisations below one add up to the figure above.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Count, ProtectedError, Q, QuerySet
from django.utils import timezone

from partybuild import audit, paths
from partybuild.ledgers import CHUNK, Column, Ledger, ledgers, rendered
from partybuild.models import Statistic
from partybuild.narrowing import Selection, kept_selection, records
from partybuild.periods import Period
from partybuild.refusals import Refused
from partybuild.scoping import within_as_of
from partybuild.sheetxml import figure_of

# In place of a column: records about the same person count once.
SAME_PERSON = "同一个人"
MOST = 200


@dataclass
class Tally:
    """What was found at some places: how many records, their sum, the contents that differ."""

    count: int = 0
    total: Decimal = Decimal(0)
    values: set[Any] = field(default_factory=set)

    def add(self, other: "Tally") -> None:
        self.count += other.count
        self.total += other.total
        self.values |= other.values

    def of(self, measure: str) -> int | Decimal:
        """Return the figure that a measure tells."""
        if measure == Statistic.Measure.SUM:
            whole = self.total.to_integral_value()
            return int(whole) if whole == self.total else self.total
        return len(self.values) if measure == Statistic.Measure.DISTINCT else self.count


@dataclass(frozen=True)
class Figure:
    """One figure: a number, and where it is a share, of how many."""

    value: int | Decimal
    whole: int | Decimal | None = None

    @property
    def share(self) -> Decimal | None:
        """The share in percent with one decimal; None where it is none, or the whole is nothing."""
        if not self.whole:
            return None
        return (Decimal(self.value) * 100 / Decimal(self.whole)).quantize(Decimal("0.1"))

    def __str__(self) -> str:
        if self.whole is None:
            return str(self.value)
        return f"{self.value}/{self.whole}" + (f"（{self.share}%）" if self.whole else "")

    def told(self, unit: str) -> str:
        """Return it as a sentence says it: `72人，占 173 的 41.6%`."""
        share = f"，占 {self.whole} 的 {self.share}%" if self.whole else ""
        return f"{self.value}{unit}{share}"


@dataclass(frozen=True)
class Below:
    """The figure of one organisation below, itself and all below it."""

    place: Any
    figure: Figure


def visible_statistics(user: Any) -> QuerySet[Statistic]:
    """Return a user's own statistics and those shared with a place of theirs, of ledgers they read."""
    readable = [ledger for ledger in ledgers if user.has_perm(ledger.permission)]
    found = Q(pk__in=[])
    for tops, codes in _codes_by_tops(user, readable).items():
        above = {path for top in tops for path in (*paths.ancestors(top), top)}
        found |= Q(code__in=codes) & (Q(owner=user) | Q(shared_from__in=above))
    return Statistic.objects.filter(found).select_related("owner", "whole")


def _codes_by_tops(user: Any, readable: Iterable[Ledger]) -> dict[tuple[str, ...], list[str]]:
    grouped: dict[tuple[str, ...], list[str]] = {}
    for ledger in readable:
        grouped.setdefault(user.scope_for(ledger.permission).tops, []).append(ledger.code)
    return grouped


def columns_for(ledger: Ledger, measure: str) -> dict[str, str]:
    """Return the columns that a measure can use, as {key: what it is called}."""
    if measure == Statistic.Measure.SUM:
        fitting = {
            key: ledger.labels[key]
            for key, column in ledger.by_key.items()
            if column.kind in {"integer", "number"} and not column.sensitive
        }
    elif measure == Statistic.Measure.DISTINCT:
        fitting = {
            key: ledger.labels[key] for key, column in ledger.by_key.items() if not column.sensitive
        }
        fitting |= {SAME_PERSON: "同一个人只算一次"} if ledger.person else {}
    else:
        fitting = {}
    return fitting


def figure_in(statistic: Statistic, period: Period, path: str) -> Figure:
    """Return the figure of a place and all below it, inside the open scope."""
    return _figure(statistic, _tallies(statistic, period, path), _of_whole(statistic, period, path))


def figures_below(
    statistic: Statistic, period: Period, place: Any
) -> tuple[Figure, list[Below], Figure | None]:
    """Return the figure of a place, of each organisation right below it, and of all the rest.

    The rest is the place's own, and of what lay below it then and does not now; None where nothing.
    The number of queries does not depend on how many organisations there are.
    """
    parts = _tallies(statistic, period, place.path)
    wholes = _of_whole(statistic, period, place.path)
    model: Any = apps.get_model(settings.PLACE_MODEL)
    found = model._default_manager.filter(superior=place).exclude(kind="group")
    children = list(found.order_by("path"))
    tops = {child.path for child in children}
    parts_of = _by_top(parts, tops)
    wholes_of = None if wholes is None else _by_top(wholes, tops)

    def figure(top: str) -> Figure:
        whole = None if wholes_of is None else wholes_of.get(top, {})
        return _figure(statistic, parts_of.get(top, {}), whole)

    below = [Below(child, figure(child.path)) for child in children]
    has_rest = "" in parts_of or (wholes_of is not None and "" in wholes_of)
    rest = figure("") if has_rest else None
    return _figure(statistic, parts, wholes), below, rest


def _by_top(tallies: dict[str, Tally], tops: set[str]) -> dict[str, dict[str, Tally]]:
    """Return the tallies by the one of some places that each lies in or below, "" for none."""
    found: dict[str, dict[str, Tally]] = {}
    for path, tally in tallies.items():
        above = (path, *reversed(paths.ancestors(path)))
        top = next((one for one in above if one in tops), "")
        found.setdefault(top, {})[path] = tally
    return found


def trend(statistic: Statistic, period: Period, path: str) -> list[tuple[Period, Figure]]:
    """Return the figure of each month of a period up to today; of a month, those of its year."""
    year = Period.year(period.start.year) if period.kind == "month" else period
    today = timezone.localdate()
    return [
        (month, figure_in(statistic, month, path))
        for month in year.split("month")
        if month.start <= today
    ]


def _figure(
    statistic: Statistic, parts: dict[str, Tally], wholes: dict[str, Tally] | None
) -> Figure:
    value = _sum_of(parts.values()).of(statistic.measure)
    if wholes is None or statistic.whole is None:
        return Figure(value)
    return Figure(value, _sum_of(wholes.values()).of(statistic.whole.measure))


def _of_whole(statistic: Statistic, period: Period, path: str) -> dict[str, Tally] | None:
    return _tallies(statistic.whole, period, path) if statistic.whole else None


def _sum_of(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return total


def _tallies(statistic: Statistic, period: Period, path: str) -> dict[str, Tally]:
    """Return what there is at each place below `path`, by the place's own path."""
    ledger = ledgers[statistic.code]
    selection = kept_selection(ledger, statistic.selection)
    with within_as_of(path, ledger.day(period)):
        rows = records(ledger, period, selection).order_by()
        where = place_of(ledger, rows)
        if statistic.measure == Statistic.Measure.COUNT:
            counted = rows.values_list(where).annotate(Count("pk"))
            return {place or "": Tally(count) for place, count in counted}
        found: dict[str, Tally] = {}
        for place, cell in _cells(ledger, rows, where, statistic.column):
            tally = found.setdefault(place or "", Tally())
            tally.count += 1
            if statistic.measure == Statistic.Measure.SUM:
                tally.total += figure_of(cell)
            elif cell not in (None, ""):
                tally.values.add(cell)
        return found


def _cells(ledger: Ledger, rows: QuerySet, where: str, key: str) -> Iterator[tuple[str, Any]]:
    """Yield the place of each record and the cell that the ledger shows in a column."""
    if key == SAME_PERSON:
        yield from rows.values_list(where, ledger.person).iterator(chunk_size=CHUNK)
        return
    column = ledger.by_key[key]
    both = (Column("", (where,)), column)
    lookups = (where, *column.lookups)
    yield from rendered(rows.values_list(*lookups).iterator(chunk_size=CHUNK), both)


def place_of(ledger: Ledger, rows: QuerySet) -> str:
    """Return the lookup of the path at which a ledger's records lay on its day."""
    orders = [lookup.lstrip("-") for lookup in ledger.order]
    model: Any = rows.model
    return next((one for one in orders if one.endswith("path")), model.scope_path)


@transaction.atomic
def define_statistic(
    *,
    actor: Any,
    ledger: Ledger,
    name: str,
    selection: Selection,
    measure: str = Statistic.Measure.COUNT,
    column: str = "",
    unit: str = "",
    note: str = "",
    whole: Statistic | None = None,
    shared_from: str = "",
) -> Statistic:
    """Define a figure. Raises Refused for a name that is taken or a column that does not fit."""
    if Statistic.objects.filter(owner=actor, name=name).exists():
        raise Refused(f"您已经有一个“{name}”，请换一个名称。", "name")
    if Statistic.objects.filter(owner=actor).count() >= MOST:
        raise Refused(f"已经有 {MOST} 个统计，请先删掉不用的。", "name")
    fitting = columns_for(ledger, measure)
    if fitting and column not in fitting:
        raise Refused("请选一列。", "column")
    if measure == Statistic.Measure.SUM and not fitting:
        raise Refused("这本台账没有可以合计的列。", "measure")
    if whole and whole.whole:
        raise Refused("比例不能再做分母，请选一个数。", "whole")
    statistic = Statistic.objects.create(
        owner=actor,
        name=name,
        unit=unit,
        note=note,
        code=ledger.code,
        selection=selection.as_json(),
        measure=measure,
        column=column if fitting else "",
        whole=whole,
        shared_from=shared_from,
    )
    audit.record(
        actor=actor,
        action="partybuild.statistic.defined",
        subject=statistic,
        place=shared_from,
        summary=f"定义统计口径 {name}",
        after={
            "ledger": ledger.code,
            "measure": measure,
            "column": statistic.column,
            "whole": whole.name if whole else "",
            "shared": bool(shared_from),
            **statistic.selection,
        },
    )
    return statistic


@transaction.atomic
def drop_statistic(*, actor: Any, statistic: Statistic) -> None:
    """Forget a definition; Refused while it is the whole of a share."""
    audit.record(
        actor=actor,
        action="partybuild.statistic.dropped",
        subject=statistic,
        place=statistic.shared_from,
        summary=f"删除统计口径 {statistic.name}",
        before={"ledger": statistic.code, "measure": statistic.measure, **statistic.selection},
    )
    try:
        statistic.delete()
    except ProtectedError as used:
        names = "、".join(f"“{part.name}”" for part in used.protected_objects)  # type: ignore[attr-defined]
        raise Refused(f"{names}的比例用着它，请先删那一个。") from used


def words_of(statistic: Statistic) -> str:
    """Return the definition as one sentence: ledger, conditions, what is told."""
    ledger = ledgers[statistic.code]
    conditions = kept_selection(ledger, statistic.selection).words()
    told = str(Statistic.Measure(statistic.measure).label)
    if statistic.column:
        column = columns_for(ledger, statistic.measure).get(statistic.column, statistic.column)
        told = {
            Statistic.Measure.SUM: f"“{column}”一列的合计",
            Statistic.Measure.DISTINCT: column
            if statistic.column == SAME_PERSON
            else f"“{column}”一列有多少个不同的内容",
        }[Statistic.Measure(statistic.measure)]
    share = f"，占“{statistic.whole.name}”的比例" if statistic.whole else ""
    return f"《{ledger.title}》{f'里{conditions}的记录' if conditions else '的全部记录'}：{told}{share}"
