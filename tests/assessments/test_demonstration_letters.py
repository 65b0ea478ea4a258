"""What the demonstration tells of responsibility letters."""

import datetime as dt
from collections import Counter

import pytest

from assessments.demonstration import letters
from assessments.demonstration.organization import Demonstration
from assessments.models import Goal, ResponsibilityLetter
from tests.cast import account
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import MemberFactory, OfficeFactory

pytestmark = pytest.mark.usefixtures("everywhere")


def test_most_letters_are_signed_and_their_goals_are_in_every_state(
    today, committee, first_branch, second_branch
):
    branches = [first_branch, second_branch]
    branches += [PartyOrganizationFactory(superior=committee) for _ in range(3)]
    for branch in branches:
        member = MemberFactory(branch=branch)
        OfficeFactory(
            organization=branch,
            post="secretary",
            member=member,
            holder_name=member.name,
            started_on=dt.date(2024, 6, 18),
        )
    account("fuzeren", "高建国", "office_head", committee)

    letters.tell(Demonstration(today=today), committee, branches)

    issued = ResponsibilityLetter.objects.all()
    assert Counter(one.signed_on is None for one in issued) == {True: 4, False: 6}
    assert Counter(
        one.standing for one in Goal.objects.filter(letter__signed_on__isnull=False)
    ) == {
        "推进中": 15,
        "已完成，等确认": 2,
        "已确认": 1,
    }
