"""What the demonstration tells of the secretaries' 述职评议."""

import pytest

from assessments.demonstration import secretaries
from assessments.demonstration.organization import Demonstration
from assessments.models import Ballot, Cycle
from assessments.queries.cycles import overview
from branches.roles import Role
from tests.assessments.subjects import file_of, leads
from tests.cast import account, enrolled, member_with_account

pytestmark = pytest.mark.usefixtures("everywhere")


def test_secretaries_are_reviewed_and_two_of_them_have_reported(
    today, committee, first_branch, second_branch
):
    account("dangwei", "李静", Role.OFFICE_STAFF, committee)
    account("fuzeren", "高建国", Role.OFFICE_HEAD, committee)
    leads(file_of(member_with_account("shuji", "严远", Role.SECRETARY, first_branch)), first_branch)
    leads(enrolled("没有账号", second_branch), second_branch)

    secretaries.tell(Demonstration(today=today), committee, [first_branch, second_branch])

    standings = overview(Cycle.objects.get()).standings
    assert Cycle.objects.get().stage == Cycle.Stage.REVIEW
    assert [(one.subject.label, len(one.card.marks)) for one in standings] == [
        ("严远（第一党支部书记）", 1),
        ("没有账号（第二党支部书记）", 0),
    ]
    assert [(one.rater.user.username, one.votes) for one in Ballot.objects.all()] == [
        ("fuzeren", {"T1/1": "较好"})
    ]
