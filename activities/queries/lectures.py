"""Reading who lectured how often, and whether the secretaries of committees did (支条 第十六条)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from activities.models import Activity, Meeting
from activities.queries.occasions import meetings_in
from activities.queries.visits import names_in
from branches.models import PartyOrganization
from branches.queries.placements import placed
from members.models import Office
from members.queries.offices import offices_on
from partybuild import paths
from partybuild.periods import Period
from partybuild.regulations import NoRegulation, Regulation, RuleBook

RULE = "activities.lectures"


class Place(NamedTuple):
    """The organisation of a lecture; not the whole row, of which a committee's page reads thousands."""

    path: str
    public_id: str
    label: str


class Lecture(NamedTuple):
    """One form of an occasion with who lectured, as it was written."""

    place: Place
    activity: int
    kind: str
    held_on: dt.date
    topic: str
    hours: Decimal
    names: tuple[str, ...]


@dataclass
class Lecturer:
    """Somebody who lectured in one organisation: a person or a unit, by the name that was written.

    An occasion of two forms is one lecture.
    """

    place: Place
    name: str
    occasions: dict[int, Lecture] = field(default_factory=dict)

    @property
    def times(self) -> int:
        return len(self.occasions)

    @property
    def hours(self) -> Decimal:
        return sum((one.hours for one in self.occasions.values()), Decimal(0))

    @property
    def topics(self) -> list[str]:
        """The topics, each once, the newest first."""
        newest = sorted(self.occasions.values(), key=lambda one: one.held_on, reverse=True)
        return list(dict.fromkeys(one.topic for one in newest))


def lectures_in(period: Period, *, branch: PartyOrganization | None = None) -> list[Lecture]:
    """Return what was lectured in a period in the order of tree and days, in one query."""
    rows = named_in(period)
    if branch:
        rows = rows.filter(activity__organization=branch)
    place = tuple(f"activity__organization__{name}" for name in ("path", "public_id"))
    names = tuple(f"activity__organization__{name}" for name in ("short_name", "name"))
    told = ("activity", "kind", "activity__held_on", "activity__topic", "activity__hours")
    return [
        Lecture(
            Place(path, public_id, short or name),
            *(pk, kind, day, topic, hours or Decimal(0), tuple(names_in(lecturer))),
        )
        for path, public_id, short, name, pk, kind, day, topic, hours, lecturer in rows.values_list(
            *place, *names, *told, "lecturer"
        )
    ]


def named_in(period: Period) -> QuerySet[Meeting]:
    """Return the meetings of a period whose lecturer is written down."""
    return meetings_in(period).exclude(lecturer="")


def named_on(period: Period, day: dt.date) -> QuerySet[Meeting]:
    """Return the meetings with a lecturer, placed on a day: what the ledger lists."""
    return placed(named_in(period), "activity__organization", day)


def lecturers_of(lectures: Iterable[Lecture]) -> list[Lecturer]:
    """Return who lectured where, in the order of tree and names: no ranking."""
    found: dict[tuple[str, str], Lecturer] = {}
    for lecture in lectures:
        for name in lecture.names:
            one = found.setdefault((lecture.place.path, name), Lecturer(lecture.place, name))
            one.occasions.setdefault(lecture.activity, lecture)
    return [found[key] for key in sorted(found)]


def occasions_of(lectures: Iterable[Lecture], name: str) -> QuerySet[Activity]:
    """Return the occasions at which somebody lectured, all of them without a name."""
    pks = {one.activity for one in lectures if not name or name in one.names}
    return Activity.objects.filter(pk__in=pks)


@dataclass(frozen=True)
class SecretaryLectures:
    """How often the secretary of a committee lectured in a year, by the name in the register."""

    office: Office
    rule: Regulation
    times: int
    is_over: bool
    since: dt.date | None

    @property
    def words(self) -> str:
        """How it stands in words; never a judgement."""
        if self.times >= self.rule.values["secretary"]["times"]:
            return "已达到"
        if not self.is_over:
            return "未到期"
        return "年中任职" if self.since else "当年没有记到"

    @property
    def citation(self) -> str:
        return self.rule.sources["secretary"]

    @property
    def conditions(self) -> str:
        """What the list of exactly these lectures is narrowed by, as an address says it."""
        return urlencode(
            {
                "lecturer": self.office.holder_name,
                "kind": ",".join(self.rule.values["secretary"]["kinds"]),
                "below": self.office.organization.public_id,
            }
        )


def secretary_lectures(
    lectures: Iterable[Lecture], year: Period, *, as_of: dt.date
) -> list[SecretaryLectures]:
    """Return how often each committee's secretary of the day lectured in the subtree."""
    day, told, book = min(year.end, as_of), list(lectures), RuleBook(RULE)
    offices = offices_on(day).filter(post=Office.Post.SECRETARY).select_related(None)
    bodies = Q(organization__kind__in=PartyOrganization.BRANCH_KINDS)
    found = []
    for office in (
        offices.exclude(bodies).select_related("organization").order_by("organization__path", "pk")
    ):
        try:
            rule = book.on(day, place=office.organization.path)
        except NoRegulation:
            continue
        asked = rule.values["secretary"]
        if office.organization.kind in asked["holders"]:
            times = len(
                {
                    one.activity
                    for one in told
                    if one.kind in asked["kinds"]
                    and office.holder_name in one.names
                    and paths.covers(office.organization.path, one.place.path)
                }
            )
            since = office.started_on
            late = since if since and since > year.start else None
            found.append(SecretaryLectures(office, rule, times, year.end < as_of, late))
    return found
