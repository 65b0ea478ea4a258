"""The people picker in a real browser: taps, lists, pasted names, and the same form without script."""

import re

import pytest

from activities.views.recording import people_choices
from tests.look.pickers import paste, picker_page, serve

NAMES = {"周敏": "zm", "孙丽": "sl", "张伟": "zw", "王芳": "wf", "罗丹": "ld"}

pytestmark = pytest.mark.browser


PEOPLE = [
    {"id": name, "name": name, "pinyin": "", "initials": initials, "choice": "present",
     "note": "" if name != "罗丹" else "预备", "has_vote": name != "罗丹"}
    for name, initials in NAMES.items()
]  # fmt: skip


def open_picker(page):
    """Open the picker: five people, 罗丹 without a vote."""
    serve(page, picker_page(PEOPLE, people_choices()))


@pytest.fixture
def picker(page):
    """The picker, open in a browser; a complaint of the browser fails the test."""
    complaints = []
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    open_picker(page)
    yield page
    assert complaints == []


def tally(page):
    words = re.sub(r"\s+", " ", page.inner_text("[data-tally]"))
    return [int(figure) for figure in re.findall(r"\d+", words)], page.inner_text("[data-verdict]")


def answers(page):
    """Return what the form would send, everybody who came left out."""
    sent = page.evaluate("() => Array.from(new FormData(document.querySelector('form')).entries())")
    return {
        name.removeprefix("presence-"): value
        for name, value in sent
        if value != "present" and name.startswith("presence-")
    }


def test_everybody_is_there_unless_said_otherwise(picker):
    assert tally(picker) == ([5, 5, 4, 4], "达到半数，可以表决")
    assert answers(picker) == {}


def test_a_tap_gives_leave_and_another_takes_it_back(picker):
    button = picker.get_by_role("button", name="王芳")

    button.click()
    once = tally(picker)[0], answers(picker)
    button.click()

    assert once == ([5, 4, 4, 3], {"王芳": "on_leave"})
    assert answers(picker) == {}


def test_the_keyboard_does_the_same(picker):
    picker.get_by_role("button", name="王芳").focus()

    picker.keyboard.press("Space")
    picker.get_by_label("王芳 的出席情况").select_option("病假")

    assert answers(picker) == {"王芳": "illness"}


def test_whoever_is_exempt_is_not_expected(picker):
    picker.get_by_role("button", name="王芳").click()
    picker.get_by_label("王芳 的出席情况").select_option("免予参加")

    assert tally(picker) == ([4, 4, 3, 3], "达到半数，可以表决")


def test_half_of_the_voters_is_enough_and_one_fewer_is_not(picker):
    for name in ("周敏", "孙丽"):
        picker.get_by_role("button", name=name).click()
    half = tally(picker)
    picker.get_by_role("button", name="张伟").click()

    assert half == ([5, 3, 4, 2], "达到半数，可以表决")
    assert tally(picker) == ([5, 2, 4, 1], "不到半数，不能表决")


def test_initials_find_a_person_and_enter_switches(picker):
    box = picker.locator("[data-find]")

    box.type("zw")
    shown = picker.locator(".person:not(.person--hidden)").all_inner_texts()
    box.press("Enter")

    assert [text.strip() for text in shown] == ["张伟"]
    assert answers(picker) == {"张伟": "on_leave"}


def test_a_pasted_column_says_who_came(picker):
    paste(picker, "姓名\n周敏\n张　伟\n王芳(病假)\n钱多多")

    assert answers(picker) == {"孙丽": "on_leave", "王芳": "illness", "罗丹": "on_leave"}
    report = picker.inner_text("[data-paste-report]")
    assert "已匹配 3 人，还有 1 处请核对。" in report
    assert "「钱多多」不在本支部名单，未计入。" in report


def test_the_same_column_can_say_who_did_not_come(picker):
    paste(picker, "周敏\n张伟")

    picker.get_by_role("button", name="这是缺席名单").click()

    assert answers(picker) == {"周敏": "on_leave", "张伟": "on_leave"}


def test_a_paste_can_be_taken_back(picker):
    picker.get_by_role("button", name="孙丽").click()
    paste(picker, "周敏\n张伟")

    picker.get_by_role("button", name="撤销粘贴").click()

    assert answers(picker) == {"孙丽": "on_leave"}


def test_a_doubtful_name_is_settled_with_one_click(picker):
    paste(picker, "周敏\n孙丽\n王方（病假）")
    before = answers(picker)

    picker.locator("[data-paste-report] li button", has_text="王芳").click()

    assert before == {"张伟": "on_leave", "罗丹": "on_leave"}
    assert answers(picker) == before | {"王芳": "illness"}
    assert "全部对上" in picker.inner_text("[data-paste-report]")


def test_the_report_names_whom_a_whole_list_leaves_out(picker):
    paste(picker, "周敏\n孙丽\n罗丹")

    assert "没有写到的 2 人改为请假：张伟、王芳。" in picker.inner_text("[data-paste-report]")


def test_a_list_of_those_away_changes_nobody_else(picker):
    picker.get_by_role("button", name="孙丽").click()
    picker.get_by_label("孙丽 的出席情况").select_option("病假")

    paste(picker, "请假：王芳、张伟")

    assert answers(picker) == {"孙丽": "illness", "王芳": "on_leave", "张伟": "on_leave"}
    assert "没有写到" not in picker.inner_text("[data-paste-report]")


def test_text_pasted_without_a_known_name_is_left_alone(picker):
    paste(picker, "今天天气很好")

    assert answers(picker) == {}
    assert picker.locator("[data-paste-report]").is_hidden()


def test_what_reads_a_list_comes_with_the_first_list_and_once(picker):
    asked = []
    picker.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))

    picker.get_by_role("button", name="孙丽").click()
    untouched = list(asked)
    paste(picker, "周敏\n张伟")
    paste(picker, "周敏\n王芳")

    assert untouched == []
    assert asked == ["names.js"]
    assert answers(picker) == {"孙丽": "on_leave", "张伟": "on_leave", "罗丹": "on_leave"}


def test_a_list_pasted_without_the_network_waits_in_its_box(page):
    open_picker(page)
    page.route("**/names.js", lambda route: route.abort())
    paste(page, "周敏\n张伟", into=".person__name")
    told = page.inner_text("[data-paste-report] p")
    before = answers(page)

    page.unroute("**/names.js")
    page.get_by_role("button", name="对照名单").click()
    page.get_by_text("已匹配 2 人").wait_for()

    assert told == (
        "网络不通，这份名单还没有对照。名单留在下面，联网后按“对照名单”；也可以直接点姓名。"
    )
    assert before == {}
    assert answers(page) == {"孙丽": "on_leave", "王芳": "on_leave", "罗丹": "on_leave"}


def test_a_single_name_pasted_into_the_search_stays_there(picker):
    picker.evaluate(
        """() => document.addEventListener("paste", (event) => {
            document.body.dataset.kept = String(!event.defaultPrevented);
        })"""
    )

    paste(picker, "张伟", into="[data-find]")
    single = picker.evaluate("document.body.dataset.kept")
    paste(picker, "张伟\n周敏", into="[data-find]")

    assert (single, picker.evaluate("document.body.dataset.kept")) == ("true", "false")
    assert answers(picker) == {"孙丽": "on_leave", "王芳": "on_leave", "罗丹": "on_leave"}


def test_without_script_everybody_has_a_list(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_picker(page)

    page.get_by_label("王芳 的出席情况").select_option("缺席")

    assert page.locator("[data-tally]").is_hidden()
    assert page.locator("select:visible").count() == len(NAMES)
    context.close()
