"""Writing what happened: one call records an occasion; everything else is a reading of it."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from activities.models import Activity, Attendance, Meeting, Photo
from activities.photos import StoredPhoto
from activities.queries.counting import counting_of
from activities.services.reviews import check_open, use_leave
from branches.models import PartyOrganization
from members.models import Member
from partybuild import audit
from partybuild.merging import take


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
    """Record one occasion with its forms, attendance and photos; MonthClosed in a closed month.

    `presences` says of each expected person how they stood; `details` are the plain fields
    `started_at`, `ended_at`, `place`, `chair`, `recorder`, `guests`, `hours`, `planned` (the plan
    that it carries out), `counts_for`, `counts_for_reason`. Where nobody says for which month it
    counts, the rule of the party day does.
    """
    forms = list(forms)
    details |= _counting(organization, held_on, forms, details)
    check_open(organization, held_on, details["counts_for"])
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

    MonthClosed in a closed month unless leave was given, which this uses up.

    `fields` are the plain fields of the activity, also `held_on` and `topic`. Who was there is named
    by now: the figures of an old ledger go.
    """
    before, forms = state_of(activity), list(forms)
    held_on = fields.get("held_on", activity.held_on)
    if "counts_for" in fields:
        fields |= _counting(activity.organization, held_on, forms, fields, besides=activity)
    use_leave(activity, held_on, fields.get("counts_for", activity.counts_for))
    take(activity, version)
    activity.is_partly_named = False
    activity.stated_expected = activity.stated_present = None
    for name, value in fields.items():
        setattr(activity, name, value)
    activity.save()
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
def make_up(
    *, actor: Any, activity: Activity, made_up: Mapping[Attendance, tuple[dt.date, str]]
) -> None:
    """Note for people who were away on which day and how they made it up (补课)."""
    for attendance, (day, how) in made_up.items():
        attendance.made_up_on, attendance.made_up_how = day, how
    Attendance.objects.bulk_update(made_up, ["made_up_on", "made_up_how"])
    audit.record(
        actor=actor,
        action="activities.activity.made_up",
        subject=activity,
        place=activity.organization.path,
        summary=f"登记补课 {activity}",
        after={row.member.name: f"{day} {how}" for row, (day, how) in made_up.items()},
    )


@transaction.atomic
def delete_activity(*, actor: Any, activity: Activity, version: int) -> Activity:
    """Put an activity into the trash, whence it can be restored with everything that is in it."""
    use_leave(activity, activity.held_on, activity.counts_for)
    take(activity, version)
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
    check_open(activity.organization, activity.held_on, activity.counts_for)
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
        "结束时间": activity.ended_at,
        "地点": activity.place,
        "主题": activity.topic,
        "主持人": activity.chair.name if activity.chair else "",
        "记录人": activity.recorder.name if activity.recorder else "",
        "列席": activity.guests,
        "学时": activity.hours,
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
        **_counted_elsewhere(activity),
        "对应的计划": str(activity.planned or ""),
        **({"实到（台账只有人数）": activity.stated_present} if activity.is_partly_named else {}),
    }


def _counted_elsewhere(activity: Activity) -> dict[str, Any]:
    """Return what history says of a record that counts for another month than its own."""
    if not activity.counts_for_elsewhere:
        return {}
    return {"计入": f"{activity.counts_for:%Y-%m}", "计入的原因": activity.counts_for_reason}


def _counting(
    organization: PartyOrganization,
    held_on: dt.date,
    forms: Sequence[Form],
    said: Mapping[str, Any],
    *,
    besides: Activity | None = None,
) -> dict[str, Any]:
    """Return for which month an occasion counts: as somebody says, else as the rule does."""
    if said.get("counts_for"):
        month, reason = said["counts_for"].replace(day=1), said.get("counts_for_reason", "")
    else:
        kinds = {form.kind for form in forms}
        month, reason = counting_of(organization, held_on, kinds, besides=besides)
    return {"counts_for": month, "counts_for_reason": reason}


def _write_forms(activity: Activity, forms: Iterable[Form]) -> None:
    """Write the forms held; what hangs on a form that stays (votes, matters to do) stays with it."""
    _write_rows(
        Meeting,
        {(row.kind, row.group_id): row for row in activity.meetings.all()},
        {(form.kind, form.group.pk if form.group else None): form for form in forms},
        lambda key: Meeting(activity=activity, kind=key[0], group_id=key[1]),
        ("minutes", "resolution", "lecturer"),
    )


def _write_attendance(activity: Activity, presences: Mapping[Member, Presence]) -> None:
    _write_rows(
        Attendance,
        {row.member_id: row for row in activity.attendances.all()},
        {member.pk: presence for member, presence in presences.items()},
        lambda key: Attendance(activity=activity, member_id=key),
        ("status", "reason", "note"),
    )


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


def _write_rows(
    model: Any, former: dict, wanted: Mapping[Any, Any], make: Callable, names: Sequence[str]
) -> None:
    """Bring rows to what is wanted by key, in at most three statements however many there are."""
    fresh, changed = [], []
    for key, said in wanted.items():
        row = former.pop(key, None)
        target = row or make(key)
        differs = [name for name in names if getattr(target, name) != getattr(said, name)]
        for name in differs:
            setattr(target, name, getattr(said, name))
        if row is None:
            fresh.append(target)
        elif differs:
            changed.append(target)
    if former:
        model.objects.filter(pk__in=[row.pk for row in former.values()]).delete()
    if changed:
        model.objects.bulk_update(changed, names)
    model.objects.bulk_create(fresh)


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
