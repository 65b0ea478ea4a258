"""Reading a campaign for its 简报: where it stands, in figures and in the order of the tree."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from assessments.models import Application, Campaign, CampaignPhase, Finding, Inspection
from assessments.queries.awards import awards_of, standing_word
from assessments.queries.campaigns import Figures, current_phase, figures_of, phases_of
from assessments.queries.polls import (
    LinkFigures,
    Result,
    is_over,
    link_figures,
    results_of,
)


@dataclass(frozen=True)
class Inspected:
    """How often was inspected, how many units, and what became of the findings."""

    announced: int
    unannounced: int
    units: int
    issued: int
    closed: int
    answered: int
    open: int
    late: int


@dataclass(frozen=True)
class Held:
    """One award as the brief names it: who, which grade, its days, how it stands (有效, 已到期, 已摘牌)."""

    whose: str
    grade: str
    awarded_on: dt.date | None
    valid_until: dt.date | None
    standing: str


@dataclass(frozen=True)
class Brief:
    """简报: a campaign on one page, as it stands on a day. Units stand in the order of the tree."""

    campaign: Campaign
    day: dt.date
    phases: list[CampaignPhase]
    current: CampaignPhase | None
    figures: Figures
    returned: int
    inspected: Inspected
    links: dict[str, LinkFigures]
    is_over: bool
    results: list[Result]
    awards: list[Held]

    @property
    def answers(self) -> int:
        """How many people have rated."""
        return sum(one.used for one in self.links.values())

    @property
    def units(self) -> list[Result]:
        """What was said of each unit, without the whole."""
        return [one for one in self.results if one.organization is not None]

    @property
    def whole(self) -> Result | None:
        """What was said of all together, None where there is but one unit."""
        return next((one for one in self.results if one.organization is None), None)


def brief_of(campaign: Campaign, day: dt.date) -> Brief:
    """Return the brief of a campaign in the open scope, in a constant number of queries."""
    phases = phases_of(campaign)
    over = is_over(campaign)
    returned = Application.objects.filter(campaign=campaign, state=Application.State.RETURNED)
    return Brief(
        campaign=campaign,
        day=day,
        phases=phases,
        current=current_phase(phases, day),
        figures=figures_of(campaign, day),
        returned=returned.count(),
        inspected=_inspected(campaign, day),
        links=link_figures(campaign, day),
        is_over=over,
        results=results_of(campaign) if over else [],
        awards=_awards(campaign, day),
    )


def _inspected(campaign: Campaign, day: dt.date) -> Inspected:
    kind, state = Inspection.Kind, Finding.State
    visits: dict[str, Any] = Inspection.objects.filter(campaign=campaign).aggregate(
        announced=Count("pk", filter=Q(kind=kind.ANNOUNCED)),
        unannounced=Count("pk", filter=Q(kind=kind.UNANNOUNCED)),
        units=Count("organization", distinct=True),
    )
    found: dict[str, Any] = Finding.objects.filter(inspection__campaign=campaign).aggregate(
        issued=Count("pk"),
        closed=Count("pk", filter=Q(state=state.CLOSED)),
        answered=Count("pk", filter=Q(state=state.ANSWERED)),
        open=Count("pk", filter=Q(state=state.OPEN)),
        late=Count("pk", filter=Q(state=state.OPEN, due_on__lt=day)),
    )
    return Inspected(**visits, **found)


def _awards(campaign: Campaign, day: dt.date) -> list[Held]:
    rows: Any = awards_of(campaign).order_by("organization__path", "member__pinyin", "pk")
    return [
        Held(
            one.whose,
            one.grade.name,
            one.awarded_on,
            one.valid_until,
            standing_word(one.valid_until, one.withdrawn_on, day),
        )
        for one in rows
    ]
