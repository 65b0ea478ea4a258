"""Dues as people enter and read them: standings, the grid, single payments, what goes up."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from branches.models import PartyOrganization
from members.models import DuesPayment, DuesStanding, Member
from members.queries.dues import handing_up, in_arrears, read_branch, sums_of
from members.queries.dues_rules import DuesRefused
from members.services.dues import (
    CellChange,
    enter_payments,
    fix_standing,
    hand_up,
    publish_dues,
    record_payment,
)
from partybuild.localrules import lay_over
from partybuild.merging import CellsTaken
from partybuild.models import AuditEntry
from partybuild.periods import Period
from partybuild.refusals import CellsRefused
from partybuild.scoping import scoped_to
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.dues import DuesPaymentFactory, DuesStandingFactory
from tests.factories.members import MemberFactory, MembershipFactory

pytestmark = pytest.mark.usefixtures("today")
JANUARY = dt.date(2026, 1, 1)


def month(number, year=2026):
    return dt.date(year, number, 1)


@pytest.fixture
def he(first_branch):
    """何静 pays 92.85 a month since January."""
    member = enrolled("何静", first_branch)
    DuesStandingFactory(member=member)
    return member


def fix(actor, member, **details):
    values = {
        "payer_class": DuesStanding.PayerClass.MONTHLY_SALARY,
        "base": Decimal(6190),
        "started_on": JANUARY,
    }
    with scoped_to(actor.scope_for("members.collect_dues")):
        return fix_standing(actor=actor, member=member, **values | details)


def enter(actor, branch, *cells, **details):
    with scoped_to(actor.scope_for("members.collect_dues")):
        return enter_payments(
            actor=actor,
            organization=branch,
            changes=[
                CellChange(member, month(number), amount, was)
                for member, number, amount, was in cells
            ],
            **details,
        )


def words(member, branch, today, year=2026):
    (person,) = [p for p in read_branch(branch, year, today) if p.member == member]
    return "".join(reading.word[:1] or "-" for reading in person.months)


# --- standings -------------------------------------------------------------------------------


def test_a_standing_keeps_base_rate_and_the_version_of_the_rule(li, first_branch, everywhere):
    member = enrolled("何静", first_branch)

    fix(li, member)

    kept = DuesStanding.objects.get(member=member)
    assert (kept.base, kept.rate, kept.amount) == ("6190.00", Decimal("0.0150"), Decimal("92.85"))
    assert kept.rule == "《关于中国共产党党费收缴、使用和管理的规定》第二条"
    assert kept.rule_since == dt.date(2008, 4, 1)


def test_the_income_stands_neither_in_the_database_nor_in_the_audit(li, first_branch, everywhere):
    member = enrolled("何静", first_branch)

    standing = fix(li, member, base=Decimal("6190.37"))

    with connection.cursor() as cursor:
        cursor.execute("select base from members_duesstanding where id = %s", [standing.pk])
        (stored,) = cursor.fetchone()
    assert "6190" not in stored
    entry = AuditEntry.objects.get(action="members.duesstanding.fixed")
    assert "6190" not in f"{entry.summary}{entry.before}{entry.after}"


def test_a_changed_income_counts_from_its_month_on(li, first_branch, today, everywhere):
    member = enrolled("何静", first_branch)
    fix(li, member)

    fix(li, member, base=Decimal(10001), started_on=dt.date(2026, 7, 15))

    (person,) = [p for p in read_branch(first_branch, 2026, today) if p.member == member]
    assert [m.due for m in person.months][5:7] == [Decimal("92.85"), Decimal("200.02")]


def test_where_the_base_is_fixed_for_the_year_it_changes_in_january_or_with_a_reason(
    li, zhao, committee, first_branch, everywhere
):
    member = enrolled("何静", first_branch)
    fix(li, member)
    lay_over(
        actor=zhao,
        place=committee,
        code="members.dues",
        values={"base": {"policy": "yearly_fixed"}},
        in_force_from=JANUARY,
        document="机关党费办法",
    )

    with pytest.raises(DuesRefused) as refusal:
        fix(li, member, base=Decimal(8000), started_on=month(7))
    assert refusal.value.field == "reason"
    assert "机关党费办法" in str(refusal.value)
    assert DuesStanding.objects.filter(member=member).count() == 1

    retired = {"payer_class": DuesStanding.PayerClass.RETIRED, "base": Decimal(4000)}
    fix(li, member, **retired, started_on=month(7), reason="七月退休")
    fix(li, member, **retired | {"base": Decimal(4200)}, started_on=month(1, 2027))

    told = DuesStanding.objects.filter(member=member).order_by("started_on")
    assert [(row.started_on, row.base, row.reason) for row in told] == [
        (JANUARY, "6190.00", ""),
        (month(7), "4000.00", "七月退休"),
        (month(1, 2027), "4200.00", ""),
    ]


HARDSHIP = {
    "relief": "exempt",
    "studied_on": dt.date(2026, 3, 2),
    "approved_on": dt.date(2026, 3, 20),
    "approved_by": "机关党委",
    "reason": "长期患病",
}


@pytest.mark.parametrize(
    ("lacking", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"studied_on": None}, "studied_on"),
        ({"approved_on": None}, "approved_on"),
        ({"approved_on": dt.date(2026, 3, 1)}, "approved_on"),
        ({"approved_on": dt.date(2027, 3, 1)}, "approved_on"),
        ({"relief": "reduced", "reduced_to": Decimal("92.85")}, "reduced_to"),
    ],
)
def test_relief_needs_study_approval_and_reason(li, first_branch, everywhere, lacking, field):
    member = enrolled("何静", first_branch)

    with pytest.raises(DuesRefused) as refusal:
        fix(li, member, **HARDSHIP | lacking)

    assert refusal.value.field == field
    assert not DuesStanding.objects.exists()


def test_whoever_is_exempt_owes_nothing_from_that_month_on(li, he, first_branch, today, everywhere):
    fix(li, he, started_on=month(4), **HARDSHIP)

    assert words(he, first_branch, today) == "欠欠欠免免免免免免免免免"


# --- the months ------------------------------------------------------------------------------


def test_a_running_month_is_not_yet_due_and_a_closed_one_is_owed(
    he, first_branch, today, everywhere
):
    DuesPaymentFactory(member=he, month=month(1))
    DuesPaymentFactory(member=he, month=month(2), amount=Decimal("50.00"))

    assert words(he, first_branch, today) == "已部欠欠欠欠欠欠欠欠未未"


def test_a_quarter_paid_at_once_settles_the_months_before(he, first_branch, today, everywhere):
    DuesPaymentFactory(member=he, month=month(3), amount=Decimal("278.55"))

    assert words(he, first_branch, today) == "已已已欠欠欠欠欠欠欠未未"


def test_what_is_paid_ahead_is_shown_as_such(he, first_branch, today, everywhere):
    DuesPaymentFactory(member=he, month=month(1), amount=Decimal("92.85") * 12)

    assert words(he, first_branch, today) == "已已已已已已已已已已已预"


def test_nothing_is_due_before_the_month_of_joining(first_branch, today, everywhere):
    member = MemberFactory(
        branch=first_branch, category=Member.Category.PROBATIONARY, joined_on=dt.date(2026, 5, 20)
    )
    MembershipFactory(member=member, started_on=dt.date(2026, 5, 20))
    DuesStandingFactory(member=member)

    assert words(member, first_branch, today) == "----欠欠欠欠欠欠未未"


def test_a_month_is_due_where_the_membership_was_on_its_first_day(
    first_branch, second_branch, today, everywhere
):
    member = MemberFactory(branch=second_branch)
    MembershipFactory(
        member=member, organization=first_branch, ended_on=dt.date(2026, 4, 15), ended_by="moved"
    )
    MembershipFactory(member=member, organization=second_branch, started_on=dt.date(2026, 4, 15))
    DuesStandingFactory(member=member)

    assert words(member, first_branch, today) == "欠欠欠欠--------"
    assert words(member, second_branch, today) == "----欠欠欠欠欠欠未未"


def test_nothing_is_due_after_membership_was_suspended(first_branch, today, everywhere):
    member = enrolled(
        "何静",
        first_branch,
        state=Member.State.SUSPENDED,
        state_since=dt.date(2026, 3, 10),
    )
    DuesStandingFactory(member=member)

    assert words(member, first_branch, today) == "欠欠欠---------"


def test_applicants_owe_nothing_and_members_without_a_standing_are_named(
    first_branch, today, everywhere
):
    enrolled("申请人", first_branch, category=Member.Category.APPLICANT)
    member = enrolled("何静", first_branch)

    (person,) = read_branch(first_branch, 2026, today)

    assert person.member == member
    assert {reading.word for reading in person.months} == {"未定标准"}


# --- the grid --------------------------------------------------------------------------------


def test_cells_are_entered_changed_and_taken_away_with_one_entry_each(
    li, he, first_branch, everywhere
):
    due = Decimal("92.85")

    assert enter(li, first_branch, (he, 1, due, None), (he, 2, due, None), paid_on=month(2)) == 2
    assert enter(li, first_branch, (he, 1, due, None), (he, 2, due, None), paid_on=month(2)) == 0
    assert enter(li, first_branch, (he, 2, Decimal(50), due), (he, 1, None, due)) == 2

    stored = DuesPayment.objects.values_list("month", "amount")
    assert list(stored) == [(month(2), Decimal("50.00"))]
    entries = AuditEntry.objects.filter(action="members.duespayment.entered").order_by("sequence")
    assert [entry.after for entry in entries] == [
        {"何静 2026-01": "92.85", "何静 2026-02": "92.85"},
        {"何静 2026-01": "", "何静 2026-02": "50"},
    ]


def test_a_cell_that_somebody_else_has_entered_is_not_overwritten(li, he, first_branch, everywhere):
    DuesPaymentFactory(member=he, amount=Decimal("90.00"))

    with pytest.raises(CellsTaken) as taken:
        enter(li, first_branch, (he, 1, Decimal("92.85"), None), (he, 2, Decimal("92.85"), None))

    assert taken.value.theirs == {(he.pk, JANUARY): Decimal("90.00")}
    assert [p.amount for p in DuesPayment.objects.all()] == [Decimal("90.00")]


def test_a_month_that_is_due_elsewhere_is_refused_with_its_article(li, first_branch, everywhere):
    stranger = enrolled("外来", PartyOrganizationFactory())

    with pytest.raises(CellsRefused) as refused:
        enter(li, first_branch, (stranger, 1, Decimal(10), None))

    (reason,) = refused.value.reasons.values()
    assert "第九条" in reason


def test_more_than_six_months_ahead_or_behind_needs_a_reason(li, he, first_branch, everywhere):
    with pytest.raises(CellsRefused) as refused:
        enter(li, first_branch, (he, 1, Decimal(10), None), paid_on=dt.date(2026, 8, 1))
    with (
        scoped_to(li.scope_for("members.collect_dues")),
        pytest.raises(DuesRefused) as single,
    ):
        record_payment(
            actor=li,
            organization=first_branch,
            member=he,
            month=JANUARY,
            amount=Decimal(10),
            paid_on=dt.date(2026, 8, 1),
            method="cash",
        )

    assert "第十二条" in next(iter(refused.value.reasons.values()))
    assert single.value.field == "note"
    assert str(single.value).startswith("未达到一般要求")


def test_a_temporary_branch_collects_no_dues(zhao, committee, everywhere):
    place = PartyOrganizationFactory(
        superior=committee, kind=PartyOrganization.Kind.TEMPORARY_BRANCH
    )
    member = enrolled("何静", place)

    with pytest.raises(DuesRefused) as refusal:
        enter_payments(
            actor=zhao,
            organization=place,
            changes=[CellChange(member, JANUARY, Decimal(10), None)],
        )

    assert str(refusal.value) == (
        "临时党支部不收缴党费（《中国共产党支部工作条例（试行）》第八条）。党员在正式组织关系所在支部交纳。"
    )


# --- single payments, handing up, publishing -------------------------------------------------


def test_a_big_payment_is_kept_apart_and_goes_up_as_a_whole(
    li, zhao, he, committee, first_branch, today, everywhere
):
    def pay(amount):
        return record_payment(
            actor=li,
            organization=first_branch,
            member=he,
            month=month(7),
            amount=Decimal(amount),
            paid_on=dt.date(2026, 7, 6),
            method="cash",
            kind="big",
        )

    pay("1000")
    with pytest.raises(DuesRefused) as refusal:
        pay("999.99")
    DuesPaymentFactory(member=he, month=month(2), amount=Decimal("92.85"))
    lay_over(
        actor=zhao,
        place=committee,
        code="members.dues",
        values={"handing_up": {"share": "0.2", "per": "quarter", "level": "own"}},
        in_force_from=JANUARY,
        document="机关党费办法",
    )
    hand_up(
        actor=zhao,
        organization=committee,
        kind="share",
        period=Period.quarter(2026, 1),
        amount=Decimal("10.00"),
        handed_on=dt.date(2026, 4, 8),
    )

    rows = handing_up(committee, 2026)

    assert "第十一条" in str(refusal.value)
    assert [(row.period.code, row.due, row.difference) for row in rows] == [
        ("2026Q1", Decimal("18.57"), Decimal("-8.57")),
        ("2026Q2", Decimal("0.00"), Decimal("0.00")),
        ("2026Q3", Decimal("0.00"), Decimal("0.00")),
        ("2026Q4", Decimal("0.00"), Decimal("0.00")),
        ("2026", Decimal("1000.00"), Decimal("-1000.00")),
    ]


def test_without_a_share_of_its_own_nothing_is_reckoned_for_a_place(committee, everywhere):
    assert {row.due for row in handing_up(committee, 2026)[:4]} == {None}


def test_publishing_once_more_corrects_the_record(li, first_branch, everywhere):
    for how in ("公开栏", "党员大会通报"):
        publish_dues(
            actor=li,
            organization=first_branch,
            year=2025,
            published_on=dt.date(2026, 1, 20),
            how=how,
        )

    assert [p.how for p in first_branch.dues_publications.all()] == ["党员大会通报"]


# --- many ------------------------------------------------------------------------------------


def test_sums_and_arrears_cost_the_same_for_one_branch_and_many(
    committee, first_branch, he, today, everywhere, django_assert_num_queries
):
    for _ in range(4):
        place = PartyOrganizationFactory(superior=committee)
        DuesStandingFactory(member=enrolled("某人", place))
    places = list(PartyOrganization.objects.filter(superior=committee))

    with django_assert_num_queries(5):
        found = sums_of(places, 2026, today)
    with django_assert_num_queries(6):
        behind = in_arrears(today)

    assert [row.owed for row in found] == [Decimal("928.50")] * 5
    assert [len(row.months) for row in behind] == [10] * 5


def test_whoever_has_caught_up_is_not_in_arrears(he, today, everywhere):
    DuesPaymentFactory(member=he, month=month(10), amount=Decimal("928.50"))

    assert in_arrears(today) == []
