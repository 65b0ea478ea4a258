"""A month of dues in the grid: arrows, a block from a spreadsheet, Ctrl+Z, one press for a month."""

import datetime as dt

import pytest

from members.models import DuesPayment
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.dues import DuesStandingFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What a browser hands to a page when a block of a spreadsheet is pasted.
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def people(li, first_branch):
    """Three people who owe 92.85 a month since January of this year."""
    made = [
        enrolled(name, first_branch, pinyin=pinyin)
        for name, pinyin in (("安然", "a"), ("白露", "b"), ("陈默", "c"))
    ]
    for member in made:
        DuesStandingFactory(member=member, started_on=dt.date(dt.date.today().year, 1, 1))  # noqa: DTZ011 -- the page's own year
    return made


def stored():
    with everything(reason="the test looks at what was stored"):
        rows = DuesPayment.objects.select_related("member")
        return {(row.member.name, row.month.month, str(row.amount)) for row in rows}


def cell(page, person, month):
    return page.locator(f'td[data-cell="c-{person.public_id}-{month}"]')


def test_arrows_paste_and_undo_fill_the_grid(hand, page, sign_in, li, people, live_server):
    sign_in(li)
    page.goto(f"{live_server.url}/members/dues/enter/")
    page.get_by_label("收缴日期").fill("")

    hand.click(cell(page, people[0], 1))
    page.keyboard.type("92.85")
    hand.press("Enter")
    page.keyboard.type("50")
    hand.press("ArrowRight")
    page.keyboard.type("60元")
    hand.press("ArrowUp")
    page.keyboard.type("70")
    hand.press("Tab")
    page.evaluate(PASTE, "１\t2元\r\n3\t\r\n")
    assert cell(page, people[1], 3).inner_text() == "3"
    page.keyboard.press("Control+z")
    assert cell(page, people[1], 3).inner_text() == ""
    page.evaluate(PASTE, "1,001\t９２．８５元\r\n3\t4\r\n")
    assert page.locator("[data-grid-count]").inner_text() == "已改 8 格，还没有保存"
    hand.click(page.get_by_role("button", name="保存", exact=True))
    page.get_by_text("已保存，党费台账同时更新。").wait_for()

    assert stored() == {
        ("安然", 1, "92.85"),
        ("白露", 1, "50.00"),
        ("白露", 2, "60.00"),
        ("安然", 2, "70.00"),
        ("安然", 3, "1001.00"),
        ("安然", 4, "92.85"),
        ("白露", 3, "3.00"),
        ("白露", 4, "4.00"),
    }


def test_one_press_fills_the_month_and_a_bad_cell_keeps_what_was_typed(
    hand, page, sign_in, li, people, live_server
):
    month = dt.date.today().month  # noqa: DTZ011 -- the page's own month
    sign_in(li)
    page.goto(f"{live_server.url}/members/dues/enter/")
    hand.click(page.get_by_role("button", name=f"{month}月全部按标准缴"))
    hand.click(cell(page, people[0], month))
    page.keyboard.type("九十")
    hand.click(page.get_by_role("button", name="保存", exact=True))
    page.get_by_text("这次没有保存").wait_for()
    assert cell(page, people[0], month).inner_text() == "九十"

    hand.click(cell(page, people[0], month))
    page.keyboard.type("90")
    hand.click(page.get_by_role("button", name="保存", exact=True))
    page.get_by_text("已保存，党费台账同时更新。").wait_for()

    assert stored() == {
        ("安然", month, "90.00"),
        ("白露", month, "92.85"),
        ("陈默", month, "92.85"),
    }
