"""What a member owes: every test value of the rules paper, and what holds for any base."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from members.models import DuesStanding
from members.queries.dues import settle
from members.queries.dues_rules import DuesRefused, assess, due_for, percent
from partybuild.localrules import lay_over
from partybuild.regulations import NoRegulation, shipped_versions
from tests.members.samples import SAMPLES

DAY = dt.date(2026, 1, 1)
RULE = shipped_versions("members.dues")[-1]
MONEY = st.decimals(min_value=0, max_value=200_000, places=2)
BANDED = ["monthly_salary", "annual_salary", "self_employed", "retired"]
PAPER = SAMPLES.parent / "domain" / "rules.yaml"


@pytest.mark.skipif(not PAPER.exists(), reason="the rules paper lies beside the project")
def test_every_value_of_the_rules_paper_holds():
    told = yaml.safe_load(PAPER.read_text("utf-8"))["dues"]
    for case in told["tests"]:
        payer = "retired" if "retired" in case else "monthly_salary"
        base = Decimal(str(case.get("retired", case.get("base"))))
        found = assess(RULE, base, payer)
        assert ("due" not in case) or found.amount == Decimal(str(case["due"])), case
        assert ("rate" not in case) or found.rate == Decimal(str(case["rate"])), case
    assert {str(band["rate"]) for band in told["bands_salary"]} == {
        f"{Decimal(band['rate']).normalize():f}" for band in RULE.values["monthly_salary"]["bands"]
    }


@pytest.mark.parametrize(
    ("payer", "base", "amount"),
    [
        ("monthly_salary", "3000", "15.00"),
        ("monthly_salary", "3001", "30.01"),
        ("monthly_salary", "3000.01", "30.00"),
        ("monthly_salary", "5000", "50.00"),
        ("monthly_salary", "5001", "75.02"),
        ("monthly_salary", "10000", "150.00"),
        ("monthly_salary", "10001", "200.02"),
        ("annual_salary", "10001", "200.02"),
        ("self_employed", "2999.99", "15.00"),
        ("retired", "5000", "25.00"),
        ("retired", "5001", "50.01"),
        ("farmer", "0.20", "0.20"),
        ("farmer", "1.00", "1.00"),
        ("student", None, "0.20"),
        ("laid_off", None, "0.20"),
        ("pension_relief", None, "0.20"),
        ("minimum_living", None, "0.20"),
    ],
)
def test_one_rate_applies_to_the_whole_base(payer, base, amount):
    assert assess(RULE, base and Decimal(base), payer).amount == Decimal(amount)


def test_every_class_of_payers_has_its_article():
    cited = {
        payer: assess(RULE, Decimal(1), payer).citation.rpartition("》")[2]
        for payer in DuesStanding.PayerClass.values
    }

    assert cited == {
        "monthly_salary": "第二条",
        "annual_salary": "第三条",
        "self_employed": "第四条",
        "retired": "第五条",
        "farmer": "第六条",
        "student": "第六条",
        "laid_off": "第六条",
        "pension_relief": "第六条",
        "minimum_living": "第六条",
    }


@given(base=MONEY, payer=st.sampled_from(BANDED))
def test_an_amount_is_base_times_rate_rounded_and_never_a_float(base, payer):
    found = assess(RULE, base, payer)

    assert isinstance(found.amount, Decimal)
    assert isinstance(found.rate, Decimal)
    assert found.amount == (base * found.rate).quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(base=MONEY, payer=st.sampled_from(BANDED), more=MONEY)
def test_a_higher_base_never_has_a_lower_rate(base, payer, more):
    assert assess(RULE, base, payer).rate <= assess(RULE, base + more, payer).rate


@pytest.mark.parametrize(
    ("payer", "base", "reason"),
    [
        ("monthly_salary", None, "请填写缴费基数。"),
        ("retired", Decimal(-1), "缴费基数不能小于零。"),
        ("farmer", Decimal("1.01"), "农民党员每月 0.20 元至 1.00 元，请在这个范围内填写。"),
        ("farmer", Decimal("0.19"), "农民党员每月 0.20 元至 1.00 元，请在这个范围内填写。"),
    ],
)
def test_a_base_that_cannot_be_is_refused(payer, base, reason):
    with pytest.raises(DuesRefused) as refusal:
        assess(RULE, base, payer)

    assert str(refusal.value) == reason


@pytest.mark.django_db
def test_nothing_is_known_of_the_time_before_the_rule():
    with pytest.raises(NoRegulation):
        due_for(Decimal(3000), "monthly_salary", dt.date(2008, 3, 31))


def test_an_agency_may_round_to_ten_cents_by_its_own_document(zhao, committee, first_branch):
    lay_over(
        actor=zhao,
        place=committee,
        code="members.dues",
        values={"rounding": {"unit": "0.1"}},
        in_force_from=DAY,
        document="本级党费管理办法",
    )

    here = due_for(Decimal(5001), "monthly_salary", DAY, first_branch.path)
    elsewhere = due_for(Decimal(5001), "monthly_salary", DAY)

    assert (here.amount, elsewhere.amount) == (Decimal("75.00"), Decimal("75.02"))


def test_a_rate_is_written_as_people_do():
    assert [percent(Decimal(rate)) for rate in ("0.005", "0.01", "0.02")] == ["0.5%", "1%", "2%"]


MONTHS = [dt.date(2026, number, 1) for number in range(1, 13)]
BOOK = st.dictionaries(st.sampled_from(MONTHS), MONEY)


@given(due=BOOK, paid=BOOK)
def test_no_month_is_settled_beyond_what_is_due_nor_all_beyond_what_was_paid(due, paid):
    settled = settle(due, paid)

    assert settled.keys() == due.keys()
    assert all(0 <= settled[month] <= due[month] for month in due)
    assert sum(settled.values()) == min(sum(due.values()), sum(paid.values()))


def test_a_payment_settles_its_own_month_then_the_oldest_then_the_coming():
    due = dict.fromkeys(MONTHS, Decimal(10))

    quarterly = settle(due, {MONTHS[2]: Decimal(30)})
    ahead = settle(due, {MONTHS[0]: Decimal(25)})
    gap = settle(due, {MONTHS[1]: Decimal(10), MONTHS[3]: Decimal(10)})

    assert [month.month for month in MONTHS if quarterly[month]] == [1, 2, 3]
    assert [ahead[month] for month in MONTHS[:4]] == [10, 10, 5, 0]
    assert [month.month for month in MONTHS if gap[month]] == [2, 4]
