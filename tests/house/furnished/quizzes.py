"""A quiz that has not opened yet, with a voided question, one in the trash, and what the member of the place answered."""

import datetime as dt

from django.utils import timezone

from tests.factories.quizzes import QuizAttemptFactory, QuizFactory, QuizQuestionFactory


def furnish(place, member):
    organization, by = place.organization, place.secretary
    days = {"opens_on": dt.date(2027, 1, 4), "closes_on": dt.date(2027, 1, 15)}
    quiz = QuizFactory(organization=organization, made_by=by, **days)
    withdrawn = QuizFactory(organization=organization, deleted_at=timezone.now(), **days)
    return (
        quiz,
        withdrawn,
        QuizQuestionFactory(quiz=quiz, voided_at=timezone.now(), void_reason="原因"),
        QuizAttemptFactory(quiz=quiz, member=member),
    )
