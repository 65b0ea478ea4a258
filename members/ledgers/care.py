"""Ledgers of care: who is in need, and who was visited with what."""

from django.db.models import QuerySet

from members.ledgers.files import mask_address
from members.models import CareRecord, CareVisit, Member
from members.queries.care import cared_for_on, visits_in
from members.queries.whereabouts import at_home
from partybuild.ledgers import Choice, Column, Date, Ledger, Sensitive, Text
from partybuild.masking import mask_phone
from partybuild.periods import Period


def mask_text(value: str) -> str:
    """Show that something is written, not what."""
    return "已登记" if value else ""


class HardshipLedger(Ledger):
    code = "members.care"
    title = "困难党员情况名册"
    permission = "members.view_care"
    about = "某一天在关怀名单上的党员，一人一类一行。"
    as_of = True
    record = "public_id"
    record_page = "members:care_record"
    conditions = {"category": "category"}
    order = ("place_path", "member__pinyin", "pk")
    columns = (
        Text("党支部", "place_name", width=26),
        Text("姓名", "member__name", width=10),
        Choice("性别", "member__gender", Member.Gender, width=6),
        Date("出生年月", "member__born_on", "member__born_precision"),
        Choice("类别", "category", CareRecord.Category, width=10),
        Sensitive("健康状况", "health", mask_text, width=16),
        Text("文化程度", "member__education", width=12),
        Sensitive("家庭住址", "member__address", mask_address, width=24),
        Sensitive("联系电话", "member__phone", mask_phone, width=14),
        Text(("结对党员", "姓名"), "helper__name", width=10),
        Sensitive(("结对党员", "联系电话"), "helper__phone", mask_phone, width=14),
        Sensitive("困难情况", "need", mask_text, width=30, wrap=True),
        Date("结对时间", "helper_since"),
    )

    def rows(self, period: Period) -> QuerySet[CareRecord]:
        day = self.day(period)
        return at_home(lambda: cared_for_on(day), day)


def gift(amount: object, goods: str) -> str:
    """Say what was brought: money, things or both."""
    money = f"{amount} 元" if amount is not None else ""
    return "，".join(part for part in (money, goods) if part)


class CareVisitLedger(Ledger):
    code = "members.care_visits"
    title = "慰问台账"
    permission = "members.view_care"
    about = "一段时间里的慰问，一次一行。"
    periodic = True
    record = "record__public_id"
    record_page = "members:care_record"
    conditions = {"category": "record__category", "source": "source"}
    order = ("visited_on", "pk")
    columns = (
        Text("党支部", "place_name", width=26),
        Text("慰问对象", "record__member__name", width=10),
        Choice("类别", "record__category", CareRecord.Category, width=10),
        Date("慰问时间", "visited_on"),
        Text("慰问人", "visitors", width=18),
        Column("标准或物品", ("amount", "goods"), render=gift, width=20),
        Choice("经费来源", "source", CareVisit.Source, width=14),
        Text("签收", "signed_by", width=10),
    )

    def rows(self, period: Period) -> QuerySet[CareVisit]:
        return at_home(
            lambda: visits_in(period),
            self.day(period),
            member="record__member",
            place="record__member__branch",
        )
