"""Memberships begin, end and move; nobody belongs to two branches on one day."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from branches.models import PartyOrganization
from members.models import Member, Membership
from members.queries.roll import roll_on
from members.services.memberships import (
    MembershipRefused,
    begin_membership,
    end_membership,
    move_member,
)
from partybuild.scoping import Scope, everything, scoped_to
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import MemberFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

MARCH = dt.date(2026, 3, 1)
Kind, Start, End = Membership.Kind, Membership.Start, Membership.End


@pytest.fixture
def xu(first_branch):
    return enrolled("许知行", first_branch)


def names_on(day, branch):
    with everything(reason="the test looks at what was stored"):
        return [row.member.name for row in roll_on(day, branch)]


def refusal(act, **details):
    with pytest.raises(MembershipRefused) as refused:
        act(**details)
    return str(refused.value)


@pytest.mark.usefixtures("everywhere")
def test_a_move_counts_in_the_new_branch_from_its_day_on(xu, first_branch, second_branch):
    move_member(member=xu, to=second_branch, on=MARCH)

    eve = MARCH - dt.timedelta(days=1)
    assert [names_on(day, first_branch) for day in (eve, MARCH)] == [["许知行"], []]
    assert [names_on(day, second_branch) for day in (eve, MARCH)] == [[], ["许知行"]]
    stored = Member.objects.get(pk=xu.pk)
    assert (stored.branch, stored.version, xu.branch) == (second_branch, 2, second_branch)
    left, current = xu.memberships.order_by("pk")
    assert (left.ended_on, left.ended_by) == (MARCH, End.MOVED)
    assert (current.started_on, current.started_by) == (MARCH, Start.MOVED)


def test_the_receiver_moves_somebody_whose_branch_it_does_not_see(xu, first_branch, second_branch):
    with scoped_to(Scope((second_branch.path,))):
        move_member(member=xu, to=second_branch, on=MARCH)
        xu.refresh_from_db()

    assert xu.branch == second_branch


def test_nobody_is_moved_into_a_branch_that_the_mover_does_not_see(xu, first_branch, second_branch):
    with scoped_to(Scope((first_branch.path,))), pytest.raises(PermissionDenied):
        move_member(member=xu, to=second_branch, on=MARCH)

    assert names_on(MARCH, first_branch) == ["许知行"]


@pytest.mark.usefixtures("everywhere")
def test_nobody_belongs_to_two_branches_on_one_day(xu, second_branch):
    assert refusal(
        begin_membership, member=xu, organization=second_branch, on=MARCH, reason=Start.MOVED
    ) == ("许知行在 2026-03-01 已在“第一党支部”有正式组织关系，同一天不能再属于另一个党支部。")


@pytest.mark.usefixtures("everywhere")
def test_a_row_from_the_past_may_not_reach_into_a_later_one(first_branch, second_branch):
    member = MemberFactory(name="许知行", branch=first_branch)
    MembershipFactory(member=member, started_on=dt.date(2024, 1, 1))

    assert refusal(
        begin_membership,
        member=member,
        organization=second_branch,
        on=dt.date(2022, 1, 1),
        reason=Start.REGISTERED,
    ).startswith("许知行从 2024-01-01 起已在“第一党支部”有正式组织关系")


def test_a_branch_elsewhere_is_not_named(xu, second_branch):
    with scoped_to(Scope((second_branch.path,))):
        said = refusal(
            begin_membership, member=xu, organization=second_branch, on=MARCH, reason="x"
        )

    assert "第一党支部" not in said
    assert "别的党支部" in said


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize(
    ("place", "day", "reason"),
    [
        ({"founded_on": dt.date(2026, 4, 1)}, MARCH, "2026-04-01 才成立"),
        ({"dissolved_on": dt.date(2026, 2, 1)}, MARCH, "已于 2026-02-01 撤销"),
        ({"dissolved_on": dt.date(2026, 5, 1)}, MARCH, "已于 2026-05-01 撤销"),
        ({"kind": "temporary_branch"}, MARCH, "是临时党支部"),
        ({"kind": "functional_branch"}, MARCH, "是功能型党支部"),
        ({"kind": "office_committee"}, MARCH, "请选到党支部"),
        ({"kind": "group"}, MARCH, "请选到党支部"),
        ({}, dt.date(2026, 11, 22), "日期还没到"),
        ({}, dt.date(2015, 4, 11), "2016-03-01 才成立"),
        ({"founded_on": None}, dt.date(1985, 4, 11), "出生日期"),
        ({"founded_on": None}, dt.date(2010, 6, 27), "入党时间"),
    ],
)
def test_a_membership_begins_only_where_and_when_it_can(committee, place, day, reason):
    branch = PartyOrganizationFactory(superior=committee, **place)
    member = MemberFactory(branch=branch)

    assert reason in refusal(
        begin_membership, member=member, organization=branch, on=day, reason=Start.REGISTERED
    )
    assert not member.memberships.exists()


@pytest.mark.usefixtures("everywhere")
def test_an_applicant_has_no_formal_membership_and_a_member_none_of_development(first_branch):
    applicant = MemberFactory(name="何若谷", branch=first_branch, category="applicant")
    member = MemberFactory(name="许知行", branch=first_branch)
    details = {"organization": first_branch, "on": MARCH, "reason": Start.REGISTERED}

    assert "还不是党员" in refusal(begin_membership, member=applicant, **details)
    assert "不再是培养对象" in refusal(
        begin_membership, member=member, kind=Kind.DEVELOPMENT, **details
    )


@pytest.mark.usefixtures("everywhere")
def test_who_is_admitted_leaves_the_development_pipeline_on_that_day(first_branch):
    joining = MemberFactory(
        branch=first_branch, category="candidate", joined_on=None, confirmed_on=None
    )
    begin_membership(
        member=joining,
        organization=first_branch,
        on=dt.date(2025, 1, 6),
        reason=Start.REGISTERED,
        kind=Kind.DEVELOPMENT,
    )
    joining.category, joining.joined_on = "probationary", MARCH
    joining.save()

    begin_membership(member=joining, organization=first_branch, on=MARCH, reason=Start.ADMITTED)

    assert [(m.kind, m.ended_on) for m in joining.memberships.order_by("pk")] == [
        ("development", MARCH),
        ("formal", None),
    ]


@pytest.mark.usefixtures("everywhere")
def test_a_second_membership_is_never_kept_twice_at_one_place(xu, committee, first_branch):
    temporary = PartyOrganizationFactory(superior=committee, kind="temporary_branch")
    details = {"member": xu, "on": MARCH, "reason": Start.REGISTERED, "kind": Kind.SECOND}

    begin_membership(organization=temporary, **details)

    assert "不用再登记" in refusal(begin_membership, organization=temporary, **details)
    assert "不用再登记" in refusal(begin_membership, organization=first_branch, **details)


@pytest.mark.usefixtures("everywhere")
def test_moving_to_where_one_was_a_guest_ends_the_second_membership(xu, second_branch):
    begin_membership(
        member=xu,
        organization=second_branch,
        on=dt.date(2026, 1, 5),
        reason=Start.REGISTERED,
        kind=Kind.SECOND,
    )

    move_member(member=xu, to=second_branch, on=MARCH)

    assert names_on(MARCH, second_branch) == ["许知行"]
    assert xu.memberships.get(kind=Kind.SECOND).ended_on == MARCH


@pytest.mark.usefixtures("everywhere")
def test_whoever_dies_is_expected_nowhere_any_more(xu, committee):
    temporary = PartyOrganizationFactory(superior=committee, kind="temporary_branch")
    begin_membership(
        member=xu, organization=temporary, on=MARCH, reason=Start.REGISTERED, kind=Kind.SECOND
    )
    formal = xu.memberships.get(kind=Kind.FORMAL)

    end_membership(membership=formal, on=dt.date(2026, 6, 1), reason=End.DECEASED)

    assert {m.ended_on for m in xu.memberships.all()} == {dt.date(2026, 6, 1)}


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (dt.date(2019, 12, 31), "2020-01-01 才开始"),
        (dt.date(2026, 11, 22), "日期还没到"),
    ],
)
def test_a_membership_ends_neither_before_its_start_nor_tomorrow(xu, day, reason):
    formal = xu.memberships.get()

    assert reason in refusal(end_membership, membership=formal, on=day, reason=End.LEFT)


@pytest.mark.usefixtures("everywhere")
def test_a_membership_ends_once(xu):
    formal = xu.memberships.get()
    end_membership(membership=formal, on=MARCH, reason=End.LEFT)

    assert "已于 2026-03-01 结束" in refusal(
        end_membership, membership=formal, on=MARCH, reason=End.LEFT
    )


@pytest.mark.usefixtures("everywhere")
def test_nobody_moves_to_where_they_are_nor_from_nowhere(xu, first_branch, second_branch):
    stranger = MemberFactory(name="何若谷", branch=first_branch)

    assert refusal(move_member, member=xu, to=first_branch, on=MARCH) == (
        "许知行的组织关系已经在“第一党支部”。"
    )
    assert refusal(move_member, member=stranger, to=second_branch, on=MARCH) == (
        "何若谷目前没有组织关系，不能转接。"
    )


@pytest.mark.usefixtures("everywhere")
def test_a_refused_move_leaves_everything_as_it_was(xu, first_branch, second_branch):
    assert refusal(move_member, member=xu, to=second_branch, on=dt.date(2019, 1, 1))

    assert [(m.organization, m.ended_on) for m in xu.memberships.all()] == [(first_branch, None)]


@pytest.mark.usefixtures("everywhere")
def test_a_group_of_another_branch_is_refused(xu, committee, first_branch, second_branch):
    group = PartyOrganizationFactory(
        name="第一党小组", superior=first_branch, kind=PartyOrganization.Kind.GROUP
    )

    assert "不是“第二党支部”的党小组" in refusal(
        move_member, member=xu, to=second_branch, on=MARCH, group=group
    )
