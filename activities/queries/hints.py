"""What is pointed out beside a record: hints for a second look, never faults and never counted."""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass

from django.utils import timezone

from activities.models import Activity, Attendance, Meeting
from partybuild.regulations import NoRegulation, regulation

NOT_TEXT = re.compile(r"[\W\d_]+")
GRAM = 4


@dataclass(frozen=True)
class Hint:
    """One thing to look at again; `url` leads to what it is compared with."""

    text: str
    url: str = ""


def hints_of(activity: Activity) -> list[Hint]:
    """Return what a second look at a record is worth, in a constant number of queries."""
    try:
        rule = regulation("activities.hints", on=activity.held_on, place=activity.organization.path)
    except NoRegulation:
        return []
    return [
        *_same_person(activity),
        *_backdated(activity, rule.values["times"]["backdated_days"]),
        *_repeated(activity, rule.values["minutes"]),
        *_elsewhere(activity, rule.values["times"]["hours_apart"]),
    ]


def likeness(text: str, other: str) -> int:
    """Return how much of a text stands in another one, in whole percent of its runs of four.

    Digits, blanks and punctuation do not count: only the date of a copied text is new.
    """
    mine, theirs = _runs(text), _runs(other)
    total = mine.total()
    return (mine & theirs).total() * 100 // total if total else 0


def _runs(text: str) -> Counter[str]:
    plain = NOT_TEXT.sub("", text)
    return Counter(plain[at : at + GRAM] for at in range(len(plain) - GRAM + 1))


def _same_person(activity: Activity) -> list[Hint]:
    if activity.chair_id is not None and activity.chair_id == activity.recorder_id:
        return [Hint("主持人和记录人是同一个人。")]
    return []


def _backdated(activity: Activity, days: int) -> list[Hint]:
    late = (timezone.localdate(activity.recorded_at) - activity.held_on).days
    return [Hint(f"会后 {late} 天才记录。")] if late > days else []


def _repeated(activity: Activity, rule: dict[str, int]) -> list[Hint]:
    """Find the earlier record of the same organisation that most of this text stands in."""
    text = "".join(meeting.minutes for meeting in activity.meetings.all())
    if len(NOT_TEXT.sub("", text)) < rule["least_characters"]:
        return []
    earlier = (
        Meeting.objects.filter(
            activity__organization=activity.organization_id, activity__held_on__lt=activity.held_on
        )
        .exclude(minutes="")
        .select_related("activity")
        .order_by("-activity__held_on", "-pk")[: rule["compared_with"]]
    )
    alike = [(likeness(text, meeting.minutes), meeting.activity) for meeting in earlier]
    percent, other = max(alike, key=lambda pair: pair[0], default=(0, None))
    if other is None or percent < rule["similar_percent"]:
        return []
    said = f"会议内容有 {percent}% 与 {other.held_on} 的记录相同。"
    return [Hint(said, other.get_absolute_url())]


def _elsewhere(activity: Activity, hours: int) -> list[Hint]:
    """Find people who are recorded as present in another visible activity at the same time."""
    here = activity.attendances.filter(status=Attendance.Status.PRESENT).values("member")
    others = (
        Attendance.objects.filter(
            activity__held_on=activity.held_on,
            status=Attendance.Status.PRESENT,
            member__in=here,
        )
        .exclude(activity=activity.pk)
        .select_related("member", "activity__organization")
        .order_by("member__pinyin", "pk")
    )
    return [
        Hint(
            f"{row.member.name}同一时间也在“{row.activity.organization.label}”的活动里到会。",
            row.activity.get_absolute_url(),
        )
        for row in others
        if _overlap(activity, row.activity, hours)
    ]


def _overlap(one: Activity, other: Activity, hours: int) -> bool:
    """Tell whether two occasions of a day overlap; without both beginnings nobody can say."""
    if one.started_at is None or other.started_at is None:
        return False
    first, second = sorted((one, other), key=lambda each: each.started_at or dt.time.min)
    end = first.ended_at or _later(first.started_at or dt.time.min, hours)
    return (second.started_at or dt.time.min) < end


def _later(time: dt.time, hours: int) -> dt.time:
    return time.replace(hour=time.hour + hours) if time.hour + hours < 24 else dt.time.max  # noqa: PLR2004 -- a day
