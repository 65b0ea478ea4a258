"""Reading how good: which branches a scheme concerns, and their scorecards with explanations."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from activities.indicators.meetings import MeetingFrequency
from assessments.ladders import (
    Lift,
    Reading,
    Record,
    Rung,
    State,
    Stretch,
    explain,
    lifts,
    read,
    upkeep,
)
from assessments.models import Mark, Scheme, SchemeItem, Scorecard
from assessments.points import shown
from branches.models import PartyOrganization, Term
from branches.queries.organizations import existed_throughout
from branches.queries.placements import existing_in
from branches.queries.terms import had_committee, terms_by_organization
from partybuild.indicators import Indicator, Measure, indicators
from partybuild.periods import Period


@dataclass(frozen=True)
class Line:
    """One line of a scorecard: its points and everything that explains them.

    `points` is None unless the state is scored. A measured line carries its `stretches`, the
    number of records and what would lift it; a judged one its mark.
    """

    item: SchemeItem
    state: State
    points: Decimal | None = None
    stretches: tuple[Stretch, ...] = ()
    records: int = 0
    why: str = ""
    lifts: tuple[Lift, ...] = ()
    upkeep: str = ""
    mark: Mark | None = None

    @property
    def counts(self) -> bool:
        return self.state is not State.NOT_APPLICABLE


@dataclass(frozen=True)
class Part:
    """A part of the full marks, with its place on a bar in percent as SVG writes it."""

    name: str
    label: str
    points: Decimal
    left: str
    width: str


def _parts(sizes: list[tuple[str, str, Decimal]], whole: Decimal) -> Iterator[Part]:
    left = Decimal(0)
    for name, label, points in sizes:
        width = points * 100 / whole
        yield Part(name, label, points, f"{left:.2f}", f"{width:.2f}")
        left += width


@dataclass(frozen=True)
class Card:
    """The scorecard of one branch: its lines in the order of the scheme, and their sums."""

    organization: PartyOrganization
    lines: tuple[Line, ...] = field(default=())

    @property
    def points(self) -> Decimal:
        return sum((line.points for line in self.lines if line.points is not None), Decimal(0))

    @property
    def full_score(self) -> Decimal:
        """The full marks of all lines that apply to this branch."""
        return sum((line.item.full_score for line in self.lines if line.counts), Decimal(0))

    @property
    def scored_full_score(self) -> Decimal:
        """The full marks of the lines that have points already."""
        scored = (line for line in self.lines if line.state is State.SCORED)
        return sum((line.item.full_score for line in scored), Decimal(0))

    def count(self, state: State) -> int:
        return sum(line.state is state for line in self.lines)

    @property
    def unscored(self) -> int:
        return self.count(State.UNSCORED)

    @property
    def pending(self) -> int:
        return self.count(State.PENDING)

    @property
    def not_applicable(self) -> int:
        return self.count(State.NOT_APPLICABLE)

    @property
    def parts(self) -> list["Part"]:
        """What the full marks consist of: 已得、未得、未到期、未评, each as a part of the whole."""
        waiting = {
            state: sum((w.item.full_score for w in self.lines if w.state is state), Decimal(0))
            for state in (State.PENDING, State.UNSCORED)
        }
        sizes = [
            ("scored", "已得", self.points),
            ("lost", "未得", self.scored_full_score - self.points),
            ("pending", "未到期", waiting[State.PENDING]),
            ("unscored", "未评", waiting[State.UNSCORED]),
        ]
        return list(_parts([size for size in sizes if size[2] > 0], self.full_score))

    @property
    def is_complete(self) -> bool:
        """Tell whether every line that applies has points; until then the total is 未完成."""
        return not self.unscored and not self.pending


def newest_scheme(code: str) -> Scheme | None:
    """Return the newest edition of a scheme."""
    return Scheme.objects.filter(code=code).order_by("-edition").first()


def subjects_of(scheme: Scheme, period: Period) -> QuerySet[PartyOrganization]:
    """Return the branches that existed at some time of a period, in the order of the tree."""
    kinds = PartyOrganization.BRANCH_KINDS
    return PartyOrganization.objects.filter(existing_in(period), kind__in=kinds).order_by("path")


def scorecards(
    scheme: Scheme, subjects: QuerySet[PartyOrganization], period: Period, *, as_of: dt.date
) -> list[Card]:
    """Return the scorecards of all subjects, read on a day.

    One query for each indicator of the scheme, and four more, however many subjects there are.
    """
    facts = _Facts.read(scheme, subjects, period, as_of)
    return [
        Card(place, tuple(facts.line(item, place) for item in facts.items))
        for place in facts.places
    ]


@dataclass
class _Facts:
    period: Period
    as_of: dt.date
    items: list[SchemeItem]
    places: list[PartyOrganization]
    measures: dict[str, dict[int, Measure]]
    terms: dict[int, list[Term]]
    marks: dict[tuple[int, int], Mark]

    @classmethod
    def read(
        cls,
        scheme: Scheme,
        subjects: QuerySet[PartyOrganization],
        period: Period,
        as_of: dt.date,
    ) -> "_Facts":
        items = list(scheme.items.order_by("number"))
        codes = sorted({item.indicator for item in items if item.indicator})
        terms = terms_by_organization(subjects)
        given = Mark.objects.filter(
            item__scheme=scheme, organization__in=subjects, period=period.code
        ).select_related("given_by")
        return cls(
            period=period,
            as_of=as_of,
            items=items,
            places=list(subjects),
            measures={code: indicators[code].measure(subjects, period) for code in codes},
            terms=terms,
            marks={(mark.item_id, mark.organization_id): mark for mark in given},
        )

    def line(self, item: SchemeItem, place: PartyOrganization) -> Line:
        if item.indicator:
            return self._measured(item, place)
        mark = self.marks.get((item.pk, place.pk))
        if mark is None:
            return Line(item, State.UNSCORED, why="由人评分，还没有评")
        return Line(item, State.SCORED, mark.points, why=mark.reason, mark=mark)

    def _measured(self, item: SchemeItem, place: PartyOrganization) -> Line:
        indicator = indicators[item.indicator]
        record = self._record(indicator, place)
        ladder = [Rung.of(option) for option in item.options]
        reading = read(ladder, record)
        return Line(
            item,
            reading.state,
            reading.points,
            stretches=reading.stretches,
            records=record.total,
            why=f"{self._since(place)}{self._why(indicator, place, ladder, record, reading)}",
            lifts=tuple(lifts(ladder, record, reading)),
            upkeep=upkeep(record, reading) if reading.points == item.full_score else "",
        )

    def _record(self, indicator: Indicator, place: PartyOrganization) -> Record:
        months = list(self.period.split("month"))
        measured: Any = self.measures[indicator.code].get(place.pk, (0,) * len(months))
        owed = tuple(
            existed_throughout(place, month)
            and (not _needs_committee(indicator) or had_committee(self.terms[place.pk], month))
            for month in months
        )
        return Record(self.period, measured, owed, self.as_of)

    def _since(self, place: PartyOrganization) -> str:
        founded = place.founded_on
        if founded is None or founded <= self.period.start:
            return ""
        return f"{founded.month}月{founded.day}日成立，之后的完整期间才计；"

    def _why(
        self,
        indicator: Indicator,
        place: PartyOrganization,
        ladder: list[Rung],
        record: Record,
        reading: Reading,
    ) -> str:
        committee = not _needs_committee(indicator) or had_committee(
            self.terms[place.pk], self.period
        )
        if reading.state is State.NOT_APPLICABLE and not committee:
            return "本届没有设支部委员会，此项不计分"
        return explain(ladder, record, reading)


def _needs_committee(indicator: Indicator) -> bool:
    return isinstance(indicator, MeetingFrequency) and indicator.needs_committee


def card_as_data(card: Card) -> dict[str, Any]:
    """Return a scorecard as plain data: texts for points, null where there are none."""
    return {
        "organization": card.organization.code,
        "name": card.organization.name,
        "points": shown(card.points),
        "full_score": shown(card.full_score),
        "complete": card.is_complete,
        "unscored": card.unscored,
        "pending": card.pending,
        "not_applicable": card.not_applicable,
        "lines": [line_as_data(line) for line in card.lines],
    }


def line_as_data(line: Line) -> dict[str, Any]:
    """Return a line as plain data; `measured` holds [title, records, state] of each stretch."""
    return {
        "number": line.item.number,
        "category": line.item.category,
        "title": line.item.title,
        "state": str(line.state),
        "points": None if line.points is None else shown(line.points),
        "full_score": shown(line.item.full_score),
        "rule": line.item.rule,
        "records": line.records if line.item.indicator else None,
        "measured": [[s.title, s.held, str(s.state)] for s in line.stretches],
        "why": line.why,
        "lifts": [{"act": lift.act, "points": shown(lift.points)} for lift in line.lifts],
    }


# Pages.

BEST_LIFTS = 3


@dataclass(frozen=True)
class BestLift:
    """What would lift a whole scorecard most: the line, what to do, and the points gained."""

    line: Line
    lift: Lift

    @property
    def gain(self) -> Decimal:
        return self.lift.points - (self.line.points or Decimal(0))


def best_lifts(card: Card) -> list[BestLift]:
    """Return the few acts that would lift a scorecard most."""
    found = [BestLift(line, lift) for line in card.lines for lift in line.lifts[-1:]]
    return sorted(found, key=lambda best: -best.gain)[:BEST_LIFTS]


def kept_scorecards(scheme: Scheme, period: Period, *, name: str = "") -> QuerySet[Scorecard]:
    """Return the kept scorecards of a scheme and period, without their lines."""
    kept = Scorecard.objects.filter(scheme=scheme, period=period.code)
    if name:
        kept = kept.filter(
            Q(organization__name__icontains=name) | Q(organization__short_name__icontains=name)
        )
    return kept.defer("lines").select_related("organization__superior")


def next_unscored(
    item: SchemeItem, organization: PartyOrganization, period: Period
) -> SchemeItem | None:
    """Return the next judged line of a branch that has no mark yet, after `item`, then from the top."""
    given = Mark.objects.filter(organization=organization, period=period.code).values("item")
    waiting = list(
        SchemeItem.objects.filter(scheme=item.scheme_id, indicator="")
        .exclude(pk__in=given)
        .exclude(pk=item.pk)
        .select_related("scheme")
    )
    waiting.sort(key=lambda other: (other.number < item.number, other.number))
    return waiting[0] if waiting else None


def card_url(scheme: Scheme, organization: PartyOrganization, period: Period) -> str:
    """Return the address of one branch's scorecard."""
    url = reverse("assessments:scorecard", args=[scheme.public_id, organization.public_id])
    return f"{url}?{urlencode({'period': period.code})}"
