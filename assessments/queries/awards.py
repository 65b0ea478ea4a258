"""Reading what campaigns awarded: who holds what on a day, and what speaks for an award."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from assessments.models import (
    Application,
    AwardEvent,
    Campaign,
    CampaignAward,
    Finding,
    Scorecard,
)
from assessments.points import shown
from branches.models import PartyOrganization
from members.models import Member

Kind = AwardEvent.Kind


def awards_of(campaign: Campaign) -> QuerySet[CampaignAward]:
    """Return what a campaign awarded in scope, the highest grade first, as it holds by now."""
    rows = with_standing(CampaignAward.objects.filter(campaign=campaign))
    return rows.select_related("grade", "organization", "member").order_by(
        "grade__number", "organization__path", "pk"
    )


def with_standing(rows: QuerySet[CampaignAward]) -> QuerySet[Any]:
    """Annotate `awarded_on`, `valid_until` (None: without an end), `document`, `withdrawn_on`."""
    events = AwardEvent.objects.filter(award=OuterRef("pk"))
    holding = events.filter(kind__in=AwardEvent.HOLDS).order_by("-happened_on", "-pk")
    first, gone = events.filter(kind=Kind.AWARDED), events.filter(kind=Kind.WITHDRAWN)
    return rows.annotate(
        awarded_on=Subquery(first.values("happened_on")[:1]),
        document=Subquery(first.values("document")[:1]),
        valid_until=Subquery(holding.values("valid_until")[:1]),
        withdrawn_on=Subquery(gone.values("happened_on")[:1]),
    )


def held_on(day: dt.date) -> QuerySet[Any]:
    """Return the awards in scope that were held on a day, with what `with_standing` annotates.

    Held from the day it was awarded or renewed to the last day of its validity, and until the day
    before it was withdrawn; between the end and a late renewal it was not held.
    """
    events = AwardEvent.objects.filter(award=OuterRef("pk"), happened_on__lte=day)
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    holding = events.filter(lasting, kind__in=AwardEvent.HOLDS)
    gone = events.filter(kind=Kind.WITHDRAWN)
    return with_standing(CampaignAward.objects.filter(Exists(holding), ~Exists(gone)))


def standing_word(valid_until: dt.date | None, withdrawn_on: dt.date | None, day: dt.date) -> str:
    """Return how an award stands on a day: 已摘牌, 已到期, 有效."""
    if withdrawn_on and withdrawn_on <= day:
        return "已摘牌"
    return "已到期" if valid_until and valid_until < day else "有效"


def awards_held_by(
    day: dt.date, *, organization: PartyOrganization | None = None, member: Member | None = None
) -> QuerySet[Any]:
    """Return what a unit itself, or a member, holds on a day, the newest first."""
    rows = held_on(day)
    rows = (
        rows.filter(member=member)
        if member
        else rows.filter(organization=organization, member=None)
    )
    return rows.select_related("campaign", "grade", "organization").order_by("-awarded_on", "-pk")


def ending_by(day: dt.date, last: dt.date) -> QuerySet[Any]:
    """Return the awards held on a day whose validity ends by another day, the earliest first."""
    rows = held_on(day).filter(valid_until__isnull=False, valid_until__lte=last)
    return rows.select_related("campaign", "grade", "organization", "member").order_by(
        "valid_until", "organization__path", "pk"
    )


@dataclass(frozen=True)
class Evidence:
    """What speaks for and against an award: application, scorecard as text, open findings."""

    application: Application | None
    scorecard: str
    open_findings: int


def evidence_for(
    campaign: Campaign, organization: PartyOrganization, member: Member | None, day: dt.date
) -> Evidence:
    """Return the evidence about a unit or a member, in at most three queries."""
    applied = Application.objects.filter(
        campaign=campaign,
        organization=organization,
        member=member,
        state=Application.State.ACCEPTED,
    )
    findings = Finding.objects.filter(inspection__campaign=campaign, organization=organization)
    return Evidence(
        application=applied.select_related("organization", "member").first(),
        scorecard=scorecard_text(campaign, organization, member, day),
        open_findings=findings.exclude(state=Finding.State.CLOSED).count(),
    )


def scorecard_text(
    campaign: Campaign, organization: PartyOrganization, member: Member | None, day: dt.date
) -> str:
    """Return what the running scorecard of the campaign's scheme says, '' without one."""
    scheme = campaign.scheme
    if scheme is None:
        return ""
    period = scheme.period_on(day)
    kept = Scorecard.objects.filter(scheme=scheme, organization=organization, member=member)
    card = kept.filter(period=period.code, points__isnull=False).order_by(F("computed_at").desc())
    found = card.first()
    if found is None:
        return ""
    band = f"，{found.band}" if found.band else ""
    full = f"（满分 {shown(found.full_score)} 分）" if found.full_score else ""
    return f"{scheme.title} {period.title} {shown(found.points)} 分{full}{band}"[:200]
