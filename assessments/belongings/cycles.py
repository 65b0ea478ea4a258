"""Running cycles and drafts of schemes go on with the committee that theirs is merged into.

What was sealed stays with the committee that published it, marks and ballots with their branch.
"""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from assessments.queries.cycles import running_where
from assessments.queries.drafts import drafts_where
from branches.services.handovers import Handover
from partybuild.belongings import MoveRefused


class CycleBelonging(Handover):
    code = "assessments.cycles"
    order = 91

    def things(self, where: Q, *, since: dt.date | None = None) -> list[tuple[str, QuerySet[Any]]]:
        return [
            ("没有公布的考核批次", running_where(where)),
            ("考核方案草稿", drafts_where(where)),
        ]

    def bars_dissolution(self, organization: Any, on: dt.date) -> str:
        number = running_where(Q(organization=organization)).count()
        if not number:
            return ""
        return f"“{organization.name}”还有 {number} 批考核没有公布，请先公布。"

    def merge(
        self, *, actor: Any, source: Any, target: Any, on: dt.date, event: str
    ) -> list[tuple[str, int]]:
        theirs = set(target.cycles.values_list("scheme_id", "period"))
        for one in running_where(Q(organization=source)):
            if (one.scheme_id, one.period) in theirs:
                raise MoveRefused(f"对方已有用同一个方案考核同一期的批次，请先把“{one}”公布。")
        return super().merge(actor=actor, source=source, target=target, on=on, event=event)
