"""Party money: asked for, signed by three different people in order, spent within what is there."""

import datetime as dt
from decimal import Decimal

import pytest

from branches.roles import Role
from members.models import FundRequest, FundSpending
from members.queries.funds import balances_of
from members.services.funds import (
    FundsRefused,
    Line,
    book_spending,
    record_income,
    request_again,
    request_funds,
    sign_request,
    withdraw_request,
)
from partybuild.merging import StaleVersion
from tests.cast import account
from tests.factories.branches import GrantFactory

pytestmark = pytest.mark.usefixtures("today", "everywhere")
DAY = dt.date(2026, 11, 20)


@pytest.fixture
def signers(committee):
    """科室负责人、分管领导、主要领导; they sign for everything below the committee."""
    roles = (Role.SECTION_HEAD, Role.SUPERVISING_LEADER, Role.PRINCIPAL_LEADER)
    return [account(role, f"{role.label}甲", role, committee) for role in roles]


@pytest.fixture
def money(li, first_branch):
    """A thousand yuan of returned dues."""
    return record_income(
        actor=li,
        organization=first_branch,
        source="dues",
        pot="refund",
        amount=Decimal(1000),
        received_on=DAY,
    )


def ask(li, branch, amount="300.00", **details):
    values = {
        "source": "dues",
        "category": "materials",
        "purpose": "购买读本",
        "wanted_on": DAY,
        "amount": Decimal(amount) if amount else None,
    }
    return request_funds(actor=li, organization=branch, **values | details)


def sign(signer, request, *, is_agreed=True, reason=""):
    request.refresh_from_db()
    return sign_request(
        actor=signer, request=request, version=request.version, is_agreed=is_agreed, reason=reason
    )


def approved(li, branch, signers, amount="300.00"):
    request = ask(li, branch, amount)
    for signer in signers:
        sign(signer, request)
    return request


def test_three_levels_sign_in_order(li, first_branch, signers, money):
    request = ask(li, first_branch)

    states = [request.state]
    for signer in signers:
        sign(signer, request)
        states.append(request.state)

    assert states == ["first", "second", "third", "approved"]
    assert [s.signer_name for s in request.signatures.all()] == [s.name for s in signers]


def test_nobody_signs_before_their_turn(li, first_branch, signers, money):
    request = ask(li, first_branch)

    for signer in signers[1:]:
        with pytest.raises(FundsRefused, match="不由您审批"):
            sign(signer, request)

    assert request.signatures.count() == 0


def test_nobody_signs_two_levels_of_one_request(li, first_branch, committee, signers, money):
    GrantFactory(user=signers[0], role=Role.SUPERVISING_LEADER, organization=committee)
    request = ask(li, first_branch)
    sign(signers[0], request)

    with pytest.raises(FundsRefused, match="一个人只审批一级"):
        sign(signers[0], request)


def test_nobody_signs_an_own_request(li, first_branch, committee, signers):
    GrantFactory(user=li, role=Role.SECTION_HEAD, organization=committee)

    with pytest.raises(FundsRefused, match="自己的申请不能自己审批"):
        sign(li, ask(li, first_branch))


def test_a_signer_of_another_place_may_not_sign(li, first_branch, foreign_committee):
    stranger = account("stranger", "外单位", Role.SECTION_HEAD, foreign_committee)

    with pytest.raises(FundsRefused, match="不由您审批"):
        sign(stranger, ask(li, first_branch))


def test_sending_back_needs_a_reason_and_keeps_what_was_written(li, first_branch, signers, money):
    lines = [Line("读本", Decimal(10), Decimal("30.00"))]
    request = ask(li, first_branch, lines=lines)
    with pytest.raises(FundsRefused, match="退回要写明原因"):
        sign(signers[0], request, is_agreed=False)
    sign(signers[0], request, is_agreed=False, reason="数量偏多")

    assert (request.state, request.purpose) == ("returned", "购买读本")
    assert [item.name for item in request.items.all()] == ["读本"]


def test_a_request_that_comes_again_starts_at_the_first_level(li, first_branch, signers, money):
    request = ask(li, first_branch)
    sign(signers[0], request)
    sign(signers[1], request, is_agreed=False, reason="请附清单")

    request_again(
        actor=li,
        request=request,
        version=request.version,
        source="dues",
        category="materials",
        purpose="购买读本，清单附后",
        wanted_on=DAY,
        lines=[Line("读本", Decimal(8), Decimal("30.00"))],
    )
    for signer in signers:
        sign(signer, request)

    assert (request.state, request.round, request.amount) == ("approved", 2, Decimal("240.00"))


def test_withdrawing_stops_the_signing(li, first_branch, signers):
    request = ask(li, first_branch)
    withdraw_request(actor=li, request=request, version=request.version)

    with pytest.raises(FundsRefused, match="不用审批"):
        sign(signers[0], request)


def test_two_who_handle_one_request_do_not_overwrite_each_other(li, first_branch, signers):
    request = ask(li, first_branch)
    seen = request.version
    sign(signers[0], request)

    with pytest.raises(StaleVersion):
        withdraw_request(actor=li, request=request, version=seen)


def test_the_last_level_agrees_only_while_the_money_is_there(li, first_branch, signers, money):
    approved(li, first_branch, signers, "800.00")
    second = ask(li, first_branch, "200.01")
    sign(signers[0], second)
    sign(signers[1], second)

    with pytest.raises(FundsRefused) as refusal:
        sign(signers[2], second)

    assert str(refusal.value) == (
        "党费可用 200.00 元（结余 1000.00 元，减去已批未支），不够这次的 200.01 元。"
    )


def spend(li, request, amount, pot="refund"):
    return book_spending(
        actor=li,
        request=request,
        pot=pot,
        amount=Decimal(amount),
        spent_on_day=DAY,
        voucher="2026-001",
    )


def test_spending_stays_within_what_was_approved_and_what_is_there(
    li, first_branch, signers, money
):
    request = approved(li, first_branch, signers)
    spend(li, request, "120.00")

    with pytest.raises(
        FundsRefused, match=r"批准 300.00 元，已支出 120.00 元，只能再支 180.00 元。"
    ):
        spend(li, request, "180.01")
    with pytest.raises(FundsRefused, match=r"党费里的捐助只剩 0.00 元，不够支出 10 元。"):
        spend(li, request, "10", pot="donation")

    assert [(b.pot, b.left) for b in balances_of(first_branch)] == [("refund", Decimal("880.00"))]
    assert FundSpending.objects.count() == 1


def test_nothing_is_spent_before_it_is_approved(li, first_branch, money):
    with pytest.raises(FundsRefused, match="批准后才能登记支出"):
        spend(li, ask(li, first_branch), "10")


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"amount": None}, "请填写金额，或者填写明细。"),
        (
            {"amount": Decimal(5), "lines": [Line("读本", Decimal(2), Decimal(3))]},
            "明细合计 6.00 元，与申请金额 5 元不同。",
        ),
    ],
)
def test_a_request_without_a_sound_amount_is_refused(li, first_branch, details, reason):
    with pytest.raises(FundsRefused) as refusal:
        ask(li, first_branch, **details)

    assert str(refusal.value) == reason
    assert not FundRequest.objects.exists()
