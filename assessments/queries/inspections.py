"""Reading inspections and findings: what the committee knows, and what a unit may read of it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from assessments.models import Campaign, Finding, Inspection, Rectification
from branches.models import PartyOrganization
from partybuild.periods import Period
from partybuild.scoping import everything


def inspections_of(campaign: Campaign) -> QuerySet[Inspection]:
    """Return the inspections of a campaign for its committee, with `found`, the newest first."""
    rows = Inspection.objects.filter(campaign=campaign).select_related("organization")
    return rows.annotate(found=Count("findings"))


def inspections_told(
    campaign: Campaign, organizations: Iterable[PartyOrganization]
) -> QuerySet[Inspection]:
    """Return what these units, which lie in the open scope, may read of the inspections of themselves.

    An announced one, and an unannounced one as soon as a finding was issued.
    """
    with everything(
        reason="a unit reads what it was told of inspections, which lie at the committee"
    ):
        rows = Inspection.objects.filter(campaign=campaign, organization__in=list(organizations))
        issued = Exists(Finding.objects.filter(inspection=OuterRef("pk")))
    shown = rows.filter(Q(kind=Inspection.Kind.ANNOUNCED) | issued)
    return shown.select_related("organization")


def findings_of(campaign: Campaign) -> QuerySet[Finding]:
    """Return the findings of a campaign in scope, the open ones first, then by deadline."""
    rows = Finding.objects.filter(inspection__campaign=campaign)
    return rows.select_related("organization", "inspection", "criterion").order_by(
        "-state", "due_on", "pk"
    )


def findings_at(campaign: Campaign, organization: PartyOrganization) -> QuerySet[Finding]:
    """Return the findings of a campaign at one unit, by deadline."""
    return (
        Finding.objects.filter(inspection__campaign=campaign, organization=organization)
        .select_related("inspection", "criterion", "organization")
        .order_by("due_on", "pk")
    )


def overdue(day: dt.date) -> QuerySet[Finding]:
    """Return the findings in scope that were not answered by their deadline, the oldest first."""
    rows = Finding.objects.filter(state=Finding.State.OPEN, due_on__lt=day)
    return rows.select_related("organization", "inspection__campaign").order_by("due_on", "pk")


def waiting_for_check() -> QuerySet[Finding]:
    """Return the answered findings in scope that wait for their re-check, the oldest first."""
    rows = Finding.objects.filter(state=Finding.State.ANSWERED)
    return rows.select_related("organization", "inspection__campaign").order_by("due_on", "pk")


def findings_during(period: Period) -> QuerySet[Any]:
    """Return the findings in scope of the inspections of a period, with `closed_at` (None: open)."""
    rows = Finding.objects.filter(inspection__inspected_on__range=(period.start, period.end))
    closed = Rectification.objects.filter(
        finding=OuterRef("pk"), verdict=Rectification.Verdict.CLOSED
    )
    return rows.annotate(closed_at=Subquery(closed.values("checked_at")[:1]))


def unsettled_where(where: Q) -> QuerySet[Finding]:
    """Return the findings in scope that are not closed and meet a condition on their unit."""
    return Finding.objects.filter(where).exclude(state=Finding.State.CLOSED)
