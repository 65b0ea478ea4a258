"""Reading ratings: which link opens, whom it asks about, how satisfied people are."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from assessments.models import Application, Campaign, PollLink, PollRemark, PollTally
from assessments.queries.campaigns import HANDED_IN
from branches.models import PartyOrganization
from partybuild.crypto import keyed_digest
from partybuild.scoping import everything

PURPOSE = "assessments.poll"
# Fewer answers about one unit could be told apart by who knows whom.
FEWEST = 3
ANSWERS = ("satisfied", "mostly", "dissatisfied", "unknown")
HUNDRED, TENTH = Decimal(100), Decimal("0.1")


def digest_of(token: str) -> str:
    """Return the keyed fingerprint under which the link of a secret is found."""
    return keyed_digest(token, purpose=PURPOSE)


def link_of(token: str) -> PollLink | None:
    """Return the link of a secret, whatever its state; None when no link has it."""
    with everything(reason="whoever holds the link of a rating has no account and no place"):
        found = PollLink.objects.filter(token_digest=digest_of(token))
        return found.select_related("campaign__organization", "organization").first()


def why_shut(link: PollLink, day: dt.date) -> str:
    """Return why a link cannot be used any more, '' while it can."""
    if link.is_used:
        return "这个链接已经用过了。每个链接只能评议一次，您的评议已经收到，不用再评。"
    if link.revoked_at:
        return "这个链接已经停用。如果您还想参加评议，请向发给您链接的单位要一个新的。"
    if link.expires_on < day:
        return f"评议已经在 {link.expires_on:%Y年%-m月%-d日} 结束，这个链接不能再用了。"
    return ""


def rated_units(link: PollLink) -> list[PartyOrganization]:
    """Return the units about which a link asks: its own one, else all that applied, in tree order."""
    if link.organization:
        return [link.organization]
    with everything(reason="whoever holds the link of a rating has no account and no place"):
        return list(units_that_applied(link.campaign))


def units_that_applied(campaign: Campaign) -> QuerySet[PartyOrganization]:
    """Return the units in scope whose application, or that of one of whose members, was handed in."""
    applied = Application.objects.filter(campaign=campaign, state__in=HANDED_IN)
    return PartyOrganization.objects.filter(
        pk__in=applied.order_by().values("organization")
    ).order_by("path")


@dataclass(frozen=True)
class Said:
    """How many said what; all counts at least 0."""

    satisfied: int = 0
    mostly: int = 0
    dissatisfied: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        return self.satisfied + self.mostly + self.dissatisfied + self.unknown

    def plus(self, other: "Said") -> "Said":
        """Return both together."""
        return Said(*(getattr(self, name) + getattr(other, name) for name in ANSWERS))


def satisfaction(said: Said, *, counts_unknown: bool) -> Decimal | None:
    """Return 满意率 between 0 and 1: (满意 + 基本满意) ÷ answers that count; None without any.

    不了解 counts in the denominator only where the campaign says so.
    """
    base = said.total if counts_unknown else said.total - said.unknown
    return Decimal(said.satisfied + said.mostly) / base if base else None


def formula_of(campaign: Campaign) -> str:
    """Say how 满意率 is computed."""
    rest = " ＋ 不了解" if campaign.counts_unknown else ""
    left = "" if campaign.counts_unknown else "；答“不了解”的不计"
    return f"满意率 ＝（满意 ＋ 基本满意）÷（满意 ＋ 基本满意 ＋ 不满意{rest}）{left}"


@dataclass(frozen=True)
class LinkFigures:
    """How many links of one kind of raters there are, were used, and can still be used."""

    made: int
    used: int
    open: int


def link_figures(campaign: Campaign, day: dt.date) -> dict[str, LinkFigures]:
    """Return the figures of the links by kind of rater, in one query."""
    open_now = Q(is_used=False, revoked_at__isnull=True, expires_on__gte=day)
    rows = PollLink.objects.filter(campaign=campaign).order_by().values("rater")
    counted: Any = rows.annotate(
        made=Count("pk"),
        used=Count("pk", filter=Q(is_used=True)),
        open=Count("pk", filter=open_now),
    )
    return {row["rater"]: LinkFigures(row["made"], row["used"], row["open"]) for row in counted}


def is_over(campaign: Campaign) -> bool:
    """Tell whether no link can be used any more: only then results are told, all at once.

    Shown meanwhile, one answer more would tell what the last rater said.
    """
    figures = link_figures(campaign, timezone.localdate()).values()
    return bool(figures) and not any(one.open for one in figures)


@dataclass(frozen=True)
class Result:
    """What was said of one unit (None: of all together): '' as rate where too few answered."""

    unit: str
    said: Said
    rate: str
    is_shown: bool
    organization: int | None = None


def results_of(campaign: Campaign, *, rater: str = "") -> list[Result]:
    """Return what was said of each unit, of one kind of raters or all; the whole stands last.

    Units with fewer than `FEWEST` answers are named without what was said, and so is one more when
    the whole would tell of a single one.
    """
    said: dict[int, Said] = {}
    labels: dict[int, str] = {}
    rows = PollTally.objects.filter(campaign=campaign).select_related("organization")
    for row in rows.filter(rater=rater) if rater else rows:
        one = Said(row.satisfied, row.mostly, row.dissatisfied, row.unknown)
        said[row.organization_id] = said.get(row.organization_id, Said()).plus(one)
        labels[row.organization_id] = row.organization.label
    hidden = _hidden(said)
    found = [
        replace(_result(campaign, labels[pk], one, is_shown=pk not in hidden), organization=pk)
        for pk, one in said.items()
    ]
    return [*found, _whole(campaign, said.values())] if len(found) > 1 else found


def own_result(application: Application) -> Result | None:
    """Return what the unit that applied is told of the rating about itself; None before it is over.

    The same figures as its committee reads of it, hidden under the same conditions.
    """
    if application.state not in HANDED_IN:
        return None
    with everything(reason="a unit reads what was said of itself, which lies at the committee"):
        results = results_of(application.campaign) if is_over(application.campaign) else []
    place = application.organization_id
    return next((one for one in results if one.organization == place), None)


def _hidden(said: dict[int, Said]) -> set[int]:
    few = {pk for pk, one in said.items() if one.total < FEWEST}
    if len(few) == 1 and len(said) > 1:
        rest = [pk for pk in said if pk not in few]
        few.add(min(rest, key=lambda pk: (said[pk].total, pk)))
    return few


def _whole(campaign: Campaign, said: Iterable[Said]) -> Result:
    whole = Said()
    for one in said:
        whole = whole.plus(one)
    return _result(campaign, "合计", whole, is_shown=whole.total >= FEWEST)


def _result(campaign: Campaign, unit: str, said: Said, *, is_shown: bool) -> Result:
    rate = satisfaction(said, counts_unknown=campaign.counts_unknown) if is_shown else None
    return Result(unit, said, "" if rate is None else percent(rate), is_shown)


def percent(rate: Decimal) -> str:
    """Return a rate as a percentage with one place, such as 98.5%."""
    return f"{(rate * HUNDRED).quantize(TENTH, ROUND_HALF_UP):f}%"


def links_of(campaign: Campaign) -> QuerySet[PollLink]:
    """Return the links of a campaign in scope, supervisors first."""
    rows = PollLink.objects.filter(campaign=campaign).select_related("organization")
    return rows.order_by("-rater", "pk")


def remarks_of(campaign: Campaign) -> QuerySet[PollRemark]:
    """Return the remarks of a campaign in scope, in no order that tells of the raters."""
    return PollRemark.objects.filter(campaign=campaign).order_by("public_id")
