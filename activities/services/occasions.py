"""Writing what happened: one call records an occasion; everything else is a reading of it."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from activities.models import Activity, Attendance, Meeting, Photo
from activities.photos import StoredPhoto
from branches.models import PartyOrganization
from members.models import Member
from partybuild import audit
from partybuild.merging import StaleVersion


@dataclass(frozen=True)
class Form:
    """One form held in the occasion: its kind, its group if it is a 党小组会, its own minutes."""

    kind: str
    group: PartyOrganization | None = None
    minutes: str = ""
    resolution: str = ""
    lecturer: str = ""


@dataclass(frozen=True)
class Presence:
    """How one person stood to the occasion."""

    status: str = Attendance.Status.PRESENT
    reason: str = ""
    note: str = ""


@transaction.atomic
def record_activity(
    *,
    actor: Any,
    organization: PartyOrganization,
    held_on: dt.date,
    topic: str,
    forms: Iterable[Form],
    presences: Mapping[Member, Presence],
    photos: Iterable[StoredPhoto] = (),
    **details: Any,
) -> Activity:
    """Record one occasion with its forms, attendance and photos; return it.

    `presences` says of each expected person how they stood; `details` are the plain fields
    `started_at`, `place`, `chair`, `recorder`, `counts_for`, `counts_for_reason`.
    """
    activity = Activity.objects.create(
        organization=organization, held_on=held_on, topic=topic, recorded_by=actor, **details
    )
    _write_forms(activity, forms)
    _write_attendance(activity, presences)
    _write_photos(activity, photos)
    audit.record(
        actor=actor,
        action="activities.activity.recorded",
        subject=activity,
        place=organization.path,
        summary=f"记录活动 {activity}",
        after=state_of(activity),
    )
    return activity


@transaction.atomic
def correct_activity(
    *,
    actor: Any,
    activity: Activity,
    version: int,
    forms: Iterable[Form],
    presences: Mapping[Member, Presence],
    photos: Iterable[StoredPhoto] = (),
    dropped_photos: Iterable[Photo] = (),
    **fields: Any,
) -> Activity:
    """Correct a recorded occasion; StaleVersion when it has changed since `version`.

    `fields` are the plain fields of the activity, also `held_on` and `topic`. Who was there is named
    by now: the figures of an old ledger go.
    """
    before = state_of(activity)
    _take(activity, version)
    activity.is_partly_named = False
    activity.stated_expected = activity.stated_present = None
    for name, value in fields.items():
        setattr(activity, name, value)
    activity.save()
    activity.meetings.all().delete()
    activity.attendances.all().delete()
    Photo.objects.filter(activity=activity, pk__in=[photo.pk for photo in dropped_photos]).delete()
    _write_forms(activity, forms)
    _write_attendance(activity, presences)
    _write_photos(activity, photos)
    audit.record(
        actor=actor,
        action="activities.activity.corrected",
        subject=activity,
        place=activity.organization.path,
        summary=f"更正活动 {activity}",
        before=before,
        after=state_of(activity),
    )
    return activity


@transaction.atomic
def delete_activity(*, actor: Any, activity: Activity, version: int) -> Activity:
    """Put an activity into the trash, whence it can be restored with everything that is in it."""
    _take(activity, version)
    activity.deleted_at = timezone.now()
    activity.save()
    audit.record(
        actor=actor,
        action="activities.activity.deleted",
        subject=activity,
        place=activity.organization.path,
        summary=f"删除活动 {activity}（可恢复）",
    )
    return activity


@transaction.atomic
def restore_activity(*, actor: Any, activity: Activity) -> Activity:
    """Take an activity out of the trash; nothing of it was lost there."""
    activity.deleted_at = None
    activity.version += 1
    activity.save()
    audit.record(
        actor=actor,
        action="activities.activity.restored",
        subject=activity,
        place=activity.organization.path,
        summary=f"恢复活动 {activity}",
    )
    return activity


def state_of(activity: Activity) -> dict[str, Any]:
    """Return all that an activity says, as plain values: what history compares."""
    meetings = activity.meetings.select_related("group").order_by("pk")
    attendances = activity.attendances.select_related("member").only(
        "activity", "status", "reason", "member__name", "member__pinyin"
    )
    return state_from(activity, list(meetings), list(attendances), activity.photos.count())


def state_from(
    activity: Activity,
    meetings: Sequence[Meeting],
    attendances: Iterable[Attendance],
    photos: int = 0,
) -> dict[str, Any]:
    """Return what `state_of` says, out of rows that are at hand."""
    rows = sorted(attendances, key=lambda row: (row.member.pinyin, row.pk or 0))
    expected = sum(row.status in Attendance.EXPECTED for row in rows)
    return {
        "日期": activity.held_on,
        "时间": activity.started_at,
        "地点": activity.place,
        "主题": activity.topic,
        "主持人": activity.chair.name if activity.chair else "",
        "记录人": activity.recorder.name if activity.recorder else "",
        "形式": [f"{m.get_kind_display()}{m.group.label if m.group else ''}" for m in meetings],
        "内容": [m.minutes for m in meetings if m.minutes],
        "决议": [m.resolution for m in meetings if m.resolution],
        "主讲人": [m.lecturer for m in meetings if m.lecturer],
        "应到": activity.stated_expected if activity.is_partly_named else expected,
        "未到会": [
            f"{row.member.name}（{row.get_reason_display() or row.get_status_display()}）"
            for row in rows
            if row.status != Attendance.Status.PRESENT
        ],
        "照片": photos,
        **({"实到（台账只有人数）": activity.stated_present} if activity.is_partly_named else {}),
    }


def _take(activity: Activity, version: int) -> None:
    """Claim the next version of a record; StaleVersion when somebody else was faster."""
    taken = Activity.objects.filter(pk=activity.pk, version=version).update(
        version=F("version") + 1
    )
    if not taken:
        raise StaleVersion(activity)
    activity.version = version + 1


def _write_forms(activity: Activity, forms: Iterable[Form]) -> None:
    Meeting.objects.bulk_create(meetings_for(activity, forms))


def _write_attendance(activity: Activity, presences: Mapping[Member, Presence]) -> None:
    Attendance.objects.bulk_create(attendances_for(activity, presences))


def meetings_for(activity: Activity, forms: Iterable[Form]) -> list[Meeting]:
    """Return the unsaved rows of the forms held in an activity."""
    return [
        Meeting(
            activity=activity,
            kind=form.kind,
            group=form.group,
            minutes=form.minutes,
            resolution=form.resolution,
            lecturer=form.lecturer,
        )
        for form in forms
    ]


def attendances_for(activity: Activity, presences: Mapping[Member, Presence]) -> list[Attendance]:
    """Return the unsaved rows of those who were expected at an activity."""
    return [
        Attendance(
            activity=activity,
            member=member,
            status=presence.status,
            reason=presence.reason,
            note=presence.note,
        )
        for member, presence in presences.items()
    ]


def _write_photos(activity: Activity, photos: Iterable[StoredPhoto]) -> None:
    for photo in photos:
        Photo.objects.create(
            activity=activity,
            stored_as=photo.name,
            width=photo.width,
            height=photo.height,
            byte_count=photo.byte_count,
            sha256=photo.sha256,
        )
