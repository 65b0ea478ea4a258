"""What this app adds to other pages: a member's attendance on the file."""

import datetime as dt
from typing import Any

from django.utils import timezone

from activities.models import Attendance
from activities.queries.leaders import words_for
from activities.queries.occasions import attendances_of, kinds_by_activity
from members.models import Member
from partybuild.panels import Panel
from partybuild.periods import Period

SHOWN = 60


class AttendancePanel(Panel):
    code = "activities.attendance"
    model = "members.member"
    permission = "partybuild.sign_in"
    title = "参加组织生活"
    head = ("日期", "形式", "主题", "党支部", "出席情况")
    own = True
    empty = "还没有记录。支部记录活动后，这里自动出现。"

    def summary(self, record: Member) -> str:
        year = timezone.localdate().year
        this_year = attendances_of(record).filter(
            activity__held_on__range=(dt.date(year, 1, 1), dt.date(year, 12, 31)),
            status__in=Attendance.EXPECTED,
        )
        present = this_year.filter(status=Attendance.Status.PRESENT).count()
        said = f"{year}年应到 {this_year.count()} 次，实到 {present} 次"
        as_leader = words_for(record, Period.year(year))
        return f"{said}。{as_leader}" if as_leader else said

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        attendances = list(attendances_of(record)[:SHOWN])
        kinds = kinds_by_activity([row.activity_id for row in attendances])
        return [
            (
                row.activity.get_absolute_url(),
                (
                    row.activity.held_on,
                    kinds.get(row.activity_id, ""),
                    row.activity.topic,
                    row.activity.organization.label,
                    row.get_reason_display() or row.get_status_display(),
                ),
            )
            for row in attendances
        ]
