"""The ledger of applications of campaigns."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from assessments.models import Application
from assessments.queries.applications import handed_in_during
from branches.queries.placements import placed
from partybuild.ledgers import Choice, Column, Integer, Ledger, Text
from partybuild.periods import Period


def local_day(moment: Any) -> Any:
    """Return the day of a moment here."""
    return timezone.localdate(moment) if moment else None


class ApplicationLedger(Ledger):
    code = "assessments.campaign_applications"
    title = "创建申报台账"
    permission = "assessments.view_campaign"
    about = "期间内申报的一份一行，写明对照标准自评的条数。"
    record = "public_id"
    record_page = "assessments:application"
    order = ("place__path", "pk")
    columns = (
        Text("单位", "place__name", width=26),
        Text("创建活动", "campaign__title", width=24),
        Text("党员", "member__name", width=10),
        Column("申报日期", ("handed_in_at",), kind="date", render=local_day),
        Integer(("自评", "达到"), "met", width=9),
        Integer(("自评", "基本达到"), "partly", width=9),
        Integer(("自评", "未达到"), "not_met", width=9),
        Choice("状态", "state", Application.State, width=10),
    )

    def rows(self, period: Period) -> QuerySet[Any]:
        return placed(handed_in_during(period), "organization", self.day(period))
