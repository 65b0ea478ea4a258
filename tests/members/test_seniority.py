"""党龄, 党籍, 政治生日, 光荣在党50年."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.models import Member
from members.queries.seniority import (
    anniversary,
    birthdays,
    fifty_years_on,
    latest_start,
    medal_of,
    newly_fifty,
    seniority_of,
    whole_years,
)
from tests.cast import enrolled

DAYS = st.dates(dt.date(1921, 7, 1), dt.date(2100, 12, 31))


@given(start=DAYS, day=DAYS, years=st.integers(0, 60))
def test_a_date_is_early_enough_exactly_when_the_years_are_whole(start, day, years):
    if start <= day and day.year - years >= 1:
        assert (start <= latest_start(day, years)) == (whole_years(start, day) >= years)


@given(start=DAYS, year=st.integers(1921, 2100))
def test_an_anniversary_completes_a_year_and_the_day_before_does_not(start, year):
    if year > start.year:
        day = anniversary(start, year)

        assert whole_years(start, day) == year - start.year
        assert whole_years(start, day - dt.timedelta(days=1)) == year - start.year - 1


@pytest.mark.parametrize(
    ("start", "day", "years"),
    [
        ("1996-02-29", "2026-02-27", 29),
        ("1996-02-29", "2026-02-28", 30),
        ("1996-02-29", "2028-02-28", 31),
        ("1996-02-29", "2028-02-29", 32),
        ("1976-07-01", "2026-07-01", 50),
        ("1976-07-02", "2026-07-01", 49),
        ("2026-07-02", "2026-07-01", 0),
    ],
)
def test_years_are_whole_years(start, day, years):
    assert whole_years(dt.date.fromisoformat(start), dt.date.fromisoformat(day)) == years


def test_membership_runs_from_the_meeting_and_seniority_from_confirmation():
    member = Member(
        category="full", joined_on=dt.date(2010, 6, 28), confirmed_on=dt.date(2011, 6, 28)
    )

    told = seniority_of(member, dt.date(2026, 6, 28))

    assert (told.membership, told.seniority, told.is_estimated) == (16, 15, False)


def test_on_probation_there_is_no_seniority():
    member = Member(category="probationary", joined_on=dt.date(2026, 6, 28))

    told = seniority_of(member, dt.date(2026, 11, 21))

    assert (told.membership, told.seniority) == (0, None)


def test_without_a_day_of_confirmation_the_meeting_counts_and_it_is_said():
    member = Member(category="full", joined_on=dt.date(1970, 7, 1))

    told = seniority_of(member, dt.date(2026, 11, 21))

    assert (told.membership, told.seniority, told.is_estimated) == (56, 56, True)


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere", "today")
class TestPoliticalBirthdays:
    def test_they_are_told_by_month_in_the_order_of_days(self, first_branch):
        for name, joined in (
            ("甲子", "2004-11-30"),
            ("乙丑", "1998-11-02"),
            ("丙寅", "2010-10-31"),
            ("丁卯", "2026-11-03"),
        ):
            enrolled(name, first_branch, joined_on=dt.date.fromisoformat(joined))

        assert [(one.member.name, one.day, one.years) for one in birthdays(2026, 11)] == [
            ("乙丑", dt.date(2026, 11, 2), 28),
            ("甲子", dt.date(2026, 11, 30), 22),
        ]

    def test_the_29th_of_february_is_kept_on_the_28th_in_a_common_year(self, first_branch):
        enrolled("甲子", first_branch, joined_on=dt.date(2004, 2, 29))

        assert [one.day for one in birthdays(2026, 2)] == [dt.date(2026, 2, 28)]
        assert [one.day for one in birthdays(2024, 2)] == [dt.date(2024, 2, 29)]

    def test_a_date_known_to_the_month_has_no_day_and_one_known_to_the_year_no_birthday(
        self, first_branch
    ):
        enrolled("甲子", first_branch, joined_on=dt.date(2004, 1, 1), joined_precision="month")
        enrolled("乙丑", first_branch, joined_on=dt.date(2004, 1, 1), joined_precision="year")

        assert [(one.member.name, one.day) for one in birthdays(2026, 1)] == [("甲子", None)]


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere", "today")
class TestFiftyYears:
    def test_seniority_must_be_whole_by_the_first_of_july(self, first_branch):
        for name, confirmed in (
            ("甲子", "1976-07-01"),
            ("乙丑", "1976-07-02"),
            ("丙寅", "1975-07-01"),
        ):
            day = dt.date.fromisoformat(confirmed)
            enrolled(name, first_branch, joined_on=day, confirmed_on=day, pinyin=name)

        rows = list(fifty_years_on(dt.date(2026, 11, 21)))

        assert {row.member.name for row in rows} == {"甲子", "丙寅"}
        assert newly_fifty(rows, 2026) == 1
        assert medal_of(2026).joined_by == dt.date(1976, 7, 1)

    def test_the_first_year_of_the_medal_knows_who_is_new_and_the_year_before_nobody(
        self, first_branch
    ):
        for name, year in (("甲子", 1971), ("乙丑", 1970)):
            day = dt.date(year, 7, 1)
            enrolled(name, first_branch, joined_on=day, confirmed_on=day)

        rows = list(fifty_years_on(dt.date(2021, 12, 31)))

        assert (len(rows), newly_fifty(rows, 2021)) == (2, 1)
        assert list(fifty_years_on(dt.date(2020, 12, 31))) == []

    def test_who_is_no_longer_on_the_roll_or_still_on_probation_is_not_named(self, first_branch):
        enrolled(
            "甲子",
            first_branch,
            joined_on=dt.date(1970, 1, 1),
            confirmed_on=None,
            state="deceased",
            state_since=dt.date(2026, 1, 1),
        )
        enrolled(
            "乙丑",
            first_branch,
            category="probationary",
            joined_on=dt.date(1970, 1, 1),
            confirmed_on=None,
        )

        assert list(fifty_years_on(dt.date(2026, 11, 21))) == []


@pytest.mark.django_db
def test_the_pages_name_them_and_lead_to_their_files(client, li, first_branch, today):
    elder = enrolled(
        "甲子",
        first_branch,
        joined_on=dt.date(1970, 11, 1),
        confirmed_on=None,
    )
    client.force_login(li)

    month = client.get("/members/birthdays/", {"year": "2026", "month": "11"}).content.decode()
    fifty = client.get("/members/fifty-years/").content.decode()

    assert elder.get_absolute_url() in month
    assert "11月1日" in month
    assert elder.get_absolute_url() in fifty
    assert "纪念章" in fifty
    assert client.get("/members/fifty-years/", {"year": "2019"}).status_code == 200
