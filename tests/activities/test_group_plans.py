"""A plan of 党小组会 is carried out when every group has held its own."""

import datetime as dt

import pytest
from django.urls import reverse

from activities.alerts.plans import UnrecordedPlans
from activities.models import PlannedActivity
from activities.queries.boards import year_board
from activities.queries.plans import (
    PlanState,
    open_plans,
    overdue_plans,
    plan_lines,
    statuses_of,
)
from activities.services.plans import cancel_planned
from partybuild.periods import Period
from partybuild.refusals import Refused
from partybuild.scoping import everything
from tests.factories.activities import ActivityFactory, MeetingFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.plans import plan

YEAR = Period.year(2026)
TODAY = dt.date(2026, 11, 21)
GROUP = "group_meeting"

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def groups(first_branch):
    return [
        PartyOrganizationFactory(
            superior=first_branch,
            kind="group",
            name=f"第{name}党小组",
            short_name=f"第{name}党小组",
        )
        for name in "一二"
    ]


def record(planned, *groups, kind=GROUP, **details):
    """Record one occasion of a plan, at which these groups met."""
    held = ActivityFactory(organization=planned.organization, planned=planned, **details)
    for group in groups or (None,):
        MeetingFactory(activity=held, kind=kind, group=group)
    return held


def state(branch):
    """Return what a branch's page says of its only plan."""
    [line] = plan_lines(branch, YEAR, today=TODAY)
    return line.state, line.left_words, statuses_of([line.planned.pk])[line.planned.pk]


@pytest.mark.usefixtures("everywhere")
def test_the_first_groups_record_leaves_the_plan_open_for_the_others(first_branch, groups):
    planned = plan(first_branch, "2026-11-20", GROUP)
    record(planned, groups[0])

    assert state(first_branch) == (PlanState.WAITING, "第二党小组", "待记录")
    assert [one.pk for one in open_plans(first_branch)] == [planned.pk]
    assert [one.pk for one in overdue_plans(TODAY)] == [planned.pk]


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize("together", [True, False])
def test_when_every_group_has_met_the_plan_is_carried_out(first_branch, groups, together):
    planned = plan(first_branch, "2026-11-20", GROUP)
    for part in [groups] if together else [[group] for group in groups]:
        record(planned, *part)

    assert state(first_branch) == (PlanState.HELD, "", "已记录")
    assert list(open_plans(first_branch)) == []
    assert list(overdue_plans(TODAY)) == []


@pytest.mark.usefixtures("everywhere")
def test_a_deleted_record_opens_the_plan_for_its_group_again(first_branch, groups):
    planned = plan(first_branch, "2026-11-20", GROUP)
    record(planned, groups[0])
    record(planned, groups[1], deleted_at=dt.datetime.now(dt.UTC))

    assert state(first_branch) == (PlanState.WAITING, "第二党小组", "待记录")


@pytest.mark.usefixtures("everywhere")
def test_only_the_groups_of_the_day_are_waited_for(first_branch, groups):
    for name, details in {
        "三": {"founded_on": dt.date(2026, 11, 21)},
        "四": {"founded_on": dt.date(2016, 1, 1), "dissolved_on": dt.date(2026, 11, 20)},
    }.items():
        PartyOrganizationFactory(superior=first_branch, kind="group", name=name, **details)
    planned = plan(first_branch, "2026-11-20", GROUP)
    record(planned, *groups)

    assert state(first_branch) == (PlanState.HELD, "", "已记录")


@pytest.mark.usefixtures("everywhere")
def test_another_form_is_carried_out_by_its_first_record(first_branch, groups):
    planned = plan(first_branch, "2026-11-20", "party_day")
    record(planned, kind="party_day")

    assert state(first_branch) == (PlanState.HELD, "", "已记录")


@pytest.mark.usefixtures("everywhere")
def test_a_branch_without_groups_carries_the_plan_out_with_one_record(first_branch):
    planned = plan(first_branch, "2026-11-20", GROUP)
    record(planned)

    assert state(first_branch) == (PlanState.HELD, "", "已记录")


@pytest.mark.usefixtures("everywhere")
def test_home_asks_each_group_that_is_left_for_its_record(first_branch, groups):
    planned = plan(first_branch, "2026-11-20", GROUP)
    before = year_board(first_branch, today=TODAY)
    record(planned, groups[0])
    after = year_board(first_branch, today=TODAY)

    def asked(board):
        return [task.title for task in board.tasks if "党小组会" in task.title]

    assert asked(before) == ["11月第一党小组会", "11月第二党小组会"]
    assert asked(after) == ["11月第二党小组会"]


def test_the_task_of_a_group_opens_the_form_for_that_group(client, li, first_branch, groups):
    plan(first_branch, "2026-11-20", GROUP, "party_day", theme="学习")
    with everything(reason="the test arranges its rows"):
        planned = PlannedActivity.objects.get()
        record(planned, groups[0], kind="group_meeting")
        board = year_board(first_branch, today=TODAY)
    [task] = [one for one in board.tasks if "第二党小组" in one.title]
    client.force_login(li)

    started = client.get(task.url).context["form"].initial

    assert (started["kinds"], started["groups"]) == ([GROUP], [groups[1].public_id])
    assert (started["planned"], started["topic"]) == (planned.public_id, "学习")


@pytest.mark.usefixtures("everywhere")
def test_the_reminder_names_the_groups_that_are_left(first_branch, groups):
    planned = plan(first_branch, "2026-11-19", GROUP, theme="学习")
    record(planned, groups[1])

    [notice] = UnrecordedPlans().notices(TODAY)

    assert notice.text == "党小组会（还差第一党小组） · 11月19日 · 学习"


def test_what_is_left_of_a_plan_can_be_cancelled_and_a_whole_one_cannot(
    client, li, first_branch, groups
):
    with everything(reason="the test arranges its rows"):
        half = plan(first_branch, "2026-11-19", GROUP)
        record(half, groups[0])
        whole = plan(first_branch, "2026-11-20", GROUP)
        record(whole, *groups)

        cancelled = cancel_planned(actor=li, planned=half, version=1, reason="小组合并")
        with pytest.raises(Refused, match="不能取消"):
            cancel_planned(actor=li, planned=whole, version=1, reason="小组合并")

    assert cancelled.cancelled_at is not None


@pytest.mark.parametrize("count", [1, 20])
def test_any_number_of_groups_and_plans_costs_the_same(
    client, li, first_branch, groups, count, django_assert_num_queries
):
    for number in range(count):
        planned = plan(first_branch, f"2026-11-{number + 1:02d}", GROUP)
        record(planned, groups[0])
        PartyOrganizationFactory(superior=first_branch, kind="group", name=f"第{number + 3}党小组")
    client.force_login(li)
    address = reverse("activities:branch_year")
    client.get(address)

    with django_assert_num_queries(16):
        client.get(address)
