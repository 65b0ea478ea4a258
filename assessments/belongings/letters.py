"""Letters that still hold go on with the organisation that theirs is merged into.

What a committee has issued stays issued by it: that is what was signed. The page of a letter says
that its secretary is another one by now, and the committee issues the next one where it wants to.
"""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from assessments.queries.letters import running_where
from branches.services.handovers import Handover


class LetterBelonging(Handover):
    code = "assessments.letters"
    order = 92

    def things(self, where: Q, *, since: dt.date | None = None) -> list[tuple[str, QuerySet[Any]]]:
        return [("没有到期的责任书", running_where(where, since or timezone.localdate()))]
