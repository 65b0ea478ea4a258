"""What a branch's meetings left to be done goes on with the branch it is merged into."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from activities.queries.votes import matters_open
from branches.services.handovers import Handover


class MatterBelonging(Handover):
    code = "activities.matters"
    order = 75

    def things(self, where: Q, *, since: dt.date | None = None) -> list[tuple[str, QuerySet[Any]]]:
        return [("未办结的议定事项", matters_open(where))]
