"""Periods: a year, a half, a quarter, a month, and how one counts on from them."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partybuild.periods import Period, PeriodProblem, add_months, add_years

days = st.dates(dt.date(1921, 7, 1), dt.date(2200, 12, 31))
kinds = st.sampled_from(["month", "quarter", "half", "year"])


@pytest.mark.parametrize(
    ("text", "start", "end", "kind", "title"),
    [
        ("2026", (2026, 1, 1), (2026, 12, 31), "year", "2026年"),
        ("2026H1", (2026, 1, 1), (2026, 6, 30), "half", "2026年上半年"),
        ("2026H2", (2026, 7, 1), (2026, 12, 31), "half", "2026年下半年"),
        ("2026Q1", (2026, 1, 1), (2026, 3, 31), "quarter", "2026年第一季度"),
        ("2026Q4", (2026, 10, 1), (2026, 12, 31), "quarter", "2026年第四季度"),
        ("2026-11", (2026, 11, 1), (2026, 11, 30), "month", "2026年11月"),
        ("2024-02", (2024, 2, 1), (2024, 2, 29), "month", "2024年2月"),
        (" 2026-12 ", (2026, 12, 1), (2026, 12, 31), "month", "2026年12月"),
    ],
)
def test_a_period_is_read_and_told(text, start, end, kind, title):
    period = Period.parse(text)

    assert (period.start, period.end) == (dt.date(*start), dt.date(*end))
    assert (period.kind, period.title, str(period)) == (kind, title, text.strip())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "今年",
        "26",
        "2026Q5",
        "2026H0",
        "2026H3",
        "2026h1",
        "2026-13",
        "2026-1",
        "2026-00",
        "2026-11-21",
        "0000",
        "0001",
        "9999",
    ],
)
def test_what_is_no_period_is_refused_in_chinese(text):
    with pytest.raises(PeriodProblem) as problem:
        Period.parse(text)

    assert str(problem.value) == f"“{text}”不是期间；请写成 2026、2026H1、2026Q3 或 2026-11。"


@pytest.mark.parametrize(
    "text", ["1900", "2999", "1900H1", "2999H2", "1900-01", "2999-12", "2999Q4"]
)
def test_every_period_that_can_be_read_has_neighbours(text):
    period = Period.parse(text)

    assert period.previous().next() == period
    assert [part.start for part in period.split("month")][-1] <= period.end


@given(day=days, kind=kinds)
def test_the_period_of_a_day_holds_it_and_is_read_back(day, kind):
    period = Period.containing(day, kind)

    assert day in period
    assert period.kind == kind
    assert Period.parse(period.code) == period


@given(day=days, kind=kinds)
def test_periods_follow_each_other_without_gap_or_overlap(day, kind):
    period = Period.containing(day, kind)

    assert period.next().start - period.end == dt.timedelta(days=1)
    assert period.previous().next() == period
    assert period.previous() < period < period.next()


@given(day=days, kind=st.sampled_from(["month", "quarter", "half"]))
def test_the_parts_of_a_year_cover_it(day, kind):
    year = Period.containing(day, "year")
    parts = list(year.split(kind))

    assert len(parts) == {"month": 12, "quarter": 4, "half": 2}[kind]
    assert (parts[0].start, parts[-1].end) == (year.start, year.end)
    assert all(a.next() == b for a, b in pairwise(parts))


@given(day=days, kind=st.sampled_from(["month", "quarter"]))
def test_the_parts_of_a_half_cover_it_and_lie_in_it(day, kind):
    half = Period.containing(day, "half")
    parts = list(half.split(kind))

    assert len(parts) == {"month": 6, "quarter": 2}[kind]
    assert (parts[0].start, parts[-1].end) == (half.start, half.end)
    assert all(Period.containing(part.end, "half") == half for part in parts)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2024, 1, 31), 1, (2024, 2, 29)),
        ((2026, 11, 21), 2, (2027, 1, 21)),
        ((2026, 1, 15), -1, (2025, 12, 15)),
        ((2026, 12, 31), 12, (2027, 12, 31)),
    ],
)
def test_months_are_added_by_the_calendar(day, months, expected):
    assert add_months(dt.date(*day), months) == dt.date(*expected)


def test_years_are_added_by_the_calendar():
    assert add_years(dt.date(2024, 2, 29), 1) == dt.date(2025, 2, 28)
    assert add_years(dt.date(2024, 2, 29), 4) == dt.date(2028, 2, 29)
