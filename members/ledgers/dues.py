"""Ledgers of dues: what each organisation collected by month, and every payment."""

from typing import Any, ClassVar

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from branches.models import PartyOrganization
from branches.queries.placements import placed
from members.models import DuesPayment, Member
from members.queries.dues import paid_in_time, payments_in
from partybuild.ledgers import Choice, Column, Date, Ledger, Text
from partybuild.periods import Period

MONTH_NAMES = "一二三四五六七八九十"
TITLES = [*(f"{name}月" for name in MONTH_NAMES), "十一月", "十二月"]


def Money(title: str | tuple[str, ...], lookup: str, **options: object) -> Column:  # noqa: N802 -- reads as a type in a ledger
    """Return a column of yuan."""
    return Column(title, (lookup,), kind="number", **options)  # type: ignore[arg-type]


class MonthlyDuesLedger(Ledger):
    code = "members.dues_monthly"
    title = "组织月度党费汇总"
    permission = "members.view_dues"
    about = "每个党组织每月收到的党费，不含自愿一次性多交的。"
    order = ("place__path", "pk")
    columns = (
        Text("党组织", "place__name", width=30),
        *(Money(title, f"month_{at}", total=True) for at, title in enumerate(TITLES, 1)),
    )

    def rows(self, period: Period) -> QuerySet[PartyOrganization]:
        months = {f"month_{at}": _collected(period, at) for at in range(1, len(TITLES) + 1)}
        living = PartyOrganization.objects.exclude(kind=PartyOrganization.Kind.GROUP).exclude(
            dissolved_on__lte=period.start
        )
        return placed(living, "", self.day(period)).annotate(**months)


def _collected(period: Period, month: int) -> Subquery:
    """Return what an organisation collected in a month of the period's year."""
    payments = DuesPayment.objects.filter(
        organization=OuterRef("pk"),
        kind=DuesPayment.Kind.ORDINARY,
        month__range=(period.start, period.end),
        month__month=month,
    )
    sums = payments.order_by().values("organization").annotate(total=Sum("amount"))
    return Subquery(sums.values("total"))


class DuesPaymentLedger(Ledger):
    code = "members.dues_payments"
    title = "党费收缴台账"
    permission = "members.view_dues"
    about = "每一笔党费，一笔一行。"
    periodic = True
    # `in_time=yes` asks for what was paid in time by the members in scope, whichever branch took it.
    conditions: ClassVar = {"member": "member__public_id", "in_time": ""}
    order = ("place__path", "month", "member__pinyin", "pk")
    columns = (
        Text("党支部", "place__name", width=26),
        Text("姓名", "member__name", width=10),
        Date("月份", "month"),
        Money("金额", "amount", total=True),
        Choice("种类", "kind", DuesPayment.Kind, width=14),
        Date("收缴日期", "paid_on"),
        Choice("方式", "method", DuesPayment.Method, width=8),
        Text("备注", "note", width=24, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[DuesPayment]:
        return placed(payments_in(period), "organization", self.day(period))

    def selected(self, period: Period, conditions: dict[str, str] | None = None) -> QuerySet[Any]:
        others = dict(conditions or {})
        in_time = others.pop("in_time", "")
        if not in_time:
            return super().selected(period, others)
        if in_time != "yes":
            return DuesPayment.objects.none()
        payments = paid_in_time(period).filter(member__in=Member.objects.order_by())
        return self.narrowed(placed(payments, "organization", self.day(period)), others)
