"""Letters of the committee for 2026, issued on 21 November 2026; Li is in office since 2024."""

import datetime as dt

import pytest

from assessments.services.letters import GoalText, issue_letters, sign_letter
from members.models import Member
from partybuild.scoping import everything
from tests.factories.members import OfficeFactory

KIND = "党建工作责任书"
GOALS = (
    GoalText("每月开好主题党日", "全年 12 次", dt.date(2026, 10, 31)),
    GoalText("党费按月收缴"),
)
SPAN = {"started_on": dt.date(2026, 1, 1), "ended_on": dt.date(2027, 1, 1)}


def file_of(user):
    with everything(reason="a test looks for a file"):
        return Member.objects.get(user=user)


def in_office(user, branch, since=dt.date(2024, 6, 18), **details):
    """Let somebody be secretary of a branch."""
    member = file_of(user)
    return OfficeFactory(
        organization=branch,
        post="secretary",
        member=member,
        holder_name=member.name,
        started_on=since,
        **details,
    )


def issued(zhao, committee, *branches, **details):
    """Issue one letter to branches; return what came of it."""
    said = {"kind": KIND, "title": f"2026年{KIND}", "goals": GOALS} | SPAN | details
    with everything(reason="a test arranges its rows"):
        return issue_letters(actor=zhao, issuer=committee, organizations=branches, **said)


def signed(letter, li):
    """Let Li sign a letter."""
    with everything(reason="a test arranges its rows"):
        return sign_letter(actor=li, letter=letter, version=letter.version)


@pytest.fixture
def office(li, first_branch, today):
    """Li is secretary of the first branch."""
    return in_office(li, first_branch)


@pytest.fixture
def letter(zhao, committee, first_branch, office):
    """The letter of the first branch, not signed yet."""
    return issued(zhao, committee, first_branch).letters[0]


@pytest.fixture
def signed_letter(letter, li):
    return signed(letter, li)
