"""Writing why something was not held."""

import datetime as dt
from typing import Any

from django.db import transaction

from activities.models import Explanation, Meeting
from branches.models import PartyOrganization
from partybuild import audit


@transaction.atomic
def explain_absence(
    *, actor: Any, organization: PartyOrganization, kind: str, period_start: dt.date, reason: str
) -> Explanation:
    """Keep the reason why a form was not held in a period; it takes the place of 缺."""
    explanation, _ = Explanation.objects.update_or_create(
        organization=organization,
        kind=kind,
        period_start=period_start,
        defaults={"reason": reason, "given_by": actor},
    )
    audit.record(
        actor=actor,
        action="activities.explanation.given",
        subject=explanation,
        place=organization.path,
        summary=f"说明未召开{Meeting.Kind(kind).label}的原因",
        after={"period_start": period_start, "reason": reason},
    )
    return explanation
