"""Reading what is owed: dated frequency rules laid over what was held."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce, TruncMonth
from django.urls import reverse

from activities.models import Explanation, Meeting
from branches.models import PartyOrganization, Term
from branches.queries.organizations import existed_throughout
from branches.queries.placements import Standing
from branches.queries.terms import had_committee, terms_by_organization
from partybuild import paths
from partybuild.periods import Period
from partybuild.regulations import NoRegulation, Region, Regulation, RuleBook

FREQUENCY = "activities.meeting_frequency"
COUNTING_DAY = Coalesce("activity__counts_for", "activity__held_on")


class State(StrEnum):
    """The state of one form in one period."""

    HELD = "held"
    OPEN = "open"
    LATER = "later"
    MISSING = "missing"
    EXPLAINED = "explained"
    NOT_DUE = "not_due"

    @property
    def label(self) -> str:
        return {
            "held": "已完成",
            "open": "未到期",
            "later": "未开始",
            "missing": "缺",
            "explained": "已说明",
            "not_due": "不适用",
        }[self.value]


@dataclass(frozen=True)
class Obligation:
    """What one organisation owes of one form in one period, and what was held."""

    organization: PartyOrganization
    kind: str
    period: Period
    needed: int
    held: int
    state: State
    rule: Regulation = field(compare=False)
    missing_groups: tuple[PartyOrganization, ...] = ()
    explanation: str = ""

    @property
    def label(self) -> str:
        return str(Meeting.Kind(self.kind).label)

    @property
    def is_general(self) -> bool:
        """一般: falling short asks for a reason and is no fault."""
        return bool(self.rule.values[self.kind]["general"])

    @property
    def lacking(self) -> int:
        return max(self.needed - self.held, 0)

    @property
    def record_url(self) -> str:
        return record_url(self.organization, self.kind)

    @property
    def records_url(self) -> str:
        query = {
            "organization": self.organization.public_id,
            "period": self.period.code,
            "kind": self.kind,
            "counted": "1",
        }
        return f"{reverse('activities:activities')}?{urlencode(query)}"

    @property
    def citation(self) -> str:
        values = self.rule.values[self.kind]
        if values.get("local"):
            return "本级要求（可调整）"
        return self.rule.sources[self.kind]

    @property
    def frequency(self) -> str:
        return frequency_words(self.rule.values[self.kind])


def frequency_words(values: dict[str, Any]) -> str:
    """Return how often, in words: 每季度一般 1 次."""
    per = {"month": "每月", "quarter": "每季度", "year": "每年"}[values["per"]]
    return f"{per}{'一般' if values['general'] else ''} {values['times']} 次"


def record_url(organization: PartyOrganization, kind: str, **more: str) -> str:
    """Return the address of the form that records one form of meeting."""
    query = {"organization": organization.public_id, "kind": kind, **more}
    return f"{reverse('activities:record')}?{urlencode(query)}"


def obligations(
    organizations: QuerySet[PartyOrganization], year: Period, *, as_of: dt.date
) -> Iterator[Obligation]:
    """Yield what the branches owe in every period of a year, with a constant number of queries.

    A period is owed when the branch existed for the whole of it (CNT-NEW); the running one is
    never missing (CNT-OPEN); 支委会 is owed only while a committee was in office, 党小组会 by each
    group (CNT-NA).
    """
    facts = _Facts.read(organizations, year)
    book, standing = RuleBook(FREQUENCY), Standing(facts.branches)
    months = list(year.split("month"))
    known: dict[tuple[Region, ...], list[tuple[str, Period, Regulation]]] = {}
    for organization in facts.branches:
        stood = [standing.path_on(organization, month.start) for month in months]
        regions = tuple(book.region(path) for path in stood)
        if regions not in known:
            known[regions] = _periods(book, dict(zip(months, stood, strict=True)))
        for kind, period, rule in known[regions]:
            yield facts.judge(organization, kind, period, rule, as_of)


def _periods(book: RuleBook, stood: dict[Period, str]) -> list[tuple[str, Period, Regulation]]:
    """Return the periods of each form, each with the rule in force at its start.

    `stood` tells for each month the path at which the organisation stood then.
    """
    found: dict[tuple[str, Period], Regulation] = {}
    for month, path in stood.items():
        rule = _in_force(book, path, month)
        for kind, values in (rule.values if rule else {}).items():
            period = Period.containing(month.start, values["per"])
            if rule and (period.start == month.start or (kind, period) not in found):
                found[kind, period] = rule
    order = {kind: at for at, (kind, _) in reversed(list(enumerate(found)))}
    return [
        (kind, period, found[kind, period])
        for kind, period in sorted(found, key=lambda pair: (order[pair[0]], pair[1].start))
    ]


def _in_force(book: RuleBook, path: str, period: Period) -> Regulation | None:
    try:
        return book.on(period.start, place=path)
    except NoRegulation:
        return None


@dataclass
class _Facts:
    branches: list[PartyOrganization]
    terms: dict[int, list[Term]]
    groups: dict[str, list[PartyOrganization]]
    held: dict[tuple[int, str, dt.date], int]
    held_groups: dict[tuple[int, dt.date], set[int]]
    explained: dict[tuple[int, str, dt.date], str]

    @classmethod
    def read(cls, organizations: QuerySet[PartyOrganization], year: Period) -> "_Facts":
        branches = list(organizations.filter(kind__in=PartyOrganization.BRANCH_KINDS))
        terms = terms_by_organization(organizations)
        groups: dict[str, list[PartyOrganization]] = defaultdict(list)
        for group in PartyOrganization.objects.filter(kind=PartyOrganization.Kind.GROUP):
            groups[paths.parent_path(group.path)].append(group)
        held: dict[tuple[int, str, dt.date], int] = defaultdict(int)
        held_groups: dict[tuple[int, dt.date], set[int]] = defaultdict(set)
        for place, kind, month, group, count in _monthly_counts(organizations, year):
            held[place, kind, month] += count
            if group:
                held_groups[place, month].add(group)
        explained = {
            (row.organization_id, row.kind, row.period_start): row.reason
            for row in Explanation.objects.filter(
                organization__in=organizations, period_start__range=(year.start, year.end)
            )
        }
        return cls(branches, terms, groups, held, held_groups, explained)

    def judge(
        self,
        organization: PartyOrganization,
        kind: str,
        period: Period,
        rule: Regulation,
        as_of: dt.date,
    ) -> Obligation:
        values, place = rule.values[kind], organization.pk
        needed, held = int(values["times"]), self._held(place, kind, period)
        missing: tuple[PartyOrganization, ...] = ()
        if values.get("needs") == "group":
            groups = [g for g in self.groups[organization.path] if existed_throughout(g, period)]
            there = self.held_groups[place, period.start]
            needed, held = len(groups), sum(group.pk in there for group in groups)
            missing = tuple(group for group in groups if group.pk not in there)
        explanation = self.explained.get((place, kind, period.start), "")
        applies = needed > 0 and (
            values.get("needs") != "committee" or had_committee(self.terms[place], period)
        )
        state = _state(
            applies=applies,
            whole=existed_throughout(organization, period),
            met=held >= needed,
            period=period,
            as_of=as_of,
            explanation=explanation,
        )
        return Obligation(
            organization, kind, period, needed, held, state, rule, missing, explanation
        )

    def _held(self, place: int, kind: str, period: Period) -> int:
        count = 0
        for month in _months_of(period):  # plain, as it is asked for every form and period
            count += self.held.get((place, kind, month), 0)
        return count


@lru_cache(maxsize=512)
def _months_of(period: Period) -> tuple[dt.date, ...]:
    return tuple(month.start for month in period.split("month"))


def _state(
    *, applies: bool, whole: bool, met: bool, period: Period, as_of: dt.date, explanation: str
) -> State:
    if met and applies:
        return State.HELD
    if not (applies and whole):
        return State.NOT_DUE
    if period.start > as_of:
        return State.LATER
    if period.end >= as_of:
        return State.OPEN
    return State.EXPLAINED if explanation else State.MISSING


def _monthly_counts(
    organizations: QuerySet[PartyOrganization], year: Period
) -> Iterable[tuple[int, str, dt.date, int | None, int]]:
    return (
        Meeting.objects.filter(activity__organization__in=organizations)
        .annotate(counted_on=COUNTING_DAY)
        .filter(counted_on__range=(year.start, year.end))
        .annotate(month=TruncMonth("counted_on"))
        .order_by()
        .values_list("activity__organization", "kind", "month", "group")
        .annotate(count=Count("pk"))
    )
