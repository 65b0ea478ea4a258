"""The pages of dues and funds as people use them: the grid, its bad cells, conflicts, plain fields."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from branches.models import PartyOrganization
from branches.roles import Role
from members.forms.dues import DuesGrid
from members.models import DuesPayment, DuesPublication, DuesStanding, FundRequest, Member
from members.queries.amounts import AmountProblem, is_exempt_word, parse_amount
from members.queries.dues import MonthReading, PersonReading
from partybuild.alerts import alerts, alerts_for
from partybuild.models import LocalRegulation
from partybuild.scoping import everything
from tests.cast import account, enrolled
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.dues import (
    DuesPaymentFactory,
    DuesStandingFactory,
    FundIncomeFactory,
    FundRequestFactory,
)

pytestmark = pytest.mark.usefixtures("today")
GRID = "/members/dues/enter/"


@pytest.fixture
def he(first_branch):
    member = enrolled("何静", first_branch)
    DuesStandingFactory(member=member)
    return member


@pytest.fixture
def page(client, li, he):
    client.force_login(li)
    return client


def stored():
    with everything(reason="the test looks at what was stored"):
        return {(p.month.month, str(p.amount)) for p in DuesPayment.objects.all()}


def cells(member, **months):
    """What the script hands in: only changed cells, each with what it held."""
    data = {"submission_key": "k" * 32, "year": "2026", "paid_on": "2026-05-06", "method": "cash"}
    for name, (text, was) in months.items():
        cell = f"c-{member.public_id}-{name.removeprefix('m')}"
        data |= {cell: text, f"was-{cell}": was}
    return data


# --- what people type ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("92.85", "92.85"),
        (" 92.85 ", "92.85"),
        ("92.85元", "92.85"),
        ("９２．８５", "92.85"),
        ("￥92.85", "92.85"),
        ("¥ 1,200.50 元", "1200.50"),
        ("1，200", "1200.00"),
        ("100元整", "100.00"),
        (".5", "0.50"),
        ("0", "0.00"),
        (92.85, "92.85"),
        (12, "12.00"),
        ("'92.85", "92.85"),
        ('="92.85"', "92.85"),
        ("92.850", "92.85"),
    ],
)
def test_an_amount_is_read_in_every_spelling(text, amount):
    assert str(parse_amount(text)) == amount


@pytest.mark.parametrize("text", [None, "", "  ", "—", "-", "/", "未缴", "欠", "未交", "无"])
def test_a_blank_or_a_word_for_nothing_is_nothing(text):
    assert parse_amount(text) is None


@pytest.mark.parametrize(
    "text", ["四十五元", "√", "约90", "12.345", "-5", "1e5", "99999999", "1.2万", "9.2.8", "=1+1"]
)
def test_what_is_no_amount_is_refused_and_never_guessed(text):
    with pytest.raises(AmountProblem):
        parse_amount(text)


def test_exempt_is_a_word_of_its_own():
    assert [is_exempt_word(word) for word in ("免", "免缴", " 免交 ", "未缴", "")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_block_of_a_spreadsheet_is_read_cell_by_cell():
    member = Member(name="何静", pk=7)
    months = [MonthReading(dt.date(2026, at, 1), "欠", Decimal("92.85")) for at in range(1, 13)]
    block = ["92.85", "９２．８５", "92.85元", "", "—", "免", "九十"]
    posted = {f"c-{member.public_id}-{at}": text for at, text in enumerate(block, 1)}

    grid = DuesGrid([PersonReading(member, months)], posted)
    changes = {change.month.month: change.amount for change in grid.changes()}

    due = Decimal("92.85")
    assert changes == {1: due, 2: due, 3: due, 4: None, 5: None}
    assert [(cell.month.month, cell.text) for cell in grid.problems] == [(6, "免"), (7, "九十")]


# --- the grid --------------------------------------------------------------------------------


def test_changed_cells_are_saved_and_nothing_else(page, he):
    DuesPaymentFactory(member=he, month=dt.date(2026, 3, 1), amount=Decimal("90.00"))

    answer = page.post(GRID, cells(he, m1=("92.85元", ""), m2=("９２．８５", "")))

    assert answer.status_code == 302
    assert stored() == {(1, "92.85"), (2, "92.85"), (3, "90.00")}


def test_the_same_post_fifty_times_is_one(page, he):
    for _ in range(5):
        page.post(GRID, cells(he, m1=("92.85", "")))

    assert stored() == {(1, "92.85")}


def test_a_bad_cell_is_told_at_its_place_and_nothing_is_saved(page, he):
    answer = page.post(GRID, cells(he, m1=("九十", ""), m2=("92.85", "")))

    assert answer.status_code == 200
    assert "何静 1月：“九十”不是金额，请填写数字。" in answer.text
    assert re.search(r'data-was=""\s+data-due="92.85"\s+title="“九十”[^>]*>九十<', answer.text)
    assert re.search(r'data-was=""\s+data-due="92.85"\s*>92.85<', answer.text)
    assert stored() == set()


def test_a_cell_that_somebody_else_has_entered_is_shown_and_asked_about(page, he):
    DuesPaymentFactory(member=he, amount=Decimal("90.00"))

    first = page.post(GRID, cells(he, m1=("92.85", "")))
    again = page.post(GRID, cells(he, m1=("92.85", "90.00")) | {"submission_key": "j" * 32})

    assert first.status_code == 409
    assert "刚才有人改成了90.00 元" in first.text
    assert 'data-was="90.00"' in first.text
    assert again.status_code == 302
    assert stored() == {(1, "92.85")}


def test_one_press_pays_a_month_as_fixed_for_whoever_has_not_paid(page, he, first_branch):
    paid = enrolled("吴桐", first_branch)
    DuesStandingFactory(member=paid)
    DuesPaymentFactory(member=paid, month=dt.date(2026, 5, 1), amount=Decimal("50.00"))
    enrolled("没有标准", first_branch)

    page.post(GRID, cells(he) | {"fill": "5"})

    assert stored() == {(5, "92.85"), (5, "50.00")}


def test_without_script_a_month_has_a_plain_field_a_person(page, he):
    shown = page.get(f"{GRID}?month=5").text
    page.post(GRID, cells(he, m5=("92.85", "")) | {"month": "5"})

    assert f'name="c-{he.public_id}-5"' in shown
    assert f'name="c-{he.public_id}-6"' not in shown
    assert stored() == {(5, "92.85")}


def test_a_cell_of_somebody_elsewhere_is_not_there(page, he, foreign_branch):
    stranger = enrolled("外单位", foreign_branch)

    assert page.post(GRID, cells(stranger, m1=("1", ""))).status_code == 404
    assert page.get(f"{GRID}?organization={foreign_branch.public_id}").status_code == 404
    assert stored() == set()


def test_the_grid_of_a_temporary_branch_says_why_it_is_closed(client, committee):
    place = PartyOrganizationFactory(
        superior=committee, kind=PartyOrganization.Kind.TEMPORARY_BRANCH
    )
    client.force_login(account("lin", "林书记", Role.SECRETARY, place))

    assert "临时党支部不收缴党费" in client.get(GRID).text


# --- the other forms -------------------------------------------------------------------------


def test_a_standing_is_fixed_on_the_page_and_refused_at_its_field(page, first_branch):
    member = enrolled("吴桐", first_branch)
    data = {
        "submission_key": "k" * 32,
        "member": member.public_id,
        "payer_class": "monthly_salary",
        "base": "3,001元",
        "started_on": "2026-01",
    }

    refused = page.post("/members/dues/standing/", data | {"relief": "exempt", "reason": "病"})
    page.post("/members/dues/standing/", data | {"submission_key": "j" * 32})

    assert "少交、免交要经支委会研究" in refused.text
    with everything(reason="test"):
        assert DuesStanding.objects.get(member=member).amount == Decimal("30.01")


def test_why_a_standing_changed_within_the_year_is_kept_and_shown(page, first_branch):
    member = enrolled("吴桐", first_branch)
    said = {"member": member.public_id, "payer_class": "retired", "base": "3001"}
    page.post(
        "/members/dues/standing/",
        said | {"submission_key": "k" * 32, "started_on": "2026-07", "reason": "七月退休"},
    )

    shown = page.get(f"/members/dues/standing/?member={member.public_id}")

    assert "原因：七月退休" in shown.text


def test_a_payment_far_from_its_month_asks_for_the_reason_at_its_field(page, he):
    data = {
        "submission_key": "k" * 32,
        "member": he.public_id,
        "kind": "ordinary",
        "month": "2026-01",
        "amount": "92.85",
        "paid_on": "2026-09-01",
        "method": "cash",
    }

    refused = page.post("/members/dues/payment/", data)
    page.post("/members/dues/payment/", data | {"note": "驻村期间未缴", "submission_key": "j" * 32})

    assert "未达到一般要求" in refused.text
    assert stored() == {(1, "92.85")}


def test_a_branch_publishes_its_dues_and_the_reminder_goes(page, li, he, first_branch, today):
    DuesPaymentFactory(member=he, month=dt.date(2025, 12, 1))
    before = [alert.code for alert, _ in alerts_for(li, today)]
    address = reverse("members:publish_dues", args=[first_branch.public_id])

    page.post(
        address,
        {"submission_key": "k" * 32, "year": "2025", "published_on": "2026-01-09", "how": "公开栏"},
    )

    assert "members.dues_unpublished" in before
    assert "members.dues_unpublished" not in [alert.code for alert, _ in alerts_for(li, today)]
    with everything(reason="test"):
        assert DuesPublication.objects.get().year == 2025


def test_the_committee_fixes_its_share_and_hands_up(client, zhao, committee, he):
    DuesPaymentFactory(member=he, month=dt.date(2026, 2, 1), amount=Decimal("100.00"))
    client.force_login(zhao)
    client.post(
        "/members/dues/rules/",
        {
            "submission_key": "k" * 32,
            "organization": committee.public_id,
            "in_force_from": "2026-01-01",
            "document": "机关党费办法",
            "share": "20",
            "per": "quarter",
        },
    )
    client.post(
        "/members/dues/handing-up/",
        {
            "submission_key": "j" * 32,
            "organization": committee.public_id,
            "year": "2026",
            "kind": "share",
            "period": "2026Q1",
            "amount": "15",
            "handed_on": "2026-04-08",
        },
    )

    shown = client.get("/members/dues/handing-up/")

    assert LocalRegulation.objects.get().values == {
        "handing_up": {"share": "0.20", "per": "quarter", "level": "own"}
    }
    assert shown.context["rows"][0].difference == Decimal("-5.00")


# --- the ladder ------------------------------------------------------------------------------


def unpaid_since(member, month):
    """Everything before `month` is paid."""
    for at in range(1, month):
        DuesPaymentFactory(member=member, month=dt.date(2026, at, 1))


@pytest.mark.parametrize(
    ("first_unpaid", "branch_sees", "committee_sees"),
    [
        (11, set(), set()),
        (10, {"reminder"}, set()),
        (8, {"secretary"}, set()),
        (6, {"secretary"}, {"superior"}),
        (5, {"decision"}, {"decision"}),
    ],
)
def test_each_step_of_the_ladder_speaks_to_whom_it_concerns(
    li, zhao, he, today, first_unpaid, branch_sees, committee_sees
):
    unpaid_since(he, first_unpaid)

    def seen_by(user):
        codes = {alert.code for alert, _ in alerts_for(user, today)}
        return {code.removeprefix("members.dues_") for code in codes if "dues_" in code}

    assert (seen_by(li), seen_by(zhao)) == (branch_sees, committee_sees)


def test_six_months_cite_the_article_with_both_conditions_and_change_nobody(li, he, today):
    with everything(reason="test"):
        (notice,) = alerts["members.dues_decision"].notices(today)

    assert notice.cite == "《关于中国共产党党费收缴、使用和管理的规定》第十三条"
    assert "没有正当理由" in alerts["members.dues_decision"].about
    assert "连续六个月" in alerts["members.dues_decision"].about
    with everything(reason="test"):
        he.refresh_from_db()
    assert he.state == "normal"


# --- on the file -----------------------------------------------------------------------------


def test_a_member_reads_own_dues_and_no_others(client, sun, first_branch):
    with everything(reason="test"):
        own = sun.member
    DuesStandingFactory(member=own)
    DuesPaymentFactory(member=own, month=dt.date(2026, 2, 1), amount=Decimal("77.77"))
    client.force_login(sun)

    shown = client.get("/members/own/").text

    assert "77.77" in shown
    assert client.get("/members/dues/").status_code == 403


# --- funds -----------------------------------------------------------------------------------


def test_a_request_goes_through_its_pages_to_a_spending(client, li, committee, first_branch):
    roles = (Role.SECTION_HEAD, Role.SUPERVISING_LEADER, Role.PRINCIPAL_LEADER)
    signers = [account(role, f"{role.label}甲", role, committee) for role in roles]
    FundIncomeFactory(organization=first_branch)
    client.force_login(li)
    client.post(
        "/members/funds/new/",
        {
            "submission_key": "k" * 32,
            "organization": first_branch.public_id,
            "source": "dues",
            "category": "materials",
            "purpose": "购买读本",
            "wanted_on": "2026-12-01",
            "line-0-name": "读本",
            "line-0-quantity": "10",
            "line-0-price": "30元",
        },
    )
    with everything(reason="test"):
        asked = FundRequest.objects.get()
    for number, (signer, level) in enumerate(
        zip(signers, ("first", "second", "third"), strict=True), 1
    ):
        client.force_login(signer)
        assert "等您审批" in client.get("/members/funds/").text
        address = reverse(f"members:sign_funds_{level}", args=[asked.public_id])
        client.post(address, {"answer": "agree", "version": str(number)})
    client.force_login(li)
    spend = reverse("members:book_spending", args=[asked.public_id])
    data = {"pot": "refund", "spent_on_day": "2026-11-20", "voucher": "A-1"}
    refused = client.post(spend, data | {"amount": "300.01", "submission_key": "j" * 32})
    client.post(spend, data | {"amount": "300", "submission_key": "i" * 32})

    shown = client.get(asked.get_absolute_url()).text

    assert "只能再支 300.00 元" in refused.text
    assert "凭证 A-1" in shown
    assert "主要领导甲：同意" in shown


def test_a_line_that_lacks_a_part_is_told_and_kept(client, li, first_branch):
    client.force_login(li)

    shown = client.post(
        "/members/funds/new/",
        {
            "submission_key": "k" * 32,
            "organization": first_branch.public_id,
            "source": "dues",
            "category": "materials",
            "purpose": "购买读本",
            "wanted_on": "2026-12-01",
            "line-1-name": "读本",
            "line-1-quantity": "十本",
        },
    ).text

    assert "明细第 2 行：“十本”不是金额，请填写数字。" in shown
    assert 'value="读本"' in shown


def test_what_was_written_is_filled_in_when_a_request_comes_again(client, li, first_branch):
    asked = FundRequestFactory(
        organization=first_branch, state="returned", requested_by=li, purpose="买读本二十册"
    )
    client.force_login(li)

    shown = client.get(reverse("members:request_funds_again", args=[asked.public_id])).text

    assert "买读本二十册" in shown
