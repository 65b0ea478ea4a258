"""Reading what one member's 学时 are made of, as far as one may read it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from activities.models import Attendance
from activities.queries.occasions import kinds_by_activity
from activities.queries.study import NOUGHT, TENTH, Sums, attended_in, trainings_in
from members.models import Member
from partybuild.periods import Period


@dataclass(frozen=True)
class StudyLine:
    """One occasion or training that was counted for somebody."""

    held_on: dt.date
    kinds: str
    topic: str
    place: str
    hours: Decimal
    url: str = ""
    is_training: bool = False


def lines_of(member: Member, period: Period) -> list[StudyLine]:
    """Return what a member attended in a period as far as one may read it, the newest first."""
    attended = list(_seen(member, period).select_related("activity__organization"))
    kinds = kinds_by_activity([row.activity_id for row in attended])
    lines = [
        StudyLine(
            row.activity.held_on,
            kinds.get(row.activity_id, ""),
            row.activity.topic,
            row.activity.organization.label,
            row.activity.hours or NOUGHT,
            row.activity.get_absolute_url(),
        )
        for row in attended
    ]
    lines += [
        StudyLine(one.held_on, one.get_kind_display(), one.topic, "", one.hours, is_training=True)
        for one in trainings_in(period).filter(member=member)
    ]
    return sorted(lines, key=lambda line: (line.held_on, line.topic), reverse=True)


def elsewhere(member: Member, period: Period, sums: Sums) -> tuple[int, Decimal]:
    """Return how many of a member's occasions one may not read, and their 学时."""
    seen = _seen(member, period).aggregate(count=Count("pk"), total=Sum("activity__hours"))
    hours = Decimal(seen["total"] or NOUGHT).quantize(TENTH)
    return sums.occasions - seen["count"], sums.occasion_hours - hours


def _seen(member: Member, period: Period) -> QuerySet[Attendance]:
    counted = attended_in(period).filter(member=member)
    return Attendance.objects.filter(pk__in=counted.order_by().values("pk"))
