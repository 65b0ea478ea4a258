"""The ledger of how leaders take part in the life of their own branch."""

from typing import Any

from django.db.models import QuerySet

from activities.queries.leaders import leaders_below, post_words
from partybuild.ledgers import Column, Integer, Ledger, Text
from partybuild.periods import Period


def away(due: int, present: int) -> int:
    """Return how often somebody was not there."""
    return due - present


class LeaderLedger(Ledger):
    code = "activities.leaders"
    title = "党员领导干部双重组织生活台账"
    permission = "activities.view_activity"
    about = "一名党员领导干部在所在党支部一行；免予参加期间没有到会的，不算应参加。"
    periodic = True
    record = "member__public_id"
    record_page = "members:member"
    order = ("place__path", "member__pinyin", "pk")
    columns = (
        Text("党支部", "place__name", width=24),
        Text("姓名", "member__name", width=10),
        Column("领导职务", ("post_title", "seat_place", "seat_post"), render=post_words, width=20),
        Integer("应参加", "due_count", total=True, width=9),
        Integer("实际参加", "present_count", total=True, width=9),
        Column(
            "没有参加",
            ("due_count", "present_count"),
            render=away,
            kind="integer",
            total=True,
            width=9,
        ),
    )

    def rows(self, period: Period) -> QuerySet[Any]:
        return leaders_below(period, organization=None, day=self.day(period))
