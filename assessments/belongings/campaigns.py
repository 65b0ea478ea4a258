"""Campaigns and findings go on with the organisation that theirs is merged into.

An application and an award stay with the unit that made or got them: both are past facts.
"""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from assessments.queries.campaigns import own_campaigns
from assessments.queries.inspections import unsettled_where
from branches.services.handovers import Handover


class CampaignBelonging(Handover):
    code = "assessments.campaigns"
    order = 90

    def things(self, where: Q, *, since: dt.date | None = None) -> list[tuple[str, QuerySet[Any]]]:
        return [
            ("组织的创建活动", own_campaigns(where)),
            ("没有销号的检查问题", unsettled_where(where)),
        ]

    def bars_dissolution(self, organization: Any, on: dt.date) -> str:
        number = unsettled_where(Q(organization=organization)).count()
        if not number:
            return ""
        return f"“{organization.name}”还有 {number} 个检查问题没有销号，请先办理。"
