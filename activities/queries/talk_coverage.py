"""Reading who has been talked with in a year, by the dated rule of talks (支条 第十九条)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Q, QuerySet

from activities.models import TalkPerson
from branches.models import PartyOrganization
from branches.queries.placements import existing_in
from members.models import Membership, Office
from members.queries.roll import formal_on
from partybuild.dated import covering
from partybuild.periods import Period
from partybuild.regulations import NoRegulation, Regulation, RuleBook

RULE = "activities.talks"
# Somebody's post on a day: from, to.
Span = tuple[dt.date | None, dt.date | None]


class With(StrEnum):
    """Whom a talk was with."""

    COMMITTEE = "committee"
    MEMBER = "member"

    @property
    def label(self) -> str:
        return {"committee": "支委", "member": "党员"}[self.value]


class Somebody(NamedTuple):
    """Who a line is about; not the whole file, of which a committee's page would read thousands."""

    pk: int
    public_id: str
    name: str


@dataclass
class Person:
    """One person on the roll and the talks of the year that count, by whom they were with.

    `missing` are the other committee members with whom a committee member has not talked.
    `wanted` says how many talks are asked for, 0 where none can be.
    """

    member: Somebody
    on_committee: bool
    is_due: bool
    talks: dict[With, set[int]] = field(default_factory=lambda: defaultdict(set))
    wanted: dict[With, int] = field(default_factory=dict)
    missing: list[Somebody] = field(default_factory=list)

    def held(self, kind: With) -> int:
        return len(self.talks[kind])

    def lacks(self, kind: With) -> bool:
        """Tell whether a talk of this kind is still owed."""
        if not self.is_due:
            return False
        if kind is With.COMMITTEE and self.on_committee:
            return bool(self.missing)
        return self.held(kind) < self.wanted.get(kind, 0)

    @property
    def is_covered(self) -> bool:
        return not any(self.lacks(kind) for kind in With)

    @property
    def lack_words(self) -> str:
        """What is still to be done, in words."""
        words = []
        if self.lacks(With.COMMITTEE):
            names = "、".join(one.name for one in self.missing)
            words.append(f"与支委{names}" if self.on_committee else "与支委")
        if self.lacks(With.MEMBER):
            words.append("与党员")
        return "；".join(words)


@dataclass
class Coverage:
    """How a branch stands with its talks of one year."""

    organization: PartyOrganization
    year: Period
    rule: Regulation | None
    people: list[Person] = field(default_factory=list)
    # Two who sat on the committee this year -> the talks they had with each other.
    pairs: dict[frozenset[int], set[int]] = field(default_factory=lambda: defaultdict(set))

    @property
    def committee(self) -> list[Person]:
        return [one for one in self.people if one.on_committee]

    @property
    def due(self) -> list[Person]:
        """Those to whom the rule applies: on the roll since the year began."""
        return [one for one in self.people if one.is_due]

    @property
    def uncovered(self) -> list[Person]:
        return [one for one in self.due if not one.is_covered]

    @property
    def covered_count(self) -> int:
        return len(self.due) - len(self.uncovered)

    @property
    def citation(self) -> str:
        return self.rule.citation if self.rule else ""


def coverage_of(branch: PartyOrganization, year: Period, *, as_of: dt.date) -> Coverage:
    """Return how one branch stands."""
    return coverages([branch], year, as_of=as_of)[0]


def branches_of(year: Period) -> QuerySet[PartyOrganization]:
    """Return the branches in scope that existed in a year, in the order of the tree."""
    kinds = PartyOrganization.BRANCH_KINDS
    return PartyOrganization.objects.filter(existing_in(year), kind__in=kinds).order_by("path")


def coverages(
    branches: Iterable[PartyOrganization], year: Period, *, as_of: dt.date
) -> list[Coverage]:
    """Return how branches stand on a day, in a constant number of queries.

    People are the formal roll of the day, the year's last once it is over. The rule binds whoever
    was on the same roll when the year began (CNT-NEW): who came later has the talks counted and
    owes none. Whether somebody sat on the committee is asked of the day of each talk.
    """
    places = list(branches)
    day = min(year.end, as_of)
    facts = _Facts.read(places, year, day)
    return [facts.coverage(place, year, day) for place in places]


@dataclass
class _Facts:
    book: RuleBook
    roll: dict[int, dict[int, Somebody]]
    since: set[tuple[int, int]]
    # Branch -> somebody who held a post there -> from when to when.
    posts: dict[int, dict[int, list[Span]]]
    # Branch -> talk -> its day and kind, who talked, who was talked to.
    talks: dict[int, dict[int, "_Talk"]]

    @classmethod
    def read(cls, places: list[PartyOrganization], year: Period, day: dt.date) -> "_Facts":
        here = [place.pk for place in places]
        roll: dict[int, dict[int, Somebody]] = defaultdict(dict)
        people = formal_on(day).filter(organization__in=here)
        columns = ("organization", "member", "member__public_id", "member__name")
        for place, *who in people.order_by("member__pinyin", "member__pk").values_list(*columns):
            somebody = Somebody(*who)
            roll[place][somebody.pk] = somebody
        began = Membership.objects.filter(
            covering(year.start), organization__in=here, kind=Membership.Kind.FORMAL
        )
        posts: dict[int, dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
        held = Office.objects.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gt=year.start),
            Q(started_on__isnull=True) | Q(started_on__lte=year.end),
            organization__in=here,
            member__isnull=False,
        ).exclude(post=Office.Post.GROUP_LEADER)
        for place, member, start, end in held.values_list(
            "organization", "member", "started_on", "ended_on"
        ):
            posts[place][member].append((start, end))
        return cls(
            RuleBook(RULE),
            roll,
            set(began.values_list("organization", "member")),
            posts,
            _talks_in(here, year),
        )

    def coverage(self, place: PartyOrganization, year: Period, day: dt.date) -> Coverage:
        rule, here = self._rule(place, day), place.pk
        posts = self.posts[here]
        found = Coverage(place, year, rule)
        found.people = [
            Person(member, _sat(posts, pk, day), (here, pk) in self.since)
            for pk, member in self.roll[here].items()
        ]
        if rule is None:
            for one in found.people:
                one.is_due = False
            return found
        known = {one.member.pk: one for one in found.people}
        for talk in self.talks[here].values():
            if talk.kind in rule.values["kinds"]:
                _count(talk, posts, known, found.pairs)
        _judge(found, rule)
        return found

    def _rule(self, place: PartyOrganization, day: dt.date) -> Regulation | None:
        try:
            return self.book.on(day, place=place.path)
        except NoRegulation:
            return None


def _count(
    talk: "_Talk",
    posts: dict[int, list[Span]],
    known: dict[int, Person],
    pairs: dict[frozenset[int], set[int]],
) -> None:
    for talker in talk.talkers:
        for other in talk.talked_to:
            if talker in posts and other in posts:
                pairs[frozenset((talker, other))].add(talk.pk)
            for one, partner in ((talker, other), (other, talker)):
                person = known.get(one)
                if person is not None:
                    sat = _sat(posts, partner, talk.held_on)
                    person.talks[With.COMMITTEE if sat else With.MEMBER].add(talk.pk)


def _sat(posts: dict[int, list[Span]], member: int, day: dt.date) -> bool:
    """Tell whether somebody sat on the committee (or was the secretary) on a day."""
    spans = posts.get(member)
    if spans is None:  # of most people; asked for each of them and each of their talks
        return False
    return any(
        (start is None or start <= day) and (end is None or end > day) for start, end in spans
    )


@dataclass
class _Talk:
    pk: int
    kind: str
    held_on: dt.date
    talkers: list[int] = field(default_factory=list)
    talked_to: list[int] = field(default_factory=list)


def _talks_in(places: list[int], year: Period) -> dict[int, dict[int, _Talk]]:
    found: dict[int, dict[int, _Talk]] = defaultdict(dict)
    talker = TalkPerson.Role.TALKER.value
    rows = TalkPerson.objects.filter(
        talk__organization__in=places,
        talk__held_on__range=(year.start, year.end),
        member__isnull=False,
    )
    for place, pk, kind, day, role, member in rows.values_list(
        "talk__organization", "talk", "talk__kind", "talk__held_on", "role", "member"
    ):
        here = found[place]
        talk = here.get(pk)
        if talk is None:
            talk = here[pk] = _Talk(pk, kind, day)
        (talk.talkers if role == talker else talk.talked_to).append(member)
    return found


def _judge(coverage: Coverage, rule: Regulation) -> None:
    """Say of each person how many talks are asked for: none where there is nobody to talk with."""
    values, committee = rule.values, coverage.committee
    others = len(coverage.people) - len(committee)
    for one in coverage.people:
        partners = len(committee) - one.on_committee
        plain = others - (not one.on_committee)
        times = values["committee_pairs" if one.on_committee else "with_committee"]["times"]
        one.wanted = {
            With.COMMITTEE: times if partners else 0,
            With.MEMBER: values["with_member"]["times"] if plain else 0,
        }
        if one.on_committee:
            one.missing = [
                other.member
                for other in committee
                if other is not one
                and other.is_due
                and len(coverage.pairs.get(frozenset((one.member.pk, other.member.pk)), ())) < times
            ]
