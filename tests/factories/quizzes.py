"""Quizzes, their questions and what somebody answered."""

import datetime as dt

import factory

from activities.models import Quiz, QuizAttempt, QuizQuestion
from activities.queries.quizzes import as_chosen
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import MemberFactory


class QuizFactory(HouseFactory):
    class Meta:
        model = Quiz

    organization = factory.SubFactory(PartyOrganizationFactory)
    title = factory.Sequence(lambda number: f"小测{number}")
    opens_on = dt.date(2026, 11, 16)
    closes_on = dt.date(2026, 11, 27)


class QuizQuestionFactory(HouseFactory):
    class Meta:
        model = QuizQuestion

    quiz = factory.SubFactory(QuizFactory)
    number = factory.Sequence(lambda number: number + 1)
    kind = "single"
    text = "党的根本宗旨是（ ）。"
    options = ("全心全意为人民服务", "实事求是", "群众路线")
    answers = "A"


class QuizAttemptFactory(HouseFactory):
    class Meta:
        model = QuizAttempt

    quiz = factory.SubFactory(QuizFactory)
    member = factory.SubFactory(MemberFactory, branch=factory.SelfAttribute("..quiz.organization"))
    chosen = as_chosen({})


def many_quizzes(count, branch, members):
    """Make `count` open quizzes of a branch and `count` that have ended, bulk-made, the latter answered; as many in the trash."""
    for closes_on, trashed in (
        (dt.date(2026, 11, 27), None),
        (dt.date(2026, 11, 6), None),
        (dt.date(2026, 11, 6), "2026-11-05T00:00Z"),
    ):
        quizzes = Quiz.objects.bulk_create(
            Quiz(
                organization=branch,
                title=f"小测{number}",
                opens_on=dt.date(2026, 11, 2),
                closes_on=closes_on,
                deleted_at=trashed,
            )
            for number in range(count)
        )
        QuizQuestion.objects.bulk_create(
            QuizQuestion(
                quiz=one, number=1, kind="judgement", text="对吗", options=["对", "错"], answers="A"
            )
            for one in quizzes
        )
        if closes_on < dt.date(2026, 11, 21):
            QuizAttempt.objects.bulk_create(
                QuizAttempt(quiz=one, member=member)
                for one, member in zip(quizzes, members, strict=True)
            )
