"""Reading applications: who strives, what they say of themselves, what was found there."""

from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from assessments.models import Application, ApplicationStatement, Campaign, Finding
from partybuild.periods import Period

Opinion = ApplicationStatement.Opinion


def applications_of(campaign: Campaign) -> QuerySet[Any]:
    """Return the applications of a campaign in scope with counts of opinions and findings.

    Annotates `met`, `partly`, `not_met`, `found` and `unsettled`.
    """
    rows = Application.objects.filter(campaign=campaign).select_related("organization", "member")
    return with_counts(rows).order_by("organization__path", "pk")


def with_counts(rows: QuerySet[Application]) -> QuerySet[Any]:
    """Annotate how often which opinion was given, and how many findings the unit has."""
    said = {
        name: Count("statements", filter=Q(statements__opinion=opinion))
        for name, opinion in (
            ("met", Opinion.MET),
            ("partly", Opinion.PARTLY),
            ("not_met", Opinion.NOT_MET),
        )
    }
    findings = Finding.objects.filter(
        organization=OuterRef("organization"), inspection__campaign=OuterRef("campaign")
    )
    unsettled = findings.exclude(state=Finding.State.CLOSED)
    return rows.annotate(**said, found=_number(findings), unsettled=_number(unsettled))


def _number(rows: QuerySet[Finding]) -> Any:
    counted = rows.order_by().values("organization").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted[:1], output_field=IntegerField()), 0)


def statements_of(application: Application) -> dict[int, ApplicationStatement]:
    """Return what was said by criterion."""
    return {one.criterion_id: one for one in application.statements.all()}


def waiting_applications() -> QuerySet[Application]:
    """Return the applications in scope that nobody has decided about, the earliest first."""
    rows = Application.objects.filter(state=Application.State.HANDED_IN)
    return rows.select_related("organization", "member", "campaign").order_by(
        F("handed_in_at").asc(nulls_last=True), "pk"
    )


def handed_in_during(period: Period) -> QuerySet[Any]:
    """Return the applications in scope that were handed in within a period, with their counts."""
    rows = Application.objects.filter(handed_in_at__date__range=(period.start, period.end))
    return with_counts(rows)
