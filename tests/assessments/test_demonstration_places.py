"""What the demonstration tells of platforms, the alliance and liaison."""

import pytest

from assessments.demonstration import liaison, platforms
from assessments.demonstration.organization import Demonstration
from branches.models import AllianceMember
from branches.queries.platforms import coverage_rates
from members.queries.liaison import staffing_on, unvisited_on

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
