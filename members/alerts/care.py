"""Whom nobody from the branch has visited for long."""

import datetime as dt
from collections.abc import Iterator

from members.queries.care import waiting_since
from partybuild.alerts import Alert, Notice
from partybuild.periods import add_months
from partybuild.regulations import RuleBook


class CareAlert(Alert):
    code = "members.care"
    title = "该走访的关怀对象"
    permission = "members.view_care"
    order = 60
    about = "关怀名单上的党员，几个月没有人走访就列在这里。月数由本级规定。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        book = RuleBook("members.care")
        for record in waiting_since(day):
            branch = record.member.branch
            months = book.on(day, place=branch.path).values["visits"]["months"]
            last: dt.date | None = vars(record)["visited_last"]
            due = add_months(last or record.started_on, months)
            if due <= day:
                said = f"上次走访 {last}" if last else f"{record.started_on} 列入后还没有走访"
                yield Notice(
                    text=f"{record.member.name}（{record.get_category_display()}）：{said}",
                    url=record.get_absolute_url(),
                    place=branch.label,
                    due_on=due,
                    cite=f"本级要求：每 {months} 个月走访一次",
                )
