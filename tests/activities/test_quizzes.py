"""Quizzes: who may answer, once; what is told of the answers, and to whom; what may still be changed."""

import datetime as dt

import pytest
from django.urls import reverse

from activities.models import Quiz, QuizAttempt, QuizQuestion
from activities.queries.quizzes import as_chosen, questions_of, tally_of, waiting_for
from activities.quiztext.questions import write_questions
from activities.quiztext.reading import read_questions
from activities.services.quizzes import (
    Frame,
    answer_quiz,
    close_quiz,
    correct_quiz,
    make_quiz,
    void_question,
    withdraw_quiz,
)
from branches.services.events import merge_organization
from members.models import Member
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.merging import StaleVersion
from partybuild.models import AuditEntry, Draft
from partybuild.refusals import Refused
from partybuild.scoping import everything, scoped_to
from tests.cast import enrolled
from tests.factories.materials import MaterialVersionFactory, StudyMaterialFactory
from tests.factories.quizzes import QuizAttemptFactory, QuizFactory, QuizQuestionFactory
from tests.forms import as_shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

CHANGE = "activities.change_material"
TODAY, LAST = dt.date(2026, 11, 21), dt.date(2026, 11, 27)
TEXT = (
    "1.党的根本宗旨是（A）。\nA.全心全意为人民服务\nB.实事求是\nC.群众路线\n解析：见党章总纲。\n"
    "2.【多选】党员应当\nA.学习\nB.执行决定\nC.经商\n答案：AB\n3.党费可以由他人垫交。（×）"
)
RIGHT = ("A", "AB", "B")


def quiz_of(organization, text=TEXT, **details):
    """Make a quiz with questions."""
    quiz = QuizFactory(organization=organization, **details)
    for number, one in enumerate(read_questions(text).questions, 1):
        QuizQuestionFactory(quiz=quiz, number=number, **vars(one))
    return quiz


def letters(quiz, *chosen):
    """Return answers to the questions of a quiz, in their order."""
    return {one.public_id: said for one, said in zip(questions_of(quiz), chosen, strict=True)}


def answered(quiz, member, *chosen):
    """Let somebody have answered."""
    chosen = as_chosen(letters(quiz, *chosen))
    return QuizAttemptFactory(quiz=quiz, member=member, chosen=chosen)


def file_of(user):
    with everything(reason="the test looks at a file"):
        return Member.objects.select_related("branch").get(user=user)


def page_of(quiz, page="answer_quiz"):
    return reverse(f"activities:{page}", args=[quiz.public_id])


def posted(client, quiz, *chosen, page="answer_quiz", **over):
    """Answer a quiz in the browser, as the page shows it."""
    shown = client.get(page_of(quiz, page))
    typed = {name: list(said) for name, said in letters(quiz, *chosen).items()}
    return client.post(page_of(quiz, page), as_shown(shown, **typed) | over, follow=True)


def stored():
    with everything(reason="the test looks at what was stored"):
        return list(QuizAttempt.objects.values_list("member__name", flat=True).order_by("pk"))


# --- answering -----------------------------------------------------------------------------------


def test_a_member_answers_once_and_sees_the_own_result_with_explanations(
    client, sun, committee, first_branch
):
    quiz = quiz_of(committee)
    client.force_login(sun)

    answer = posted(client, quiz, "A", "A", "B")

    assert "3 题答对 2 题" in answer.text
    assert "正确答案：AB。" in answer.text
    assert "解析：见党章总纲。" in answer.text
    assert "只有您自己看得到" in answer.text
    assert stored() == ["孙知远"]
    assert "3 题答对 2 题" in client.get(page_of(quiz)).text


def test_fifty_copies_of_one_form_are_one_answer(client, sun, first_branch):
    quiz = quiz_of(first_branch)
    client.force_login(sun)
    shown = client.get(page_of(quiz))
    typed = {name: list(said) for name, said in letters(quiz, *RIGHT).items()}
    data = as_shown(shown, **typed)

    answers = {client.post(page_of(quiz), data)["Location"] for _ in range(50)}

    assert answers == {page_of(quiz)}
    assert stored() == ["孙知远"]


def test_the_first_answers_count_and_others_from_a_second_window_do_not(client, sun, first_branch):
    quiz = quiz_of(first_branch)
    client.force_login(sun)
    second = client.get(page_of(quiz))
    posted(client, quiz, *RIGHT)

    typed = {name: list(said) for name, said in letters(quiz, "B", "C", "A").items()}
    answer = client.post(page_of(quiz), as_shown(second, **typed))

    assert "您已经答过了，算第一次的" in answer.text
    assert "3 题答对 3 题" in client.get(page_of(quiz)).text


def test_practice_shows_the_result_and_keeps_nothing(client, sun, first_branch):
    quiz = quiz_of(first_branch)
    client.force_login(sun)
    posted(client, quiz, *RIGHT)

    answer = posted(client, quiz, "B", "C", "A", page="practise_quiz")

    assert "3 题答对 0 题" in answer.text
    assert "3 题答对 3 题" in client.get(page_of(quiz)).text
    assert stored() == ["孙知远"]


def test_who_has_not_answered_cannot_see_the_right_ones_by_practising(client, sun, first_branch):
    quiz = quiz_of(first_branch)
    client.force_login(sun)

    answer = client.get(page_of(quiz, "practise_quiz"), follow=True)

    assert answer.redirect_chain == [(page_of(quiz), 302)]
    assert "见党章总纲" not in answer.text


def test_an_unanswered_question_is_named_and_what_was_ticked_stays(client, sun, first_branch):
    quiz = quiz_of(first_branch)
    client.force_login(sun)
    shown = client.get(page_of(quiz))
    first = next(iter(letters(quiz, *RIGHT)))

    answer = client.post(page_of(quiz), as_shown(shown, **{first: "C"}))

    assert "第 2 题：这一题还没有答。" in answer.text
    assert answer.context["form"][first].value() == "C"
    assert stored() == []


def test_a_member_elsewhere_neither_sees_nor_answers(
    client, sun, wang, qian, first_branch, second_branch
):
    quiz = quiz_of(second_branch)
    answers = []
    for user in (sun, qian):
        client.force_login(user)
        answers += [client.get(page_of(quiz)).status_code, client.post(page_of(quiz)).status_code]
        answers.append(client.get(page_of(quiz, "practise_quiz")).status_code)
    client.force_login(wang)

    assert answers == [404] * 6
    assert client.get(page_of(quiz)).status_code == 200
    with pytest.raises(Refused, match="是给第二党支部的党员的，您现在不在名单里"):
        answer_quiz(actor=sun, member=file_of(sun), quiz=quiz, version=1, answers={})


def test_a_quiz_that_has_ended_is_refused_in_words_and_may_be_practised(client, sun, first_branch):
    quiz = quiz_of(first_branch)
    client.force_login(sun)
    shown = client.get(page_of(quiz))
    with everything(reason="the test ends it"):
        Quiz.objects.update(closes_on=dt.date(2026, 11, 20))
    typed = {name: list(said) for name, said in letters(quiz, *RIGHT).items()}

    answer = client.post(page_of(quiz), as_shown(shown, **typed))

    assert "这次小测已在 2026-11-20 结束，不能再提交。" in answer.text
    assert "自己练一练" in answer.text
    assert stored() == []
    assert "3 题答对 3 题" in posted(client, quiz, *RIGHT, page="practise_quiz").text


def test_nothing_is_answered_before_the_first_day_nor_seen_from_below(
    client, sun, committee, first_branch
):
    own, above = (
        quiz_of(place, opens_on=dt.date(2026, 11, 23)) for place in (first_branch, committee)
    )
    client.force_login(sun)

    assert "还没有开始，2026-11-23 起可以答。" in client.get(page_of(own)).text
    assert client.get(page_of(above)).status_code == 404


def test_who_is_on_no_roll_below_is_told_so(client, zhao, li, first_branch):
    quiz = quiz_of(first_branch)
    client.force_login(zhao)
    no_file = client.get(page_of(quiz)).text
    with everything(reason="the test changes a file"):
        Member.objects.filter(user=li).update(category="applicant")
    client.force_login(li)

    assert "您的账号还没有关联党员档案" in no_file
    assert "您现在不在名单里，不能提交" in client.get(page_of(quiz)).text


def test_questions_that_were_changed_meanwhile_are_shown_again_with_what_was_ticked(
    client, sun, li, first_branch
):
    quiz = quiz_of(first_branch)
    client.force_login(sun)
    shown = client.get(page_of(quiz))
    chosen = letters(quiz, *RIGHT)
    with scoped_to(li.scope_for(CHANGE)):
        new = read_questions(TEXT.replace("党员应当", "党员必须")).questions
        correct_quiz(
            actor=li, quiz=quiz, version=1, frame=Frame("小测", "", TODAY, LAST), questions=new
        )
    typed = {name: list(said) for name, said in chosen.items()}

    answer = client.post(page_of(quiz), as_shown(shown, **typed))
    again = client.get(page_of(quiz)).context["form"]

    assert "这一题还没有答" in answer.text
    assert stored() == []
    assert [name in again.fields for name in chosen] == [True, False, True]


# --- who sees what -------------------------------------------------------------------------------


@pytest.fixture
def three(first_branch):
    return [enrolled(name, first_branch) for name in ("安小河", "白一舟", "陈望南")]


def test_counts_are_told_when_it_has_ended_and_three_have_answered(
    client, li, zhao, first_branch, three
):
    quiz = quiz_of(first_branch)
    for member, chosen in zip(three, ("ABA", "ACB", "BCB"), strict=True):
        answered(quiz, member, chosen[0], chosen[1], chosen[2])
    client.force_login(li)
    running = client.get(quiz.get_absolute_url())

    with scoped_to(li.scope_for(CHANGE)):
        close_quiz(actor=li, quiz=quiz, version=1)
    client.force_login(zhao)
    ended = client.get(quiz.get_absolute_url())
    tally = ended.context["tally"]

    assert not running.context["tally"].is_told
    assert "每个选项多少人选，结束以后才显示" in running.text
    assert (tally.answered, tally.reached) == (3, 4)
    assert [[option.count for option in line.options] for line in tally.lines] == [
        [2, 1, 0],
        [0, 1, 2],
        [1, 2],
    ]
    assert [(line.right, line.wrong) for line in tally.lines] == [(2, 1), (0, 3), (2, 1)]
    assert "答错最多的是第 2 题，3 人里 3 人答错。" in ended.text
    assert [name for name in ("安小河", "白一舟", "陈望南") if name in ended.text] == []


def test_two_answers_tell_no_counts_and_the_page_says_why(client, li, first_branch, three):
    quiz = quiz_of(first_branch, closes_on=dt.date(2026, 11, 20))
    for member in three[:2]:
        answered(quiz, member, *RIGHT)
    client.force_login(li)

    page = client.get(quiz.get_absolute_url())

    assert "不满 3 人作答，每个选项多少人选不显示" in page.text
    assert {option.count for line in page.context["tally"].lines for option in line.options} == {
        None
    }
    assert "2 人</strong>，名单里共 4 人" in page.text


def test_those_below_do_not_see_the_counts_of_a_quiz_from_above(client, li, sun, committee):
    quiz = quiz_of(committee)
    answers = []
    for user in (li, sun):
        client.force_login(user)
        answers.append(client.get(quiz.get_absolute_url()).status_code)

    assert answers == [404, 403]


def test_nothing_that_was_chosen_is_left_in_the_trail_in_drafts_or_readable_in_the_database(
    client, sun, li, first_branch
):
    quiz = quiz_of(first_branch)
    client.force_login(sun)
    key = client.get(page_of(quiz)).context["draft_key"]
    Draft.objects.create(user=sun, form=key, content={"x": ["A"]})

    posted(client, quiz, "C", "AC", "A")

    with everything(reason="the test looks at the trail"):
        [entry] = AuditEntry.objects.filter(action__startswith="activities.quizattempt")
        raw = QuizAttempt.objects.extra(select={"raw": "chosen"}).values_list("raw", flat=True)
        [kept] = [str(one) for one in raw]
    assert (entry.before, entry.after, entry.summary) == (None, None, f"答了学习小测“{quiz}”")
    assert not Draft.objects.filter(form=key).exists()
    assert [one.public_id for one in questions_of(quiz) if one.public_id in kept] == []
    client.force_login(li)
    assert "孙知远" not in client.get(quiz.get_absolute_url()).text


def test_only_the_own_file_tells_of_open_quizzes_and_only_if_there_are_any(
    client, sun, li, committee, first_branch, second_branch
):
    client.force_login(sun)
    without = client.get(reverse("members:own_file")).text
    quiz = quiz_of(committee, title="十一月小测")
    quiz_of(second_branch, title="别家的")
    quiz_of(committee, title="已经结束的", closes_on=dt.date(2026, 11, 20))
    with_one = client.get(reverse("members:own_file")).text
    posted(client, quiz, *RIGHT)
    after = client.get(reverse("members:own_file")).text
    client.force_login(li)
    seen_by_li = client.get(file_of(sun).get_absolute_url()).text

    def line(page):
        return [
            "学习小测：<a" in page,
            "十一月小测" in page,
            "别家的" in page,
            "已经结束的" in page,
        ]

    assert line(without) == [False] * 4
    assert line(with_one) == [True, True, False, False]
    assert line(after) == [False] * 4
    assert line(seen_by_li) == [False] * 4


def test_nobody_is_said_to_owe_an_answer(client, cast, committee, first_branch):
    quiz_of(committee, title="十一月小测")

    pages = []
    for user, page in (
        ("li", "partybuild:alerts"),
        ("li", "activities:home"),
        ("zhao", "partybuild:alerts"),
    ):
        client.force_login(cast[user])
        pages.append(client.get(reverse(page)).text)

    assert ["十一月小测" in page for page in pages] == [False] * 3


def test_the_list_shows_each_what_concerns_them(
    client, cast, committee, first_branch, second_branch
):
    quiz_of(committee, title="党委的")
    quiz_of(first_branch, title="一支部的")
    quiz_of(second_branch, title="二支部的")

    def listed(name):
        client.force_login(cast[name])
        page = client.get(reverse("activities:quizzes")).context
        return [
            sorted(quiz.title for quiz, _, _ in page["waiting"]),
            sorted(cells[0].text for cells in page["rows"]),
        ]

    assert listed("sun") == [["一支部的", "党委的"], []]
    assert listed("li") == [["一支部的", "党委的"], ["一支部的"]]
    assert listed("wang") == [["二支部的", "党委的"], ["二支部的"]]
    assert listed("zhao") == [[], ["一支部的", "二支部的", "党委的"]]
    assert listed("qian") == [[], []]


# --- making and changing -------------------------------------------------------------------------


def make(client, **typed):
    """Fill in the form of a new quiz as far as the look, then save what was shown."""
    address = reverse("activities:make_quiz")
    shown = client.get(
        address, {key: typed.pop(key) for key in ("material", "copy") if key in typed}
    )
    look = client.post(address, as_shown(shown, **typed))
    if not look.context.get("seen"):
        return look, look
    return look, client.post(address, as_shown(look) | {"seen": look.context["seen"]}, follow=True)


def test_a_pasted_quiz_is_looked_at_and_then_saved(client, li, first_branch):
    client.force_login(li)

    look, saved = make(client, title="十一月小测", questions=TEXT)

    assert "读到 3 题" in look.text
    with everything(reason="the test looks"):
        quiz = Quiz.objects.get()
        kept = list(QuizQuestion.objects.values_list("number", "kind", "answers"))
    assert saved.redirect_chain == [(quiz.get_absolute_url(), 302)]
    assert kept == [(1, "single", "A"), (2, "multiple", "AB"), (3, "judgement", "B")]
    assert (quiz.opens_on, quiz.closes_on) == (TODAY, dt.date(2026, 11, 28))


def test_what_was_changed_after_the_look_is_looked_at_again(client, li, first_branch):
    client.force_login(li)
    address = reverse("activities:make_quiz")
    look = client.post(address, as_shown(client.get(address), title="小测", questions=TEXT))
    changed = TEXT.replace("（×）", "（√）")

    again = client.post(address, as_shown(look, questions=changed) | {"seen": look.context["seen"]})

    assert again.status_code == 200
    assert again.context["seen"] != look.context["seen"]
    with everything(reason="the test counts"):
        assert Quiz.objects.count() == 0


def test_what_cannot_be_read_is_told_at_its_line_and_nothing_is_lost(client, li, first_branch):
    client.force_login(li)
    text = f"{TEXT}\n4.没有答案的\nA.一\nB.二"

    look, _ = make(client, title="小测", questions=text)

    assert "第 12 行“4.没有答案的”：没有答案。" in look.text
    assert "读到 3 题，还有 1 处没有读懂" in look.text
    assert look.context["form"]["questions"].value() == text


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"closes_on": "2026-11-20", "opens_on": "2026-11-19"}, "截止的日期已经过了"),
        ({"closes_on": "2026-11-21", "opens_on": "2026-11-22"}, "截止的日期在开始之前"),
        ({"questions": "一、单选题"}, "没有读到题目。每题前面要有题号"),
        ({"questions": "1.甲\nA.一\nB.二"}, "没有答案"),
    ],
)
def test_a_quiz_that_cannot_be_is_refused(client, li, first_branch, typed, reason):
    client.force_login(li)

    _, answer = make(client, **{"title": "小测", "questions": TEXT, **typed})

    assert reason in answer.text
    with everything(reason="the test counts"):
        assert Quiz.objects.count() == 0


def test_who_does_not_keep_materials_makes_no_quiz(client, sun, li, first_branch, committee):
    quiz = quiz_of(committee)
    client.force_login(sun)
    refused = client.get(reverse("activities:make_quiz")).status_code
    client.force_login(li)
    pages = ("correct_quiz", "close_quiz", "withdraw_quiz", "restore_quiz")
    answers = [client.post(page_of(quiz, page)).status_code for page in pages]

    assert refused == 403
    assert answers == [404] * 4


def test_a_quiz_goes_with_a_material_and_each_page_links_the_other(client, li, sun, first_branch):
    version = MaterialVersionFactory(material__organization=first_branch, material__title="条例")
    client.force_login(li)

    _, saved = make(client, title="条例小测", questions=TEXT, material=version.public_id)
    material = client.get(version.material.get_absolute_url()).text
    client.force_login(sun)
    below = client.get(version.material.get_absolute_url()).text

    assert "条例</a>（第1版）" in " ".join(saved.text.split())
    assert "条例小测" in material
    assert "按第1版出题" in material
    assert "条例小测" in below


def test_a_material_that_those_who_answer_cannot_read_is_refused(client, zhao, committee):
    version = MaterialVersionFactory(material__organization=committee, material__title="草稿")
    client.force_login(zhao)

    _, answer = make(client, title="小测", questions=TEXT, material=version.public_id)

    assert "“草稿”还没有下发到机关党委，答题的人看不到。" in answer.text


def test_a_material_from_above_may_be_asked_about(li, committee, first_branch, second_branch):
    sent = StudyMaterialFactory(
        organization=committee, sent_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    )
    from_above = MaterialVersionFactory(material=sent)
    beside = MaterialVersionFactory(material__organization=second_branch)
    new = {
        "actor": li,
        "organization": first_branch,
        "frame": Frame("小测", "", TODAY, LAST),
        "questions": read_questions(TEXT).questions,
    }
    with scoped_to(li.scope_for(CHANGE)):
        quiz = make_quiz(**new, material_version=from_above)
        with pytest.raises(Refused, match="还没有下发到第一党支部"):
            make_quiz(**new, material_version=beside)

    assert quiz.material_version == from_above


def test_before_anybody_has_answered_the_questions_can_be_corrected(client, li, first_branch):
    quiz = quiz_of(first_branch)
    client.force_login(li)
    shown = client.get(page_of(quiz, "correct_quiz"))
    text = shown.context["form"]["questions"].value()
    look = client.post(
        page_of(quiz, "correct_quiz"), as_shown(shown, questions=text.replace("经商", "办企业"))
    )

    saved = client.post(
        page_of(quiz, "correct_quiz"),
        as_shown(look) | {"seen": look.context["seen"]},
        follow=True,
    )

    assert text == write_questions(read_questions(TEXT).questions)
    assert "办企业" in saved.text
    assert "经商" not in saved.text.split("历史")[0]


def test_once_somebody_has_answered_questions_are_fixed_and_the_rest_is_not(
    client, li, first_branch, three
):
    quiz = quiz_of(first_branch)
    client.force_login(li)
    early = client.get(page_of(quiz, "correct_quiz"))
    answered(quiz, three[0], *RIGHT)
    fixed = client.get(page_of(quiz, "correct_quiz"))
    saved = client.post(
        page_of(quiz, "correct_quiz"), as_shown(fixed, closes_on="2026-11-30"), follow=True
    )
    new = read_questions(TEXT.replace("经商", "办企业")).questions

    assert "questions" in early.context["form"].fields
    assert "questions" not in fixed.context["form"].fields
    assert saved.context["quiz"].closes_on == dt.date(2026, 11, 30)
    with (
        scoped_to(li.scope_for(CHANGE)),
        pytest.raises(Refused, match="已经有人作答，题目和开始日期不能再改"),
    ):
        correct_quiz(
            actor=li,
            quiz=Quiz.objects.get(),
            version=2,
            frame=Frame("小测", "", quiz.opens_on, LAST),
            questions=new,
        )


def test_two_who_correct_a_quiz_at_once_both_keep_their_work(client, li, first_branch):
    quiz = quiz_of(first_branch, title="小测")
    client.force_login(li)
    address = page_of(quiz, "correct_quiz")
    mine, theirs = client.get(address), client.get(address)

    client.post(address, as_shown(theirs, note="先看资料"))
    client.post(address, as_shown(mine, title="十一月小测"))

    with everything(reason="the test looks"):
        found = Quiz.objects.get()
    assert (found.title, found.note) == ("十一月小测", "先看资料")


def test_whoever_looked_at_an_older_state_ends_nothing(li, first_branch):
    quiz = quiz_of(first_branch)
    with scoped_to(li.scope_for(CHANGE)):
        with pytest.raises(StaleVersion):
            close_quiz(actor=li, quiz=quiz, version=7)
        assert Quiz.objects.get().closed_at is None


def test_what_has_ended_is_neither_corrected_nor_ended_again(li, first_branch):
    quiz = quiz_of(first_branch)
    with scoped_to(li.scope_for(CHANGE)):
        close_quiz(actor=li, quiz=quiz, version=1)
        with pytest.raises(Refused, match="已经结束了"):
            close_quiz(actor=li, quiz=quiz, version=2)
        with pytest.raises(Refused, match="已经结束，不能再改"):
            correct_quiz(actor=li, quiz=quiz, version=2, frame=Frame("小测", "", TODAY, LAST))


def test_a_voided_question_counts_for_nobody_and_everybody_reads_why(client, li, sun, first_branch):
    quiz = quiz_of(first_branch)
    client.force_login(sun)
    posted(client, quiz, "A", "A", "B")
    client.force_login(li)
    second = questions_of(quiz)[1]
    address = reverse("activities:void_question", args=[second.public_id])
    client.post(address, as_shown(client.get(address), reason="答案有误"))
    client.force_login(sun)

    page = client.get(page_of(quiz)).text

    assert "2 题答对 2 题" in page
    assert "原因：答案有误" in page
    with (
        scoped_to(li.scope_for(CHANGE)),
        pytest.raises(Refused, match="已经作废了"),
    ):
        void_question(
            actor=li, question=QuizQuestion.objects.get(number=2), version=2, reason="再一次"
        )


def test_a_copy_starts_from_the_former_without_what_was_voided(client, li, first_branch):
    quiz = quiz_of(first_branch, title="十月小测", closes_on=dt.date(2026, 11, 20))
    with scoped_to(li.scope_for(CHANGE)):
        second = QuizQuestion.objects.get(number=2)
        void_question(actor=li, question=second, version=1, reason="答案有误")
    client.force_login(li)

    make(client, copy=quiz.public_id)

    with everything(reason="the test looks"):
        found = Quiz.objects.exclude(pk=quiz.pk).get()
        texts = list(found.questions.values_list("text", flat=True))
    assert (found.title, found.closes_on) == ("十月小测", dt.date(2026, 11, 28))
    assert texts == ["党的根本宗旨是（ ）。", "党费可以由他人垫交。"]


def test_a_withdrawn_quiz_is_gone_for_all_and_comes_back_with_its_answers(
    client, li, sun, first_branch
):
    quiz = quiz_of(first_branch)
    client.force_login(sun)
    posted(client, quiz, *RIGHT)
    with scoped_to(li.scope_for(CHANGE)):
        withdraw_quiz(actor=li, quiz=quiz, version=1)
    gone = client.get(page_of(quiz)).status_code
    with pytest.raises(Refused, match="刚被撤下"):
        answer_quiz(actor=sun, member=file_of(sun), quiz=quiz, version=2, answers={})
    client.force_login(li)
    client.post(page_of(quiz, "restore_quiz"))
    client.force_login(sun)

    assert gone == 404
    assert "3 题答对 3 题" in client.get(page_of(quiz)).text


def test_the_history_tells_every_step_and_nobody_who_answered(li, sun, first_branch):
    with scoped_to(li.scope_for(CHANGE)):
        quiz = make_quiz(
            actor=li,
            organization=first_branch,
            frame=Frame("小测", "", TODAY, LAST),
            questions=read_questions(TEXT).questions,
        )
        frame = Frame("小测", "", TODAY, dt.date(2026, 11, 30))
        correct_quiz(actor=li, quiz=quiz, version=1, frame=frame)
        answer_quiz(
            actor=sun, member=file_of(sun), quiz=quiz, version=2, answers=letters(quiz, *RIGHT)
        )
        close_quiz(actor=li, quiz=quiz, version=2)

    assert [(step["who"], step["did"]) for step in steps_of(history_of(quiz))] == [
        ("李秀岩", "提前结束学习小测“小测”"),
        ("李秀岩", "更正学习小测“小测”"),
        ("李秀岩", "出学习小测“小测”"),
    ]


def test_quizzes_go_on_with_the_branch_they_are_merged_into(
    client, zhao, wang, first_branch, second_branch
):
    quiz_of(first_branch, title="并过来的")
    with scoped_to(zhao.scope_for("branches.change_partyorganization")):
        merge_organization(
            actor=zhao,
            organization=first_branch,
            target=second_branch,
            on=dt.date(2026, 11, 20),
            document="青档党〔2026〕9号",
        )

    assert [one.title for one in waiting_for(file_of(wang), TODAY)] == ["并过来的"]


def test_counting_costs_the_same_queries_for_three_and_for_eighty(
    li, first_branch, django_assert_num_queries
):
    quiz = quiz_of(first_branch, closes_on=dt.date(2026, 11, 20))
    people = [enrolled(f"党员{number}", first_branch) for number in range(80)]
    for member in people[:3]:
        answered(quiz, member, *RIGHT)
    with scoped_to(li.scope_for(CHANGE)):
        with django_assert_num_queries(3):
            few = tally_of(quiz, TODAY)
        for member in people[3:]:
            answered(quiz, member, *RIGHT)
        with django_assert_num_queries(3):
            many = tally_of(quiz, TODAY)

    assert (few.answered, many.answered) == (3, 80)
