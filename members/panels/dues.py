"""Dues on a member's file: the months of this year and the last."""

import datetime as dt
from typing import Any

from django.utils import timezone

from members.models import Member
from members.queries.dues import read_member
from partybuild.panels import Panel

ELSEWHERE_SAID = "关系不在这里"


class DuesPanel(Panel):
    code = "members.dues"
    model = "members.member"
    permission = "members.view_dues"
    own = True
    title = "党费"
    head = ("月份", "应缴（元）", "当月收到（元）", "状态")
    empty = "还没有党费记录。"

    def summary(self, record: Member) -> str:
        today = timezone.localdate()
        first, last = dt.date(today.year, 1, 1), dt.date(today.year, 12, 1)
        person = read_member(record, first, last, today)
        standing = (
            f"月应缴 {person.standing.amount} 元，" if person.standing else "还没有定缴费标准，"
        )
        owed = f"，到现在欠 {person.owed} 元" if person.owed else ""
        return f"在{record.branch.label}缴纳，{standing}{today.year}年已缴 {person.paid} 元{owed}"

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        today = timezone.localdate()
        first, last = dt.date(today.year - 1, 1, 1), dt.date(today.year, 12, 1)
        months = reversed(read_member(record, first, last, today).months)
        return [
            ("", (f"{m.month:%Y-%m}", m.due or None, m.paid or None, m.word or ELSEWHERE_SAID))
            for m in months
            if m.paid or m.settled or (m.due and m.month <= today)
        ]
