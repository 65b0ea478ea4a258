"""S3: it was the 25th, not the 28th, and 王芳 was there."""

import datetime as dt

import pytest

from activities.models import Amendment, Attendance
from activities.services.occasions import Form, Presence, record_activity
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.reviews import MonthClosingFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOPIC = "学习全会精神"
THE_28TH = dt.date(2026, 10, 28)


@pytest.fixture
def recorded(li, first_branch):
    """A party day of last month at which 王芳 is said to have been on leave."""
    wang_fang, other = enrolled("王芳", first_branch), enrolled("安小河", first_branch)
    stood = {wang_fang: Presence(Attendance.Status.ON_LEAVE), other: Presence()}
    with everything(reason="the fixture records a meeting"):
        return record_activity(
            actor=li,
            organization=first_branch,
            held_on=THE_28TH,
            topic=TOPIC,
            forms=[Form("party_day", minutes="传达学习。")],
            presences=stood,
        )


def as_it_is(activity):
    with everything(reason="the test looks at what was stored"):
        activity.refresh_from_db()
        present = activity.attendances.filter(status="present").order_by("member__name")
        return activity.held_on, list(present.values_list("member__name", flat=True))


def open_the_list(page, live_server):
    page.goto(f"{live_server.url}/activities/?period=2026")


def test_a_wrong_day_and_a_missing_person_take_at_most_5_interactions(
    hand, page, sign_in, li, recorded, live_server
):
    sign_in(li)
    open_the_list(page, live_server)

    hand.click(page.get_by_role("link", name=TOPIC))
    hand.click(page.get_by_role("link", name="10月28日"))
    page.locator("#id_held_on:focus").wait_for()
    hand.paste("25")  # the day is selected: what is typed replaces it
    hand.click(page.get_by_role("button", name="王芳，"))
    hand.click(page.get_by_role("button", name="保存", exact=True))
    page.get_by_text("已保存").first.wait_for()

    assert hand.interactions <= 5
    assert as_it_is(recorded) == (dt.date(2026, 10, 25), ["安小河", "李秀岩", "王芳"])


def test_the_correction_works_without_a_mouse(hand, page, sign_in, li, recorded, live_server):
    sign_in(li)
    open_the_list(page, live_server)

    page.get_by_role("link", name=TOPIC).press("Enter")
    page.get_by_role("link", name="10月28日").press("Enter")
    page.locator("#id_held_on:focus").wait_for()
    page.keyboard.type("25")
    page.get_by_role("button", name="王芳，").press("Space")
    page.get_by_role("button", name="保存", exact=True).press("Enter")
    page.get_by_text("已保存").first.wait_for()

    assert as_it_is(recorded) == (dt.date(2026, 10, 25), ["安小河", "李秀岩", "王芳"])


def test_a_tap_while_the_roll_of_the_new_day_is_fetched_is_not_lost(
    hand, page, sign_in, li, recorded, live_server
):
    sign_in(li)
    page.goto(f"{live_server.url}{recorded.get_absolute_url()}correct/")
    asked = []

    def hold(route):
        asked.append(route)

    page.route("**/new/people/**", hold)
    page.get_by_label("日期").fill("25")
    page.get_by_role("button", name="王芳，").click()
    page.wait_for_function("document.activeElement.textContent === '王芳'")

    with page.expect_response("**/new/people/**"):
        asked[0].continue_()
    page.get_by_role("button", name="王芳，到会").and_(page.locator(":focus")).wait_for()
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("已保存").first.wait_for()

    assert as_it_is(recorded) == (dt.date(2026, 10, 25), ["安小河", "李秀岩", "王芳"])


def test_in_a_closed_month_it_takes_one_line_of_reason(
    hand, page, sign_in, li, zhao, committee, recorded, live_server
):
    MonthClosingFactory(organization=committee, month=dt.date(2026, 10, 1), closed_by=zhao)
    sign_in(li)
    open_the_list(page, live_server)

    hand.click(page.get_by_role("link", name=TOPIC))
    hand.click(page.get_by_role("link", name="申请更正"))
    hand.type(page.get_by_label("更正原因"), "实际是25日开的，王芳到会。")
    hand.click(page.get_by_role("button", name="提交申请"))
    page.get_by_text("已提交").wait_for()

    assert hand.interactions <= 5
    assert as_it_is(recorded) == (THE_28TH, ["安小河"])
    with everything(reason="the test looks at what was stored"):
        assert [asked.reason for asked in Amendment.objects.all()] == ["实际是25日开的，王芳到会。"]
