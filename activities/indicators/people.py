"""Indicators of members: attendance, 学时, lectures and talks of each, wherever they were held."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import ClassVar

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from activities.models import Attendance, Meeting, Talk
from activities.queries.people import (
    attendances_counted_in,
    lecturing_members_in,
    talks_with_members_in,
)
from activities.queries.study import attended_in, trainings_in
from activities.queries.visits import names_in
from members.indicators.people import MEMBER, MemberFrequency, exempted_months
from partybuild.indicators import FrequencyIndicator, Measure
from partybuild.periods import Period


class MeetingsAttended(MemberFrequency):
    code = "activities.meetings_attended"
    title = "到会次数"
    evidence = ("activities.attendances", {"status": str(Attendance.Status.PRESENT)})

    def records(self, period: Period) -> QuerySet:
        return attendances_counted_in(period).filter(status=Attendance.Status.PRESENT)

    def excused(self, subjects: QuerySet, period: Period) -> dict[int, set[dt.date]]:
        return exempted_months(subjects, period)


class AbsencesWithoutReason(MemberFrequency):
    code = "activities.absences_without_reason"
    title = "无故缺席次数"
    evidence = (
        "activities.attendances",
        {"status": str(Attendance.Status.ABSENT), "reason": str(Attendance.Reason.NONE)},
    )

    def records(self, period: Period) -> QuerySet:
        return attendances_counted_in(period).filter(
            status=Attendance.Status.ABSENT, reason=Attendance.Reason.NONE
        )


class StudyHours(FrequencyIndicator):
    """Sums 学时 as `activities.queries.study` does: occasions, and trainings none of them tells of."""

    subject: ClassVar[str] = MEMBER
    code = "activities.study_hours"
    title = "学习教育学时"
    unit = "学时"
    evidence: ClassVar = ("activities.study_hours", {})

    def months(self, subjects: QuerySet, period: Period) -> QuerySet:
        attended = _monthly(attended_in(period), subjects, "activity__held_on", "activity__hours")
        return attended.union(
            _monthly(trainings_in(period), subjects, "held_on", "hours"), all=True
        )

    def measure(self, subjects: QuerySet, period: Period) -> dict[int, Measure]:
        measured = super().measure(subjects, period)
        return {
            pk: tuple(Decimal(hours).quantize(Decimal("0.1")) for hours in months)
            for pk, months in measured.items()
            if isinstance(months, tuple)
        }

    def excused(self, subjects: QuerySet, period: Period) -> dict[int, set[dt.date]]:
        return exempted_months(subjects, period)


def _monthly(rows: QuerySet, subjects: QuerySet, day: str, hours: str) -> QuerySet:
    mine = rows.filter(member__in=subjects).order_by().annotate(month=TruncMonth(day))
    return mine.values_list("member", "month").annotate(told=Sum(hours))


class LecturesGiven(FrequencyIndicator):
    """Counts the lectures in whose 主讲人 a member of that branch is named."""

    subject: ClassVar[str] = MEMBER
    code = "activities.lectures_given"
    title = "在本支部讲党课次数"
    evidence = ("activities.lecturers", {"kind": str(Meeting.Kind.PARTY_LECTURE), "own": "yes"})

    def measure(self, subjects: QuerySet, period: Period) -> dict[int, Measure]:
        rows = lecturing_members_in(period).filter(member__in=subjects).order_by()
        counted: Counter[tuple[int, int]] = Counter()
        for pk, day, name, lecturer in rows.values_list("member", "held_on", "name", "lecturer"):
            counted[pk, day.month] += name in names_in(lecturer)
        months = [month.start.month for month in period.split("month")]
        people = {pk for pk, _ in +counted}
        return {pk: tuple(counted[pk, month] for month in months) for pk in people}


class TalksTakenPart(MemberFrequency):
    code = "activities.talks_taken_part"
    title = "参加谈心谈话次数"
    evidence = ("activities.talks_of_members", {"kind": str(Talk.Kind.HEART_TO_HEART)})

    def records(self, period: Period) -> QuerySet:
        return talks_with_members_in(period).filter(talk__kind=Talk.Kind.HEART_TO_HEART)
