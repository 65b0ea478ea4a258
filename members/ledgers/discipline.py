"""The ledgers of disciplinary decisions and of organisational measures, behind their permission."""

from django.db.models import QuerySet

from members.models import Discipline, OrganizationalMeasure
from members.queries.discipline import disciplines_in_scope, measures_in_scope
from members.queries.whereabouts import at_home
from partybuild.ledgers import Choice, Date, Ledger, Text
from partybuild.periods import Period


class DisciplineLedger(Ledger):
    code = "members.disciplines"
    title = "党员处分台账"
    permission = "members.view_discipline"
    about = "期间内作出的处分决定，一份一行；事由不列。"
    record = "public_id"
    record_page = "members:discipline"
    conditions = {"kind": "kind"}
    order = ("decided_on", "pk")
    columns = (
        Text("党支部", "place_name", width=26),
        Text("姓名", "member__name", width=10),
        Choice("处分种类", "kind", Discipline.Kind, width=14),
        Date("决定日期", "decided_on"),
        Text("文号", "document", width=22),
        Date("察看期满", "probation_ends_on"),
        Date("恢复党员权利", "restored_on"),
        Date("影响期满", "effect_ends_on"),
        Date("撤销处分", "revoked_on"),
    )

    def rows(self, period: Period) -> QuerySet[Discipline]:
        return at_home(
            lambda: disciplines_in_scope().filter(decided_on__range=(period.start, period.end)),
            self.day(period),
        )


class MeasureLedger(Ledger):
    code = "members.measures"
    title = "组织处置台账"
    permission = "members.view_discipline"
    about = "期间内作出的组织处置决定，一份一行；事由不列。"
    record = "public_id"
    record_page = "members:measure"
    conditions = {"kind": "kind"}
    order = ("decided_on", "pk")
    columns = (
        Text("党支部", "place_name", width=26),
        Text("姓名", "member__name", width=10),
        Choice("处置种类", "kind", OrganizationalMeasure.Kind, width=12),
        Date("决定日期", "decided_on"),
        Text("文号", "document", width=22),
        Date("改正期满", "due_on"),
        Date("结束日期", "closed_on"),
    )

    def rows(self, period: Period) -> QuerySet[OrganizationalMeasure]:
        return at_home(
            lambda: measures_in_scope().filter(decided_on__range=(period.start, period.end)),
            self.day(period),
        )
