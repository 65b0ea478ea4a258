"""Reading 加减分."""

from typing import Any

from django.db.models import QuerySet

from assessments.engine.results import Adjusted
from assessments.models import Adjustment, Scheme
from partybuild.periods import Period

Key = tuple[int, int | None]
State = Adjustment.State


def adjustments_of(scheme: Scheme, period: Period) -> QuerySet[Adjustment]:
    """Return what was proposed of a scheme and period in scope, the newest first."""
    found = Adjustment.objects.filter(scheme=scheme, period=period.code)
    return found.select_related("organization__superior", "member", "proposed_by", "decided_by")


def approved_adjustments(
    scheme: Scheme, period: Period, subjects: QuerySet[Any]
) -> dict[Key, tuple[Adjusted, ...]]:
    """Return what counts for each subject, in the order of its approval, with one query."""
    rows = Adjustment.objects.filter(
        scheme=scheme, period=period.code, state=State.APPROVED
    ).order_by("decided_at", "pk")
    rows = (
        rows.filter(member__in=subjects)
        if scheme.scores_members
        else rows.filter(organization__in=subjects, member=None)
    )
    found: dict[Key, tuple[Adjusted, ...]] = {}
    for place, member, points, reason, paper in rows.values_list(
        "organization_id", "member_id", "points", "reason", "paper"
    ):
        one = Adjusted(points, f"{reason}（{paper}）")
        found[place, member] = (*found.get((place, member), ()), one)
    return found
