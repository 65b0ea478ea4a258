"""Quizzes: one that has not opened yet, with an answer and a voided question, one that is open, one in the trash.

What a committee opens is read below it: there, nothing is open.
"""

import datetime as dt

from django.utils import timezone

from tests.factories.quizzes import QuizAttemptFactory, QuizFactory, QuizQuestionFactory


def furnish(place, member):
    organization, by = place.organization, place.secretary
    days = {"opens_on": dt.date(2027, 1, 4), "closes_on": dt.date(2027, 1, 15)}
    quiz = QuizFactory(organization=organization, made_by=by, **days)
    withdrawn = QuizFactory(organization=organization, deleted_at=timezone.now(), **days)
    running = QuizFactory(organization=organization, **(days if place.name == "parent" else {}))
    return (
        quiz,
        withdrawn,
        running,
        QuizQuestionFactory(quiz=quiz, voided_at=timezone.now(), void_reason="原因"),
        QuizAttemptFactory(quiz=quiz, member=member),
    )
