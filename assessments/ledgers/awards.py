"""The ledger of who holds what campaigns awarded, as of a day."""

from typing import Any

from django.db.models import QuerySet

from assessments.queries.awards import held_on
from branches.queries.placements import placed
from partybuild.ledgers import Column, Date, Ledger, Text
from partybuild.periods import Period


def grounds(application: int | None, scorecard: str, ground: str) -> str:
    """Return what an award rests on, in words."""
    applied = "申报" if application else ""
    return "；".join(one for one in (applied, scorecard, ground) if one)


class AwardLedger(Ledger):
    code = "assessments.campaign_awards"
    title = "创建命名台账"
    permission = "assessments.view_campaign"
    about = "这一天有效的命名，一个一行；已摘牌、已到期的不列。"
    as_of = True
    periodic = True
    record = "public_id"
    record_page = "assessments:award"
    conditions = {"grade": "grade__name"}
    order = ("place__path", "pk")
    columns = (
        Text("单位", "place__name", width=26),
        Text("党员", "member__name", width=10),
        Text("创建活动", "campaign__title", width=24),
        Text("等次", "grade__name", width=12),
        Date("命名日期", "awarded_on"),
        Date("有效到", "valid_until"),
        Text("文号", "document", width=20),
        Column("依据", ("application", "scorecard", "ground"), render=grounds, width=36, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[Any]:
        day = self.day(period)
        return placed(held_on(day), "organization", day)
