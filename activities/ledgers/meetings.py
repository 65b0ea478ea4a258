"""Ledgers of organisation life."""

from typing import Any

from django.db.models import QuerySet

from activities.models import Meeting
from activities.queries.occasions import (
    absences_by_activity,
    expected_by_activity,
    meetings_counted_in,
    meetings_in,
    present_by_activity,
)
from branches.queries.placements import placed
from partybuild.ledgers import Choice, Date, Gathered, Ledger, Text
from partybuild.periods import Period


class MeetingLedger(Ledger):
    code = "activities.meetings"
    title = "“三会一课”台账"
    permission = "activities.view_activity"
    about = "一次会议一行，来自活动记录。"
    periodic = True
    record = "activity__public_id"
    record_page = "activities:activity"
    arrival = ("activity__held_on", "activity__topic", "activity__recorded_at")
    # `counted=month` asks for what counts for the period, not for what was held in it.
    # `holder` asks for what an organisation held itself, without those below it.
    conditions = {"kind": "kind", "counted": "", "holder": "activity__organization__public_id"}
    order = ("place__path", "activity__held_on", "activity_id", "pk")
    columns = (
        Text("党支部", "place__name", width=24),
        Date("日期", "activity__held_on"),
        Text("地点", "activity__place", width=12),
        Choice("会议类别", "kind", Meeting.Kind, width=14),
        Text("党小组", "group_place__short_name", width=10),
        Text("主题", "activity__topic", width=28, wrap=True),
        Text("主持人", "activity__chair__name", width=9),
        Text("记录人", "activity__recorder__name", width=9),
        Text("主讲人", "lecturer", width=9),
        Gathered(
            ("人数", "应到"),
            ("activity_id",),
            gather=expected_by_activity,
            kind="integer",
            total=True,
            width=7,
        ),
        Gathered(
            ("人数", "实到"),
            ("activity_id",),
            gather=present_by_activity,
            kind="integer",
            total=True,
            width=7,
        ),
        Gathered(
            "缺席人员及原因", ("activity_id",), gather=absences_by_activity, width=24, wrap=True
        ),
        Text("主要内容", "minutes", width=40, wrap=True),
        Text("决议和后续事项", "resolution", width=24, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[Meeting]:
        return self._placed(meetings_in(period), period)

    def selected(self, period: Period, conditions: dict[str, str] | None = None) -> QuerySet[Any]:
        others = dict(conditions or {})
        counted = others.pop("counted", "")
        if not counted:
            return super().selected(period, others)
        meetings = meetings_counted_in(period) if counted == "month" else Meeting.objects.none()
        return self.narrowed(self._placed(meetings, period), others)

    def _placed(self, meetings: QuerySet[Meeting], period: Period) -> QuerySet[Meeting]:
        day = self.day(period)
        meetings = placed(meetings, "activity__organization", day)
        return placed(meetings, "group", day, name="group_place")
