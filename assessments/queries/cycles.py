"""Reading cycles: which one judges a subject, how far it is, what is to be looked at."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from assessments.cards import Card, Named, SaidThen, Subject
from assessments.engine.document import Document
from assessments.engine.evaluation import evaluate
from assessments.engine.numbers import said
from assessments.engine.quotas import readings
from assessments.engine.results import Result
from assessments.engine.snapshots import inputs_from_data
from assessments.engine.states import State
from assessments.engine.written import from_plain
from assessments.models import (
    Appeal,
    Ballot,
    BandDecision,
    Cycle,
    Mark,
    Scheme,
    SchemeItem,
    SealedScorecard,
)
from assessments.models.schemes import SubjectKey
from assessments.queries.ballots import rated_lines, spreads
from assessments.queries.scorecards import scorecards
from assessments.queries.subjects import rows_seen, subjects_of, subjects_seen
from branches.models import PartyOrganization
from partybuild import paths
from partybuild.periods import Period
from partybuild.regulations import regulation
from partybuild.scoping import active_scope, everything, within

Stage = Cycle.Stage


def cycles() -> QuerySet[Cycle]:
    """Return the cycles of the open scope, and those of committees above it that judge there.

    While it is prepared a cycle is seen by its committee only.
    """
    scope = active_scope()
    above = {path for top in scope.tops for path in paths.ancestors(top)}
    with everything(reason="a branch sees the cycle in which its committee judges it"):
        rows = Cycle.objects.select_related("scheme", "organization__superior")
    from_above = Q(organization__path__in=above) & ~Q(stage=Stage.PREPARING)
    return rows.filter(scope.as_q("organization__path") | from_above)


def cycles_of(*, units: bool) -> QuerySet[Cycle]:
    """Return those of units, or those of all others: different people speak for them."""
    of_units = Q(scheme__subject=Scheme.Subject.UNIT)
    return cycles().filter(of_units if units else ~of_units)


def usual_publicity_days(place: PartyOrganization) -> int:
    """Return for how many working days results are made public, unless somebody says otherwise."""
    days: int = _rule(place)["publicity_working_days"]
    return days


def _rule(place: PartyOrganization) -> Any:
    return regulation("assessments.cycles", on=timezone.localdate(), place=place.path).values


def running_where(where: Q) -> QuerySet[Cycle]:
    """Return the cycles at the places of a condition that are not sealed yet."""
    return Cycle.objects.filter(where).exclude(stage__in=(Stage.SEALED, Stage.ARCHIVED))


def cycle_over(scheme: Scheme, period: Period, place: PartyOrganization) -> Cycle | None:
    """Return the cycle that judges an organisation by a scheme in a period, None without one."""
    above = paths.ancestors(place.path)
    if not scheme.scores_units:  # a unit's own cycle judges those below it
        above.append(place.path)
    with everything(reason="a branch's marks are open or closed by its committee's cycle"):
        found = Cycle.objects.filter(
            scheme=scheme, period=period.code, organization__path__in=above
        )
        return found.select_related("scheme", "organization").first()


def cycles_clashing(scheme: Scheme, period: Period, place: PartyOrganization) -> bool:
    """Tell whether a cycle of the same scheme and period stands above or below a committee."""
    with everything(reason="two cycles of one scheme must not judge the same branch"):
        same = Cycle.objects.filter(scheme=scheme, period=period.code)
        above = [*paths.ancestors(place.path), place.path]
        below = Q(
            organization__path__gte=place.path, organization__path__lt=paths.next_path(place.path)
        )
        return same.filter(Q(organization__path__in=above) | below).exists()


def subjects_in(cycle: Cycle) -> QuerySet[Any]:
    """Return whom a cycle judges, as far as the open scope reaches, in the order of the tree."""
    return subjects_of(cycle.scheme, cycle.span).filter(below_of(cycle))


def subjects_shown(cycle: Cycle) -> QuerySet[Any]:
    """Return the same with the units in which the open scope lies."""
    return subjects_seen(cycle.scheme, cycle.span).filter(below_of(cycle))


def below_of(cycle: Cycle) -> Q:
    """Return the condition that a subject stands below the committee of a cycle, which judges no units of itself."""
    path = cycle.organization.path
    place = "branch__path" if cycle.scheme.scores_members else "path"
    inside = Q(**{f"{place}__gte": path, f"{place}__lt": paths.next_path(path)})
    return inside & ~Q(path=path) if cycle.scheme.scores_units else inside


def cards_of(
    cycle: Cycle, subjects: QuerySet[Any] | None = None, who: list[Subject] | None = None
) -> list[Card]:
    """Return the scorecards of subjects of a cycle as they are now, read on today; `who` as there."""
    rows = subjects_in(cycle) if subjects is None else subjects
    return scorecards(cycle.scheme, rows, cycle.span, as_of=timezone.localdate(), who=who)


@dataclass(frozen=True)
class Standing:
    """How one subject stands in a cycle: its card, what was decided, what is to be looked at."""

    card: Card
    decision: BandDecision | None
    appeals: int
    remarks: tuple[str, ...]

    @property
    def subject(self) -> Subject:
        return self.card.subject

    @property
    def is_finished(self) -> bool:
        return self.card.result.total.points is not None or bool(self.card.result.excluded)

    @property
    def final_band(self) -> str:
        return self.decision.band if self.decision else self.card.band

    @property
    def open_lines(self) -> list[str]:
        """What nobody has scored yet."""
        return _waiting(self.card)


@dataclass(frozen=True)
class Overview:
    """All subjects of a cycle in scope, and what holds of them together."""

    cycle: Cycle
    standings: list[Standing]

    @cached_property
    def unfinished(self) -> list[Standing]:
        return [one for one in self.standings if not one.is_finished]

    @cached_property
    def without_own(self) -> list[Standing]:
        """Who has not said everything of itself."""
        return [one for one in self.standings if _waiting(one.card, own=True)]

    @cached_property
    def remarked(self) -> list[Standing]:
        return [one for one in self.standings if one.remarks]

    @cached_property
    def bands(self) -> list[tuple[str, int]]:
        """How many are in each band as it is decided now, in the scheme's order."""
        counted = Counter(one.final_band for one in self.standings)
        order = [band.name for band in self.cycle.scheme.plan.bands]
        return [(name, counted[name]) for name in order]

    @cached_property
    def quotas(self) -> list[str]:
        plan = self.cycle.scheme.plan
        counted = Counter(one.final_band for one in self.standings)
        return readings(plan, counted, len(self.standings)) if plan.quotas else []


def overview(cycle: Cycle, subjects: QuerySet[Any] | None = None) -> Overview:
    """Return how the subjects of a cycle stand; queries do not grow with them."""
    decisions = {
        cycle.scheme.key_of(one.organization_id, one.member_id): one
        for one in rows_seen(cycle.scheme, BandDecision)
        .filter(cycle=cycle)
        .select_related("decided_by")
    }
    appeals = {
        cycle.scheme.key_of(place, member): often
        for place, member, often in Appeal.objects.filter(cycle=cycle, answered_at=None)
        .order_by()
        .values_list("organization_id", "member_id")
        .annotate(Count("pk"))
    }
    ballots = _ballots(cycle)
    doubtful = Decimal(_rule(cycle.organization)["doubtful_gap_percent"]) / 100
    return Overview(
        cycle,
        [
            Standing(
                card,
                decisions.get(card.subject.key),
                appeals.get(card.subject.key, 0),
                tuple(_remarks(cycle, card, ballots.get(card.subject.key, []), doubtful)),
            )
            for card in cards_of(cycle, subjects)
        ],
    )


def _ballots(cycle: Cycle) -> dict[SubjectKey, list[Ballot]]:
    found: dict[SubjectKey, list[Ballot]] = {}
    if rated_lines(cycle.scheme.plan):
        for ballot in Ballot.objects.filter(rater__cycle=cycle).select_related("rater__user"):
            key = cycle.scheme.key_of(ballot.organization_id, ballot.member_id)
            found.setdefault(key, []).append(ballot)
    return found


def _remarks(cycle: Cycle, card: Card, ballots: list[Ballot], doubtful: Decimal) -> Iterable[str]:
    """Yield what a person should look at before anything is made public; hints, no penalties."""
    own, others = _waiting(card, own=True), _waiting(card, own=False)
    if own:
        yield f"自评还没有填：{_named(own)}"
    # Before 评审 nobody else has anything to say.
    if others and cycle.stage not in {Stage.PREPARING, Stage.SELF}:
        yield f"还没有评：{_named(others)}"
    recused = [one for one in ballots if one.recusal]
    if recused:
        yield f"{len(recused)} 名评分人回避"
    given = [one.votes for one in ballots if not one.recusal]
    for spread in spreads(rated_lines(cycle.scheme.plan), given):
        if spread.range > spread.rated.rule.highest * doubtful:
            yield (
                f"“{spread.rated.title}”各人评分相差大：最低 {said(spread.lowest)}，"
                f"最高 {said(spread.highest)}"
            )
    yield from _gaps(card, doubtful)


def _waiting(card: Card, *, own: bool | None = None) -> list[str]:
    """Return the titles of the lines that nobody has scored yet; with `own` of one part only."""
    plan = card.result.document
    waiting = [
        one.line.title
        for side in card.result.sides
        for one in side.lines
        if one.state is State.UNSCORED and own in {None, plan.is_own(side.side, one.line)}
    ]
    return list(dict.fromkeys(waiting))


def _named(titles: list[str]) -> str:
    named = "、".join(f"“{title}”" for title in titles[:3])
    return f"{named}等 {len(titles)} 项" if len(titles) > 3 else named  # noqa: PLR2004 -- three are named


def _gaps(card: Card, doubtful: Decimal) -> Iterable[str]:
    """Yield lines in which two sides are further apart than a share of the full mark."""
    by_line: dict[str, list[tuple[str, Any, Any]]] = {}
    for side in card.result.sides:
        for one in side.lines:
            if one.points is not None and one.line.counts and one.line.full:
                told = (side.side.name, one.points, one.line.full)
                by_line.setdefault(one.line.title, []).append(told)
    for title, sides_of in by_line.items():
        points = [number for _, number, _ in sides_of]
        if len(points) > 1 and max(points) - min(points) > sides_of[0][2] * doubtful:
            sides = "，".join(f"{name} {said(number)}" for name, number, _ in sides_of)
            yield f"“{title}”两方相差大：{sides}"


def own_items(cycle: Cycle) -> list[tuple[SchemeItem, str]]:
    """Return what subjects score themselves, each with the side, in the scheme's order."""
    return _items(cycle, own=True)


def own_keys(cycle: Cycle) -> set[tuple[str, str]]:
    """Return what subjects score themselves, as (line, side)."""
    return set(_judged(cycle.scheme.plan, own=True))


def _judged(plan: Document, *, own: bool) -> Iterator[tuple[str, str]]:
    """Yield what people score on their own account, or on that of others, as (line, side)."""
    for line in plan.lines:
        for side in plan.all_sides:
            if line.is_judged and plan.is_scored(side, line) and plan.is_own(side, line) == own:
                yield line.code, side.code


def waiting_appeals() -> QuerySet[Appeal]:
    """Return the appeals in scope that nobody has answered; those of one's own unit are for others."""
    found = Appeal.objects.filter(answered_at=None, cycle__stage=Stage.PUBLICITY)
    own = Q(cycle__scheme__subject=Scheme.Subject.UNIT, organization__path__in=active_scope().tops)
    return (
        found.exclude(own)
        .select_related("cycle", "organization__superior")
        .order_by("filed_at", "pk")
    )


def committee_items(cycle: Cycle) -> list[tuple[SchemeItem, str]]:
    """Return what the committee scores, each with the side; what raters score is not among it."""
    rated = {one.line.code for one in rated_lines(cycle.scheme.plan)}
    return [(item, side) for item, side in _items(cycle, own=False) if item.code not in rated]


def _items(cycle: Cycle, *, own: bool) -> list[tuple[SchemeItem, str]]:
    found = cycle.scheme.items.filter(is_judged=True, number__gt=0).select_related("scheme")
    by_code = {item.code: item for item in found}
    return [(by_code[line], side) for line, side in _judged(cycle.scheme.plan, own=own)]


def marks_in(cycle: Cycle, subjects: QuerySet[Any]) -> dict[tuple[SubjectKey, str, int], Mark]:
    """Return the marks of subjects of a cycle by subject, side and number of the line."""
    rows = Mark.objects.filter(item__scheme=cycle.scheme, period=cycle.period)
    wanted = subjects.order_by().values("pk")
    rows = (
        rows.filter(member__in=wanted)
        if cycle.scheme.scores_members
        else rows.filter(organization__in=wanted)
    )
    return {
        (
            cycle.scheme.key_of(mark.organization_id, mark.member_id),
            mark.side,
            mark.item.number,
        ): mark
        for mark in rows.select_related("item__scheme", "given_by")
    }


# What was sealed.


def sealed_cards(cycle: Cycle) -> QuerySet[SealedScorecard]:
    """Return what was sealed of the subjects one sees, without what it follows from."""
    found = rows_seen(cycle.scheme, SealedScorecard).filter(cycle=cycle).defer("inputs", "said")
    return found.select_related("organization__superior", "member").order_by("position")


def result_of(sealed: SealedScorecard, document: dict[str, Any]) -> Result:
    """Compute a sealed scorecard again from nothing but what was sealed."""
    return evaluate(from_plain(document), inputs_from_data(sealed.inputs))


def said_in(sealed: SealedScorecard) -> dict[tuple[str, str], SaidThen]:
    """Return who said what of each line, as it was sealed."""
    return {
        (side, line): SaidThen(Named(name), dt.datetime.fromisoformat(at), reason, evidence)
        for side, line, name, at, reason, evidence in sealed.said
    }


def appeals_of(cycle: Cycle) -> QuerySet[Appeal]:
    """Return the appeals of a cycle in scope, the unanswered first."""
    found = Appeal.objects.filter(cycle=cycle)
    return found.select_related(
        "cycle__scheme", "organization__superior", "member", "item", "filed_by", "answered_by"
    ).order_by("-is_upheld", "filed_at", "pk")


def cards_within(cycle: Cycle) -> list[Card]:
    """Return all cards of a cycle, whatever part of it the open scope holds."""
    with within(cycle.organization.path):
        return cards_of(cycle)


def publicity_over(cycle: Cycle) -> bool:
    """Tell whether the days in which one may appeal are over."""
    return bool(cycle.publicity_until and timezone.localdate() > cycle.publicity_until)


def stage_title(cycle: Cycle) -> str:
    """Return the stage with its last day."""
    until = {
        Stage.SELF: cycle.self_until,
        Stage.REVIEW: cycle.review_until,
        Stage.PUBLICITY: cycle.publicity_until,
    }.get(Stage(cycle.stage))
    label = Stage(cycle.stage).label
    return f"{label}，到 {until.month}月{until.day}日" if until else label
