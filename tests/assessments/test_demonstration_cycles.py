"""What the demonstration tells of the year's assessment."""

import pytest

from assessments.demonstration import cycles
from assessments.demonstration.organization import Demonstration
from assessments.models import Cycle, Rater
from assessments.queries.cycles import overview
from branches.roles import Role
from tests.cast import account

pytestmark = pytest.mark.usefixtures("everywhere")


def test_a_cycle_is_in_self_assessment_and_one_branch_has_scored_itself(
    today, committee, first_branch, second_branch
):
    account("dangwei", "李静", Role.OFFICE_STAFF, committee)
    account("shuji2", "严远", Role.SECRETARY, second_branch)
    account("fuzeren", "高建国", Role.OFFICE_HEAD, committee)

    cycles.tell(Demonstration(today=today), committee, [first_branch, second_branch])

    cycle = Cycle.objects.get()
    waiting = [one.open_lines for one in overview(cycle).standings]
    assert (cycle.stage, cycle.publicity_days) == (Cycle.Stage.SELF, 5)
    assert waiting == [["班子建设", "党员作用发挥", "书记述职评议"]] * 2
    raters = Rater.objects.values_list("user__username", "group")
    assert set(raters) == {("fuzeren", "党委委员"), ("shuji2", "党员代表")}
    own = [len(one.card.marks) for one in overview(cycle).standings]
    assert own == [0, 2]
