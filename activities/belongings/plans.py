"""What a branch has planned goes on with the one it is merged into."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from activities.queries.plans import plans_ahead
from branches.services.handovers import Handover


class PlanBelonging(Handover):
    code = "activities.planned"
    order = 70

    def things(self, where: Q, *, since: dt.date | None = None) -> list[tuple[str, QuerySet[Any]]]:
        return [("计划的活动", plans_ahead(where, since=since))]
