"""Ledgers of funds: what came in and went out per organisation, and every spending."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from branches.models import PartyOrganization
from branches.queries.placements import placed
from members.ledgers.dues import Money
from members.models import DuesPayment, FundIncome, FundItem, FundRequest, FundSpending
from members.models.funds import Pot, Source
from members.queries.funds import spendings_between
from partybuild.ledgers import Choice, Date, Gathered, Ledger, Text
from partybuild.periods import Period


class DuesUseLedger(Ledger):
    code = "members.dues_use"
    title = "党费收支使用台账"
    permission = "members.view_funds"
    about = "每个党组织收到的党费，可用党费的收入、支出和累计结余。"
    order = ("place__path", "pk")
    columns = (
        Text("党组织", "place__name", width=30),
        Money("缴纳党费", "collected", total=True),
        *(Money(("收入", str(pot.label)), f"came_{pot}", total=True) for pot in Pot),
        *(Money(("支出", str(pot.label)), f"went_{pot}", total=True) for pot in Pot),
        Money("可用党费累计数", "left", total=True),
    )

    def rows(self, period: Period) -> QuerySet[PartyOrganization]:
        living = PartyOrganization.objects.exclude(kind=PartyOrganization.Kind.GROUP).exclude(
            dissolved_on__lte=period.start
        )
        inside = (period.start, period.end)
        payments = DuesPayment.objects.filter(organization=OuterRef("pk"), month__range=inside)
        columns: dict[str, Any] = {"collected": _sum(payments, "organization")}
        for pot in Pot:
            came = _incomes().filter(pot=pot, received_on__range=inside)
            went = _spendings().filter(pot=pot, spent_on__range=inside)
            columns[f"came_{pot}"] = _sum(came, "organization")
            columns[f"went_{pot}"] = _sum(went, "request__organization")
        ever_came = _sum(_incomes().filter(received_on__lte=period.end), "organization")
        ever_went = _sum(_spendings().filter(spent_on__lte=period.end), "request__organization")
        columns["left"] = _or_nothing(ever_came) - _or_nothing(ever_went)
        return placed(living, "", self.day(period)).annotate(**columns)


def _incomes() -> QuerySet[FundIncome]:
    return FundIncome.objects.filter(organization=OuterRef("pk"), source=Source.DUES)


def _spendings() -> QuerySet[FundSpending]:
    return FundSpending.objects.filter(
        request__organization=OuterRef("pk"), request__source=Source.DUES
    )


def _sum(rows: QuerySet[Any], place: str) -> Subquery:
    sums = rows.order_by().values(place).annotate(total=Sum("amount"))
    return Subquery(sums.values("total"))


def _or_nothing(amount: Subquery) -> Coalesce:
    money = DecimalField(max_digits=13, decimal_places=2)
    return Coalesce(amount, Value(Decimal("0.00"), output_field=money), output_field=money)


def items_by_request(requests: list[Any]) -> dict[Any, str]:
    """Return the lines of requests in one sentence each: 学习读本 10×30.00."""
    lines: dict[Any, list[str]] = defaultdict(list)
    for item in FundItem.objects.filter(request__in=set(requests)).order_by("pk"):
        lines[item.request_id].append(f"{item.name} {item.quantity.normalize():f}×{item.price}")
    return {request: "；".join(said) for request, said in lines.items()}


class FundUseLedger(Ledger):
    code = "members.fund_use"
    title = "党费使用明细"
    permission = "members.view_funds"
    about = "党费和活动经费的每一笔支出，一笔一行。"
    periodic = True
    record = "request__public_id"
    record_page = "members:fund_request"
    conditions = {"category": "request__category", "source": "request__source"}
    order = ("place__path", "spent_on", "pk")
    columns = (
        Text("党组织", "place__name", width=26),
        Date("日期", "spent_on"),
        Choice("资金来源", "request__source", Source, width=10),
        Choice("款项", "pot", Pot, width=10),
        Choice("类别", "request__category", FundRequest.Category, width=10),
        Text("活动名称或用途", "request__purpose", width=28, wrap=True),
        Text("地点", "request__place", width=16),
        Gathered("名称、数量和单价", ("request",), width=28, wrap=True, gather=items_by_request),
        Money("金额", "amount", total=True),
        Text("凭证号", "voucher", width=14),
        Text("说明", "note", width=18, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[FundSpending]:
        spendings = spendings_between(period.start, period.end)
        return placed(spendings, "request__organization", self.day(period))
