"""Ledgers of mobile and lost members."""

from django.db.models import QuerySet

from branches.queries.placements import placed
from members.ledgers.care import mask_text
from members.models import LostMember, Member, MobileMember
from members.queries.mobility import lost_on, mobile_on
from members.queries.whereabouts import at_home
from partybuild.ledgers import Choice, Date, Ledger, Sensitive, Text
from partybuild.masking import mask_id_number, mask_phone
from partybuild.periods import Period


class MobileLedger(Ledger):
    code = "members.mobile"
    title = "流动党员台账"
    permission = "members.view_member"
    about = "某一天登记在册的流出、流入党员，一人一行。"
    as_of = True
    record = "public_id"
    record_page = "members:mobile_member"
    conditions = {"direction": "direction", "kind": "kind"}
    order = ("place__path", "name", "pk")
    columns = (
        Text("姓名", "name", width=10),
        Choice("流向", "direction", MobileMember.Direction, width=8),
        Choice("情形", "kind", MobileMember.Kind, width=20),
        Text("流出党支部", "place__name", width=26),
        Text("流入地", "destination", width=18),
        Text("流入单位", "workplace", width=20),
        Text("流入党组织", "other_organization", width=24),
        Date("流出时间", "started_on"),
        Text("联系人", "contact_person", width=10),
        Sensitive("联系方式", "contact", mask_text, width=14),
        Date("最近联系时间", "contacted_last"),
        Text("是否参加组织生活", "attends", width=20),
        Text("党费", "dues", width=16),
    )

    def rows(self, period: Period) -> QuerySet[MobileMember]:
        day = self.day(period)
        return placed(mobile_on(day), "organization", day)


class LostLedger(Ledger):
    code = "members.lost"
    title = "失联党员登记表"
    permission = "members.view_member"
    about = "某一天仍未联系上的党员，一人一行。"
    as_of = True
    record = "public_id"
    record_page = "members:lost_member"
    conditions = {"cause": "cause"}
    order = ("place_path", "member__pinyin", "pk")
    columns = (
        Text("党支部", "place_name", width=26),
        Text("姓名", "member__name", width=10),
        Choice("性别", "member__gender", Member.Gender, width=6),
        Date("出生日期", "member__born_on", "member__born_precision"),
        Sensitive("身份证号码", "member__id_number", mask_id_number, width=21),
        Sensitive("联系电话", "member__phone", mask_phone, width=14),
        Date("入党时间", "member__joined_on", "member__joined_precision"),
        Date("失去联系时间", "lost_on"),
        Choice("失联情形", "cause", LostMember.Cause, width=20),
        Choice("组织类别", "organization_kind", LostMember.OrganizationKind, width=14),
        Sensitive("查找情况", "efforts", mask_text, width=30, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[LostMember]:
        day = self.day(period)
        return at_home(lambda: lost_on(day), day)
