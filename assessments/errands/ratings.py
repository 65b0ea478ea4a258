"""Raters are told on their first page whom they have not rated yet."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from assessments.queries.ratings import OpenRating, ratings_open
from branches.models import User
from partybuild.errands import Asked, Errand


class RatingErrand(Errand):
    code = "assessments.ratings"
    title = "请您评分"
    permission = "assessments.rate_subject"

    def asked(self, user: User, day: dt.date) -> Iterable[Asked]:
        return [self._asked(one, day) for one in ratings_open(user)]

    @staticmethod
    def _asked(one: OpenRating, day: dt.date) -> Asked:
        cycle = one.rater.cycle
        return Asked(
            text=f"{cycle}：还有 {one.left} 个对象没有评",
            url=reverse("assessments:rate", args=[cycle.public_id]),
            action="去评分",
            due_on=cycle.review_until,
            is_late=cycle.review_until is not None and cycle.review_until < day,
        )
