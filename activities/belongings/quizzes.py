"""The quizzes of an organisation go on with the one it is merged into."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from activities.queries.quizzes import quizzes_where
from branches.services.handovers import Handover


class QuizBelonging(Handover):
    code = "activities.quizzes"
    order = 81

    def things(self, where: Q, *, since: dt.date | None = None) -> list[tuple[str, QuerySet[Any]]]:
        return [("学习小测", quizzes_where(where))]
