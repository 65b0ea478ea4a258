"""Moving what hangs on an organisation when it is merged, written down so that it can be undone."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from branches.models import (
    Alliance,
    AllianceMember,
    Coverage,
    MoveRecord,
    PartyOrganization,
    ServicePlatform,
)
from partybuild import journal as journals
from partybuild.belongings import MoveRefused
from partybuild.journal import Journal
from partybuild.publicids import new_public_id


def move_dated(
    rows: Iterable[Any], journal: Journal, *, target: PartyOrganization, on: dt.date
) -> int:
    """Let dated rows hold for `target` from a day on; what held until then stays. Return how many.

    A row that began earlier ends on that day and goes on as a new one.
    """
    moved = list(rows)
    new = []
    for row in moved:
        journal.watch(row)
        if row.started_on and row.started_on >= on:
            row.organization = target
            continue
        new.append(_copy(row, organization=target, started_on=on))
        row.ended_on = on
    journal.move(moved)
    journal.create(new)
    return len(moved)


def _copy(row: Any, **changes: Any) -> Any:
    fields = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
    if "public_id" in fields:
        fields["public_id"] = new_public_id()
    again = type(row)(**fields)
    for name, value in changes.items():
        setattr(again, name, value)
    return again


def keep_moves(journal: Journal, *, event: str, code: str) -> None:
    """Write down what a merge moved."""
    entries = [entry.as_json() for entry in journal.entries()]
    if entries:
        MoveRecord.objects.create(event=event, code=code, changes=entries)


def undo_moves(*, event: str, code: str) -> None:
    """Put back what a merge moved; MoveRefused names what has changed since."""
    for record in MoveRecord.objects.filter(event=event, code=code):
        report = journals.undo(record.changes)
        if report.kept:
            what, why = report.kept[0]
            raise MoveRefused(f"{what}{why}，不能撤回合并。")
        record.delete()


def move_platforms(
    *, source: PartyOrganization, target: PartyOrganization, on: dt.date, event: str
) -> list[tuple[str, int]]:
    """Give the platforms in charge of `source`, and what it covers, over to `target`."""
    journal = Journal()
    platforms = list(ServicePlatform.objects.filter(running(on, "closed_on"), organization=source))
    codes = {platform.code for platform in platforms} - {""}
    taken = ServicePlatform.objects.filter(organization=target, code__in=codes).first()
    if taken:
        raise MoveRefused(f"两边都有编号“{taken.code}”的平台，请先改编号。")
    for platform in platforms:
        journal.watch(platform)
        platform.organization = target
        platform.version += 1
    journal.move(platforms)
    covers = Coverage.objects.filter(running(on, "ended_on"), organization=source)
    covered = move_dated(covers, journal, target=target, on=on)
    keep_moves(journal, event=event, code="branches.platforms")
    return [("主管的平台", len(platforms)), ("覆盖的平台", covered)]


def move_alliances(
    *, source: PartyOrganization, target: PartyOrganization, on: dt.date, event: str
) -> list[tuple[str, int]]:
    """Let `target` lead and belong where `source` did; where both belong, it belongs once."""
    journal = Journal()
    led = list(Alliance.objects.filter(running(on, "ended_on"), lead=source))
    for alliance in led:
        journal.watch(alliance)
        alliance.lead = target
        alliance.version += 1
    journal.move(led)
    rows = AllianceMember.objects.filter(running(on, "ended_on"), organization=source)
    there = AllianceMember.objects.filter(running(on, "ended_on"), organization=target)
    own = {row.alliance_id: row for row in there}
    double = [row for row in rows if row.alliance_id in own]
    alone = [row for row in rows if row.alliance_id not in own]
    for row in double:
        journal.watch(row)
        row.ended_on = max(on, row.started_on)
        if row.role == AllianceMember.Role.LEAD:
            journal.watch(own[row.alliance_id])
            own[row.alliance_id].role = AllianceMember.Role.LEAD
    journal.move([*double, *own.values()])
    moved = move_dated(alone, journal, target=target, on=on)
    keep_moves(journal, event=event, code="branches.alliances")
    return [("牵头的共同体", len(led)), ("参加的共同体", moved + len(double))]


def running(on: dt.date, end: str) -> Q:
    """Return the condition that something has not ended by a day."""
    return Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": on})
