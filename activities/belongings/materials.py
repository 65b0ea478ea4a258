"""The materials of an organisation go on with the one it is merged into."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from activities.queries.materials import own_materials
from branches.services.handovers import Handover


class MaterialBelonging(Handover):
    code = "activities.materials"
    order = 80

    def things(self, where: Q, *, since: dt.date | None = None) -> list[tuple[str, QuerySet[Any]]]:
        return [("学习资料", own_materials(where))]
