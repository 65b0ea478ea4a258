"""Moving people from one organisation into another when the two are merged, and back."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q

from branches.models import PartyOrganization
from members.models import DevelopmentCase, Member, Membership, MergeTrace, Office
from members.queries.merges import held_on, transfers_under_way
from members.services.memberships import MembershipRefused, check_place
from partybuild.refusals import Refused

Kind, Start, End = Membership.Kind, Membership.Start, Membership.End
# The columns that a merge may change; they are compared before anything is put back.
COLUMNS = {
    "membership": (
        *("organization_id", "group_id", "started_on", "ended_on"),
        *("started_by", "ended_by", "document"),
    ),
    "member": ("branch_id",),
    "developmentcase": ("organization_id",),
    "office": ("ended_on", "ended_by"),
}


class MergeRefused(Refused):
    """People cannot be moved, or not be moved back, with the reason in Chinese."""


def move_people(
    *, source: PartyOrganization, target: PartyOrganization, on: dt.date, event: str
) -> dict[str, int]:
    """Let who belongs to `source` on `on` or later belong to `target`; return numbers by kind.

    A membership is cut at the day: the days before stay where they were. Files and open 培养档案 go
    along, offices of the source end. Runs with everything open, inside the transaction of the merge.
    """
    waiting = transfers_under_way(source)
    if waiting:
        raise MergeRefused(f"还有 {waiting} 件组织关系转接正在办理，请先办完或撤回。")
    rows = list(held_on(source, on))
    _check_target(rows, target, on)
    trace = _Trace(event)
    for row in rows:
        _move(row, target, on, trace)
    for member in Member.objects.select_for_update().filter(branch=source).order_by("pk"):
        trace.watch(member)
        member.branch = target
        member.version += 1
        member.save(update_fields=["branch", "version"])
    for case in DevelopmentCase.objects.select_for_update().filter(
        organization=source, closed_on=None
    ):
        trace.watch(case)
        case.organization = target
        case.version += 1
        case.save(update_fields=["organization", "version"])
    offices = _end_offices(source, on, trace)
    trace.write()
    moved = {label: sum(row.kind == kind for row in rows) for kind, label in LABELS.items()}
    return {**moved, "结束的党内职务": offices}


LABELS = {Kind.FORMAL: "党员", Kind.DEVELOPMENT: "培养对象", Kind.SECOND: "第二组织关系"}


def move_people_back(*, event: str) -> None:
    """Put back what the merge `event` moved; MergeRefused when any of it has changed since."""
    traces = list(MergeTrace.objects.filter(event=event).order_by("-pk"))
    rows = {(t.table, t.row): _find(t) for t in traces}
    for trace in traces:
        row = rows[trace.table, trace.row]
        if row is None or _told(row) != trace.after:
            raise MergeRefused(
                "合并以后有人的组织关系、档案或职务又有变动，不能整体恢复，请逐人办理。"
            )
    if _came_since(traces, rows):
        raise MergeRefused("合并以后有人又办了新的组织关系，不能整体恢复，请逐人办理。")
    for trace in traces:  # the newest first: what was made goes before what it replaced comes back
        row = rows[trace.table, trace.row]
        if trace.before is None:
            row.delete()
            continue
        for column, value in trace.before.items():
            field = row._meta.get_field(column.removesuffix("_id"))
            setattr(row, column, value if field.is_relation else field.to_python(value))
        if hasattr(row, "version"):
            row.version += 1
        row.save()
    MergeTrace.objects.filter(event=event).delete()


class _Trace:
    """Notes what is changed, row by row."""

    def __init__(self, event: str) -> None:
        self.event = event
        self._before: list[tuple[Any, dict[str, Any] | None]] = []

    def made(self, row: Any) -> None:
        self._before.append((row, None))

    def watch(self, row: Any) -> None:
        self._before.append((row, _told(row)))

    def write(self) -> None:
        MergeTrace.objects.bulk_create(
            MergeTrace(
                event=self.event,
                table=row._meta.model_name,
                row=row.pk,
                before=before,
                after=_told(row),
            )
            for row, before in self._before
        )


def _told(row: Any) -> dict[str, Any]:
    """Return the columns of a row as JSON gives them back."""
    encoder = DjangoJSONEncoder()
    values = {column: getattr(row, column) for column in COLUMNS[row._meta.model_name]}
    return {
        name: encoder.default(value) if isinstance(value, dt.date) else value
        for name, value in values.items()
    }


def _find(trace: MergeTrace) -> Any:
    model: Any = apps.get_model("members", trace.table)
    return model.objects.select_for_update().filter(pk=trace.row).first()


def _came_since(traces: Iterable[MergeTrace], rows: dict[tuple[str, int], Any]) -> bool:
    """Tell whether any of these people has a membership now that the merge did not know."""
    own = {row.pk: row.member_id for (table, _), row in rows.items() if table == "membership"}
    made = {trace.row for trace in traces if trace.table == "membership" and trace.before is None}
    later = Membership.objects.filter(member__in=set(own.values())).exclude(pk__in=own)
    starts = [rows["membership", pk].started_on for pk in made]
    return bool(starts) and later.filter(started_on__gte=min(starts)).exists()


def _check_target(rows: Iterable[Membership], target: PartyOrganization, on: dt.date) -> None:
    for kind in {row.kind for row in rows}:
        try:
            check_place(target, kind, on)
        except MembershipRefused as refusal:
            raise MergeRefused(str(refusal)) from refusal


def _move(row: Membership, target: PartyOrganization, on: dt.date, trace: _Trace) -> None:
    """Cut one membership at the day; what lies after it goes to the target."""
    start = on if row.started_on is None else max(on, row.started_on)
    is_there = Membership.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=start),
        member=row.member_id,
        organization=target,
    ).exclude(kind=Kind.DEVELOPMENT)
    guests = list(is_there.filter(kind=Kind.SECOND)) if row.kind == Kind.FORMAL else []
    ends, why = row.ended_on, row.ended_by
    trace.watch(row)
    row.ended_on, row.ended_by = start, End.MOVED
    row.save(update_fields=["ended_on", "ended_by"])
    for guest in guests:
        trace.watch(guest)
        guest.ended_on = max(start, guest.started_on) if guest.started_on else start
        guest.ended_by = End.MOVED
        guest.save(update_fields=["ended_on", "ended_by"])
    if row.kind == Kind.SECOND and is_there.exists():
        return  # nobody is a guest where they belong
    trace.made(
        Membership.objects.create(
            member_id=row.member_id,
            organization=target,
            kind=row.kind,
            started_on=start,
            ended_on=ends,
            started_by=Start.MOVED,
            ended_by=why,
            document=row.document,
        )
    )


def _end_offices(source: PartyOrganization, on: dt.date, trace: _Trace) -> int:
    standing = Q(ended_on__isnull=True) | Q(ended_on__gt=on)
    offices = list(Office.objects.filter(standing, organization=source).order_by("pk"))
    for office in offices:
        trace.watch(office)
        office.ended_on = max(on, office.started_on) if office.started_on else on
        office.ended_by = Office.End.RELIEVED
        office.version += 1
        office.save(update_fields=["ended_on", "ended_by", "version"])
    return len(offices)
