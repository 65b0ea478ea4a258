"""A quiz pasted by a secretary, and answered by a member on the phone."""

import datetime as dt

import pytest
from django.utils import timezone

from activities.models import Quiz, QuizAttempt, QuizQuestion
from activities.quiztext.reading import read_questions
from partybuild.scoping import everything
from tests.factories.quizzes import QuizFactory, QuizQuestionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = (
    "一、单选题\n1．党的根本宗旨是（A）。\nA．全心全意为人民服务\nB．实事求是\n"
    "二、多选题\n2．党员应当（AB）\nA．学习 B．执行决定 C．经商\n"
    "三、判断题\n3．党费可以由他人垫交。（×）"
)


def stored(model, *columns):
    with everything(reason="the test looks at what was stored"):
        return list(model.objects.order_by("pk").values_list(*columns))


def test_eight_questions_and_more_are_pasted_seen_and_saved_in_seven_interactions(
    hand, page, sign_in, li, first_branch, live_server
):
    sign_in(li)
    page.goto(f"{live_server.url}/quizzes/")

    hand.click(page.get_by_role("link", name="出一份小测").first)
    hand.click(page.get_by_label("标题"))
    hand.paste("十一月小测")
    hand.click(page.get_by_label("题目和答案"))
    hand.paste(TEXT)
    hand.click(page.get_by_role("button", name="看看读到了什么"))
    page.get_by_role("heading", name="读到 3 题").wait_for()
    hand.click(page.get_by_role("button", name="保存", exact=True))
    page.get_by_text("已保存").first.wait_for()

    assert hand.interactions == 7
    assert stored(Quiz, "title") == [("十一月小测",)]
    assert stored(QuizQuestion, "kind", "answers") == [
        ("single", "A"),
        ("multiple", "AB"),
        ("judgement", "B"),
    ]


def test_what_was_pasted_survives_a_closed_page_although_it_cannot_be_read(
    hand, page, sign_in, li, first_branch, live_server
):
    sign_in(li)
    page.goto(f"{live_server.url}/quizzes/new/")
    page.get_by_label("题目和答案").fill("1. 没有答案\nA. 一\nB. 二")
    page.get_by_role("button", name="看看读到了什么").click()
    page.get_by_text("第 1 行“1. 没有答案”：没有答案。").first.wait_for()

    page.goto(f"{live_server.url}/quizzes/new/")
    page.get_by_role("button", name="找回未保存的内容").first.click()

    assert page.get_by_label("题目和答案").input_value() == "1. 没有答案\nA. 一\nB. 二"


def test_a_member_answers_on_the_phone_in_one_tap_a_choice_and_three_more(
    hand, page, sign_in, sun, committee, first_branch
):
    today = timezone.localdate()
    days = {"opens_on": today, "closes_on": today + dt.timedelta(days=7)}
    quiz = QuizFactory(organization=committee, title="十一月小测", **days)
    for number, one in enumerate(read_questions(TEXT).questions, 1):
        QuizQuestionFactory(quiz=quiz, number=number, **vars(one))
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(sun)

    hand.click(page.get_by_role("link", name="十一月小测"))
    page.get_by_role("heading", name="十一月小测").wait_for()
    page.wait_for_load_state("load")  # the page is measured with its styles
    targets = [one.bounding_box() for one in page.locator("label.choice").all()]
    width = page.evaluate("document.documentElement.scrollWidth")
    hand.click(page.locator("label.choice", has_text="A. 全心全意为人民服务"))
    hand.click(page.locator("label.choice", has_text="A. 学习"))
    hand.click(page.locator("label.choice", has_text="B. 执行决定"))
    hand.click(page.locator("label.choice", has_text="对"))
    page.get_by_text("✓ 已自动保存").wait_for()
    page.reload()
    page.get_by_role("button", name="找回未保存的内容").first.click()
    hand.click(page.get_by_role("button", name="交卷"))
    page.get_by_text("3 题答对 2 题").wait_for()

    assert hand.interactions == 6  # who is away in between taps 恢复 once more
    assert min(box["height"] for box in targets) >= 44
    assert min(box["width"] for box in targets) >= 280
    assert (width, page.evaluate("document.documentElement.scrollWidth")) == (390, 390)
    assert stored(QuizAttempt, "member__name") == [("孙知远",)]
