"""The fixed party day: four ways of moving it off a day of rest, and their edges."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.queries.party_days import PartyDays, party_day_of
from partybuild.calendar import CalendarUnpublished, Shift, Workdays, shifted
from partybuild.models import LocalRegulation
from partybuild.periods import Period
from tests.factories.partybuild import WorkdayOverrideFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
day = dt.date.fromisoformat


def rule(place, number, shift):
    LocalRegulation.objects.create(
        code="activities.party_day",
        place=place.path,
        in_force_from=dt.date(2020, 1, 1),
        document="青岚档党〔2020〕1号",
        values={"day": number, "shift": shift, "local": False},
    )


# 28 November 2026 is a Saturday, 28 January 2025 New Year's Eve, 28 June 2026 a Sunday.
@pytest.mark.parametrize(
    ("shift", "november", "january", "june"),
    [
        ("prev", "2026-11-27", "2025-01-27", "2026-06-26"),
        ("next", "2026-11-30", "2025-02-05", "2026-06-29"),
        ("nearest", "2026-11-27", "2025-01-27", "2026-06-29"),
        ("same_month", "2026-11-27", "2025-01-27", "2026-06-29"),
    ],
)
def test_each_rule_moves_the_28th_its_own_way(first_branch, shift, november, january, june):
    rule(first_branch, 28, shift)

    found = [
        party_day_of(Period.parse(month), first_branch.path)[0]
        for month in ("2026-11", "2025-01", "2026-06")
    ]

    assert found == [day(november), day(january), day(june)]


def test_a_28th_that_is_worked_stays_whatever_the_weekday(first_branch):
    # Saturday, 28 February 2026 was a working day by the published schedule.
    assert party_day_of(Period.parse("2026-02"), first_branch.path) == (day("2026-02-28"), "")


@pytest.mark.parametrize(
    ("month", "expected"),
    [("2026-04", "2026-04-30"), ("2025-02", "2025-02-28"), ("2024-02", "2024-02-29")],
)
def test_a_day_that_a_month_does_not_have_is_its_last(first_branch, month, expected):
    rule(first_branch, 31, "same_month")

    assert party_day_of(Period.parse(month), first_branch.path)[0] == day(expected)


def test_a_day_that_is_moved_into_the_month_beside_says_so(first_branch):
    rule(first_branch, 31, "next")

    # 31 October 2026 is a Saturday.
    assert party_day_of(Period.parse("2026-10"), first_branch.path) == (
        day("2026-11-02"),
        "31日休息，按规定顺延到11月2日",
    )


def test_the_last_day_of_a_year_never_asks_for_the_next_ones_calendar_in_its_own_month(
    first_branch,
):
    rule(first_branch, 31, "same_month")
    WorkdayOverrideFactory(day=day("2026-12-31"), is_workday=False)

    assert party_day_of(Period.parse("2026-12"), first_branch.path) == (
        day("2026-12-30"),
        "31日休息，按规定提前到30日",
    )


def test_the_first_day_of_a_year_may_be_moved_into_the_year_before(first_branch):
    rule(first_branch, 1, "prev")

    assert party_day_of(Period.parse("2026-01"), first_branch.path) == (
        day("2025-12-31"),
        "1日休息，按规定提前到12月31日",
    )


def test_past_the_end_of_the_published_calendar_the_fixed_day_stands_and_says_why(first_branch):
    rule(first_branch, 31, "next")
    WorkdayOverrideFactory(day=day("2026-12-31"), is_workday=False)

    unpublished = (day("2026-12-31"), "2027 年放假安排尚未发布，暂不能推算工作日。")
    assert party_day_of(Period.parse("2026-12"), first_branch.path) == unpublished
    assert party_day_of(Period.parse("2027-02"), first_branch.path) == (
        day("2027-02-28"),
        unpublished[1],
    )


def test_a_day_that_was_entered_by_hand_is_enough_where_it_decides(first_branch):
    WorkdayOverrideFactory(day=day("2027-03-28"), is_workday=False)
    WorkdayOverrideFactory(day=day("2027-03-27"), is_workday=True)

    assert party_day_of(Period.parse("2027-03"), first_branch.path) == (
        day("2027-03-27"),
        "28日休息，按规定提前到27日",
    )


def test_a_year_of_party_days_asks_once_for_rules_and_once_for_the_calendar(
    first_branch, django_assert_num_queries
):
    with django_assert_num_queries(2):
        days = PartyDays()
        found = [days.of(month, first_branch.path) for month in Period.year(2026).split("month")]

    assert [one.month for one, _ in found] == list(range(1, 13))


published = st.dates(dt.date(2022, 2, 10), dt.date(2026, 11, 20))


@given(fixed=published, shift=st.sampled_from(Shift))
def test_what_a_day_is_moved_to_is_worked_and_nothing_nearer_on_its_way_is(fixed, shift):
    workdays = Workdays()
    found = shifted(fixed, shift, workdays)

    assert workdays.is_workday(found)
    assert shifted(found, shift, workdays) == found
    step = dt.timedelta(days=1 if found > fixed else -1)
    between = [fixed + step * at for at in range(abs((found - fixed).days))]
    assert not any(workdays.is_workday(one) for one in between)
    if shift is Shift.PREVIOUS:
        assert found <= fixed
    if shift is Shift.NEXT:
        assert found >= fixed
    if shift is Shift.SAME_MONTH:
        assert (found.year, found.month) == (fixed.year, fixed.month)


@given(fixed=published)
def test_the_nearest_working_day_is_one_of_the_two_beside(fixed):
    workdays = Workdays()
    before, after = (shifted(fixed, way, workdays) for way in (Shift.PREVIOUS, Shift.NEXT))

    nearest = before if fixed - before <= after - fixed else after
    assert shifted(fixed, Shift.NEAREST, workdays) == nearest


def test_a_calendar_nobody_knows_is_an_answer_of_its_own():
    with pytest.raises(CalendarUnpublished):
        shifted(day("2027-03-28"), Shift.NEXT, Workdays())
