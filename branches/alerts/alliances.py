"""What needs attention about alliances."""

import datetime as dt
from collections.abc import Iterable

from branches.queries.alliances import overdue_pledges
from partybuild.alerts import Alert, Notice


class OverduePledges(Alert):
    code = "branches.overdue_pledges"
    title = "共建项目过了时限"
    permission = "branches.view_alliance"
    order = 62
    about = "过了完成时限还没有登记完成的共建项目。做完了请登记完成情况。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        for pledge in overdue_pledges(day).order_by("due_on", "pk"):
            yield Notice(
                f"{pledge.alliance.name}：{pledge.title}（{pledge.responsible}）",
                pledge.alliance.get_absolute_url(),
                place=pledge.alliance.lead.label,
                due_on=pledge.due_on,
                is_late=True,
            )
