"""S1: a party day of 25 people in under a minute, and everything that follows from it."""

import re

import pytest
from PIL import Image

from activities.models import Activity, Attendance, Photo
from activities.photos import directory
from partybuild.scoping import everything
from tests.cast import enrolled

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PARTY_DAY = re.compile("记录.*主题党日")
CONTENT = re.compile("^会议内容")
MINUTES = "一、传达学习全会精神。\n二、党课：以法律援助为民办实事。\n三、讨论年底安排。" * 8


@pytest.fixture
def twenty_five(li, first_branch):
    return [enrolled(f"党员{number:02d}", first_branch) for number in range(24)]


def test_a_party_day_of_25_takes_at_most_15_interactions(
    hand, page, sign_in, li, twenty_five, photos, data_dir
):
    sign_in(li)

    hand.click(page.get_by_role("link", name=PARTY_DAY))
    for absent in ("党员03", "党员07", "党员11"):
        hand.click(page.get_by_role("button", name=f"{absent}，"))
    hand.choose_files(page.locator("input[type=file]"), photos)
    page.locator("[data-photo-list] img").nth(2).wait_for()
    hand.click(page.get_by_label(CONTENT))
    hand.paste(MINUTES)
    hand.click(page.get_by_role("button", name="保存", exact=True))
    page.get_by_text("已保存").first.wait_for()
    hand.click(page.get_by_role("link", name="回到首页"))

    assert hand.interactions <= 15
    with everything(reason="the test looks at what was stored"):
        activity = Activity.objects.get()
        stood = list(Attendance.objects.values_list("status", flat=True))
        stored = list(Photo.objects.all())
    assert (stood.count("present"), stood.count("on_leave")) == (22, 3)
    assert activity.topic.endswith("主题党日")
    assert len(stored) == 3
    for photo in stored:
        with Image.open(directory() / photo.stored_as) as picture:
            assert max(picture.size) <= 1600
            assert dict(picture.getexif()) == {}


def test_what_was_recorded_once_is_read_everywhere(
    hand, page, sign_in, li, zhao, twenty_five, live_server
):
    sign_in(li)
    hand.click(page.get_by_role("link", name=PARTY_DAY))
    hand.click(page.get_by_role("button", name="党员05，"))
    hand.click(page.get_by_role("button", name="保存", exact=True))
    page.get_by_text("已保存").first.wait_for()
    followed = page.get_by_role("region", name=re.compile("同时自动完成")).inner_text()

    page.get_by_role("link", name="“三会一课”台账增加 1 行").click()
    ledger = page.get_by_role("table").inner_text()
    page.goto(f"{live_server.url}/members/?q=党员05")
    page.get_by_role("link", name="党员05").click()
    file = page.get_by_role("main").inner_text()
    page.goto(f"{live_server.url}/board/")
    tasks = page.get_by_role("region", name="本月任务").inner_text()

    assert "24 人的个人记录增加一次参加组织生活" in followed
    assert "主题党日" in ledger
    assert "党员05（请假）" in ledger
    assert "应到 1 次，实到 0 次" in file
    assert "主题党日" not in tasks

    page.context.clear_cookies()
    sign_in(zhao)
    figure = page.get_by_role("link", name="主题党日已记录")
    assert "1 / 1" in figure.inner_text()
    figure.click()
    assert "共 1 条" in page.get_by_role("main").inner_text()


def test_the_journey_works_without_a_mouse(hand, page, sign_in, li, twenty_five):
    sign_in(li)
    page.get_by_role("link", name=PARTY_DAY).press("Enter")
    page.get_by_role("button", name="党员03，").press("Space")
    page.get_by_label(CONTENT).press_sequentially("键盘记录。")
    page.get_by_role("button", name="保存", exact=True).press("Enter")
    page.get_by_text("已保存").first.wait_for()

    with everything(reason="the test looks at what was stored"):
        assert Attendance.objects.filter(status="on_leave").count() == 1


def test_the_journey_works_with_script_switched_off(browser, live_server, li, twenty_five):
    li.set_password("Qing-lan-2026")
    li.save()
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_label("账号").fill("li")
    page.get_by_label("口令").fill("Qing-lan-2026")
    page.get_by_role("button", name="登录").click()

    page.get_by_role("link", name=PARTY_DAY).click()
    page.get_by_label("党员09 的出席情况").select_option("illness")
    page.get_by_label(CONTENT).fill("没有脚本也能记录。")
    page.get_by_role("button", name="保存", exact=True).click()

    assert "已保存" in page.content()
    with everything(reason="the test looks at what was stored"):
        assert Attendance.objects.get(status="on_leave").reason == "illness"


def test_what_is_typed_survives_a_closed_browser(hand, page, sign_in, li, twenty_five, live_server):
    sign_in(li)
    page.goto(f"{live_server.url}/activities/new/")
    page.get_by_label(CONTENT).fill("写到一半的会议内容")
    page.get_by_text("已自动保存").wait_for()

    page.goto("about:blank")
    page.goto(f"{live_server.url}/activities/new/")
    page.get_by_role("button", name="找回未保存的内容").click()

    assert page.get_by_label(CONTENT).input_value() == "写到一半的会议内容"


def test_a_login_that_ends_while_typing_loses_nothing(hand, page, sign_in, li, twenty_five):
    sign_in(li)
    page.get_by_role("link", name=PARTY_DAY).click()
    page.get_by_label(CONTENT).fill("登录过期时也不能丢")
    page.context.clear_cookies()

    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("dialog").get_by_label("账号").fill("li")
    page.get_by_role("dialog").get_by_label("口令").fill("Qing-lan-2026")
    page.get_by_role("dialog").get_by_role("button", name="登录", exact=True).click()
    page.get_by_text("已保存").first.wait_for()

    with everything(reason="the test looks at what was stored"):
        assert Activity.objects.get().meetings.get().minutes == "登录过期时也不能丢"
    hand.problems.clear()
