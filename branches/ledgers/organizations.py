"""Ledgers of organisations: which there are on a day, and what happened to them in a period."""

from django.db.models import FilteredRelation, QuerySet

from branches.models import OrganizationEvent, PartyOrganization, Placement
from branches.queries.history import events_in, placed_on
from branches.queries.placements import placed
from partybuild.dated import covering
from partybuild.ledgers import Choice, Date, Ledger, Text
from partybuild.periods import Period

Kind = PartyOrganization.Kind


class OrganizationLedger(Ledger):
    code = "branches.organizations"
    title = "党组织名册"
    permission = "branches.view_partyorganization"
    about = "某一天的党组织和它的上级，名称按那一天，党小组不列，一个一行。"
    as_of = True
    periodic = True
    record = "organization__public_id"
    record_page = "branches:organization"
    conditions = {"kind": "kind"}
    order = ("path", "pk")
    columns = (
        Text("党组织名称", "name", width=30),
        Text("简称", "short_name", width=18),
        Choice("组织类别", "kind", Kind, width=12),
        Text("上级党组织", "above__name", width=30),
        Date("成立日期", "organization__founded_on", "organization__founded_precision"),
        Text("组织代码", "organization__code", width=16),
        Text("备注", "organization__note", width=24, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[Placement]:
        day = self.day(period)
        above = FilteredRelation(
            "superior__placements", condition=covering(day, "superior__placements__")
        )
        return placed_on(day).exclude(kind=Kind.GROUP).annotate(above=above)


class EventLedger(Ledger):
    code = "branches.events"
    title = "组织沿革台账"
    permission = "branches.view_partyorganization"
    about = "一段时间里设立、更名、调整隶属、类别变更、合并和撤销，一件一行。"
    record = "organization__public_id"
    record_page = "branches:organization"
    conditions = {"kind": "kind"}
    order = ("happened_on", "place__path", "pk")
    columns = (
        Date("日期", "happened_on"),
        Text("党组织", "place__name", width=30),
        Choice("事项", "kind", OrganizationEvent.Kind, width=12),
        Text("办理以后的名称", "name", width=30),
        Choice("组织类别", "organization_kind", Kind, width=12),
        Text("上级党组织", "superior__name", width=30),
        Text("并入的党组织", "target__name", width=30),
        Text("文号", "document", width=22),
        Text("说明", "note", width=30, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[OrganizationEvent]:
        return placed(events_in(period), "organization", self.day(period))
