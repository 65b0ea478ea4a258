"""The roster as a ledger."""

from django.db.models import QuerySet

from branches.queries.placements import placed
from members.models import Member, Membership
from members.queries.roll import as_they_were, roster_on
from partybuild.ledgers import Choice, Date, Ledger, Sensitive, Text
from partybuild.masking import mask_id_number, mask_phone
from partybuild.periods import Period


class RosterLedger(Ledger):
    code = "members.roster"
    title = "党员花名册"
    permission = "members.view_member"
    about = "某一天在册的党员，一人一行。"
    as_of = True
    periodic = True
    record = "member__public_id"
    record_page = "members:member"
    conditions = {"category": "category_then"}
    order = ("place__path", "member__pinyin", "pk")
    columns = (
        Text("党支部", "place__name", width=26),
        Text("党小组", "group_place__short_name", width=10),
        Text(("基本情况", "姓名"), "member__name", width=10),
        Choice(("基本情况", "性别"), "member__gender", Member.Gender, width=6),
        Date(("基本情况", "出生日期"), "member__born_on", "member__born_precision"),
        Text(("基本情况", "民族"), "member__ethnicity", width=8),
        Text(("基本情况", "籍贯"), "member__native_place", width=14),
        Text(("基本情况", "学历"), "member__education", width=12),
        Sensitive(("基本情况", "身份证号码"), "member__id_number", mask_id_number, width=21),
        Choice(("党内情况", "人员类别"), "category_then", Member.Category, width=11),
        Date(("党内情况", "入党时间"), "member__joined_on", "member__joined_precision"),
        Date(("党内情况", "转正时间"), "confirmed_then", "member__confirmed_precision"),
        Choice(("党内情况", "党籍状态"), "state_then", Member.State, width=10),
        Text("单位职务", "member__job_title", width=16),
        Sensitive("联系电话", "member__phone", mask_phone, width=14),
        Text("备注", "member__note", width=20, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[Membership]:
        day = self.day(period)
        return placed(
            placed(as_they_were(roster_on(day), day), "organization", day),
            "group",
            day,
            name="group_place",
        )
