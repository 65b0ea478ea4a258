"""What the discipline officer has to decide: ended periods, honours within an effect."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from members.queries.discipline import (
    corrections_ended,
    honours_to_check,
    probations_ended,
    rule_on,
)
from partybuild.alerts import Alert, Notice


class ProbationAlert(Alert):
    code = "members.probations"
    title = "留党察看期满"
    permission = "members.view_discipline"
    order = 20
    about = "期满要作出恢复党员权利或延长的决定；没有决定，表决权不会自己恢复。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        return [
            Notice(
                text=f"{row.member.name}：{row.probation_ends_on} 期满，还没有决定",
                url=row.get_absolute_url(),
                place=row.member.branch.label,
                due_on=row.probation_ends_on,
                cite=rule_on(row.decided_on).citation,
                is_late=True,
            )
            for row in probations_ended(day)
        ]


class CorrectionAlert(Alert):
    code = "members.corrections"
    title = "限期改正期满"
    permission = "members.view_discipline"
    order = 21
    about = "期满要写明改正的结果。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        return [
            Notice(
                text=f"{row.member.name}：{row.due_on} 期满，还没有写明结果",
                url=row.get_absolute_url(),
                place=row.member.branch.label,
                due_on=row.due_on,
                is_late=True,
            )
            for row in corrections_ended(day)
        ]


class HonourCheckAlert(Alert):
    code = "members.honour_checks"
    title = "处分影响期内的荣誉"
    permission = "members.change_discipline"
    order = 22
    about = "登记荣誉的人看不到处分，由纪检核对：同意保留，或者建议撤销。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        return [
            Notice(
                text=f"{honour.winner}：{honour.title}，{honour.awarded_on} 授予，请核对",
                url=reverse("members:check_honour", args=[honour.public_id]),
                place=honour.organization.label,
                due_on=honour.awarded_on,
                cite=rule_on(honour.awarded_on).citation,
            )
            for honour in honours_to_check()
        ]
