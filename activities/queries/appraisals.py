"""Reading the yearly appraisal: who takes part, what is missing, whether 优秀 is kept to a third."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from activities.models import Activity, Appraisal, AppraisalEntry, Attendance, Meeting
from branches.models import PartyOrganization
from branches.queries.placements import existing_in, placed
from members.models import Member, Membership
from members.queries.offices import was_full
from members.queries.roll import on_roll_of
from partybuild.periods import Period
from partybuild.regulations import NoRegulation, Regulation, RuleBook

RULE = "activities.appraisal"
# What is read of a file: not the encrypted columns of everybody in a committee.
SHOWN_OF_MEMBER = ("public_id", "branch", "name", "pinyin", "category", "confirmed_on")
PRIVATE = tuple(f"member__{name}" for name in ("address", "id_number", "phone", "second_phone"))
MEMBERSHIP = ("organization", "member", "started_on", "ended_on")
Grade, State = AppraisalEntry.Grade, Appraisal.State


def within_share(chosen: int, group: int, *, part: int, of: int) -> bool:
    """Tell whether `chosen` are at most `part` of every `of` in a group, in whole numbers."""
    return chosen * of <= group * part


@dataclass
class Participant:
    """One member in an appraisal: on the roll of the day, or entered although no longer on it."""

    member: Member
    is_full: bool
    entry: AppraisalEntry | None = None
    is_on_roll: bool = True

    @property
    def grade(self) -> str:
        return self.entry.grade if self.entry else ""

    @property
    def has_ballots(self) -> bool:
        return bool(self.entry and self.entry.excellent is not None)

    @property
    def counted(self) -> int:
        return votes_of(self.entry) if self.entry else 0


@dataclass
class Reading:
    """How an appraisal stands: everybody, what is missing, what a rule says of the group."""

    appraisal: Appraisal
    people: list[Participant]
    rule: Regulation | None = None
    present: int | None = None

    @property
    def full(self) -> list[Participant]:
        """The group: full members on the roll of the day. Others take part without a grade."""
        return [one for one in self.people if one.is_full and one.is_on_roll]

    @property
    def ungraded(self) -> list[Participant]:
        return [one for one in self.full if not one.grade]

    @property
    def without_ballots(self) -> list[Participant]:
        graded_none = Grade.NONE
        return [one for one in self.full if not one.has_ballots and one.grade != graded_none]

    @property
    def without_word(self) -> list[Participant]:
        """Those of whom neither a word of their own nor a grade of their own is written down."""
        return [
            one
            for one in self.people
            if not (one.entry and (one.entry.statement or one.entry.own_grade))
        ]

    @property
    def grades(self) -> Counter[str]:
        return Counter(one.grade for one in self.people if one.grade)

    @property
    def excellent(self) -> int:
        return self.grades[Grade.EXCELLENT]

    @property
    def exceeds_share(self) -> bool:
        """Tell whether more are 优秀 than the rule generally allows; False without a rule."""
        return bool(self.share_words)

    @property
    def share_rule(self) -> str:
        """The rule in words with its source, '' where there is none."""
        return share_rule(self.rule)

    @property
    def share_words(self) -> str:
        """What the rule says of this group, '' where it is kept."""
        return share_words(self.rule, self.excellent, len(self.full))

    @property
    def steps(self) -> list[tuple[str, str, bool]]:
        """The steps in order: label, how far it is, whether the appraisal has reached it."""
        reached = list(State).index(State(self.appraisal.state))
        far = {
            State.SELF: f"{len(self.people) - len(self.without_word)}/{len(self.people)} 人已登记",
            State.PEER: f"{self._peers} 人有意见",
            State.BALLOT: f"{len(self.full) - len(self.without_ballots)}/{len(self.full)} 人已录票",
            State.ORGANISATION: f"{len(self.full) - len(self.ungraded)}/{len(self.full)} 人已评定",
            State.DONE: "",
        }
        return [(str(s.label), far[s], at <= reached) for at, s in enumerate(State)]

    @property
    def _peers(self) -> int:
        return sum(bool(one.entry and one.entry.peer_notes) for one in self.people)


def share_rule(rule: Regulation | None) -> str:
    """Return the rule of 优秀 in words with its source, '' where there is none."""
    if rule is None:
        return ""
    share, source = rule.values["excellent"], rule.sources["excellent"]
    return f"优秀一般不超过正式党员的 {share['of']} 分之 {share['part']}（{source}）"


def share_words(rule: Regulation | None, excellent: int, group: int) -> str:
    """Return what the rule says of so many 优秀 in a group, '' where it is kept or there is none."""
    share = rule.values["excellent"] if rule else {}
    if not share or within_share(excellent, group, part=share["part"], of=share["of"]):
        return ""
    at_most = group * share["part"] // share["of"]
    return (
        f"评定优秀 {excellent} 人，未达到一般要求：{share_rule(rule)}，"
        f"{group} 名正式党员一般不超过 {at_most} 人。结果照样保存，请支部再研究一次。"
    )


def votes_of(entry: AppraisalEntry) -> int:
    """Return how many ballots say something of a member."""
    return sum(getattr(entry, name) or 0 for name in AppraisalEntry.COUNTS)


def reading_of(appraisal: Appraisal) -> Reading:
    """Return how one appraisal stands."""
    return readings_of([appraisal])[0]


def readings_of(appraisals: Iterable[Appraisal]) -> list[Reading]:
    """Return how appraisals stand, in a constant number of queries.

    They come with their `organization`.
    """
    found = list(appraisals)
    roll = _rolls(found)
    entries: dict[int, dict[int, AppraisalEntry]] = defaultdict(dict)
    stored = [one.pk for one in found if one.pk]  # one may be asked about before it is saved
    rows = AppraisalEntry.objects.filter(appraisal__in=stored).select_related("member")
    for entry in rows.defer(*PRIVATE):
        entries[entry.appraisal_id][entry.member_id] = entry
    present = _present([one.activity_id for one in found if one.activity_id])
    book = RuleBook(RULE)
    return [
        Reading(
            one,
            _participants(one, roll[one.pk], entries[one.pk]),
            _rule(book, one),
            present.get(one.activity_id or 0) if one.present is None else one.present,
        )
        for one in found
    ]


def _participants(
    appraisal: Appraisal, roll: Iterable[Member], entries: Mapping[int, AppraisalEntry]
) -> list[Participant]:
    day = appraisal.held_on
    people = [Participant(one, was_full(one, day), entries.get(one.pk)) for one in roll]
    known = {one.member.pk for one in people}
    people += [
        Participant(entry.member, was_full(entry.member, day), entry, is_on_roll=False)
        for pk, entry in entries.items()
        if pk not in known
    ]
    return sorted(people, key=lambda one: (one.member.pinyin, one.member.pk))


def _rolls(appraisals: list[Appraisal]) -> dict[int, list[Member]]:
    """Return the formal roll of each appraisal's branch on its day, in one query."""
    rolls: dict[int, list[Member]] = defaultdict(list)
    by_place = _by_place(appraisals)
    shown = [f"member__{name}" for name in SHOWN_OF_MEMBER]
    rows = _memberships(appraisals).select_related("member").only(*MEMBERSHIP, *shown)
    for row in rows.order_by("pk"):
        for one in by_place[row.organization_id]:
            if _covers(row.started_on, row.ended_on, one.held_on):
                rolls[one.pk].append(row.member)
    return rolls


def _by_place(appraisals: Iterable[Appraisal]) -> dict[int, list[Appraisal]]:
    by_place: dict[int, list[Appraisal]] = defaultdict(list)
    for one in appraisals:
        by_place[one.organization_id].append(one)
    return by_place


def _memberships(appraisals: Iterable[Appraisal]) -> QuerySet[Membership]:
    """Return the formal memberships on the roll of these branches on any of their days."""
    days: dict[dt.date, set[int]] = defaultdict(set)
    for one in appraisals:
        days[one.held_on].add(one.organization_id)
    if not days:
        return Membership.objects.none()
    wanted = [Q(on_roll_of(day), organization__in=places) for day, places in days.items()]
    here = set().union(*days.values())
    formal = Membership.objects.filter(kind=Membership.Kind.FORMAL, organization__in=here)
    return formal.filter(reduce(or_, wanted))


def _covers(start: dt.date | None, end: dt.date | None, day: dt.date) -> bool:
    return (start is None or start <= day) and (end is None or end > day)


@dataclass
class Tally:
    """An appraisal in figures: the full members on the roll, how many have a grade, which are 优秀."""

    appraisal: Appraisal
    rule: Regulation | None
    full: int = 0
    graded: int = 0
    excellent: int = 0

    @property
    def ungraded(self) -> int:
        return max(self.full - self.graded, 0)

    @property
    def share_words(self) -> str:
        return share_words(self.rule, self.excellent, self.full)


def tallies_of(appraisals: Iterable[Appraisal]) -> list[Tally]:
    """Return appraisals in figures: what `readings_of` says of them, without reading every file."""
    found = list(appraisals)
    book, by_place = RuleBook(RULE), _by_place(found)
    tallies = {one.pk: Tally(one, _rule(book, one)) for one in found}
    columns = ("organization", "started_on", "ended_on", "member__category", "member__confirmed_on")
    for place, start, end, category, confirmed in _memberships(found).values_list(*columns):
        for one in by_place[place]:
            is_full = category == Member.Category.FULL and _covers(confirmed, None, one.held_on)
            tallies[one.pk].full += is_full and _covers(start, end, one.held_on)
    graded = AppraisalEntry.objects.filter(appraisal__in=list(tallies)).exclude(grade="")
    counts = graded.order_by().values_list("appraisal", "grade").annotate(people=Count("pk"))
    for pk, grade, people in counts:
        tallies[pk].graded += people
        tallies[pk].excellent += people if grade == Grade.EXCELLENT else 0
    return list(tallies.values())


def _present(activities: list[int]) -> dict[int, int]:
    rows = Attendance.objects.filter(
        activity__in=activities, status=Attendance.Status.PRESENT
    ).values_list("activity", flat=True)
    return dict(Counter(rows))


def _rule(book: RuleBook, appraisal: Appraisal) -> Regulation | None:
    try:
        return book.on(appraisal.held_on, place=appraisal.organization.path)
    except NoRegulation:
        return None


# --- lists -----------------------------------------------------------------------------------


def appraisal_list(year: int) -> QuerySet[Appraisal]:
    """Return the appraisals of a year in the order of the tree."""
    return (
        Appraisal.objects.filter(year=year)
        .select_related("organization")
        .order_by("organization__path")
    )


def appraising_branches(year: int) -> QuerySet[PartyOrganization]:
    """Return the branches in scope that have members of their own and existed in a year."""
    kinds = set(PartyOrganization.BRANCH_KINDS) - set(PartyOrganization.SECOND_KINDS)
    return PartyOrganization.objects.filter(
        existing_in(Period.year(year)), kind__in=kinds
    ).order_by("path")


def entries_in(period: Period, day: dt.date) -> QuerySet[AppraisalEntry]:
    """Return the results of a year (or of appraisals held in a shorter period), placed on a day.

    Each has `category_then`, what the member was on the day of the appraisal.
    """
    if period.kind == "year":
        chosen = Q(appraisal__year=period.start.year)
    else:
        chosen = Q(appraisal__held_on__range=(period.start, period.end))
    later = Q(member__confirmed_on__gt=F("appraisal__held_on"))
    entries = AppraisalEntry.objects.filter(chosen).annotate(
        category_then=Case(
            When(later, then=Value(Member.Category.PROBATIONARY)), default="member__category"
        )
    )
    return placed(entries, "appraisal__organization", day)


def results_of(member: Member) -> QuerySet[AppraisalEntry]:
    """Return a member's results, the newest first."""
    return (
        AppraisalEntry.objects.filter(member=member)
        .select_related("appraisal__organization")
        .order_by("-appraisal__year", "-pk")
    )


def open_appraisals(day: dt.date) -> QuerySet[Appraisal]:
    """Return the appraisals whose day has come and that are not said to be done."""
    return (
        Appraisal.objects.filter(held_on__lte=day)
        .exclude(state=State.DONE)
        .select_related("organization")
        .order_by("held_on", "organization__path")
    )


def meetings_to_link(branch: PartyOrganization, year: int) -> QuerySet[Activity]:
    """Return the activities of a branch that an appraisal of a year can have been held in."""
    kinds = (Meeting.Kind.DEMOCRATIC_APPRAISAL, Meeting.Kind.ORGANIZATIONAL_LIFE_MEETING)
    first, last = days_of(year)
    return (
        Activity.objects.filter(
            organization=branch, held_on__range=(first, last), meetings__kind__in=kinds
        )
        .distinct()
        .order_by("-held_on", "-pk")
    )


def days_of(year: int) -> tuple[dt.date, dt.date]:
    """Return between which days the appraisal of a year can be held: until the middle of the next."""
    return dt.date(year, 1, 1), dt.date(year + 1, 6, 30)
