"""党籍变动: who stops being a member, comes back, and what was recorded by mistake."""

import datetime as dt

import pytest

from members.models import Member, Membership, StandingChange
from members.queries.roll import roll_on
from members.services.standing import (
    StandingRefused,
    change_standing,
    correct_standing,
    take_back_standing,
)
from partybuild.models import AuditEntry
from tests.cast import enrolled
from tests.factories.members import MemberFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "everywhere")]

State, End = Member.State, Membership.End
SPRING, SUMMER, AUTUMN = dt.date(2025, 3, 1), dt.date(2025, 6, 1), dt.date(2026, 9, 1)
DAYS = [dt.date(2024, 6, 1), dt.date(2025, 4, 1), dt.date(2025, 8, 1), dt.date(2026, 10, 1)]


@pytest.fixture
def xu(first_branch):
    return enrolled("许知行", first_branch)


def changed(zhao, member, state, day, **details):
    return change_standing(
        actor=zhao, member=member, state=state, happened_on=day, reason="支部大会决定", **details
    )


def refused(zhao, member, state, day, **details):
    with pytest.raises(StandingRefused) as refusal:
        changed(zhao, member, state, day, **details)
    return str(refusal.value)


def on_roll(branch):
    return [roll_on(day, branch).count() for day in DAYS]


def stored(member):
    """All that a change may touch."""
    file = Member.objects.get(pk=member.pk)
    rows = Membership.objects.filter(member=member).order_by("pk")
    return (
        (file.state, file.state_since, file.branch_id),
        [(m.organization_id, m.started_on, m.ended_on, m.ended_by, m.document) for m in rows],
    )


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.SUSPENDED, End.SUSPENDED),
        (State.RESIGNED, End.EXITED),
        (State.LAPSED, End.EXITED),
        (State.REMOVED, End.EXITED),
        (State.EXPELLED, End.EXITED),
        (State.DECEASED, End.DECEASED),
        (State.TRANSFERRED, End.LEFT),
    ],
)
def test_each_change_ends_the_membership_with_its_reason(zhao, xu, first_branch, state, reason):
    change = changed(zhao, xu, state, SPRING, document="青档党〔2025〕3号")

    formal = xu.memberships.get()
    assert (formal.ended_on, formal.ended_by, formal.document) == (
        SPRING,
        reason,
        "青档党〔2025〕3号",
    )
    assert (xu.state, xu.state_since) == (state, SPRING)
    assert on_roll(first_branch) == [1, 0, 0, 0]
    assert change.organization == first_branch
    assert AuditEntry.objects.filter(action="members.standing.changed").count() == 1


def test_only_a_probationer_loses_the_probation(zhao, xu, first_branch):
    trying = enrolled(
        "何若谷",
        first_branch,
        category="probationary",
        joined_on=dt.date(2024, 5, 1),
        confirmed_on=None,
    )

    assert refused(zhao, xu, State.PROBATION_REVOKED, SPRING) == "只有预备党员才取消预备党员资格。"
    changed(zhao, trying, State.PROBATION_REVOKED, SPRING)
    assert trying.memberships.get().ended_by == End.EXITED


def test_the_past_stays_as_it_was_through_suspension_and_restoration(zhao, xu, first_branch):
    changed(zhao, xu, State.SUSPENDED, SPRING)
    changed(zhao, xu, State.NORMAL, SUMMER)
    assert on_roll(first_branch) == [1, 0, 1, 1]

    changed(zhao, xu, State.DECEASED, AUTUMN)
    assert on_roll(first_branch) == [1, 0, 1, 0]


def test_whoever_is_restored_may_be_so_in_another_branch(zhao, xu, first_branch, second_branch):
    changed(zhao, xu, State.SUSPENDED, SPRING)
    changed(zhao, xu, State.NORMAL, SUMMER, branch=second_branch)

    assert (on_roll(first_branch), on_roll(second_branch)) == ([1, 0, 0, 0], [0, 0, 1, 1])
    assert xu.branch == second_branch


def test_taking_back_restores_exactly(zhao, xu, second_branch):
    fresh = stored(xu)
    suspended = changed(zhao, xu, State.SUSPENDED, SPRING)
    between = stored(xu)
    restored = changed(zhao, xu, State.NORMAL, SUMMER, branch=second_branch)

    take_back_standing(actor=zhao, change=restored, reason="记错了人")
    assert stored(xu) == between
    take_back_standing(actor=zhao, change=suspended, reason="记错了人")
    assert stored(xu) == fresh


def test_only_the_last_change_is_taken_back(zhao, xu):
    suspended = changed(zhao, xu, State.SUSPENDED, SPRING)
    changed(zhao, xu, State.NORMAL, SUMMER)
    before = stored(xu)

    with pytest.raises(StandingRefused, match="请先撤回后面的"):
        take_back_standing(actor=zhao, change=suspended, reason="记错了人")

    assert stored(xu) == before


def test_a_change_is_taken_back_once(zhao, xu):
    change = changed(zhao, xu, State.SUSPENDED, SPRING)
    take_back_standing(actor=zhao, change=change, reason="记错了人")

    with pytest.raises(StandingRefused, match="已经撤回"):
        take_back_standing(actor=zhao, change=change, reason="记错了人")


def test_a_correction_replaces_day_and_document(zhao, xu, first_branch):
    change = changed(zhao, xu, State.SUSPENDED, SUMMER)

    correct_standing(
        actor=zhao,
        change=change,
        state=State.SUSPENDED,
        happened_on=SPRING,
        document="青档党〔2025〕3号",
        reason="失联六个月",
    )

    assert xu.memberships.get().ended_on == SPRING
    assert list(
        StandingChange.objects.filter(taken_back_at=None).values_list("happened_on", "document")
    ) == [(SPRING, "青档党〔2025〕3号")]


def test_a_refused_correction_leaves_the_old_change(zhao, xu):
    change = changed(zhao, xu, State.SUSPENDED, SUMMER)
    before = stored(xu)

    with pytest.raises(StandingRefused, match="入党时间"):
        correct_standing(
            actor=zhao, change=change, state=State.SUSPENDED, happened_on=dt.date(2001, 1, 1)
        )

    assert stored(xu) == before
    assert StandingChange.objects.get().taken_back_at is None


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (dt.date(2026, 11, 22), "日期还没到，请核对。"),
        (dt.date(2009, 1, 1), "日期早于入党时间 2010-06-28，请核对。"),
        (dt.date(2019, 1, 1), "这段组织关系 2020-01-01 才开始，日期不能更早。"),
    ],
)
def test_bad_days_are_refused(zhao, xu, day, reason):
    assert refused(zhao, xu, State.SUSPENDED, day) == reason
    assert xu.memberships.get().ended_on is None


def test_odd_changes_are_refused(zhao, xu, first_branch):
    applicant = MemberFactory(name="何若谷", branch=first_branch, category="applicant")

    assert "还不是党员" in refused(zhao, applicant, State.SUSPENDED, SPRING)
    assert "现在就是“正常”" in refused(zhao, xu, State.NORMAL, SPRING)
    changed(zhao, xu, State.SUSPENDED, SUMMER)
    assert "日期不能更早" in refused(zhao, xu, State.NORMAL, SPRING)
    assert "现在就是“停止党籍”" in refused(zhao, xu, State.SUSPENDED, AUTUMN)
    changed(zhao, xu, State.LAPSED, SUMMER)
    assert "请先撤回" in refused(zhao, xu, State.SUSPENDED, AUTUMN)
    changed(zhao, xu, State.DECEASED, AUTUMN)
    assert "已登记死亡" in refused(zhao, xu, State.NORMAL, AUTUMN)


def test_whoever_has_left_the_portal_is_not_restored_but_arrives(zhao, xu):
    changed(zhao, xu, State.TRANSFERRED, SPRING, whereto="云渚大学党委")

    assert "办理转入" in refused(zhao, xu, State.NORMAL, SUMMER)


def test_a_standing_that_came_without_a_day_is_recorded_with_one(zhao, xu, first_branch):
    Member.objects.filter(pk=xu.pk).update(state=State.SUSPENDED)
    xu.refresh_from_db()
    assert on_roll(first_branch) == [0, 0, 0, 0]

    changed(zhao, xu, State.SUSPENDED, SPRING)

    assert on_roll(first_branch) == [1, 0, 0, 0]


def test_a_standing_without_a_day_never_counts_later_in_the_days_before(zhao, xu, first_branch):
    Member.objects.filter(pk=xu.pk).update(state=State.SUSPENDED)
    xu.refresh_from_db()

    restored = changed(zhao, xu, State.NORMAL, SUMMER)
    assert on_roll(first_branch) == [0, 0, 1, 1]
    take_back_standing(actor=zhao, change=restored, reason="记错了人")
    changed(zhao, xu, State.DECEASED, SUMMER)
    assert on_roll(first_branch) == [0, 0, 0, 0]
