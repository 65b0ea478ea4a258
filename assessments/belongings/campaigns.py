"""Campaigns and findings go on with the organisation that theirs is merged into.

An application and an award stay with the unit that made or got them: both are past facts.
"""

import datetime as dt
from typing import Any

from django.db.models import Q

from assessments.queries.campaigns import own_campaigns
from assessments.queries.inspections import unsettled_where
from branches.queries.hanging import under
from branches.services.moves import keep_moves, undo_moves
from partybuild.belongings import Belonging
from partybuild.journal import Journal


class CampaignBelonging(Belonging):
    code = "assessments.campaigns"
    order = 90

    def counts(self, organization: Any) -> list[tuple[str, int]]:
        below = under(organization, "organization")
        found = [
            ("组织的创建活动", own_campaigns(below).count()),
            ("没有销号的检查问题", unsettled_where(below).count()),
        ]
        return [(word, number) for word, number in found if number]

    def bars_dissolution(self, organization: Any, on: dt.date) -> str:
        number = unsettled_where(Q(organization=organization)).count()
        if not number:
            return ""
        return f"“{organization.name}”还有 {number} 个检查问题没有销号，请先办理。"

    def merge(
        self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str
    ) -> list[tuple[str, int]]:
        journal = Journal()
        here = Q(organization=source)
        campaigns, findings = list(own_campaigns(here)), list(unsettled_where(here))
        rows: list[Any] = [*campaigns, *findings]
        for row in rows:
            journal.watch(row)
            row.organization = target
            row.version += 1
        journal.move(rows)
        keep_moves(journal, event=event, code=self.code)
        moved = [("组织的创建活动", len(campaigns)), ("没有销号的检查问题", len(findings))]
        return [(word, number) for word, number in moved if number]

    def unmerge(self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str) -> None:
        undo_moves(event=event, code=self.code)
