"""C3: twenty records reviewed with one key each; what is given back keeps its text and points to the field."""

import datetime as dt

import pytest

from activities.models import Review
from activities.services.occasions import Form, Presence, record_activity
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.reviews import ReviewFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST_DAY = dt.date(2026, 10, 8)
MINUTES = "传达学习全会精神，逐人发言，讨论第四季度工作。"


@pytest.fixture
def twenty(li, first_branch):
    present = {enrolled("安小河", first_branch): Presence()}
    with everything(reason="the fixture records meetings"):
        return [
            record_activity(
                actor=li,
                organization=first_branch,
                held_on=FIRST_DAY + dt.timedelta(days=number),
                topic=f"第{number + 1}次学习",
                forms=[Form("party_day", minutes=f"{number}。{MINUTES}")],
                presences=present,
            )
            for number in range(20)
        ]


def shown(page, activity):
    return page.get_by_role("heading", name=activity.topic, exact=True)


def verdicts():
    with everything(reason="the test looks at what was stored"):
        return list(Review.objects.values_list("verdict", "field", "reason").order_by("pk"))


@pytest.fixture
def at_the_queue(sign_in, page, zhao, twenty, live_server):
    sign_in(zhao)
    page.goto(f"{live_server.url}/activities/review/?period=2026")
    shown(page, twenty[0]).wait_for()


@pytest.mark.usefixtures("at_the_queue")
def test_twenty_records_take_one_key_each(hand, page, twenty):
    for number, activity in enumerate(twenty, 1):
        shown(page, activity).wait_for()
        hand.press("a")
        page.get_by_text(f"已通过“第{number}次学习”").wait_for()

    assert hand.interactions == 20
    assert verdicts() == [("passed", "", "")] * 20


@pytest.mark.usefixtures("at_the_queue")
def test_one_key_goes_on_and_one_goes_back(hand, page, twenty):
    hand.press("j")
    shown(page, twenty[1]).wait_for()
    hand.press("k")
    shown(page, twenty[0]).wait_for()

    assert verdicts() == []


@pytest.mark.usefixtures("at_the_queue")
def test_enter_behind_a_reason_gives_the_record_back(hand, page, twenty):
    hand.press("r")
    page.keyboard.type("缺少讨论内容")
    hand.press("Enter")
    page.get_by_text("已退回“第1次学习”").wait_for()

    assert hand.interactions == 2  # the words themselves are outside the count
    assert verdicts() == [("returned", "", "缺少讨论内容")]


def test_a_reason_given_before_takes_one_key_and_the_secretary_is_led_to_the_field(
    hand, page, sign_in, li, zhao, twenty, live_server
):
    ReviewFactory(
        activity=twenty[-1], decided_by=zhao, verdict="returned", field="minutes", reason="没有讨论"
    )
    sign_in(zhao)
    page.goto(f"{live_server.url}/activities/review/?period=2026")
    hand.press("1")
    page.get_by_text("已退回“第1次学习”").wait_for()
    page.context.clear_cookies()

    sign_in(li)
    page.goto(f"{live_server.url}{twenty[0].get_absolute_url()}")
    page.get_by_role("link", name="去更正").click()
    page.locator("#id_minutes:focus").wait_for()

    assert hand.interactions == 1
    assert page.get_by_role("heading", name="上级退回：会议内容").is_visible()
    assert page.get_by_text("没有讨论").is_visible()
    assert page.locator("#id_minutes").input_value() == f"0。{MINUTES}"
    assert verdicts()[-1] == ("returned", "minutes", "没有讨论")
