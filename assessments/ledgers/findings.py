"""The ledger of what inspections of campaigns found."""

from typing import Any

from django.db.models import QuerySet

from assessments.ledgers.applications import local_day
from assessments.models import Finding, Inspection
from assessments.queries.inspections import findings_during
from branches.queries.placements import placed
from partybuild.ledgers import Choice, Column, Date, Ledger, Text
from partybuild.periods import Period


class FindingLedger(Ledger):
    code = "assessments.campaign_findings"
    title = "创建检查问题台账"
    permission = "assessments.view_campaign"
    about = "期间内检查、已经下发的问题，一条一行，整改到销号为止。"
    record = "public_id"
    record_page = "assessments:finding"
    conditions = {"state": "state"}
    order = ("place__path", "inspection__inspected_on", "pk")
    columns = (
        Text("单位", "place__name", width=26),
        Text("创建活动", "inspection__campaign__title", width=24),
        Choice("方式", "inspection__kind", Inspection.Kind, width=8),
        Date("检查日期", "inspection__inspected_on"),
        Text("对应标准", "criterion__title", width=16),
        Text("问题", "text", width=40, wrap=True),
        Date("整改期限", "due_on"),
        Text("责任人", "responsible", width=10),
        Choice("状态", "state", Finding.State, width=10),
        Column("销号日期", ("closed_at",), kind="date", render=local_day),
    )

    def rows(self, period: Period) -> QuerySet[Any]:
        return placed(findings_during(period), "organization", self.day(period))
