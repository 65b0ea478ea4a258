"""The cases of development on a person's file."""

from typing import Any

from django.utils import timezone

from members.models import Member
from members.queries.development import cards_of, cases_of
from partybuild.panels import Panel


class DevelopmentPanel(Panel):
    code = "members.development"
    model = "members.member"
    permission = "members.view_development"
    title = "培养档案"
    head = ("建档日期", "党支部", "阶段", "下一步", "提醒")
    empty = "没有培养档案。"

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        return [
            (
                card.case.get_absolute_url(),
                (
                    card.case.opened_on,
                    card.case.organization.label,
                    card.case.get_outcome_display() or card.stage,
                    card.next_step,
                    "；".join(finding.text for finding in card.findings if finding.is_open),
                ),
            )
            for card in cards_of(list(cases_of(record)), timezone.localdate())
        ]
