"""The ledger of honours."""

from django.db.models import QuerySet

from branches.queries.placements import placed
from members.models import Honour
from members.queries.honours import honours_in
from partybuild.ledgers import Choice, Column, Date, Ledger, Text
from partybuild.periods import Period


def winner_cell(member: str | None, unit: str, organization: str) -> str:
    """Return who was commended: the person, the unit, else the organisation itself."""
    return member or unit or organization


class HonourLedger(Ledger):
    code = "members.honours"
    title = "荣誉台账"
    permission = "members.view_honour"
    about = "期间内获得的荣誉，一项一行；撤销的写明撤销时间。"
    periodic = True
    record = "public_id"
    record_page = "members:honour"
    conditions = {"level": "level", "kind": "kind"}
    order = ("awarded_on", "pk")
    columns = (
        Text("党组织", "place__name", width=26),
        Column(
            "获得者", ("member__name", "unit_name", "place__name"), render=winner_cell, width=20
        ),
        Choice("种类", "kind", Honour.Kind, width=8),
        Text("荣誉名称", "title", width=30),
        Choice("级别", "level", Honour.Level, width=10),
        Text("授予单位", "awarded_by", width=24),
        Date("授予时间", "awarded_on", "awarded_precision"),
        Text("文号", "document", width=22),
        Date("撤销时间", "revoked_on"),
    )

    def rows(self, period: Period) -> QuerySet[Honour]:
        return placed(honours_in(period.start, period.end), "organization", self.day(period))
