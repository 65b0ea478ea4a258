"""Ballots and grades in the grid: typed, pasted from a spreadsheet, filled, saved; then a clash."""

import datetime as dt

import pytest

from activities.models import AppraisalEntry
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.appraisals import AppraisalEntryFactory, AppraisalFactory
from tests.journeys.test_dues_grid import PASTE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(li, first_branch):
    return [
        enrolled(name, first_branch, pinyin=pinyin)
        for name, pinyin in (("安然", "a"), ("白露", "b"), ("陈默", "c"))
    ]


@pytest.fixture
def appraisal(first_branch, people):
    today = dt.date.today()  # noqa: DTZ011 -- the page's own year
    return AppraisalFactory(organization=first_branch, year=today.year, held_on=today)


def stored():
    with everything(reason="the test looks at what was stored"):
        rows = AppraisalEntry.objects.select_related("member").order_by("member__pinyin")
        return [(row.member.name, row.excellent, row.qualified, row.grade) for row in rows]


def cell(page, person, column):
    return page.locator(f'td[data-cell="c-{person.public_id}-{column}"]')


def test_a_block_and_grades_are_entered_and_a_clash_is_asked_about(
    hand, page, sign_in, li, people, appraisal, live_server
):
    sign_in(li)
    page.goto(f"{live_server.url}/appraisals/{appraisal.public_id}/results/")

    hand.click(cell(page, people[0], "excellent"))
    page.evaluate(PASTE, "2票\t１\r\n1\t2\r\n")
    hand.click(cell(page, people[0], "grade"))
    page.keyboard.type("优")
    hand.press("Enter")
    page.keyboard.type("合")
    assert page.locator("[data-grid-count]").inner_text() == "已改 5 格，还没有保存"
    AppraisalEntryFactory(
        appraisal=appraisal, member=people[1], excellent=None, qualified=None, grade="basic"
    )
    hand.click(page.get_by_role("button", name="保存", exact=True))
    page.get_by_text("刚才有人改成了基本合格").wait_for()
    assert stored() == [("白露", None, None, "basic")]
    hand.problems.clear()  # the browser notes the answer 409

    hand.click(page.get_by_role("button", name="保存", exact=True))
    page.get_by_text("已保存，民主评议党员台账同时更新。").wait_for()
    hand.click(page.get_by_role("button", name="没有评定的先填合格"))
    assert page.locator("[data-grid-count]").inner_text() == "已改 2 格，还没有保存"
    with page.expect_navigation():
        hand.click(page.get_by_role("button", name="保存", exact=True))

    assert sorted(stored()) == [
        ("安然", 2, 1, "excellent"),
        ("李秀岩", None, None, "qualified"),
        ("白露", 1, 2, "qualified"),
        ("陈默", None, None, "qualified"),
    ]
