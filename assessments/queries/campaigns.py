"""Reading campaigns: which one may see, where they stand, how many strive and hold."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from assessments.models import (
    Application,
    Campaign,
    CampaignAward,
    CampaignCriterion,
    CampaignGrade,
    CampaignPhase,
    Finding,
)
from branches.models import PartyOrganization
from branches.queries.organizations import branches_in_scope, organizations_in_scope
from members.models import Member
from members.queries.roll import on_roll
from partybuild import paths
from partybuild.scoping import active_scope, everything

HANDED_IN = (Application.State.HANDED_IN, Application.State.ACCEPTED)
HUNDRED = Decimal(100)


def campaigns() -> QuerySet[Campaign]:
    """Return the campaigns of the open scope and those announced to it from above, newest first."""
    scope = active_scope()
    above = {path for top in scope.tops for path in paths.ancestors(top)}
    announced = Q(announced_at__isnull=False, organization__path__in=above)
    with everything(reason="what was announced is read by those below, beyond their scope"):
        found = Campaign.objects.select_related("organization", "scheme")
    return found.filter(scope.as_q("organization__path") | announced).order_by("-pk")


def campaigns_run() -> QuerySet[Campaign]:
    """Return the campaigns whose committee lies in the open scope, newest first."""
    return Campaign.objects.select_related("organization", "scheme").order_by("-pk")


def phases_of(campaign: Campaign) -> list[CampaignPhase]:
    """Return the phases in the order of their days; whoever may see a campaign may see these."""
    with everything(reason="whoever may see a campaign may see its phases"):
        return list(campaign.phases.all())


def criteria_of(campaign: Campaign) -> list[CampaignCriterion]:
    """Return the criteria in their order; whoever may see a campaign may see these."""
    with everything(reason="whoever may see a campaign may see its criteria"):
        return list(campaign.criteria.all())


def grades_of(campaign: Campaign) -> list[CampaignGrade]:
    """Return the grades, the highest first; whoever may see a campaign may see these."""
    with everything(reason="whoever may see a campaign may see its grades"):
        return list(campaign.grades.all())


def apply_until(phases: Iterable[CampaignPhase]) -> dt.date | None:
    """Return the last day on which an application is in time, None where no phase says."""
    days = [one.ended_on for one in phases if one.purpose == CampaignPhase.Purpose.APPLY]
    return max(days, default=None)


def is_late(application: Application, until: dt.date | None) -> bool:
    """Tell whether an application was handed in after the last day for it."""
    if until is None or application.handed_in_at is None:
        return False
    return timezone.localdate(application.handed_in_at) > until


def current_phase(phases: Iterable[CampaignPhase], day: dt.date) -> CampaignPhase | None:
    """Return the phase that runs on a day; of several the one that began last."""
    running = [one for one in phases if one.started_on <= day <= one.ended_on]
    return running[-1] if running else None


def subjects_below(campaign: Campaign) -> QuerySet[PartyOrganization]:
    """Return the living units in scope that may take part, those below the campaign's committee."""
    if campaign.subject == Campaign.Subject.UNIT:
        found = organizations_in_scope().exclude(pk=campaign.organization_id)
    else:
        found = branches_in_scope()
    top = campaign.organization.path
    return found.filter(path__gte=top, path__lt=paths.next_path(top)).order_by("path")


def has_room(campaign: Campaign) -> bool:
    """Tell whether somebody in scope can still apply: the campaign is announced, a unit has not yet."""
    if campaign.announced_at is None:
        return False
    if campaign.selects_members:
        return subjects_below(campaign).exists()
    applied = Application.objects.filter(campaign=campaign).order_by().values("organization")
    return subjects_below(campaign).exclude(pk__in=applied).exists()


def members_below(campaign: Campaign) -> QuerySet[Member]:
    """Return the members in scope who may take part: on the roll of a branch below."""
    found = Member.objects.filter(
        on_roll(timezone.localdate()), branch__in=subjects_below(campaign)
    )
    return found.select_related("branch").order_by("branch__path", "pinyin", "pk")


@dataclass(frozen=True)
class Figures:
    """How far a campaign has come: counts of units or members in scope, and open findings."""

    invited: int
    handed_in: int
    accepted: int
    findings: int
    late_findings: int
    awards: int


def figures_of(campaign: Campaign, day: dt.date) -> Figures:
    """Return the counts of a campaign in the open scope, in four queries."""
    applied = Application.objects.filter(campaign=campaign, state__in=HANDED_IN).aggregate(
        all=Count("pk"), accepted=Count("pk", filter=Q(state=Application.State.ACCEPTED))
    )
    found = open_findings(campaign).aggregate(
        all=Count("pk"),
        late=Count("pk", filter=Q(state=Finding.State.OPEN, due_on__lt=day)),
    )
    invited = members_below(campaign) if campaign.selects_members else subjects_below(campaign)
    return Figures(
        invited=invited.count(),
        handed_in=applied["all"],
        accepted=applied["accepted"],
        findings=found["all"],
        late_findings=found["late"],
        awards=CampaignAward.objects.filter(campaign=campaign).count(),
    )


def open_findings(campaign: Campaign) -> QuerySet[Finding]:
    """Return the findings of a campaign in scope that are not closed, the earliest due first."""
    found = Finding.objects.filter(inspection__campaign=campaign)
    return found.exclude(state=Finding.State.CLOSED).select_related("organization")


@dataclass(frozen=True)
class Quota:
    """How many hold a grade, how many may (None: any), counted from how many that applied."""

    grade: CampaignGrade
    given: int
    places: int | None
    base: int

    @property
    def is_exceeded(self) -> bool:
        return self.places is not None and self.given > self.places

    @property
    def told(self) -> str:
        """The state of the quota in words."""
        if self.places is None:
            return f"已命名 {self.given} 个，没有名额限制"
        share = f"{self.grade.share.normalize():f}%" if self.grade.share else ""
        return f"已命名 {self.given} 个；按申报 {self.base} 个的 {share} 算，名额 {self.places} 个"


def quotas_of(campaign: Campaign, grades: Sequence[CampaignGrade]) -> list[Quota]:
    """Return the quota of every grade, in two queries; places are rounded down."""
    base = Application.objects.filter(campaign=campaign, state__in=HANDED_IN).count()
    held = CampaignAward.objects.filter(campaign=campaign).exclude(events__kind="withdrawn")
    given: dict[int, int] = dict(
        held.order_by().values_list("grade").annotate(number=Count("pk", distinct=True))
    )
    return [Quota(one, given.get(one.pk, 0), _places(one, base), base) for one in grades]


def _places(grade: CampaignGrade, base: int) -> int | None:
    return None if grade.share is None else int(base * grade.share / HUNDRED)


def earlier_campaigns() -> QuerySet[Campaign]:
    """Return the campaigns that a new one may be copied from."""
    return campaigns_run()


def committees_that_run() -> QuerySet[Any]:
    """Return the organisations in scope that may run a campaign: those above branches."""
    kinds = PartyOrganization.BRANCH_KINDS
    return organizations_in_scope().exclude(kind__in=kinds).order_by("path")


def phases_by_campaign(rows: Iterable[Campaign]) -> dict[int, list[CampaignPhase]]:
    """Return the phases of campaigns that one may see, by campaign, in one query."""
    found: dict[int, list[CampaignPhase]] = {}
    with everything(reason="whoever may see a campaign may see its phases"):
        phases = list(CampaignPhase.objects.filter(campaign__in=[one.pk for one in rows]))
    for phase in phases:
        found.setdefault(phase.campaign_id, []).append(phase)
    return found


def own_campaigns(where: Q) -> QuerySet[Campaign]:
    """Return the campaigns in scope that meet a condition on their committee."""
    return Campaign.objects.filter(where)
