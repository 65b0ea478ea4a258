"""The indicators of organisation life: what they count, for whom, and with how many queries."""

import datetime as dt

import pytest

from activities.indicators.meetings import MeetingFrequency
from activities.models import Meeting
from branches.models import PartyOrganization
from partybuild.indicators import ORGANIZATION, indicators
from partybuild.periods import Period
from partybuild.scoping import everything, scoped_to
from tests.factories.activities import ActivityFactory, MeetingFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.talks import TalkFactory

YEAR = Period.year(2026)
ORGANIZATIONS = [each for each in indicators if each.subject == ORGANIZATION]
FREQUENCIES = [each for each in indicators if isinstance(each, MeetingFrequency)]


def hold(branch, day, kind=Meeting.Kind.GENERAL_MEETING, **details):
    held_on = dt.date.fromisoformat(day)
    activity = ActivityFactory(organization=branch, held_on=held_on, **details)
    return MeetingFactory(activity=activity, kind=kind)


def months_of(branch, code="activities.general_meetings", period=YEAR):
    with everything(reason="this test is not about places"):
        subjects = PartyOrganization.objects.filter(pk=branch.pk)
        return indicators[code].measure(subjects, period).get(branch.pk)


def test_every_form_of_meeting_has_one_indicator():
    assert sorted(each.kind for each in FREQUENCIES) == sorted(Meeting.Kind)


def test_a_meeting_counts_in_the_month_in_which_it_was_held(first_branch):
    hold(first_branch, "2026-01-31")
    hold(first_branch, "2026-12-01")
    hold(first_branch, "2026-12-31")

    assert months_of(first_branch) == (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2)


def test_a_meeting_counts_for_the_month_that_was_stated(first_branch):
    hold(first_branch, "2026-10-09", counts_for=dt.date(2026, 9, 1), counts_for_reason="国庆假期")

    assert months_of(first_branch)[8:10] == (1, 0)


def test_a_meeting_of_january_may_count_for_the_year_before(first_branch):
    hold(first_branch, "2026-01-04", counts_for=dt.date(2025, 12, 1), counts_for_reason="元旦假期")

    assert months_of(first_branch) is None
    assert months_of(first_branch, period=Period.year(2025))[11] == 1


def test_other_forms_do_not_count(first_branch):
    hold(first_branch, "2026-03-12", kind=Meeting.Kind.PARTY_DAY)

    assert months_of(first_branch) is None
    assert months_of(first_branch, "activities.party_days")[2] == 1


def test_two_forms_of_one_occasion_count_once_each(first_branch):
    meeting = hold(first_branch, "2026-03-12")
    MeetingFactory(activity=meeting.activity, kind=Meeting.Kind.PARTY_LECTURE)

    assert months_of(first_branch)[2] == 1
    assert months_of(first_branch, "activities.party_lectures")[2] == 1


def test_what_lies_in_the_trash_does_not_count_until_it_is_restored(first_branch):
    activity = hold(first_branch, "2026-03-12").activity
    with everything(reason="this test is not about places"):
        activity.deleted_at = dt.datetime(2026, 3, 13, tzinfo=dt.UTC)
        activity.save()
        assert months_of(first_branch) is None

        activity.deleted_at = None
        activity.save()
        assert months_of(first_branch)[2] == 1


def test_a_period_of_three_months_gives_three_figures(first_branch):
    hold(first_branch, "2026-08-20")
    hold(first_branch, "2026-06-30")

    assert months_of(first_branch, period=Period.quarter(2026, 3)) == (0, 1, 0)


@pytest.mark.parametrize("indicator", FREQUENCIES, ids=lambda each: each.code)
def test_the_neighbours_meetings_never_count(indicator, first_branch, second_branch, li):
    hold(first_branch, "2026-03-12", kind=indicator.kind)
    hold(second_branch, "2026-03-12", kind=indicator.kind)

    with everything(reason="subjects beyond the scope, as a careless caller might pass them"):
        everybody = PartyOrganization.objects.all()
        assert set(indicator.measure(everybody, YEAR)) == {first_branch.pk, second_branch.pk}
    with scoped_to(li.scope_for("assessments.view_scorecard")):
        assert set(indicator.measure(everybody, YEAR)) == {first_branch.pk}


@pytest.mark.parametrize("indicator", ORGANIZATIONS, ids=lambda each: each.code)
@pytest.mark.parametrize("count", [1, 3, 30])
def test_every_indicator_asks_one_query_for_any_number_of_subjects(
    indicator, count, committee, everywhere, django_assert_num_queries
):
    for _ in range(count):
        branch = PartyOrganizationFactory(superior=committee)
        for kind in Meeting.Kind:
            hold(branch, "2026-03-12", kind=kind)
        TalkFactory(organization=branch)

    with django_assert_num_queries(1):
        measured = indicator.measure(PartyOrganization.objects.exclude(pk=committee.pk), YEAR)

    assert len(measured) == count
