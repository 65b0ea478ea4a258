"""Reading the questions of a quiz from pasted text: the usual layouts, what is refused, round trips."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.models import QuizQuestion
from activities.quiztext.questions import Question, write_questions
from activities.quiztext.reading import read_questions

pytestmark = pytest.mark.pure

Kind = QuizQuestion.Kind
PURPOSE = Question(
    Kind.SINGLE,
    "党的根本宗旨是（ ）。",
    ("全心全意为人民服务", "实事求是", "群众路线"),
    "A",
    "见党章总纲。",
)
DUTIES = Question(Kind.MULTIPLE, "党员应当履行下列哪些义务", ("学习", "执行决定", "经商"), "AB")
YES = Question(Kind.JUDGEMENT, "党费应当按月交纳。", ("对", "错"), "A")
NO = Question(Kind.JUDGEMENT, "党费可以由他人垫交。", ("对", "错"), "B")

LAYOUTS = {
    "answer below": (
        "1. 党的根本宗旨是（ ）。\nA. 全心全意为人民服务\nB. 实事求是\nC. 群众路线\n答案：A\n解析：见党章总纲。",
        [PURPOSE],
    ),
    "answer in the brackets of the stem": (
        "1、党的根本宗旨是（A）。\nA、全心全意为人民服务\nB、实事求是\nC、群众路线\n【解析】见党章总纲。",
        [PURPOSE],
    ),
    "wide signs": (
        "１．党的根本宗旨是（　Ａ　）。\nＡ．全心全意为人民服务\nＢ．实事求是\nＣ．群众路线\n解析:见党章总纲。",
        [PURPOSE],
    ),
    "options on one line": (
        "1.党的根本宗旨是(A)。\nA.全心全意为人民服务 B.实事求是　　C.群众路线\n答案解析：见党章总纲。",
        [PURPOSE],
    ),
    "options on two lines, no spaces": (
        "1.党的根本宗旨是（ ）。\nA.全心全意为人民服务B.实事求是\nC.群众路线\n正确答案：A。解析：见党章总纲。",
        [PURPOSE],
    ),
    "all on one line": (
        "1. 党的根本宗旨是（ ）。A.全心全意为人民服务 B.实事求是 C.群众路线\n答案：A 【解析】见党章总纲。",
        [PURPOSE],
    ),
    "letters in brackets, number in words": (
        "第1题 党的根本宗旨是（ ）。\n(A) 全心全意为人民服务\n(B) 实事求是\n(C) 群众路线\n[答案] A\n[解析] 见党章总纲。",
        [PURPOSE],
    ),
    "letters and a space": (
        "（1）党的根本宗旨是（ ）。\nA 全心全意为人民服务\nB 实事求是\nC 群众路线\n参考答案：A\n依据：见党章总纲。",
        [PURPOSE],
    ),
    "the answer repeats its option": (
        "1) 党的根本宗旨是（ ）。\nA) 全心全意为人民服务\nB) 实事求是\nC) 群众路线\n答案：A.全心全意为人民服务\n解析：见党章总纲。",
        [PURPOSE],
    ),
    "broken lines": (
        "1. 党的根本\n宗旨是（ ）。\nA. 全心全意\n为人民服务\nB. 实事求是\nC. 群众路线\n答案：\nA\n解析：\n见党章\n总纲。",
        [PURPOSE],
    ),
    "the right option is marked": (
        "1.党的根本宗旨是（ ）。\nA.全心全意为人民服务(正确答案)\nB.实事求是\nC.群众路线\n答案解析：见党章总纲。",
        [PURPOSE],
    ),
    "headings and a title": (
        (
            "党章党规学习小测\n一、多选题（每题 5 分）\n1. 党员应当履行下列哪些义务\nA. 学习\nB. 执行决定\nC. 经商\n答案：A、B\n"
            "二、判断题\n1. 党费应当按月交纳。（√）\n2. 党费可以由他人垫交。（×）"
        ),
        [DUTIES, YES, NO],
    ),
    "markers": (
        (
            "1.【多选】党员应当履行下列哪些义务\nA.学习\nB.执行决定\nC.经商\n答案：AB\n"
            "2.党费应当按月交纳。（判断题）\n答案：对\n3.（判断）党费可以由他人垫交。\n答案：错误"
        ),
        [DUTIES, YES, NO],
    ),
    "several answers are several choices": (
        "1.党员应当履行下列哪些义务\nA.学习\nB.执行决定\nC.经商\n答案：a，b",
        [DUTIES],
    ),
    "right and wrong as options": (
        "1.党费应当按月交纳。\nA.正确\nB.错误\n答案：A\n2.党费可以由他人垫交。\nA.错 B.对\n答案：A",
        [YES, NO],
    ),
    "marks before the number": (
        "（√）1．党费应当按月交纳。\n（×）2．党费可以由他人垫交。",
        [YES, NO],
    ),
    "numerals": ("一、党费应当按月交纳。（对）\n二、党费可以由他人垫交。（错）", [YES, NO]),
    "no numbers": (
        (
            "小测验\n\n党员应当履行下列哪些义务\nA.学习\nB.执行决定\nC.经商\n答案：AB\n\n"
            "党费应当按月交纳。（对）\n党费可以由他人垫交。（错）"
        ),
        [DUTIES, YES, NO],
    ),
    "a key at the end": (
        (
            "1.党员应当履行下列哪些义务\nA.学习\nB.执行决定\nC.经商\n2.党费应当按月交纳。\n3.党费可以由他人垫交。\n"
            "参考答案：1.AB 2.√ 3.×"
        ),
        [DUTIES, YES, NO],
    ),
    "a key of ranges": (
        (
            "1.党费应当按月交纳。\n2.党费可以由他人垫交。\n3.党员应当履行下列哪些义务\nA.学习\nB.执行决定\nC.经商\n"
            "答案\n1-2：√×\n3：AB"
        ),
        [YES, NO, DUTIES],
    ),
    "one choice among two who say yes and no": (
        "1.【单选】党费应当按月交纳。\nA.对\nB.错\n答案：A",
        [Question(Kind.SINGLE, YES.text, ("对", "错"), "A")],
    ),
    "numbers in the text": (
        "1. 2.5%的党员\n应当交\n2026年的党费（B）\nA. 3.5元\nB. 10.0元\n答案：B",
        [Question(Kind.SINGLE, "2.5%的党员应当交2026年的党费（ ）", ("3.5元", "10.0元"), "B")],
    ),
}


@pytest.mark.parametrize(("text", "questions"), LAYOUTS.values(), ids=LAYOUTS)
def test_the_usual_layouts_are_read(text, questions):
    reading = read_questions(text)

    assert [str(one) for one in reading.problems] == []
    assert list(reading.questions) == questions


REFUSED = {
    "no answer": ("1.甲\nA.一\nB.二", "第 1 行“1.甲”：没有答案。"),
    "no options": ("1.甲乙丙（A）\n", "第 1 行“1.甲乙丙（A）”：没有选项，也没有答案。"),
    "answer without options": ("1.甲\n答案：A", "第 1 行“1.甲”：没有选项。"),
    "one option": ("1.甲\nA.一\n答案：A", "第 1 行“1.甲”：只有一个选项。"),
    "out of order": (
        "1.甲\nA.一\nC.三\n答案：A",
        "第 1 行“1.甲”：选项 C 的顺序不对，选项应当从 A 起依次写。",
    ),
    "empty option": ("1.甲\nA.\nB.二\n答案：A", "第 1 行“1.甲”：选项 A 是空的。"),
    "beyond the options": (
        "1.甲\nA.一\nB.二\n答案：AC",
        "第 1 行“1.甲”：答案是 AC，可是没有选项 C。",
    ),
    "two places": (
        "1.甲（B）\nA.一\nB.二\n答案：A",
        "第 1 行“1.甲（B）”：答案写了两处，不一样：A、B。",
    ),
    "unclear": ("1.甲\nA.一\nB.二\n答案：见书", "第 1 行“1.甲”：看不懂答案“见书”。"),
    "single with two": (
        "一、单选题\n1.甲\nA.一\nB.二\n答案：AB",
        "第 2 行“1.甲”：标的是单选题，答案却有 2 个：AB。",
    ),
    "judgement with choices": (
        "1.【判断】甲\nA.一\nB.二\n答案：A",
        "第 1 行“1.【判断】甲”：标的是判断题，选项却不是“对”和“错”。",
    ),
    "same options": ("1.甲\nA.一\nB.一\n答案：A", "第 1 行“1.甲”：有两个选项都是“一”。"),
    "no stem": ("1.\nA.一\nB.二\n答案：A", "第 1 行“1.”：没有题目。"),
    "too long": (
        f"1.{'长' * 501}\n答案：对",
        f"第 1 行“1.{'长' * 18}…”：题目太长，有 501 字，最多 500 字。",
    ),
    "key of another length": (
        "1.甲\n2.乙\n答案：1-2 √",
        "第 3 行“答案：1-2 √”：1 到 2 题与答案的个数对不上。",
    ),
}


@pytest.mark.parametrize(("text", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_told_with_its_line(text, problem):
    assert problem in map(str, read_questions(text).problems)


def test_a_bad_question_does_not_hide_the_good_ones():
    reading = read_questions("1.甲\nA.一\nB.二\n2.党费应当按月交纳。（√）")

    assert reading.questions == (YES,)
    assert [one.line for one in reading.problems] == [1]


def test_more_than_twenty_questions_are_refused_at_the_next_one():
    text = "\n".join(f"{number}.甲{number}（对）" for number in range(1, 23))

    [problem] = read_questions(text).problems

    assert (problem.line, problem.reason) == (21, "一份小测最多 20 题，请分成两份。")


def test_a_question_that_stands_there_twice_is_refused():
    [problem] = read_questions("1.甲（对）\n2.乙（对）\n3. 甲\n答案：√").problems

    assert (problem.line, problem.reason) == (3, "和前面的一题完全一样，请删去一题。")


def test_a_title_is_named_as_left_out():
    reading = read_questions("学习小测\n1.党费应当按月交纳。（√）")

    assert [str(one) for one in reading.skipped] == [
        "第 1 行“学习小测”：不在任何一题里，没有读入。"
    ]


# --- round trips ---------------------------------------------------------------------------------

WORDS = st.text("党员学习章程纪律，。—0123", min_size=1, max_size=12).map(
    lambda words: f"问{words}答"
)


@st.composite
def question(draw):
    kind = draw(st.sampled_from(Kind))
    text, explanation = draw(WORDS), draw(st.just("") | WORDS)
    if kind == Kind.JUDGEMENT:
        return Question(kind, text, ("对", "错"), draw(st.sampled_from("AB")), explanation)
    options = tuple(draw(st.lists(WORDS, min_size=2, max_size=8, unique=True)))
    letters = QuizQuestion.LETTERS[: len(options)]
    chosen = draw(st.sets(st.sampled_from(letters), min_size=1))
    answers = "".join(sorted(chosen)) if kind == Kind.MULTIPLE else min(chosen)
    return Question(kind, text, options, answers, explanation)


QUIZZES = st.lists(question(), min_size=1, max_size=20, unique=True)
FRAGMENTS = [
    *(
        "1.",
        "2、",
        "第3题",
        "（4）",
        "一、",
        "A.",
        "B、",
        "C ",
        "(D)",
        "A",
        "B",
        "E．",
        "答案：",
        "答案",
        "解析：",
    ),
    *(
        "【答案】",
        "【多选】",
        "（单选）",
        "判断题",
        "二、多选题",
        "（A）",
        "（ ）",
        "（√）",
        "(错)",
        "（正确答案）",
        "√",
        "对",
    ),
    *(
        "错",
        "1-3",
        "AB",
        "甲",
        "乙丙",
        "3.5",
        "word",
        " ",
        "　",
        "，",
        "。",
        "（",
        "）",
        "____",
        "\n",
        "\n",
        "\n\n",
    ),
]


@given(QUIZZES)
def test_what_is_written_is_read_back(questions):
    reading = read_questions(write_questions(questions))

    assert (list(reading.questions), reading.problems, reading.skipped) == (questions, (), ())


@given(
    QUIZZES, st.sampled_from(".．、"), st.sampled_from(["\n", "\n\n", "\r\n", "\v"]), st.booleans()
)
def test_signs_and_breaks_do_not_matter(questions, sign, between, is_wide):
    text = write_questions(questions).replace(". ", sign).replace("\n\n", between)
    if is_wide:
        text = text.translate({0x41 + at: 0xFF21 + at for at in range(8)})

    assert list(read_questions(text).questions) == questions


@settings(max_examples=300)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join))
def test_whatever_was_read_is_written_so_that_it_is_read_again(text):
    read = read_questions(text).questions[:20]

    again = read_questions(write_questions(read))

    assert (again.questions, again.problems) == (read, ())


@given(st.text())
def test_no_text_is_a_fault(text):
    reading = read_questions(text)

    assert len(reading.questions) <= len(text)
