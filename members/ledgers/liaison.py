"""Ledgers of liaison: who is assigned where, and the visits."""

from django.db.models import QuerySet

from members.models import Liaison, LiaisonVisit
from members.queries.liaison import placed_liaisons, visits_in
from partybuild.ledgers import Choice, Date, Ledger, Text
from partybuild.periods import Period


class LiaisonLedger(Ledger):
    code = "members.liaisons"
    title = "联系点台账"
    permission = "members.view_liaison"
    about = "某一天的联系点、指导员、第一书记、联络员，一人一处一行。"
    as_of = True
    periodic = True
    record = "public_id"
    record_page = "members:liaison"
    conditions = {"kind": "kind"}
    order = ("place__path", "kind", "started_on", "pk")
    columns = (
        Text("党组织", "place__name", width=26),
        Text("服务平台", "platform__name", width=24),
        Choice("类别", "kind", Liaison.Kind, width=12),
        Text("姓名", "name", width=10),
        Text("单位职务", "duty", width=20),
        Date("联系时间", "started_on"),
        Text("文号", "document", width=20),
    )

    def rows(self, period: Period) -> QuerySet[Liaison]:
        return placed_liaisons(self.day(period))


class LiaisonVisitLedger(Ledger):
    code = "members.liaison_visits"
    title = "联系点走访台账"
    permission = "members.view_liaison"
    about = "期间内登记的走访，一次一行。"
    periodic = True
    record = "liaison__public_id"
    record_page = "members:liaison"
    conditions = {"kind": "liaison__kind"}
    order = ("place__path", "visited_on", "pk")
    columns = (
        Text("党组织", "place__name", width=26),
        Text("服务平台", "liaison__platform__name", width=24),
        Choice("类别", "liaison__kind", Liaison.Kind, width=12),
        Text("姓名", "liaison__name", width=10),
        Date("走访日期", "visited_on"),
        Text("解决了什么", "outcome", width=44, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[LiaisonVisit]:
        return visits_in(period, self.day(period))
