"""S2: a party day recorded on a phone at the meeting, also where there is no signal."""

import re

import pytest

from activities.models import Activity, Attendance, Photo
from partybuild.scoping import everything
from tests.cast import enrolled

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PARTY_DAY = re.compile("记录.*主题党日")
CONTENT = re.compile("^会议内容")


@pytest.fixture
def phone(hand, page):
    page.set_viewport_size({"width": 390, "height": 844})
    return hand


@pytest.fixture
def branch_of_25(li, first_branch):
    return [enrolled(f"党员{number:02d}", first_branch) for number in range(24)]


def record(phone, page, photos):
    """Tap who is absent, take two photos, dictate a line; what is left is 保存."""
    phone.click(page.get_by_role("link", name=PARTY_DAY))
    phone.click(page.get_by_role("button", name="党员03，"))
    phone.choose_files(page.locator("input[type=file]"), photos[:2])
    page.locator("[data-photo-list] img").nth(1).wait_for()
    phone.click(page.get_by_label(CONTENT))
    phone.paste("学习全会精神，三人发言。")


def stored():
    with everything(reason="the test looks at what was stored"):
        return (
            [activity.meetings.get().minutes for activity in Activity.objects.all()],
            Attendance.objects.filter(status="on_leave").count(),
            Photo.objects.count(),
        )


def test_a_party_day_takes_at_most_10_taps(phone, page, sign_in, li, branch_of_25, photos):
    sign_in(li)

    record(phone, page, photos)
    phone.click(page.get_by_role("button", name="保存", exact=True))
    page.get_by_text("已保存").first.wait_for()

    assert phone.interactions <= 10
    assert stored() == (["学习全会精神，三人发言。"], 1, 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_a_signal_it_is_kept_and_sent_by_itself_exactly_once(
    phone, page, sign_in, li, branch_of_25, photos
):
    sign_in(li)
    record(phone, page, photos)
    page.context.set_offline(True)

    phone.click(page.get_by_role("button", name="保存", exact=True))
    told = page.get_by_text("已存在本机，联网后自动保存")
    told.wait_for()
    before, box = stored(), told.bounding_box()
    page.context.set_offline(False)
    page.get_by_text("已保存").first.wait_for()

    assert before == ([], 0, 0)
    assert 0 <= box["y"] <= 844 - box["height"]  # where the thumb pressed, the eye is told
    assert stored() == (["学习全会精神，三人发言。"], 1, 2)
    assert phone.interactions <= 10
    phone.problems.clear()


def test_who_writes_on_without_a_signal_is_asked_to_save_again(
    phone, page, sign_in, li, branch_of_25
):
    sign_in(li)
    phone.click(page.get_by_role("link", name=PARTY_DAY))
    page.context.set_offline(True)
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("联网后自动保存").wait_for()

    page.get_by_label(CONTENT).press_sequentially("还没有写完")
    page.context.set_offline(False)
    page.get_by_text("✓ 已自动保存").wait_for()

    assert stored() == ([], 0, 0)
    assert page.get_by_label(CONTENT).input_value() == "还没有写完"
    phone.problems.clear()
