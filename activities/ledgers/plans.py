"""The ledger of what is planned, and of what became of it."""

from django.db.models import QuerySet

from activities.models import PlannedActivity
from activities.queries.plans import (
    held_days_by_plan,
    kinds_by_plan,
    planned_in,
    statuses_of,
)
from branches.queries.placements import placed
from partybuild.ledgers import Column, Date, Gathered, Ledger, Text
from partybuild.periods import Period


class PlannedLedger(Ledger):
    code = "activities.planned"
    title = "全年活动安排"
    permission = "activities.view_activity"
    about = "计划的活动和记录对照，一项一行。"
    record = "public_id"
    record_page = "activities:planned"
    order = ("branch__path", "planned_on", "pk")
    columns = (
        Text("党支部", "branch__name", width=24),
        Date("计划日期", "planned_on"),
        Column(
            "时间", ("starts_at",), render=lambda time: f"{time:%H:%M}" if time else "", width=8
        ),
        Gathered("形式", ("pk",), gather=kinds_by_plan, width=16),
        Text("主题", "theme", width=30, wrap=True),
        Text("地点", "place", width=12),
        Text("上级计划", "item__theme", width=26, wrap=True),
        Gathered("情况", ("pk",), gather=statuses_of, width=9),
        Gathered("实际日期", ("pk",), gather=held_days_by_plan, width=12),
        Text("取消原因", "cancel_reason", width=24, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[PlannedActivity]:
        return placed(planned_in(period), "organization", self.day(period), name="branch")
