"""Ledgers of alliances: who belongs to them, and what they promised."""

from django.db.models import QuerySet

from branches.models import AllianceMember, AlliancePledge
from branches.queries.alliances import belonging_on, pledges_on
from partybuild.ledgers import Choice, Date, Ledger, Text
from partybuild.periods import Period


class AllianceLedger(Ledger):
    code = "branches.alliances"
    title = "党建共同体台账"
    permission = "branches.view_alliance"
    about = "某一天各共同体的成员单位，一个单位一行。"
    as_of = True
    periodic = True
    record = "alliance__public_id"
    record_page = "branches:alliance"
    conditions = {"role": "role"}
    order = ("place__path", "alliance__founded_on", "alliance_id", "started_on", "pk")
    columns = (
        Text("牵头党组织", "place__name", width=26),
        Text("共同体名称", "alliance__name", width=26),
        Text("组成模式", "alliance__pattern", width=14),
        Date("成立日期", "alliance__founded_on"),
        Text("成员单位", "member_name", width=26),
        Choice("身份", "role", AllianceMember.Role, width=8),
        Date("加入日期", "started_on"),
        Text("共建目标", "alliance__purpose", width=40, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[AllianceMember]:
        return belonging_on(self.day(period))


class AlliancePledgeLedger(Ledger):
    code = "branches.alliance_pledges"
    title = "共建项目清单"
    permission = "branches.view_alliance"
    about = "党建共同体登记的共建项目，一项一行。"
    as_of = True
    record = "alliance__public_id"
    record_page = "branches:alliance"
    order = ("place__path", "alliance_id", "pk")
    columns = (
        Text("牵头党组织", "place__name", width=26),
        Text("共同体名称", "alliance__name", width=26),
        Text("共建项目", "title", width=30),
        Text("责任单位", "responsible", width=20),
        Date("完成时限", "due_on"),
        Date("完成日期", "done_on"),
        Text("成效", "outcome", width=36, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[AlliancePledge]:
        return pledges_on(self.day(period))
