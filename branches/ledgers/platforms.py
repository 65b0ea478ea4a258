"""The ledger of service platforms and who covers them."""

from django.db.models import QuerySet

from branches.models import Coverage, ServicePlatform
from branches.queries.platforms import BLANK, platforms_on
from partybuild.ledgers import Choice, Date, Flag, Integer, Labelled, Ledger, Text
from partybuild.periods import Period

WAYS = {**dict(Coverage.Way.choices), BLANK: "空白"}


class PlatformLedger(Ledger):
    code = "branches.platforms"
    title = "服务平台党组织覆盖台账"
    permission = "branches.view_platform"
    about = "某一天在用的平台、窗口和单位，以及由哪个党组织覆盖，一个一行。"
    as_of = True
    periodic = True
    record = "public_id"
    record_page = "branches:platform"
    conditions = {"area": "area", "level": "level", "kind": "kind", "coverage": "way"}
    order = ("place__path", "area", "level", "name", "pk")
    columns = (
        Text("主管党组织", "place__name", width=26),
        Text("区域", "area", width=14),
        Choice("层级", "level", ServicePlatform.Level, width=14),
        Text("名称", "name", width=28),
        Text("编号", "code", width=14),
        Choice("类别", "kind", ServicePlatform.Kind, width=14),
        Flag(("标准化", "是否达标"), "meets_standard", width=10),
        Date(("标准化", "达标日期"), "standard_since"),
        Labelled(("党组织覆盖", "方式"), "way", WAYS.items(), width=10),
        Text(("党组织覆盖", "覆盖党组织"), "coverer__name", width=26),
        Text(("党组织覆盖", "指导员"), "cover__instructor", width=10),
        Date(("党组织覆盖", "起"), "cover__started_on"),
        Integer("从业人员数", "staff_count", total=True),
        Integer("党员数", "member_count", total=True),
        Date("启用日期", "opened_on"),
        Text("备注", "note", width=20, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[ServicePlatform]:
        return platforms_on(self.day(period))
