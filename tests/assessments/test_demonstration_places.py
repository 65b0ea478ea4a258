"""What the demonstration tells of platforms, the alliance and liaison."""

import pytest

from activities.models import PlannedActivity, YearPlan
from assessments.demonstration import liaison, plans, platforms
from assessments.demonstration.organization import Demonstration
from branches.models import AllianceMember
from branches.queries.platforms import coverage_rates
from members.queries.liaison import staffing_on, unvisited_on
from tests.factories.branches import PartyOrganizationFactory

pytestmark = pytest.mark.usefixtures("everywhere")


def test_most_of_the_platforms_are_covered(today, committee, first_branch, second_branch):
    platforms.tell(Demonstration(today=today), committee, [first_branch, second_branch])

    whole = coverage_rates(today).whole
    assert (whole.total, whole.covered, whole.blank, whole.standard) == (36, 28, 8, 8)
    assert AllianceMember.objects.count() == 5


def test_one_leader_has_not_visited_for_long(today, committee, first_branch, second_branch):
    liaison.tell(Demonstration(today=today), committee, [first_branch, second_branch])

    assert [one.liaison.organization for one in unvisited_on(today)] == [first_branch]
    assert [line.missing for line in staffing_on(today)] == ["", ""]


def test_most_branches_have_arranged_what_the_committee_sent_down(
    today, committee, first_branch, second_branch
):
    third, fourth = (
        PartyOrganizationFactory(name=name, superior=committee) for name in ("三支部", "四支部")
    )
    branches = [first_branch, second_branch, third, fourth]

    plans.tell(Demonstration(today=today), committee, branches)

    [year_plan] = YearPlan.objects.all()
    assert (year_plan.year, year_plan.sent_at is None) == (2026, False)
    assert set(PlannedActivity.objects.values_list("organization", flat=True)) == {
        first_branch.pk,
        second_branch.pk,
    }
    # 党日 of two months, a lecture of the plan and one of its own.
    assert PlannedActivity.objects.filter(organization=first_branch).count() == 4
    assert [p.organization for p in PlannedActivity.objects.exclude(cancel_reason="")] == [
        second_branch
    ]
