"""A second membership lets somebody be expected elsewhere and is counted nowhere twice."""

import datetime as dt

import pytest

from branches.models import PartyOrganization
from members.models import Membership
from members.queries.roll import roll_on, roster_on
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 2)


@pytest.fixture(params=["temporary_branch", "functional_branch", "mobile_branch"])
def guest_branch(request, committee):
    kind = request.param
    return PartyOrganizationFactory(name="项目党支部", kind=kind, superior=committee)


@pytest.fixture
def member(first_branch):
    return enrolled("安小河", first_branch)


def sent(client, member, branch, end="", day="2026-11-02"):
    return client.post(
        f"/members/{member.public_id}/second/{end}",
        {"organization": branch.public_id, "on": day},
        follow=True,
    )


def names(branch, day):
    with everything(reason="the test reads"):
        return [row.member.name for row in roll_on(day, branch)]


def test_a_guest_is_expected_there_votes_at_home_and_counts_once(
    client, today, zhao, member, guest_branch, committee
):
    client.force_login(zhao)

    page = sent(client, member, guest_branch)

    assert "已编入。人数仍只在原支部计算。" in page.text
    with everything(reason="the test reads"):
        [there] = roll_on(DAY, guest_branch)
        assert (there.member, there.can_vote) == (member, False)
        counted = [row for row in roster_on(DAY) if row.member == member]
        assert [row.organization for row in counted] == [member.branch]


def test_a_guest_leaves_again(client, today, zhao, member, guest_branch):
    client.force_login(zhao)
    sent(client, member, guest_branch)

    sent(client, member, guest_branch, end="end/", day="2026-11-20")

    assert names(guest_branch, dt.date(2026, 11, 19)) == ["安小河"]
    assert names(guest_branch, dt.date(2026, 11, 20)) == []


def test_twice_in_one_branch_is_refused_in_plain_words(client, today, zhao, member, guest_branch):
    client.force_login(zhao)
    sent(client, member, guest_branch)

    page = sent(client, member, guest_branch, day="2026-11-03")

    assert "不用再登记" in page.text
    with everything(reason="the test counts"):
        assert Membership.objects.filter(kind="second").count() == 1


def test_a_standing_branch_takes_no_guests(client, today, zhao, member, second_branch):
    client.force_login(zhao)

    page = sent(client, member, second_branch)

    assert "没有这个党支部，请重新选择。" in page.text


def test_a_secretary_may_not_send_people_elsewhere(client, today, li, member, guest_branch):
    client.force_login(li)

    assert sent(client, member, guest_branch).status_code == 403


def test_every_kind_of_branch_is_standing_or_takes_guests():
    standing = {PartyOrganization.Kind.BRANCH, PartyOrganization.Kind.JOINT_BRANCH}

    assert standing | set(PartyOrganization.SECOND_KINDS) == set(PartyOrganization.BRANCH_KINDS)
