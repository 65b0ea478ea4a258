"""Reading quizzes: whom one reaches, what somebody answered, and how many chose what."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from activities.models import Quiz, QuizAttempt, QuizQuestion
from activities.quiztext.questions import Question
from branches.models import PartyOrganization
from branches.queries.hanging import under
from members.models import Member, Membership
from members.queries.roll import memberships_on, on_roll
from partybuild import paths
from partybuild.scoping import active_scope, everything

# Fewer answers than these would tell who chose what.
FEWEST_TOLD = 3


def _all() -> QuerySet[Quiz]:
    with everything(reason="a quiz is answered by those below its issuer, beyond their scope"):
        return Quiz.objects.select_related("organization", "material_version__material")


def _lineage(path: str) -> list[str]:
    return [*paths.ancestors(path), path]


# --- who may answer ------------------------------------------------------------------------------


def own_quizzes() -> QuerySet[Quiz]:
    """Return the quizzes of the open scope, each with how many have answered as `answered`."""
    quizzes = Quiz.objects.select_related("organization", "material_version__material")
    return quizzes.annotate(answered=Count("attempts"))


def readable_quizzes(member: Member | None, day: dt.date) -> QuerySet[Quiz]:
    """Return the quizzes of the open scope, and of those above it and above a person the ones that have opened."""
    scope = active_scope()
    above = {path for top in scope.tops for path in paths.ancestors(top)}
    above |= set(_lineage(member.branch.path)) if member else set()
    begun = Q(opens_on__lte=day, organization__path__in=above)
    return _all().filter(scope.as_q("organization__path") | begun)


def quizzes_reaching(member: Member, day: dt.date) -> QuerySet[Any]:
    """Return the quizzes that have opened for somebody on the roll, each with `is_answered`.

    A quiz reaches the members of its organisation and of all below it, each through the branch
    that holds the file.
    """
    with everything(reason="people may always read what they may answer and have answered"):
        on_it = Member.objects.filter(on_roll(day), pk=member.pk)
        answered = QuizAttempt.objects.filter(quiz=OuterRef("pk"), member=member)
    reaching = _all().filter(Exists(on_it), organization__path__in=_lineage(member.branch.path))
    return reaching.filter(opens_on__lte=day).annotate(is_answered=Exists(answered))


def waiting_for(member: Member, day: dt.date) -> QuerySet[Any]:
    """Return the open quizzes that somebody may answer and has not."""
    still_open = quizzes_reaching(member, day).filter(closes_on__gte=day, closed_at=None)
    return still_open.filter(is_answered=False)


def why_closed(quiz: Quiz, member: Member | None, day: dt.date) -> str:
    """Return in Chinese why somebody cannot answer a quiz on a day, '' when they can."""
    if quiz.opens_on > day:
        return f"还没有开始，{quiz.opens_on} 起可以答。"
    if has_ended(quiz, day):
        return f"这次小测已在 {last_day(quiz)} 结束，不能再提交。"
    if member is None:
        return "您的账号还没有关联党员档案，不能答题。请告诉支部书记。"
    if not quizzes_reaching(member, day).filter(pk=quiz.pk).exists():
        return f"这份小测是给{quiz.organization.label}的党员的，您现在不在名单里，不能提交。"
    return ""


def has_ended(quiz: Quiz, day: dt.date) -> bool:
    """Tell whether a quiz takes no more answers, having been open."""
    return quiz.closed_at is not None or quiz.closes_on < day


def last_day(quiz: Quiz) -> dt.date:
    """Return the last day on which a quiz takes answers."""
    return timezone.localdate(quiz.closed_at) if quiz.closed_at else quiz.closes_on


# --- questions and answers -----------------------------------------------------------------------


def questions_of(quiz: Quiz) -> list[QuizQuestion]:
    """Return the questions of a quiz that one may read, in their order."""
    with everything(reason="whoever may answer a quiz may read its questions"):
        return list(QuizQuestion.objects.filter(quiz=quiz).order_by("number"))


def as_said(question: QuizQuestion) -> Question:
    """Return what a question says, without its place."""
    said = (question.kind, question.text, tuple(question.options), question.answers)
    return Question(*said, question.explanation)


def is_answered_by_anybody(quiz: Quiz) -> bool:
    """Tell whether the questions of a quiz are fixed."""
    return QuizAttempt.objects.filter(quiz=quiz).exists()


def own_answers(quiz: Quiz, member: Member | None) -> dict[str, str] | None:
    """Return what somebody answered, the letters by public id of the question; None before that.

    Called for the person alone who is signed in; nothing else hands out the answers of one person.
    """
    with everything(reason="people may always read what they have answered"):
        attempt = QuizAttempt.objects.filter(quiz=quiz, member=member).first() if member else None
    return _chosen_in(attempt.chosen) if attempt else None


def as_chosen(answers: Mapping[str, str]) -> str:
    """Return answers as an attempt stores them."""
    return "\n".join(f"{question} {letters}" for question, letters in answers.items())


def _chosen_in(chosen: str) -> dict[str, str]:
    lines = (line.partition(" ") for line in chosen.splitlines())
    return {question: letters for question, _, letters in lines}


@dataclass(frozen=True)
class OptionLine:
    """One option: its letter and text, whether it is right, whether it was chosen, by how many."""

    letter: str
    text: str
    is_right: bool
    is_chosen: bool = False
    count: int | None = None


@dataclass(frozen=True)
class QuestionLine:
    """One question with its options; how many answered it rightly and wrongly, None if not told."""

    question: QuizQuestion
    options: list[OptionLine]
    is_right: bool = False
    right: int | None = None
    wrong: int | None = None

    @property
    def rights(self) -> str:
        """Return the right answer as people say it."""
        right = [one for one in self.options if one.is_right]
        if self.question.kind == QuizQuestion.Kind.JUDGEMENT:
            return right[0].text
        return "".join(one.letter for one in right)


@dataclass(frozen=True)
class Result:
    """What somebody sees of the own answers: every question, how many count, how many are right."""

    lines: list[QuestionLine]
    counted: int
    right: int


def result_of(questions: Iterable[QuizQuestion], answers: Mapping[str, str]) -> Result:
    """Return how answers compare with the right ones; voided questions do not count."""
    lines = []
    for one in questions:
        chosen = answers.get(one.public_id, "")
        lines.append(QuestionLine(one, _option_lines(one, chosen), chosen == one.answers))
    counted = [line for line in lines if not line.question.voided_at]
    return Result(lines, len(counted), sum(line.is_right for line in counted))


def _option_lines(
    question: QuizQuestion, chosen: str = "", counts: Mapping[str, int] | None = None
) -> list[OptionLine]:
    return [
        OptionLine(
            letter,
            text,
            is_right=letter in question.answers,
            is_chosen=letter in chosen,
            count=None if counts is None else counts.get(letter, 0),
        )
        for letter, text in zip(QuizQuestion.LETTERS, question.options, strict=False)
    ]


# --- counts --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """How many answered, of how many it reaches; per question how many chose what, if that is told."""

    answered: int
    reached: int
    lines: list[QuestionLine]
    is_told: bool

    @property
    def hardest(self) -> QuestionLine | None:
        """Return the question that most got wrong, None when nobody did or it is not told."""
        counted = [line for line in self.lines if line.wrong and not line.question.voided_at]
        return max(counted, key=lambda line: line.wrong or 0, default=None)


def tally_of(quiz: Quiz, day: dt.date) -> Tally:
    """Return the counts of a quiz in scope, for the whole of it and for no part.

    What the options got is told once it has ended, and with at least `FEWEST_TOLD` answers: before,
    whoever looks twice would see what the one between has chosen.
    """
    questions = questions_of(quiz)
    attempts = QuizAttempt.objects.filter(quiz=quiz)
    reached = _reached(quiz.organization, min(day, last_day(quiz)))
    if not has_ended(quiz, day):
        lines = [QuestionLine(one, _option_lines(one)) for one in questions]
        return Tally(attempts.count(), reached, lines, is_told=False)
    chosen = [_chosen_in(one) for one in attempts.values_list("chosen", flat=True)]
    is_told = len(chosen) >= FEWEST_TOLD
    told = chosen if is_told else None
    return Tally(len(chosen), reached, [_counted(one, told) for one in questions], is_told)


def _counted(question: QuizQuestion, chosen: list[dict[str, str]] | None) -> QuestionLine:
    if chosen is None:
        return QuestionLine(question, _option_lines(question))
    said = [answers.get(question.public_id, "") for answers in chosen]
    counts = Counter(letter for letters in said for letter in letters)
    right = said.count(question.answers)
    options = _option_lines(question, counts=counts)
    return QuestionLine(question, options, right=right, wrong=len(said) - right)


def _reached(organization: PartyOrganization, day: dt.date) -> int:
    """Return how many people are on the roll of an organisation and of all below it."""
    formal = memberships_on(day).filter(kind=Membership.Kind.FORMAL)
    people = formal.filter(under(organization, "organization")).order_by()
    return people.values("member").distinct().count()


# --- what moves, what was thrown away ------------------------------------------------------------


def quizzes_where(where: Q) -> QuerySet[Quiz]:
    """Return the living quizzes in scope that meet a condition on their organisation."""
    return Quiz.objects.filter(where)


def quizzes_about(versions: Iterable[Any], member: Member | None, day: dt.date) -> list[Quiz]:
    """Return the quizzes that one may read and that go with any of these versions of a material."""
    pks = [version.pk for version in versions]
    found = readable_quizzes(member, day).filter(material_version__in=pks)
    return list(found.order_by("-opens_on", "-pk"))


def deleted_quizzes() -> QuerySet[Any]:
    """Return the quizzes in the trash, the last withdrawn first."""
    return Quiz.trashed.select_related("organization").order_by("-deleted_at", "-pk")
