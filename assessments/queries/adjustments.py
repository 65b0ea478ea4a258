"""Reading 加减分."""

from typing import Any

from django.db.models import QuerySet

from assessments.engine.results import Adjusted
from assessments.models import Adjustment, Scheme
from assessments.models.schemes import SubjectKey
from partybuild.periods import Period
from partybuild.scoping import everything

State = Adjustment.State


def adjustments_of(scheme: Scheme, period: Period) -> QuerySet[Adjustment]:
    """Return what was proposed of a scheme and period in scope, the newest first."""
    found = Adjustment.objects.filter(scheme=scheme, period=period.code)
    return found.select_related("organization__superior", "member", "proposed_by", "decided_by")


def approved_adjustments(
    scheme: Scheme, period: Period, subjects: QuerySet[Any]
) -> dict[SubjectKey, tuple[Adjusted, ...]]:
    """Return what counts for each subject, in the order of its approval, with one query."""
    if scheme.scores_members:
        with everything(reason="what was approved for a member goes along to the next branch"):
            rows = Adjustment.objects.filter(member__in=subjects)
    else:
        rows = Adjustment.objects.filter(organization__in=subjects)
    rows = rows.filter(scheme=scheme, period=period.code, state=State.APPROVED)
    rows = rows.order_by("decided_at", "pk")
    found: dict[SubjectKey, tuple[Adjusted, ...]] = {}
    for place, member, points, reason, paper in rows.values_list(
        "organization_id", "member_id", "points", "reason", "paper"
    ):
        one = Adjusted(points, f"{reason}（{paper}）")
        key = scheme.key_of(place, member)
        found[key] = (*found.get(key, ()), one)
    return found
