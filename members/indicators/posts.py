"""The indicator of vanguard posts: how many a member held."""

from django.db.models import QuerySet

from members.indicators.people import MemberFrequency
from members.queries.posts import held_in
from partybuild.periods import Period


class VanguardPostsHeld(MemberFrequency):
    """Counts a post in the month in which it began, or in the first month if it was held before."""

    code = "members.vanguard_posts_held"
    title = "担任先锋岗数"
    unit = "个"
    evidence = ("members.vanguard_posts", {"held": "period"})

    def records(self, period: Period) -> QuerySet:
        return held_in(period)
