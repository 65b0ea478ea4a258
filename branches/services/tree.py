"""Reading the tree off its dated events: where every organisation stood on any day.

Events are the truth. What an organisation was before its first dated event is its first placement.
`rebuild_placements` makes the placements and the present columns of an organisation and of all that
ever stood below it anew, in a fixed number of queries, whatever order events were entered in.

The step of an organisation below a superior is its own for good: it comes back to the same one, and
nobody else ever gets it. So a path names one organisation for ever, and rewriting paths can never
let two rows meet on one, in whatever order a database does it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Any

from django.db.models import Max, Q, QuerySet, Value
from django.db.models.functions import Concat, Right, Substr

from branches.models import OrganizationEvent, PartyOrganization, Placement
from partybuild import localrules, paths
from partybuild.journal import Journal
from partybuild.models import PATH_LENGTH, PathField
from partybuild.refusals import Refused
from partybuild.scoping import everything

CHUNK = 500
EVER, NEVER = dt.date.min, dt.date.max
READ = ("name", "short_name", "kind", "superior_id", "path")
Kind = OrganizationEvent.Kind


class EventRefused(Refused):
    """An event cannot be entered or taken back."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What an organisation was from one day (included) to another (not included)."""

    start: dt.date
    end: dt.date
    name: str
    short_name: str
    kind: str
    superior_id: int | None
    path: str = ""

    def read(self) -> tuple[Any, ...]:
        return tuple(getattr(self, column) for column in READ)


def rebuild_placements(
    organizations: Iterable[PartyOrganization], journal: Journal | None = None
) -> None:
    """Make placements and present columns of organisations and their subtrees follow the events.

    EventRefused when an organisation would stand below itself on some day, or too deep. Runs in
    the caller's transaction; the rows are locked before they are read. With a journal, which
    remembers what an import did, nothing is deleted: an import only adds events.
    """
    with everything(reason="a subtree follows its top wherever it stood"):
        tree = _Tree(list(organizations))
        wanted = {pk: tree.stands(pk) for pk in tree.organizations}
        _write_placements(tree, wanted, journal)
        _write_present(tree, wanted, journal)
        localrules.follow(
            (
                {placement.path for placement in tree.placements[pk]},
                [(stand.start, stand.end, stand.path) for stand in stands],
            )
            for pk, stands in wanted.items()
        )


def last_steps(superiors: Iterable[int | None]) -> dict[int | None, int]:
    """Return the highest step that was ever given out below each superior (None: at the top)."""
    keys = set(superiors)
    below = Q(superior__in=keys - {None})
    if None in keys:
        below |= Q(superior__isnull=True)
    last: dict[int | None, int] = dict.fromkeys(keys, 0)
    for rows in (Placement.objects.filter(below), PartyOrganization.objects.filter(below)):
        steps: Any = (
            rows.order_by().values("superior").annotate(step=Max(Right("path", paths.STEP)))
        )
        for key, step in steps.values_list("superior", "step"):
            last[key] = max(last[key], paths.last_number(step))
    return last


def below_ever(organizations: Iterable[PartyOrganization]) -> QuerySet[PartyOrganization]:
    """Return the organisations and all that stood below any of them on any day."""
    keys = [one.pk for one in organizations]
    tops = set(Placement.objects.filter(organization__in=keys).values_list("path", flat=True))
    tops |= set(PartyOrganization.objects.filter(pk__in=keys).values_list("path", flat=True))
    stood = Placement.objects.filter(_in_subtrees(tops)).values("organization")
    return PartyOrganization.objects.filter(Q(pk__in=stood) | _in_subtrees(tops))


def _in_subtrees(tops: Iterable[str]) -> Q:
    ranges = (Q(path__gte=top, path__lt=paths.next_path(top)) for top in sorted(tops))
    return reduce(or_, ranges, Q(pk__in=[]))


@dataclass
class _Tree:
    """What is stored about organisations and all that ever stood below them."""

    changed: list[PartyOrganization]
    organizations: dict[int, PartyOrganization] = field(init=False)
    placements: dict[int, list[Placement]] = field(init=False)

    def __post_init__(self) -> None:
        below = below_ever(self.changed)
        # Lock first, then read: whoever founded something below has committed by now.
        list(below.order_by("pk").select_for_update().values_list("pk", flat=True))
        self.organizations = {one.pk: one for one in below.order_by("pk")}
        self.placements = {pk: [] for pk in self.organizations}
        for placement in self._placements_of(below):
            self.placements[placement.organization_id].append(placement)
        self._dated = defaultdict(list)
        self.ended: dict[int, dt.date] = {}
        for event in OrganizationEvent.objects.filter(
            organization__in=below.values("pk"), happened_on__isnull=False
        ).order_by("happened_on", "pk"):
            self._dated[event.organization_id].append(event)
            if event.kind in OrganizationEvent.ENDS:
                self.ended[event.organization_id] = event.happened_on
        self._own = {pk: list(self._own_stands(pk)) for pk in self.organizations}
        self._read_steps()
        self._read_outside()

    def _placements_of(self, organizations: QuerySet[PartyOrganization]) -> list[Placement]:
        found = Placement.objects.filter(organization__in=organizations.values("pk"))
        return sorted(found, key=lambda one: (one.started_on or EVER, one.pk))

    def _own_stands(self, pk: int) -> Iterator[Stand]:
        """Yield name, kind and superior over time, by the organisation's own events."""
        base: Any = next(iter(self.placements[pk]), self.organizations[pk])
        name, short_name, kind = base.name, base.short_name, base.kind
        superior_id, start = base.superior_id, EVER
        for event in self._dated[pk]:
            if event.kind not in {Kind.RENAMED, Kind.REPARENTED, Kind.KIND_CHANGED}:
                continue
            if event.happened_on > start:
                yield Stand(start, event.happened_on, name, short_name, kind, superior_id)
                start = event.happened_on
            if event.kind == Kind.RENAMED:
                name, short_name = event.name, event.short_name
            elif event.kind == Kind.REPARENTED:
                superior_id = event.superior_id
            else:
                kind = event.organization_kind
        yield Stand(start, NEVER, name, short_name, kind, superior_id)

    def _read_steps(self) -> None:
        """Learn the step of each organisation below each of its superiors; give out new ones."""
        self._steps: dict[tuple[int, int | None], int] = {}
        for pk, organization in self.organizations.items():
            rows: list[Any] = [organization, *self.placements[pk]]
            for row in rows:
                self._steps[pk, row.superior_id] = paths.last_number(row.path)
        wanted = {(pk, stand.superior_id) for pk, own in self._own.items() for stand in own}
        new = sorted(wanted - self._steps.keys(), key=lambda pair: (pair[1] or 0, pair[0]))
        last = last_steps(superior for _, superior in new) if new else {}
        for pk, superior in new:
            last[superior] += 1
            self._steps[pk, superior] = last[superior]

    def _read_outside(self) -> None:
        """Read where superiors stood that are not made anew here."""
        wanted = {stand.superior_id for own in self._own.values() for stand in own}
        outside = PartyOrganization.objects.filter(pk__in=wanted - {None} - self._own.keys())
        self._outside: dict[int, list[tuple[dt.date, dt.date, str]]] = {
            one.pk: [(EVER, NEVER, one.path)] for one in outside
        }
        kept: dict[int, list[Placement]] = defaultdict(list)
        for placement in self._placements_of(outside):
            kept[placement.organization_id].append(placement)
        for pk, rows in kept.items():
            self._outside[pk] = [
                (row.started_on or EVER, row.ended_on or NEVER, row.path) for row in rows
            ]

    def stands(self, pk: int) -> list[Stand]:
        """Return all stands of one organisation, neighbours differing in something."""
        found: list[Stand] = []
        for own in self._own[pk]:
            for start, end, path in self._paths(pk, own, own.start, own.end, ()):
                stand = replace(own, start=start, end=end, path=path)
                if found and found[-1].read() == stand.read():
                    stand = replace(stand, start=found.pop().start)
                found.append(stand)
        return found

    def _paths(
        self, pk: int, own: Stand, start: dt.date, end: dt.date, below: tuple[int, ...]
    ) -> Iterator[tuple[dt.date, dt.date, str]]:
        """Yield the path of an organisation between two days on which it has one superior."""
        step = self._steps[pk, own.superior_id]
        for since, until, above in self._places(own.superior_id, start, end, (*below, pk)):
            path = paths.child_path(above, step)
            if len(path) > PATH_LENGTH:
                raise EventRefused(f"层级太多，最多 {paths.MAX_DEPTH} 级。", "superior")
            yield since, until, path

    def _places(
        self, pk: int | None, start: dt.date, end: dt.date, below: tuple[int, ...]
    ) -> Iterator[tuple[dt.date, dt.date, str]]:
        if pk is None:
            yield start, end, ""
        elif pk in below:
            names = f"“{self.organizations[pk].name}”和“{self.organizations[below[-1]].name}”"
            when = f"从 {start} 起，" if start > EVER else ""
            raise EventRefused(f"{when}{names}会互为上下级，请换一个上级。", "superior")
        elif pk in self._own:
            for own in self._own[pk]:
                since, until = max(start, own.start), min(end, own.end)
                if since < until:
                    yield from self._paths(pk, own, since, until, below)
        else:
            for first, last, path in self._outside[pk]:
                since, until = max(start, first), min(end, last)
                if since < until:
                    yield since, until, path


def _write_placements(tree: _Tree, wanted: dict[int, list[Stand]], journal: Journal | None) -> None:
    surplus, changed, new = [], [], []
    ending: dict[dt.date | None, list[int]] = defaultdict(list)
    for pk, stands in wanted.items():
        stored = {row.started_on: row for row in tree.placements[pk]}
        for stand in _cut(stands, stored) if journal else stands:
            row, until = stored.pop(_open(stand.start), None), _open(stand.end)
            values = dict(zip(READ, stand.read(), strict=True))
            if row is None:
                started_on = _open(stand.start)
                new.append(
                    Placement(organization_id=pk, started_on=started_on, ended_on=until, **values)
                )
            elif any(getattr(row, column) != values[column] for column in READ) or (
                journal and row.ended_on != until
            ):
                if journal:
                    journal.watch(row)
                for column, value in values.items():
                    setattr(row, column, value)
                row.ended_on = until
                changed.append(row)
            elif row.ended_on != until:
                ending[until].append(row.pk)
        surplus += [row.pk for row in stored.values()]
    # In this order no organisation ever has two placements with an open end.
    columns = ["name", "short_name", "kind", "superior", "path", "ended_on"]
    if journal:
        journal.update(changed, columns)
        journal.create(new)
        return
    for chunk in _chunks(surplus):
        Placement.objects.filter(pk__in=chunk).delete()
    for until, keys in ending.items():
        for chunk in _chunks(keys):
            Placement.objects.filter(pk__in=chunk).update(ended_on=until)
    Placement.objects.bulk_update(changed, columns, batch_size=CHUNK)
    Placement.objects.bulk_create(new, batch_size=CHUNK)


def _cut(stands: list[Stand], stored: Iterable[dt.date | None]) -> Iterator[Stand]:
    """Yield stands cut wherever a stored placement starts, so that none becomes surplus."""
    days = sorted(day for day in stored if day is not None)
    for stand in stands:
        inside = [day for day in days if stand.start < day < stand.end]
        for start, end in pairwise([stand.start, *inside, stand.end]):
            yield replace(stand, start=start, end=end)


def _write_present(tree: _Tree, wanted: dict[int, list[Stand]], journal: Journal | None) -> None:
    """Let the present columns say what the last placement says; paths move as a whole subtree."""
    moved: dict[str, str] = {}
    changed = []
    for pk, organization in tree.organizations.items():
        now = wanted[pk][-1]
        ended_on = tree.ended.get(pk, organization.dissolved_on)
        stored = tuple(getattr(organization, column) for column in READ)
        if journal and stored != now.read():
            journal.watch(organization)
        if now.path != organization.path:
            moved[organization.path] = now.path
        if (*now.read()[:-1], ended_on) != (*stored[:-1], organization.dissolved_on):
            changed.append(organization)
        for column, value in zip(READ, now.read(), strict=True):
            if getattr(organization, column) != value:
                setattr(organization, column, value)
        organization.dissolved_on = ended_on
    columns = ["name", "short_name", "kind", "superior", "dissolved_on"]
    rows: Any = PartyOrganization._base_manager  # noqa: SLF001 -- the documented way to move a subtree
    rows.bulk_update(changed, columns, batch_size=CHUNK)
    _move(rows, moved)
    for one in tree.changed:
        stored_now = tree.organizations[one.pk]
        for column in (*READ, "dissolved_on"):
            setattr(one, column, getattr(stored_now, column))


def _move(rows: Any, moved: dict[str, str]) -> None:
    """Write new paths: each subtree by one statement, as everything in it goes the same way.

    `moved` maps the former path of every row to its new one. Only the tops are written; what is
    below a top has the same end in both paths, or it is a top of its own.
    """
    tops = {
        old: new
        for old, new in moved.items()
        if moved.get(paths.parent_path(old)) != paths.parent_path(new)
    }
    for old in sorted(tops, key=len, reverse=True):  # the deepest first: it leaves its superior
        below = rows.filter(path__gte=old, path__lt=paths.next_path(old))
        end = Substr("path", len(old) + 1)
        below.update(path=Concat(Value(tops[old]), end, output_field=PathField()))


def _chunks(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def _open(day: dt.date) -> dt.date | None:
    return None if day in {EVER, NEVER} else day
