"""Merging two branches: who belongs to the one belongs to the other, and comes back exactly."""

import datetime as dt

import pytest

from branches.services.events import EventRefused, merge_organization, take_back_event
from members.models import Member, Membership, MergeTrace, Office
from members.queries.roll import roll_on
from members.services.memberships import begin_membership, move_member
from members.services.standing import change_standing
from partybuild.belongings import belongings
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import MemberFactory, MembershipFactory, OfficeFactory
from tests.factories.transfers import TransferFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "everywhere")]

JUNE, AUGUST = dt.date(2026, 6, 1), dt.date(2026, 8, 3)


@pytest.fixture
def third_branch(committee):
    return PartyOrganizationFactory(name="第三党支部", superior=committee)


@pytest.fixture
def two(first_branch):
    return [enrolled("许知行", first_branch), enrolled("何若谷", first_branch)]


def merged(zhao, source, target, on=JUNE):
    return merge_organization(
        actor=zhao, organization=source, target=target, on=on, document="青档党〔2026〕9号"
    )


def everything_about_people():
    return [
        list(model.objects.order_by("pk").values_list("pk", *columns))
        for model, columns in (
            (Membership, ("organization", "group", "started_on", "ended_on", "ended_by")),
            (Member, ("branch", "state")),
            (Office, ("ended_on", "ended_by")),
        )
    ]


def counts(day, *branches):
    return [roll_on(day, branch).count() for branch in branches]


def test_everybody_goes_along_from_the_day_on(zhao, two, first_branch, second_branch):
    OfficeFactory(organization=first_branch, member=two[0])
    before = counts(JUNE - dt.timedelta(days=1), first_branch, second_branch)

    event = merged(zhao, first_branch, second_branch)

    assert before == [2, 0]
    assert counts(JUNE - dt.timedelta(days=1), first_branch, second_branch) == before
    assert counts(JUNE, first_branch, second_branch) == [0, 2]
    assert set(Member.objects.values_list("branch", flat=True)) == {second_branch.pk}
    assert Office.objects.get().ended_on == JUNE
    assert MergeTrace.objects.filter(event=event.public_id).exists()


def test_taking_the_merge_back_restores_everything(zhao, two, first_branch, second_branch):
    OfficeFactory(organization=first_branch, member=two[0])
    before = everything_about_people()

    event = merged(zhao, first_branch, second_branch)
    take_back_event(actor=zhao, event=event, reason="文件撤销")

    assert everything_about_people() == before
    assert not MergeTrace.objects.exists()


def test_a_merge_is_not_taken_back_over_later_changes(
    zhao, two, first_branch, second_branch, third_branch
):
    event = merged(zhao, first_branch, second_branch)
    move_member(member=two[0], to=third_branch, on=AUGUST)
    before = everything_about_people()

    with pytest.raises(EventRefused, match="请逐人办理"):
        take_back_event(actor=zhao, event=event, reason="文件撤销")

    assert everything_about_people() == before


def test_a_merge_of_some_time_ago_takes_in_what_happened_since(
    zhao, two, first_branch, second_branch
):
    change_standing(actor=zhao, member=two[0], state="deceased", happened_on=AUGUST)
    late = MemberFactory(name="江晚舟", branch=first_branch)
    MembershipFactory(member=late, started_on=AUGUST)

    merged(zhao, first_branch, second_branch)

    assert counts(JUNE, first_branch, second_branch) == [0, 2]
    assert counts(AUGUST, first_branch, second_branch) == [0, 2]
    assert two[0].memberships.order_by("pk").last().ended_by == "deceased"


def test_nobody_is_a_guest_where_they_belong(zhao, two, first_branch, second_branch):
    guest = {"on": dt.date(2026, 2, 2), "reason": "registered", "kind": "second"}
    home = enrolled("沈既白", second_branch)
    begin_membership(member=two[0], organization=second_branch, **guest)
    begin_membership(member=home, organization=first_branch, **guest)

    merged(zhao, first_branch, second_branch)

    names = [row.member.name for row in roll_on(JUNE, second_branch)]
    assert sorted(names) == sorted(["许知行", "何若谷", "沈既白"])


def test_a_transfer_under_way_bars_a_merge(zhao, two, first_branch, second_branch):
    TransferFactory(member=two[0])

    with pytest.raises(EventRefused, match="还有 1 件组织关系转接正在办理"):
        merged(zhao, first_branch, second_branch)


def test_members_do_not_go_into_a_temporary_branch(zhao, two, committee, first_branch):
    temporary = PartyOrganizationFactory(superior=committee, kind="temporary_branch")

    with pytest.raises(EventRefused, match="是临时党支部"):
        merged(zhao, first_branch, temporary)


def test_a_branch_with_people_is_not_dissolved(two, first_branch, second_branch):
    people = belongings["members.memberships"]
    MembershipFactory(
        member=MemberFactory(branch=first_branch, category="activist"), kind="development"
    )

    assert people.bars_dissolution(first_branch, JUNE) == (
        "“第一党支部”还有党员 2 人、培养对象 1 人，请先转走。"
    )
    assert people.bars_dissolution(second_branch, JUNE) == ""
    assert people.counts(first_branch.superior) == [("党员", 2), ("培养对象", 1)]
