"""Dues are a person's: what was paid ahead or late counts wherever and whenever it was due."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.alerts.dues import DuesDecision, DuesSecretary
from members.models import DuesPayment
from members.queries.dues import in_arrears, read_branch, read_member, settle
from members.services.memberships import move_member
from members.services.standing import change_standing
from partybuild.periods import add_months
from partybuild.scoping import everything, scoped_to
from tests.cast import enrolled
from tests.factories.dues import DuesPaymentFactory, DuesStandingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DUE = Decimal("92.85")


def month(number, year=2026):
    return dt.date(year, number, 1)


@pytest.fixture
def he(first_branch):
    """何静 owes 92.85 a month since January 2025."""
    member = enrolled("何静", first_branch)
    DuesStandingFactory(member=member, started_on=month(1, 2025))
    return member


def paid(member, months, *, on, at=None):
    DuesPaymentFactory(
        member=member, month=on, amount=DUE * months, **({"organization": at} if at else {})
    )


def moved(member, branch, on):
    with everything(reason="the organisation department acts"):
        move_member(member=member, to=branch, on=on)


def words(user, member, branch, today, year=2026):
    """What a secretary sees of somebody in the own branch."""
    with scoped_to(user.scope_for("members.view_dues")):
        (person,) = [p for p in read_branch(branch, year, today) if p.member == member]
    return "".join(reading.word[:1] or "-" for reading in person.months)


def behind(user, today):
    with scoped_to(user.scope_for("members.collect_dues")):
        return [(row.organization.name, len(row.months), row.owed) for row in in_arrears(today)]


def test_what_was_paid_ahead_goes_along_to_the_next_branch(
    li, wang, he, first_branch, second_branch, today
):
    paid(he, 12, on=month(1, 2025))
    paid(he, 10, on=month(1))
    moved(he, second_branch, dt.date(2026, 3, 10))

    assert words(li, he, first_branch, today) == "已已已---------"
    assert words(wang, he, second_branch, today) == "---已已已已已已已未未"
    assert behind(wang, today) == []


def test_the_branch_that_was_left_still_knows_what_was_due(
    li, he, first_branch, second_branch, today
):
    paid(he, 1, on=month(2))
    before = words(li, he, first_branch, today, 2025)
    moved(he, second_branch, dt.date(2026, 11, 20))

    assert before == "欠" * 12
    assert words(li, he, first_branch, today, 2025) == before
    assert words(li, he, first_branch, today) == "欠已欠欠欠欠欠欠欠欠未-"


def test_a_move_does_not_begin_the_ladder_anew(li, wang, he, second_branch, today):
    paid(he, 12, on=month(1, 2025))
    paid(he, 4, on=month(1))
    moved(he, second_branch, dt.date(2026, 8, 1))

    assert behind(li, today) == []
    assert behind(wang, today) == [("第二党支部", 6, DUE * 6)]
    with scoped_to(wang.scope_for("members.view_dues")):
        (notice,) = DuesDecision().notices(today)
    assert "连续 6 个月" in notice.text


def test_whoever_pays_a_year_at_its_end_is_not_taken_to_have_paid_the_next(
    li, he, first_branch, today
):
    paid(he, 12, on=month(12, 2025))

    assert words(li, he, first_branch, today, 2025) == "已" * 12
    assert words(li, he, first_branch, today) == "欠欠欠欠欠欠欠欠欠欠未未"
    assert behind(li, today) == [("第一党支部", 10, DUE * 10)]


def test_whoever_paid_the_whole_year_in_january_is_not_reminded_a_year_later(li, he, first_branch):
    paid(he, 12, on=month(1, 2025))
    paid(he, 12, on=month(1))

    for day in (dt.date(2027, 1, 5), dt.date(2026, 6, 5)):
        assert behind(li, day) == []
    assert behind(li, dt.date(2027, 4, 5)) == [("第一党支部", 3, DUE * 3)]


def test_what_is_paid_late_counts_for_the_year_it_was_due_in(li, he, first_branch, today):
    paid(he, 6, on=month(6, 2025))
    paid(he, 7 + 6, on=month(1))

    assert words(li, he, first_branch, today, 2025) == "已" * 12
    assert words(li, he, first_branch, today) == "已已已已已已已欠欠欠未未"


def test_nobody_asks_the_dead_for_dues(li, he, today):
    with everything(reason="test"):
        change_standing(actor=li, member=he, state="deceased", happened_on=dt.date(2026, 9, 3))

    assert behind(li, today) == []
    with scoped_to(li.scope_for("members.collect_dues")):
        assert list(DuesSecretary().notices(today)) == []


def test_a_file_tells_the_same_as_the_branch(li, he, first_branch, today):
    paid(he, 17, on=month(1, 2025))
    with scoped_to(li.scope_for("members.view_dues")):
        person = read_member(he, month(1), month(12), today)

    assert "".join(m.word[:1] for m in person.months) == words(li, he, first_branch, today)
    assert person.owed == DUE * 5


amounts = st.lists(st.tuples(st.integers(0, 29), st.integers(1, 13)), max_size=8)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payments=amounts, cut=st.integers(1, 29), odd=st.integers(0, 3))
def test_a_year_read_by_itself_says_what_the_whole_history_says(payments, cut, odd):
    months = [add_months(month(1, 2024), at) for at in range(30)]
    due = {one: DUE if at % 4 != odd else Decimal("30.00") for at, one in enumerate(months)}
    paid_in = dict.fromkeys(months, Decimal(0))
    for at, times in payments:
        paid_in[months[at]] += DUE * times
    start = months[cut]
    carry = sum((paid_in[one] - due[one] for one in months if one < start), Decimal(0))

    whole = settle(due, paid_in)
    part = settle(
        {one: due[one] for one in months if one >= start},
        {one: paid_in[one] for one in months if one >= start},
        carry,
    )

    assert part == {one: whole[one] for one in months if one >= start}


def test_what_one_branch_took_is_never_counted_at_another(
    li, wang, he, first_branch, second_branch, today
):
    paid(he, 10, on=month(1))
    moved(he, second_branch, dt.date(2026, 3, 10))
    paid(he, 1, on=month(11), at=second_branch)
    with everything(reason="test"):
        took = [
            sum(person.paid for person in read_branch(branch, 2026, today))
            for branch in (first_branch, second_branch)
        ]
        total = sum(payment.amount for payment in DuesPayment.objects.all())

    assert took == [DUE * 10, DUE]
    assert sum(took) == total
