"""三会一课统计: what counts for which month, and what is not told yet."""

import datetime as dt

import pytest

from activities.ledgers.frequencies import MeetingFrequencyLedger
from partybuild.periods import Period
from tests.factories.activities import MeetingFactory
from tests.factories.branches import PartyOrganizationFactory

pytestmark = pytest.mark.usefixtures("today", "everywhere")

LEDGER = MeetingFrequencyLedger()


def held(branch, kind, day, **details):
    day = dt.date.fromisoformat(day)
    MeetingFactory(activity__organization=branch, activity__held_on=day, kind=kind, **details)


def row_of(branch, period):
    """Return the line of a branch by its headings."""
    keys = list(LEDGER.by_key)
    (row,) = [row for row in LEDGER.table(period) if row[0] == branch.name]
    return dict(zip(keys, row, strict=True))


def test_each_form_is_counted_by_month_or_quarter(first_branch, second_branch):
    for day in ("2026-01-08", "2026-03-31", "2026-04-01"):
        held(first_branch, "general_meeting", day)
    held(first_branch, "party_day", "2026-11-20")
    held(first_branch, "party_lecture", "2026-11-20")
    held(second_branch, "party_day", "2026-11-20")

    row = row_of(first_branch, Period.year(2026))

    assert [row[f"支部党员大会/{quarter}季度"] for quarter in "一二三四"] == [2, 1, 0, 0]
    assert (row["主题党日/十一月"], row["主题党日/十月"], row["党课/四季度"]) == (1, 0, 1)


def test_months_to_come_and_outside_the_period_are_empty_and_not_nought(first_branch):
    held(first_branch, "party_day", "2026-10-20")

    year, october = (
        row_of(first_branch, one) for one in (Period.year(2026), Period.month(2026, 10))
    )

    assert (year["主题党日/十月"], year["主题党日/十一月"], year["主题党日/十二月"]) == (1, 0, None)
    assert (october["主题党日/十月"], october["主题党日/九月"]) == (1, None)
    assert (october["支部党员大会/四季度"], october["支部党员大会/三季度"]) == (0, None)


def test_a_moved_party_day_counts_for_its_month(first_branch):
    held(first_branch, "party_day", "2026-10-08", activity__counts_for=dt.date(2026, 9, 28))

    row = row_of(first_branch, Period.year(2026))

    assert (row["主题党日/九月"], row["主题党日/十月"]) == (1, 0)


def test_what_lies_in_the_trash_and_what_others_held_is_not_counted(first_branch, second_branch):
    deleted = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    held(first_branch, "party_day", "2026-10-20", activity__deleted_at=deleted)
    held(second_branch, "party_day", "2026-10-20")

    assert row_of(first_branch, Period.year(2026))["主题党日/十月"] == 0


def test_branches_of_the_time_are_listed_and_no_committees(committee, first_branch):
    PartyOrganizationFactory(
        superior=committee, name="撤了的党支部", dissolved_on=dt.date(2025, 6, 30)
    )
    PartyOrganizationFactory(superior=committee, name="新的党支部", founded_on=dt.date(2027, 1, 1))

    listed = [row[0] for row in LEDGER.table(Period.year(2026))]

    assert listed == [first_branch.name]


def test_the_whole_tree_is_one_query(first_branch, second_branch, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(list(LEDGER.table(Period.year(2026)))) == 2
