"""Ledgers of what the files say: the collection form, the provincial layout, fifty years."""

from django.db.models import QuerySet

from branches.queries.placements import placed
from members.models import Member, Membership, Office
from members.queries.roll import roster_on
from members.queries.seniority import fifty_years_on
from members.queries.structure import with_flags
from partybuild.ledgers import Choice, Date, Flag, Ledger, Sensitive, Text
from partybuild.masking import mask_id_number, mask_phone
from partybuild.periods import Period


def mask_address(value: str) -> str:
    """Show that an address is known, not which."""
    return "已登记" if value else ""


class CollectionLedger(Ledger):
    code = "members.collection"
    title = "党员基本信息采集表"
    permission = "members.view_member"
    about = "在册党员的基本信息，一人一行，空着的就是还没有采集的。"
    as_of = True
    record = "member__public_id"
    record_page = "members:member"
    order = ("place__path", "member__pinyin", "pk")
    columns = (
        Text("党支部", "place__name", width=26),
        Text("姓名", "member__name", width=10),
        Choice("性别", "member__gender", Member.Gender, width=6),
        Text("民族", "member__ethnicity", width=8),
        Date("出生日期", "member__born_on", "member__born_precision"),
        Text("籍贯", "member__native_place", width=14),
        Text("出生地", "member__birthplace", width=14),
        Text("户籍所在派出所", "member__household_place", width=18),
        Sensitive("身份证号码", "member__id_number", mask_id_number, width=21),
        Text("最高学历", "member__education", width=12),
        Choice("教育类别", "member__education_kind", Member.EducationKind, width=12),
        Text("学位", "member__degree", width=10),
        Text("毕业院校及专业", "member__school", width=26),
        Date("毕业时间", "member__graduated_on", "member__graduated_precision"),
        Text("工作单位", "member__workplace", width=24),
        Text("单位职务", "member__job_title", width=16),
        Text("专业技术职务", "member__professional_title", width=14),
        Date("参加工作时间", "member__work_started_on", "member__work_started_precision"),
        Text("原服役部队", "member__served_in", width=16),
        Date("退役时间", "member__discharged_on", "member__discharged_precision"),
        Sensitive("现居住地", "member__address", mask_address, width=24),
        Sensitive("联系电话", "member__phone", mask_phone, width=14),
        Date("入党时间", "member__joined_on", "member__joined_precision"),
        Date("转正时间", "member__confirmed_on", "member__confirmed_precision"),
        Date("组织关系落实时间", "started_on"),
    )

    def rows(self, period: Period) -> QuerySet[Membership]:
        day = self.day(period)
        return placed(roster_on(day), "organization", day)


class ProvincialLedger(Ledger):
    code = "members.provincial"
    title = "党员信息（省级表式）"
    permission = "members.view_care"
    about = "按省级党员信息表的列，一人一行。党费、奖惩、组织生活见各自的台账。"
    as_of = True
    record = "member__public_id"
    record_page = "members:member"
    order = ("place__path", "member__pinyin", "pk")
    columns = (
        Sensitive("身份证", "member__id_number", mask_id_number, width=21),
        Text("姓名", "member__name", width=10),
        Choice("性别", "member__gender", Member.Gender, width=6),
        Text("民族", "member__ethnicity", width=8),
        Date("出生日期", "member__born_on", "member__born_precision"),
        Text("学历", "member__education", width=12),
        Text("学位", "member__degree", width=10),
        Text("专业技术职务", "member__professional_title", width=14),
        Sensitive("联系电话", "member__second_phone", mask_phone, width=14),
        Sensitive("手机", "member__phone", mask_phone, width=14),
        Sensitive("现居地址", "member__address", mask_address, width=24),
        Text("所属部门", "place__name", width=26),
        Choice("党内职务", "post_then", Office.Post, width=12),
        Date("入党日期", "member__joined_on", "member__joined_precision"),
        Text("单位职务职业", "member__job_title", width=16),
        Date("进入当前党支部日期", "started_on"),
        Flag("是否困难党员", "in_need", width=12),
        Flag("是否建国前老党员", "joined_early", width=14),
        Flag("是否出国出境", "abroad", width=12),
    )

    def rows(self, period: Period) -> QuerySet[Membership]:
        day = self.day(period)
        return placed(with_flags(roster_on(day), day), "organization", day)


class FiftyYearsLedger(Ledger):
    code = "members.fifty_years"
    title = "光荣在党50年名册"
    permission = "members.view_member"
    about = "到当年七月一日党龄满五十年的在册党员，供逐人审核。"
    as_of = True
    record = "member__public_id"
    record_page = "members:member"
    order = ("place__path", "member__pinyin", "pk")
    columns = (
        Text("党支部", "place__name", width=26),
        Text("姓名", "member__name", width=10),
        Choice("性别", "member__gender", Member.Gender, width=6),
        Date("出生日期", "member__born_on", "member__born_precision"),
        Date("入党时间", "member__joined_on", "member__joined_precision"),
        Date("转正时间", "member__confirmed_on", "member__confirmed_precision"),
        Text("工作单位", "member__workplace", width=24),
        Text("备注", "member__note", width=20, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[Membership]:
        day = self.day(period)
        return placed(fifty_years_on(day), "organization", day)
