"""Ledgers of what meetings decided to have done."""

from django.db.models import QuerySet

from activities.models import ActionItem
from branches.queries.placements import placed
from partybuild.ledgers import Date, Ledger, Text
from partybuild.periods import Period


class MatterLedger(Ledger):
    code = "activities.matters"
    title = "议定事项台账"
    permission = "activities.view_activity"
    about = "一段时间里会议议定的事项，一件一行。"
    periodic = True
    record = "public_id"
    record_page = "activities:matter"
    order = ("place__path", "raised_on", "pk")
    columns = (
        Text("党组织", "place__name", width=24),
        Date("议定日期", "raised_on"),
        Text("会议", "raised_in__topic", width=24, wrap=True),
        Text("事项", "text", width=36, wrap=True),
        Text("负责人", "responsible", width=12),
        Date("完成时限", "due_on"),
        Date("办结日期", "closed_on"),
        Text("办理结果", "outcome", width=30, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[ActionItem]:
        matters = ActionItem.objects.filter(raised_on__range=(period.start, period.end))
        return placed(matters, "organization", self.day(period))
