"""Dues and funds."""

import datetime as dt
from decimal import Decimal

import factory

from members.models import (
    DuesPayment,
    DuesPublication,
    DuesRemittance,
    DuesStanding,
    FundIncome,
    FundItem,
    FundRequest,
    FundSignature,
    FundSpending,
)
from partybuild.scoping import everything
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory, UserFactory
from tests.factories.members import MemberFactory


class DuesStandingFactory(HouseFactory):
    class Meta:
        model = DuesStanding

    member = factory.SubFactory(MemberFactory)
    payer_class = DuesStanding.PayerClass.MONTHLY_SALARY
    base = "6190"
    rate = Decimal("0.015")
    amount = Decimal("92.85")
    started_on = dt.date(2026, 1, 1)


class DuesPaymentFactory(HouseFactory):
    class Meta:
        model = DuesPayment

    member = factory.SubFactory(MemberFactory)
    organization = factory.SelfAttribute("member.branch")
    month = dt.date(2026, 1, 1)
    amount = Decimal("92.85")


class DuesRemittanceFactory(HouseFactory):
    class Meta:
        model = DuesRemittance

    organization = factory.SubFactory(PartyOrganizationFactory)
    period = "2026Q1"
    amount = Decimal("50.00")
    handed_on = dt.date(2026, 4, 10)


class DuesPublicationFactory(HouseFactory):
    class Meta:
        model = DuesPublication

    organization = factory.SubFactory(PartyOrganizationFactory)
    year = 2025
    published_on = dt.date(2026, 1, 10)
    how = "党务公开栏"


class FundRequestFactory(HouseFactory):
    class Meta:
        model = FundRequest

    organization = factory.SubFactory(PartyOrganizationFactory)
    source = "dues"
    category = FundRequest.Category.MATERIALS
    purpose = "购买学习读本"
    amount = Decimal("300.00")
    wanted_on = dt.date(2026, 12, 1)
    requested_by = factory.SubFactory(UserFactory)
    requested_on = dt.date(2026, 11, 10)


class FundItemFactory(HouseFactory):
    class Meta:
        model = FundItem

    request = factory.SubFactory(FundRequestFactory)
    name = "学习读本"
    quantity = Decimal(10)
    price = Decimal("30.00")
    amount = Decimal("300.00")


class FundSignatureFactory(HouseFactory):
    class Meta:
        model = FundSignature

    request = factory.SubFactory(FundRequestFactory)
    round = 1
    level = FundSignature.Level.FIRST
    signer_name = "科长"
    is_agreed = True


class FundIncomeFactory(HouseFactory):
    class Meta:
        model = FundIncome

    organization = factory.SubFactory(PartyOrganizationFactory)
    source = "dues"
    pot = "refund"
    amount = Decimal("1000.00")
    received_on = dt.date(2026, 3, 5)


class FundSpendingFactory(HouseFactory):
    class Meta:
        model = FundSpending

    request = factory.SubFactory(FundRequestFactory)
    pot = "refund"
    amount = Decimal("120.00")
    spent_on = dt.date(2026, 11, 15)
    voucher = "2026-011"


def many_dues(members, branch):
    """Give everybody dues and the branch as many requests, incomes and spendings."""
    with everything(reason="a test arranges its rows"):
        DuesStanding.objects.bulk_create(
            DuesStanding(
                member=member,
                payer_class="monthly_salary",
                amount=Decimal("92.85"),
                started_on=dt.date(2026, 1, 1),
            )
            for member in members
        )
        DuesPayment.objects.bulk_create(
            DuesPayment(
                member=member, organization=branch, month=dt.date(2026, month, 1), amount=month
            )
            for member in members
            for month in (1, 10)
        )
        asked = FundRequest.objects.bulk_create(
            FundRequest(
                organization=branch,
                source="dues",
                category="other",
                purpose="学习",
                amount=10,
                wanted_on=dt.date(2026, 11, 1),
                requested_on=dt.date(2026, 11, 1),
            )
            for _ in members
        )
        FundSpending.objects.bulk_create(
            FundSpending(
                request=one, pot="refund", amount=1, spent_on=dt.date(2026, 11, 2), voucher="1"
            )
            for one in asked
        )
