"""Reading the 学时 of each member in a year, by the dated rule of 党员教育 (教条 第二十条).

An occasion with 学时 counts for whoever was present; a training of the leading body counts, too,
but not where an occasion of the same day and topic has been counted for the same person. What a
member attended in another organisation counts like the rest: the sum does not depend on who reads.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from activities.models import Attendance
from activities.queries.talk_coverage import Somebody
from branches.models import PartyOrganization
from branches.queries.placements import placed
from members.models import AttendanceExemption, Member, Membership, TrainingRecord
from members.queries.roll import formal_on, roster_on
from partybuild.periods import Period
from partybuild.regulations import NoRegulation, Regulation, RuleBook
from partybuild.scoping import everything

RULE = "activities.study"
NOUGHT = Decimal(0)
TENTH = Decimal("0.1")
# What asks for those of whom the portal reminds.
FAR = "far"


class Standing(StrEnum):
    """How somebody stands to what is asked for in general; never a judgement."""

    REACHED = "reached"
    RUNNING = "running"
    LATE = "late"
    EXEMPT = "exempt"
    BELOW = "below"
    UNTOLD = "untold"
    UNRULED = "unruled"

    @property
    def label(self) -> str:
        return {
            "reached": "已达到",
            "running": "未到期",
            "late": "年中入册",
            "exempt": "免予参加",
            "below": "未达到一般要求",
            "untold": "当年没有记学时",
            "unruled": "当年没有规定",
        }[self.value]


@dataclass(frozen=True)
class Sums:
    """What a member's year sums to: occasions and trainings, their number and their 学时."""

    occasions: int = 0
    occasion_hours: Decimal = NOUGHT
    trainings: int = 0
    training_hours: Decimal = NOUGHT

    @property
    def hours(self) -> Decimal:
        return self.occasion_hours + self.training_hours


@dataclass(frozen=True)
class Person:
    """One member on the roll: the sums of the year and how they stand to the rule.

    `since` is the day from which somebody is on a roll who was on none when the year began.
    """

    member: Somebody
    sums: Sums
    standing: Standing
    since: dt.date | None = None

    @property
    def words(self) -> str:
        """The standing in words, with the day for who came during the year."""
        if self.since is None:
            return self.standing.label
        return f"{self.standing.label}（{self.since.month}月{self.since.day}日起在册）"


@dataclass
class BranchStudy:
    """How the members of a branch stand in one year, in the order of names: no ranking."""

    organization: PartyOrganization
    year: Period
    rule: Regulation | None
    people: list[Person] = field(default_factory=list)

    @property
    def counts(self) -> Mapping[Standing, int]:
        return Counter(one.standing for one in self.people)

    @property
    def is_done(self) -> bool:
        """Tell whether everybody has reached what is asked for; False where there is nobody."""
        return 0 < len(self.people) == self.counts[Standing.REACHED]

    @property
    def not_yet(self) -> int:
        """How many have not reached what is asked for, be the year over or not."""
        return self.counts[Standing.RUNNING] + self.counts[Standing.BELOW]

    @property
    def reminded_below(self) -> Decimal:
        """Below how many 学时 the portal reminds towards the end of the year."""
        if self.rule is None:
            return NOUGHT
        share, asked = self.rule.values["reminder"], self.rule.values["member"]["hours"]
        return Decimal(asked * share["part"]) / share["of"]

    @property
    def far_below(self) -> list[Person]:
        """Those of whom the portal reminds: on the roll since the year began, far from what is asked."""
        return [
            one
            for one in self.people
            if one.standing is Standing.RUNNING
            and one.since is None
            and one.sums.hours < self.reminded_below
        ]

    def those(self, asked: str) -> list[Person]:
        """Return the people of one standing, those far below, or everybody."""
        if asked == FAR:
            return self.far_below
        return [one for one in self.people if not asked or one.standing == asked]

    @property
    def rule_words(self) -> str:
        return rule_words(self.rule)


def rule_words(rule: Regulation | None) -> str:
    """Return what is asked for in words with its source, '' where there was no rule."""
    if rule is None:
        return ""
    asked = rule.values["member"]
    general = "一般" if asked["general"] else ""
    return f"{general}每人每年不少于 {asked['hours']} 学时（{rule.sources['member']}）"


def hours_words(hours: Decimal) -> str:
    """Return 学时 as one would write it: 2, 1.5, or 0."""
    return f"{short(hours):f}"


def short(hours: Decimal) -> Decimal:
    """Return 学时 to a tenth, without the nought behind the point."""
    tenths = Decimal(hours).quantize(TENTH)
    whole = tenths.to_integral_value()
    return whole if whole == tenths else tenths


# --- what is summed ------------------------------------------------------------------------------


def attended_in(period: Period) -> QuerySet[Attendance]:
    """Return who was present at which occasion with 学时, wherever it was held.

    Not narrowed by the open scope: join it to members in scope.
    """
    with everything(reason="the hours of a member count wherever the occasion was held"):
        return Attendance.objects.filter(
            status=Attendance.Status.PRESENT,
            activity__hours__gt=0,
            activity__held_on__range=(period.start, period.end),
        )


def trainings_in(period: Period) -> QuerySet[TrainingRecord]:
    """Return the trainings that no occasion of the same day and topic tells of already.

    Not narrowed by the open scope: join it to members in scope.
    """
    told = attended_in(period).filter(
        member=OuterRef("member"),
        activity__held_on=OuterRef("held_on"),
        activity__topic=OuterRef("topic"),
    )
    with everything(reason="the trainings of a member count wherever the file lay"):
        held = TrainingRecord.objects.filter(held_on__range=(period.start, period.end))
    return held.filter(~Exists(told))


def sums_of(members: Any, period: Period) -> dict[int, Sums]:
    """Return what these members' periods sum to, in two queries; who has nothing is missing."""
    occasions = _grouped(attended_in(period).filter(member__in=members), "activity__hours")
    trainings = _grouped(trainings_in(period).filter(member__in=members), "hours")
    return {
        pk: Sums(*occasions.get(pk, (0, NOUGHT)), *trainings.get(pk, (0, NOUGHT)))
        for pk in occasions.keys() | trainings.keys()
    }


def _grouped(rows: QuerySet, column: str) -> dict[int, tuple[int, Decimal]]:
    grouped = rows.order_by().values_list("member").annotate(Count("pk"), Sum(column))
    return {pk: (count, Decimal(total).quantize(TENTH)) for pk, count, total in grouped}


# --- branches ------------------------------------------------------------------------------------


def study_of(branch: PartyOrganization, year: Period, *, as_of: dt.date) -> BranchStudy:
    """Return how one branch stands."""
    return next(studies([branch], year, as_of=as_of))


def studies(
    branches: Iterable[PartyOrganization], year: Period, *, as_of: dt.date
) -> Iterator[BranchStudy]:
    """Yield how branches stand on a day, in a constant number of queries.

    People are the formal roll of the day, the year's last once it is over.
    """
    places = list(branches)
    day = min(year.end, as_of)
    roll = formal_on(day).filter(organization__in=[place.pk for place in places])
    facts = _Facts.read(roll, year)
    people: dict[int, list[Somebody]] = defaultdict(list)
    columns = ("organization", "member", "member__public_id", "member__name")
    for place, *who in roll.order_by("member__pinyin", "member__pk").values_list(*columns):
        people[place].append(Somebody(*who))
    for place in places:
        rule = _rule_on(facts.book, day, place.path)
        here = people[place.pk]
        told = any(one.pk in facts.sums for one in here)
        state = _Year(is_over=year.end < as_of, is_told=told)
        yield BranchStudy(place, year, rule, [facts.person(one, rule, state) for one in here])


def far_behind(
    branches: Iterable[PartyOrganization], day: dt.date
) -> Iterator[tuple[BranchStudy, Regulation]]:
    """Yield the branches in which the portal reminds on a day of somebody, with the rule it follows.

    Nobody's year is read where the rule does not remind yet.
    """
    book, reminding = RuleBook(RULE), []
    for branch in branches:
        rule = _rule_on(book, day, branch.path)
        if rule and rule.values["reminder"]["from_month"] <= day.month:
            reminding.append(branch)
    for study in studies(reminding, Period.year(day.year), as_of=day):
        if study.rule and study.far_below:
            yield study, study.rule


def _rule_on(book: RuleBook, day: dt.date, place: str) -> Regulation | None:
    try:
        return book.on(day, place=place)
    except NoRegulation:
        return None


def person_of(member: Member, year: Period, *, as_of: dt.date) -> tuple[Person, BranchStudy] | None:
    """Return how one member stands, and in which branch, None for who is on no roll in scope."""
    roll = formal_on(min(year.end, as_of)).filter(member=member).select_related("organization")
    membership = roll.first()
    if membership is None:
        return None
    study = study_of(membership.organization, year, as_of=as_of)
    return next(one for one in study.people if one.member.pk == member.pk), study


@dataclass(frozen=True)
class _Year:
    """Whether a year is over, and whether anybody of a branch has any 学时 in it.

    An old ledger that was brought in tells of meetings and of no 学时: then nothing is known.
    """

    is_over: bool
    is_told: bool


@dataclass
class _Facts:
    book: RuleBook
    sums: dict[int, Sums]
    since: dict[int, dt.date]
    exempt: set[int]

    @classmethod
    def read(cls, roll: QuerySet[Membership], year: Period) -> "_Facts":
        people = roll.order_by().values("member")
        during = Q(ended_on__isnull=True) | Q(ended_on__gt=year.start)
        with everything(reason="since when somebody is on a roll is asked of all branches"):
            belonged = Membership.objects.filter(during, kind=Membership.Kind.FORMAL)
            exempted = AttendanceExemption.objects.filter(during)
        since: dict[int, dt.date] = {}
        for pk, start in belonged.filter(member__in=people).values_list("member", "started_on"):
            since[pk] = min(since.get(pk, dt.date.max), start or dt.date.min)
        excused = exempted.filter(
            Q(started_on__isnull=True) | Q(started_on__lte=year.end), member__in=people
        )
        return cls(
            RuleBook(RULE),
            sums_of(people, year),
            {pk: day for pk, day in since.items() if day > year.start},
            set(excused.values_list("member", flat=True)),
        )

    def person(self, member: Somebody, rule: Regulation | None, year: _Year) -> Person:
        sums, since = self.sums.get(member.pk, Sums()), self.since.get(member.pk)
        return Person(member, sums, self._standing(member, sums, rule, year), since)

    def _standing(
        self, member: Somebody, sums: Sums, rule: Regulation | None, year: _Year
    ) -> Standing:
        if rule is None:
            return Standing.UNRULED
        if sums.hours >= rule.values["member"]["hours"]:
            return Standing.REACHED
        if member.pk in self.exempt:
            return Standing.EXEMPT
        if not year.is_over:
            return Standing.RUNNING
        if member.pk in self.since:
            return Standing.LATE
        return Standing.BELOW if year.is_told else Standing.UNTOLD


# --- the ledger ----------------------------------------------------------------------------------


def hours_in(period: Period, day: dt.date) -> QuerySet[Membership]:
    """Return the formal roll of a day with the sums of a period as columns, placed on the day."""
    attended = attended_in(period).filter(member=OuterRef("member"))
    trained = trainings_in(period).filter(member=OuterRef("member"))
    roll = roster_on(day).annotate(
        occasions=_column(attended, Count("pk"), IntegerField()),
        occasion_hours=_column(attended, Sum("activity__hours"), _hours_field()),
        trainings=_column(trained, Count("pk"), IntegerField()),
        training_hours=_column(trained, Sum("hours"), _hours_field()),
    )
    return placed(roll, "organization", day)


def _column(rows: QuerySet, total: Any, kind: Any) -> Coalesce:
    counted = rows.order_by().values("member").annotate(total=total).values("total")
    return Coalesce(Subquery(counted, output_field=kind), 0, output_field=kind)


def _hours_field() -> DecimalField:
    return DecimalField(max_digits=8, decimal_places=1)
