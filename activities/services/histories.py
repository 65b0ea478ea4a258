"""Writing what an old ledger tells: many occasions at once, each with its own line of history."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from activities.models import Activity, Attendance, Meeting
from activities.queries.counting import countings_of
from activities.queries.reviews import closed_months, is_closed
from activities.services.occasions import (
    Form,
    Presence,
    attendances_for,
    meetings_for,
    state_from,
)
from activities.services.reviews import MonthClosed
from members.models import Member
from partybuild import audit
from partybuild.audit import Act
from partybuild.journal import Journal

FIELDS = (
    *("started_at", "place", "topic", "chair", "recorder"),
    *("is_partly_named", "stated_expected", "stated_present", "version", "changed_at"),
)


@dataclass
class Occasion:
    """One occasion as a ledger tells it: an unsaved activity, its forms, who was there."""

    activity: Activity
    forms: Sequence[Form]
    presences: dict[Member, Presence]


@dataclass
class Correction:
    """A recorded occasion that a ledger tells more of; its rows as they are stored.

    `fields` are plain fields of the activity, `texts` fields of its meetings by key of the meeting.
    `presences` are added or changed; nobody who is recorded is dropped.
    """

    activity: Activity
    meetings: list[Meeting]
    attendances: list[Attendance]
    fields: dict[str, Any] = field(default_factory=dict)
    texts: dict[int, dict[str, str]] = field(default_factory=dict)
    presences: dict[Member, Presence] = field(default_factory=dict)


@transaction.atomic
def record_occasions(*, actor: Any, journal: Journal, occasions: Sequence[Occasion]) -> None:
    """Record occasions in a constant number of queries, with one audit entry each.

    MonthClosed, and nothing is written, where one of them lies in a closed month.
    """
    held = [(o.activity.organization, o.activity.held_on, _kinds(o)) for o in occasions]
    for occasion, (month, reason) in zip(occasions, countings_of(held), strict=True):
        occasion.activity.counts_for, occasion.activity.counts_for_reason = month, reason
    _check_open([one.activity for one in occasions])
    for occasion in occasions:
        occasion.activity.recorded_by = actor
    meetings = [meetings_for(one.activity, one.forms) for one in occasions]
    attendances = [attendances_for(one.activity, one.presences) for one in occasions]
    journal.create(one.activity for one in occasions)
    _point(meetings)
    _point(attendances)
    journal.create(row for rows in meetings for row in rows)
    journal.create(row for rows in attendances for row in rows)
    audit.record_all(
        Act(
            actor=actor,
            action="activities.activity.recorded",
            subject=one.activity,
            place=one.activity.organization.path,
            summary=f"导入活动 {one.activity}",
            after=state_from(one.activity, held, there),
        )
        for one, held, there in zip(occasions, meetings, attendances, strict=True)
    )


@transaction.atomic
def correct_occasions(*, actor: Any, journal: Journal, corrections: Sequence[Correction]) -> None:
    """Correct recorded occasions in a constant number of queries, with one audit entry each.

    MonthClosed, and nothing is written, where one of them lies in a closed month.
    """
    _check_open([one.activity for one in corrections])
    acts: list[Act] = []
    new: list[Attendance] = []
    changed: list[Attendance] = []
    texts: list[Meeting] = []
    for one in corrections:
        before = state_from(one.activity, one.meetings, one.attendances)
        journal.watch(one.activity)
        for name, value in one.fields.items():
            setattr(one.activity, name, value)
        one.activity.version += 1
        one.activity.changed_at = timezone.now()
        texts += _write_texts(one, journal)
        added, others = _write_presences(one, journal)
        new += added
        changed += others
        acts.append(
            Act(
                actor=actor,
                action="activities.activity.corrected",
                subject=one.activity,
                place=one.activity.organization.path,
                summary=f"导入更正活动 {one.activity}",
                before=before,
                after=state_from(one.activity, one.meetings, [*one.attendances, *added]),
            )
        )
    journal.update([one.activity for one in corrections], FIELDS)
    journal.update(texts, ["minutes", "resolution", "lecturer"])
    journal.update(changed, ["status", "reason", "note"])
    journal.create(new)
    audit.record_all(acts)


def _kinds(occasion: Occasion) -> set[str]:
    return {form.kind for form in occasion.forms}


def _write_texts(one: Correction, journal: Journal) -> list[Meeting]:
    written = [meeting for meeting in one.meetings if meeting.pk in one.texts]
    for meeting in written:
        journal.watch(meeting)
        for name, value in one.texts[meeting.pk].items():
            setattr(meeting, name, value)
    return written


def _write_presences(
    one: Correction, journal: Journal
) -> tuple[list[Attendance], list[Attendance]]:
    """Return the rows that are new and those that are changed, the latter in place."""
    rows = {row.member_id: row for row in one.attendances}
    known = {member: p for member, p in one.presences.items() if member.pk in rows}
    for member, presence in known.items():
        row = rows[member.pk]
        journal.watch(row)
        row.status, row.reason, row.note = presence.status, presence.reason, presence.note
    new = {member: p for member, p in one.presences.items() if member.pk not in rows}
    return attendances_for(one.activity, new), [rows[member.pk] for member in known]


def _point(rows: Sequence[Sequence[Any]]) -> None:
    """Give rows the key of their activity, which it has only now."""
    for several in rows:
        for row in several:
            row.activity_id = row.activity.pk


def _check_open(activities: Sequence[Activity]) -> None:
    days = [activity.held_on for activity in activities]
    closed = closed_months(min(days), max(days)) if days else set()
    for activity in activities:
        if is_closed(closed, activity.organization, activity.held_on):
            month = f"{activity.held_on.year}年{activity.held_on.month}月"
            raise MonthClosed(f"{month}已归档，没有导入任何内容。")
