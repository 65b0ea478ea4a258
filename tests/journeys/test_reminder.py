"""C1: who is behind, and a friendly reminder, in at most four interactions."""

import datetime as dt

import pytest
from django.utils import timezone

from activities.models import Reminder
from partybuild.periods import Period
from partybuild.scoping import everything
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.reminders import ReminderFactory, ReminderItemFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("today"),
]


@pytest.fixture
def behind(committee, first_branch, second_branch):
    """Both branches and one that was founded two months ago, so that few lines are missing."""
    return [
        first_branch,
        second_branch,
        PartyOrganizationFactory(superior=committee, name="第三党支部"),
    ]


def test_reminding_all_who_are_behind_takes_at_most_4_interactions(
    hand, page, sign_in, zhao, behind
):
    sign_in(zhao)

    hand.click(page.get_by_role("link", name="3 个支部今年有缺记录"))
    hand.click(page.get_by_label("全选"))
    hand.click(page.get_by_role("button", name="提醒", exact=True))
    preview = page.get_by_role("main").inner_text()
    hand.click(page.get_by_role("button", name="发送提醒"))
    page.get_by_text("提醒已保存").wait_for()

    assert hand.interactions <= 4
    assert "不写任何人的姓名" in preview
    assert zhao.name not in preview
    with everything(reason="the test looks at what was stored"):
        reminded = set(Reminder.objects.values_list("organization__name", flat=True))
    assert reminded == {branch.name for branch in behind}


def test_the_journey_works_without_a_mouse(hand, page, sign_in, zhao, behind):
    sign_in(zhao)

    page.get_by_role("link", name="3 个支部今年有缺记录").press("Enter")
    page.get_by_label("全选").press("Space")
    page.get_by_role("button", name="提醒", exact=True).press("Enter")
    page.get_by_role("button", name="发送提醒").press("Enter")
    page.get_by_text("提醒已保存").wait_for()

    with everything(reason="the test looks at what was stored"):
        assert Reminder.objects.count() == 3


def test_the_journey_works_with_script_switched_off(browser, live_server, zhao, behind):
    zhao.set_password("Qing-lan-2026")
    zhao.save()
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_label("账号").fill("zhao")
    page.get_by_label("口令").fill("Qing-lan-2026")
    page.get_by_role("button", name="登录").click()

    page.get_by_role("link", name="3 个支部今年有缺记录").click()
    page.get_by_role("checkbox", name="选 第一党支部").first.check()
    page.get_by_role("button", name="提醒所选").click()
    page.get_by_role("button", name="发送提醒").click()

    assert "提醒已保存" in page.content()
    with everything(reason="the test looks at what was stored"):
        assert Reminder.objects.get().organization.name == "第一党支部"


def test_the_secretary_sees_it_at_home_and_lets_it_go_with_one_press(
    hand, page, sign_in, li, first_branch
):
    now = timezone.now()
    last_month = Period.containing(now.date(), "month").previous()
    reminder = ReminderFactory(organization=first_branch, sent_at=now - dt.timedelta(hours=1))
    ReminderItemFactory(reminder=reminder, period=last_month.code)
    sign_in(li)
    shown = page.get_by_role("region", name="上级提醒")
    said = shown.inner_text()

    hand.click(page.get_by_role("button", name="已知道了"))
    page.get_by_text("仍在“今年还差什么”里").wait_for()

    assert f"{last_month.title}主题党日还没有记录" in said
    assert shown.count() == 0
    assert hand.interactions == 1
