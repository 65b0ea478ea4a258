"""Writing quizzes: made and corrected, ended, withdrawn, a question voided; and answered once."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from activities.models import MaterialVersion, Quiz, QuizAttempt, QuizQuestion
from activities.queries.quizzes import (
    as_chosen,
    as_said,
    has_ended,
    is_answered_by_anybody,
    own_answers,
    questions_of,
    why_closed,
)
from activities.quiztext.questions import Question, write_questions
from branches.models import PartyOrganization
from members.models import Member
from partybuild import audit, paths
from partybuild.merging import StaleVersion, take
from partybuild.refusals import Refused
from partybuild.scoping import everything

FIXED = "已经有人作答，题目和开始日期不能再改。题目有错的，可以作废那一题，或者照这份再出一份。"


@dataclass(frozen=True)
class Frame:
    """What a quiz is called and when it is open."""

    title: str
    note: str
    opens_on: dt.date
    closes_on: dt.date


@transaction.atomic
def make_quiz(
    *,
    actor: Any,
    organization: PartyOrganization,
    frame: Frame,
    questions: Sequence[Question],
    material_version: MaterialVersion | None = None,
) -> Quiz:
    """Make a quiz for the members of an organisation and of all below it."""
    if organization.dissolved_on:
        raise Refused(f"{organization.label}已经撤销，请选择别的党组织。", "organization")
    _check(frame, questions)
    if material_version:
        check_material(material_version, organization)
    quiz = Quiz.objects.create(
        organization=organization,
        material_version=material_version,
        made_by=actor if getattr(actor, "pk", None) else None,
        **vars(frame),
    )
    _write_questions(quiz, questions)
    _note(actor, quiz, "made", f"出学习小测“{quiz}”", after=state_of(quiz))
    return quiz


@transaction.atomic
def correct_quiz(
    *,
    actor: Any,
    quiz: Quiz,
    version: int,
    frame: Frame,
    questions: Sequence[Question] | None = None,
) -> Quiz:
    """Correct a quiz that has not ended; StaleVersion when it has changed since `version`.

    Without `questions` they stay. Once anybody has answered, they and the first day are fixed.
    """
    if has_ended(quiz, timezone.localdate()):
        raise Refused("这份小测已经结束，不能再改。要再用，请照这份再出一份。")
    before = state_of(quiz)
    known = {as_said(one): one.public_id for one in questions_of(quiz)}
    changed = questions is not None and list(questions) != list(known)
    opened_on = quiz.opens_on
    take(quiz, version)
    if (changed or frame.opens_on != opened_on) and is_answered_by_anybody(quiz):
        raise Refused(FIXED, "questions" if changed else "opens_on")
    _check(frame, list(known) if questions is None else questions)
    for name, value in vars(frame).items():
        setattr(quiz, name, value)
    quiz.save()
    if questions is not None and changed:
        QuizQuestion.objects.filter(quiz=quiz).delete()
        _write_questions(quiz, questions, known)
    _note(actor, quiz, "corrected", f"更正学习小测“{quiz}”", before, state_of(quiz))
    return quiz


@transaction.atomic
def close_quiz(*, actor: Any, quiz: Quiz, version: int) -> Quiz:
    """End a quiz before its last day; it never opens again."""
    today = timezone.localdate()
    if has_ended(quiz, today):
        raise Refused("这份小测已经结束了。")
    if quiz.opens_on > today:
        raise Refused("这份小测还没有开始，不用结束。不要了的，请撤下。")
    take(quiz, version)
    quiz.closed_at = timezone.now()
    quiz.save()
    _note(actor, quiz, "closed", f"提前结束学习小测“{quiz}”")
    return quiz


@transaction.atomic
def withdraw_quiz(*, actor: Any, quiz: Quiz, version: int) -> Quiz:
    """Put a quiz into the trash, with what was answered."""
    take(quiz, version)
    quiz.deleted_at = timezone.now()
    quiz.save()
    _note(actor, quiz, "withdrawn", f"撤下学习小测“{quiz}”（可恢复）")
    return quiz


@transaction.atomic
def restore_quiz(*, actor: Any, quiz: Quiz) -> Quiz:
    """Put a withdrawn quiz back as it was."""
    quiz.deleted_at = None
    quiz.version += 1
    quiz.save()
    _note(actor, quiz, "restored", f"恢复学习小测“{quiz}”")
    return quiz


@transaction.atomic
def void_question(*, actor: Any, question: QuizQuestion, version: int, reason: str) -> QuizQuestion:
    """Let a wrong question count for nobody; whoever reads the quiz reads why. `version` is the quiz's."""
    if question.voided_at:
        raise Refused("这一题已经作废了。")
    take(question.quiz, version)
    question.voided_at, question.void_reason = timezone.now(), reason
    question.save()
    summary = f"学习小测“{question.quiz}”{question}作废"
    _note(actor, question.quiz, "question_voided", summary, after={"作废原因": reason})
    return question


@transaction.atomic
def answer_quiz(
    *, actor: Any, member: Member | None, quiz: Quiz, version: int, answers: Mapping[str, str]
) -> QuizAttempt:
    """Keep what somebody answered, once; `answers` are letters by public id of the question.

    StaleVersion when the quiz has changed since `version`. The entry of the trail is about the
    attempt and says nothing of what was chosen.
    """
    with everything(reason="a quiz from above is answered below, beyond the scope of who answers"):
        # Whoever corrects the questions waits for this row, and so does a second answer.
        stored = Quiz.objects.select_for_update().filter(pk=quiz.pk).first()
        if stored is None:
            raise Refused("这份小测刚被撤下，没有提交。")
        if own_answers(stored, member) is not None:
            raise Refused("您已经答过了，算第一次的。要再练，请点“再练一次”。")
        reason = why_closed(stored, member, timezone.localdate())
        if reason:
            raise Refused(reason)
        if stored.version != version:
            raise StaleVersion(stored)
        attempt = QuizAttempt.objects.create(quiz=stored, member=member, chosen=as_chosen(answers))
        audit.record(
            actor=actor,
            action="activities.quizattempt.made",
            subject=attempt,
            place=stored.organization.path,
            summary=f"答了学习小测“{stored}”",
        )
    return attempt


def state_of(quiz: Quiz) -> dict[str, Any]:
    """Return what a quiz says: what history compares."""
    material = quiz.material_version
    return {
        "标题": quiz.title,
        "说明": quiz.note,
        "从哪天起": quiz.opens_on,
        "到哪天止": quiz.closes_on,
        "配套资料": f"{material.material}{material}" if material else "",
        "题目": [write_questions([as_said(one)]).replace("\n", " ") for one in questions_of(quiz)],
    }


def check_material(version: MaterialVersion, organization: PartyOrganization) -> None:
    """Refuse a material that those who answer cannot read."""
    material = version.material
    if material.organization_id == organization.pk and (organization.is_branch or material.sent_at):
        return
    if material.sent_at and paths.covers(material.organization.path, organization.path):
        return
    raise Refused(
        f"“{material}”还没有下发到{organization.label}，答题的人看不到。请先下发，再出题。"
    )


def _check(frame: Frame, questions: Sequence[Question]) -> None:
    if not questions:
        raise Refused("没有读到题目。", "questions")
    if len(set(questions)) < len(questions):
        raise Refused("有两题完全一样，请删去一题。", "questions")
    if frame.closes_on < frame.opens_on:
        raise Refused("截止的日期在开始之前，请核对。", "closes_on")
    if frame.closes_on < timezone.localdate():
        raise Refused("截止的日期已经过了，请核对。", "closes_on")


def _write_questions(
    quiz: Quiz, questions: Sequence[Question], known: Mapping[Question, str] | None = None
) -> None:
    """Write the questions anew; one that says the same keeps its public id, and with it what is ticked."""
    rows = []
    for number, one in enumerate(questions, 1):
        row = QuizQuestion(quiz=quiz, number=number, **vars(one))
        row.options = list(one.options)
        row.public_id = (known or {}).get(one, row.public_id)
        rows.append(row)
    QuizQuestion.objects.bulk_create(rows)


def _note(
    actor: Any,
    quiz: Quiz,
    act: str,
    summary: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"activities.quiz.{act}",
        subject=quiz,
        place=quiz.organization.path,
        summary=summary,
        before=before,
        after=after,
    )
