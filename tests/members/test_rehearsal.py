"""党员数综合比较: every row from dated memberships, and who does not add up."""

import datetime as dt

import pytest

from branches.models import Placement
from members.models import Membership
from members.queries.rehearsal import rehearse
from members.services.memberships import begin_membership, move_member
from members.services.standing import change_standing
from partybuild.scoping import Scope, scoped_to
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import MemberFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "everywhere")]

Start, End = Membership.Start, Membership.End
MAY = dt.date(2026, 5, 4)


def figures(place, year=2026):
    return {line.number: line.count for line in rehearse(place, year).lines}


def changed(place, year=2026):
    """The rows that are not the sums everybody expects."""
    found = figures(place, year)
    return {n: found[n] for n in (3, 4, 5, 6, 8, 9, 10, 11, 12, 15) if found[n]}


def admitted(branch, name="江晚舟"):
    member = MemberFactory(
        name=name, branch=branch, category="probationary", joined_on=MAY, confirmed_on=None
    )
    begin_membership(member=member, organization=branch, on=MAY, reason=Start.ADMITTED)
    return member


@pytest.fixture
def four(first_branch):
    return [enrolled(f"党员{number}", first_branch) for number in range(4)]


def test_a_quiet_year_adds_up(four, committee):
    assert figures(committee) == dict.fromkeys(range(1, 16), 0) | {1: 4, 13: 4, 14: 4}


def test_each_change_stands_in_its_row(zhao, four, committee, first_branch):
    def change(member, state, day=MAY):
        change_standing(actor=zhao, member=member, state=state, happened_on=day)

    admitted(first_branch)
    change(four[0], "deceased")
    change(four[1], "expelled")
    change(four[2], "suspended")
    change(four[2], "normal", dt.date(2026, 8, 1))
    change(four[3], "transferred")

    found = figures(committee)
    assert changed(committee) == {3: 1, 4: 1, 8: 1, 9: 1, 10: 1, 11: 1}
    assert [found[n] for n in (1, 2, 7, 13, 14, 15)] == [4, 2, 4, 2, 2, 0]


def test_a_move_counts_for_the_branches_and_not_for_their_committee(
    four, committee, first_branch, second_branch
):
    move_member(member=four[0], to=second_branch, on=MAY)

    assert changed(committee) == {}
    assert changed(first_branch) == {11: 1}
    assert changed(second_branch) == {5: 1}


def test_a_whole_unit_stands_in_both_rows(four, first_branch, second_branch):
    for member in four:
        move_member(
            member=member,
            to=second_branch,
            on=MAY,
            started_by=Start.ARRIVED_AS_UNIT,
            ended_by=End.LEFT_AS_UNIT,
        )

    assert changed(first_branch) == {11: 4, 12: 4}
    assert changed(second_branch) == {5: 4, 6: 4}


def test_a_branch_that_was_placed_elsewhere_comes_as_a_unit(
    four, committee, foreign_committee, first_branch
):
    old = Placement.objects.get(organization=first_branch)
    old.ended_on = MAY
    old.save()
    path = f"{foreign_committee.path}0009"
    Placement.objects.create(
        organization=first_branch,
        name=first_branch.name,
        superior=foreign_committee,
        path=path,
        started_on=MAY,
    )

    assert changed(committee) == {11: 4, 12: 4}
    assert changed(foreign_committee) == {5: 4, 6: 4}
    assert changed(first_branch) == {}
    assert figures(committee, 2025)[14] == 4


def test_who_was_only_put_on_file_is_named(first_branch, committee):
    newcomer = MemberFactory(name="江晚舟", branch=first_branch)
    MembershipFactory(member=newcomer, started_on=MAY)

    (person,) = rehearse(committee, 2026).unexplained
    assert figures(committee)[15] == 1
    assert (person.name, person.day) == ("江晚舟", MAY)
    assert person.why.startswith("多出一人：本年才建档登记，没有写明从哪里来。")


def test_who_joined_this_year_without_an_admission_is_named(first_branch, committee):
    newcomer = MemberFactory(name="江晚舟", branch=first_branch, joined_on=MAY)
    MembershipFactory(member=newcomer, started_on=None)

    (person,) = rehearse(committee, 2026).unexplained
    assert "入党时间在本年" in person.why


def test_who_ended_without_a_reason_is_named(four, committee):
    Membership.objects.filter(member=four[0]).update(ended_on=MAY)

    (person,) = rehearse(committee, 2026).unexplained
    assert figures(committee)[15] == -1
    assert person.why.startswith("少了一人：组织关系结束了，没有写明原因。")


def test_one_too_many_and_one_missing_are_both_named_though_the_sum_is_right(
    four, first_branch, committee
):
    Membership.objects.filter(member=four[0]).update(ended_on=MAY)
    MembershipFactory(member=MemberFactory(branch=first_branch), started_on=MAY)

    assert figures(committee)[15] == 0
    assert len(rehearse(committee, 2026).unexplained) == 2


def test_every_figure_lists_its_people(zhao, four, committee, first_branch):
    admitted(first_branch)
    change_standing(actor=zhao, member=four[0], state="deceased", happened_on=MAY)

    for line in rehearse(committee, 2026).lines:
        if line.number not in {13, 15}:
            assert len(line.people) == line.count


def test_a_later_year_does_not_change_an_earlier_one(zhao, four, committee, second_branch):
    before = figures(committee, 2025)

    move_member(member=four[1], to=second_branch, on=MAY)
    change_standing(actor=zhao, member=four[0], state="deceased", happened_on=MAY)

    assert figures(committee, 2025) == before


def test_people_whose_file_lies_elsewhere_by_now_are_named_without_a_link(
    four, first_branch, second_branch
):
    move_member(member=four[0], to=second_branch, on=MAY)

    with scoped_to(Scope((first_branch.path,))):
        lines = rehearse(first_branch, 2026).lines

    assert [(p.name, p.public_id) for p in lines[10].people] == [("党员0", "")]


def test_the_comparison_takes_the_same_queries_for_any_number(
    committee, first_branch, django_assert_num_queries
):
    enrolled("许知行", first_branch)
    with django_assert_num_queries(3):
        rehearse(committee, 2026)
    for number in range(20):
        enrolled(f"党员{number}", PartyOrganizationFactory(superior=committee))
    with django_assert_num_queries(3):
        rehearse(committee, 2026)
