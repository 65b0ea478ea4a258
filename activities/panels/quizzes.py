"""The quizzes that somebody may answer at the moment, on the own file only, and only if there are any."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from activities.queries.quizzes import waiting_for
from members.models import Member
from partybuild.panels import Panel

SHOWN = 5


class QuizPanel(Panel):
    code = "activities.quizzes"
    model = "members.member"
    permission = "members.view_own_file"
    title = "学习小测"
    head = ("小测",)
    own = True
    private = True
    empty = ""

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        waiting = waiting_for(record, timezone.localdate()).order_by("closes_on", "pk")[:SHOWN]
        return [
            (
                reverse("activities:answer_quiz", args=[quiz.public_id]),
                (f"{quiz}（到 {quiz.closes_on:%Y-%m-%d} 止，想答就答）",),
            )
            for quiz in waiting
        ]
