"""党员数综合比较: the yearly comparison of numbers, worked out from dated memberships (RULES §7).

A rehearsal: the official figures stay in the official system. Everything is told for one subtree as
it stood on each day. Who moves within the subtree neither comes nor goes; who crosses its border,
alone or because the branch was placed elsewhere, does.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils import timezone

from branches.models import PartyOrganization, Placement
from members.models import Member, Membership
from partybuild import paths
from partybuild.scoping import active_scope, everything

Start, End = Membership.Start, Membership.End
EVER, NEVER_ENDS = dt.date.min, dt.date.max
# The branch itself came under or left the subtree.
PLACED = "placed"

CAME = {
    Start.ADMITTED: (3,),
    Start.RESTORED: (4,),
    Start.ARRIVED: (5,),
    Start.MOVED: (5,),
    Start.ARRIVED_AS_UNIT: (5, 6),
    PLACED: (5, 6),
}
LEFT = {
    End.EXITED: (8,),
    End.SUSPENDED: (9,),
    End.DECEASED: (10,),
    End.LEFT: (11,),
    End.MOVED: (11,),
    End.LEFT_AS_UNIT: (11, 12),
    PLACED: (11, 12),
}
# Nothing that is encrypted is read: a committee has thousands of members.
READ = (
    *("organization__name", "organization__short_name", "member__branch__path"),
    *("member__name", "member__public_id", "member__joined_on", "member__state"),
    *("member__state_since", "started_on", "ended_on", "started_by", "ended_by"),
)
FOR_GOOD = {End.EXITED, End.SUSPENDED, End.DECEASED}
TITLES = {
    1: "上年底总数",
    2: "本年增加（3+4+5）",
    3: "发展党员",
    4: "恢复党籍",
    5: "转入组织关系",
    6: "其中整建制转入",
    7: "本年减少（8+9+10+11）",
    8: "出党",
    9: "停止党籍",
    10: "死亡",
    11: "转出组织关系",
    12: "其中整建制转出",
    13: "应有数（1+2-7）",
    14: "实有数",
    15: "差（14-13）",
}
FROM_START, INCREASE, DECREASE, DUE, PRESENT, DIFFERENCE = 1, 2, 7, 13, 14, 15


@dataclass(frozen=True)
class Person:
    """One person in a row: name, file ('' where it lies elsewhere by now), branch, day, and why."""

    member: int
    name: str
    public_id: str
    branch: str
    day: dt.date | None = None
    why: str = ""


@dataclass(frozen=True)
class Line:
    """One row of the comparison, with the people it counts (none for what is only computed)."""

    number: int
    title: str
    count: int
    people: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Rehearsal:
    """The comparison of one subtree and year, as of its last day or today."""

    organization: PartyOrganization
    year: int
    day: dt.date
    lines: tuple[Line, ...]

    @property
    def unexplained(self) -> tuple[Person, ...]:
        """Those who do not add up, each with why and what to do."""
        return self.lines[DIFFERENCE - 1].people


@dataclass
class _Stretch:
    """An uninterrupted time that somebody belonged to the subtree."""

    person: Person
    start: dt.date
    end: dt.date
    came: str
    left: str
    notes: list[str] = field(default_factory=list)


def rehearse(organization: PartyOrganization, year: int) -> Rehearsal:
    """Work out rows 1–15 for a subtree and a year; a running year is told as of today."""
    first = dt.date(year, 1, 1)
    day = min(dt.date(year, 12, 31), timezone.localdate())
    before = first - dt.timedelta(days=1)
    shown = active_scope()
    with everything(reason="who belonged here then is counted wherever the branch stands today"):
        inside = _when_inside(organization)
        stretches = _stretches(_memberships(inside, before, day), inside, shown)
    people: dict[int, list[Person]] = defaultdict(list)
    for stretch in stretches:
        for number, person in _entries(stretch, before, first, day):
            people[number].append(person)
    return Rehearsal(organization, year, day, _lines(people))


def _lines(people: dict[int, list[Person]]) -> tuple[Line, ...]:
    people[INCREASE] = [*people[3], *people[4], *people[5]]
    people[DECREASE] = [*people[8], *people[9], *people[10], *people[11]]
    counts = {number: len(people[number]) for number in TITLES}
    counts[DUE] = counts[FROM_START] + counts[INCREASE] - counts[DECREASE]
    counts[DIFFERENCE] = counts[PRESENT] - counts[DUE]
    return tuple(
        Line(number, title, counts[number], tuple(people[number]))
        for number, title in TITLES.items()
    )


# --- when an organisation stood in the subtree -----------------------------------------------

Interval = tuple[dt.date, dt.date]


def _when_inside(organization: PartyOrganization) -> dict[int, list[Interval]]:
    """Return when each organisation stood in the subtree: pk -> half-open intervals in order."""
    tops = list(Placement.objects.filter(organization=organization))
    if not tops:
        return {organization.pk: [(EVER, NEVER_ENDS)]}
    under = reduce(or_, (_below(top.path) for top in tops))
    inside: dict[int, list[Interval]] = defaultdict(list)
    for placement in Placement.objects.filter(under).order_by("organization_id", "pk"):
        for top in tops:
            start = max(_opening(placement.started_on), _opening(top.started_on))
            end = min(_closing(placement.ended_on), _closing(top.ended_on))
            if paths.covers(top.path, placement.path) and start < end:
                inside[placement.organization_id].append((start, end))
    return {pk: _joined(sorted(intervals)) for pk, intervals in inside.items()}


def _below(path: str) -> Q:
    return Q(path__gte=path, path__lt=paths.next_path(path))


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for start, end in intervals:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _opening(day: dt.date | None) -> dt.date:
    return EVER if day is None else day


def _closing(day: dt.date | None) -> dt.date:
    return NEVER_ENDS if day is None else day


# --- who belonged to it ----------------------------------------------------------------------


def _memberships(
    inside: dict[int, list[Interval]], before: dt.date, day: dt.date
) -> Iterable[Membership]:
    """Return the formal memberships of these organisations that reach into the year."""
    started = Q(started_on__isnull=True) | Q(started_on__lte=day)
    running = Q(ended_on__isnull=True) | Q(ended_on__gt=before)
    rows = Membership.objects.filter(
        started,
        running,
        kind=Membership.Kind.FORMAL,
        organization__in=list(inside),
        member__category__in=Member.MEMBER_CATEGORIES,
    ).select_related("member", "member__branch", "organization")
    return rows.only(*READ).order_by("member_id", "pk").iterator(chunk_size=2000)


def _stretches(
    memberships: Iterable[Membership], inside: dict[int, list[Interval]], shown: Any
) -> list[_Stretch]:
    """Cut memberships to the days in the subtree and join what follows without a gap."""
    cut: dict[int, list[_Stretch]] = defaultdict(list)
    for row in memberships:
        whole = _whole(row, shown)
        if whole is None:
            continue
        for start, end in inside[row.organization_id]:
            piece = replace(whole, notes=list(whole.notes))
            if start > piece.start:
                piece.start, piece.came = start, PLACED
            if end < piece.end:
                piece.end, piece.left = end, PLACED
            if piece.start < piece.end:
                cut[row.member_id].append(piece)
    return [stretch for pieces in cut.values() for stretch in _without_gaps(pieces)]


def _whole(row: Membership, shown: Any) -> _Stretch | None:
    """Return the days on which a membership counts, None when it never does."""
    member, place = row.member, row.organization
    visible = shown.covers(member.branch.path)
    person = Person(row.member_id, member.name, member.public_id if visible else "", place.label)
    stretch = _Stretch(
        person, _opening(row.started_on), _closing(row.ended_on), row.started_by, row.ended_by
    )
    if member.joined_on is not None and member.joined_on > stretch.start:
        stretch.start = member.joined_on
        if row.started_by != Start.ADMITTED:
            stretch.came = ""
    if row.ended_on is None and member.state != Member.State.NORMAL:
        if member.state_since is None:
            return None
        stretch.end, stretch.left = member.state_since, ""
        stretch.notes.append(
            f"档案里是“{member.get_state_display()}”，没有办理党籍变动。"
            "请在“党籍变动”里补办，写明日期和文号。"
        )
    return stretch if stretch.start < stretch.end else None


def _without_gaps(pieces: list[_Stretch]) -> Iterator[_Stretch]:
    pieces.sort(key=lambda piece: (piece.start, piece.end))
    current = pieces[0]
    for piece in pieces[1:]:
        if piece.start < current.end:
            current.notes.append("有两段组织关系日期重叠，只算一人。请核对起止日期。")
        elif piece.start > current.end or current.left in FOR_GOOD:
            yield current
            current = piece
            continue
        if piece.end >= current.end:
            current.end, current.left, current.person = piece.end, piece.left, piece.person
        current.notes += piece.notes
    yield current


# --- what it counts for ----------------------------------------------------------------------


def _entries(
    stretch: _Stretch, before: dt.date, first: dt.date, day: dt.date
) -> Iterator[tuple[int, Person]]:
    """Yield the rows in which a stretch stands, and row 15 for what nobody has explained."""
    if stretch.start <= before < stretch.end:
        yield FROM_START, stretch.person
    if stretch.start <= day < stretch.end:
        yield PRESENT, stretch.person
    if first <= stretch.start <= day:
        person = replace(stretch.person, day=stretch.start)
        for number in CAME.get(stretch.came, ()):
            yield number, person
        if stretch.came not in CAME:
            yield DIFFERENCE, replace(person, why=_why_came(stretch))
    if first <= stretch.end <= day:
        person = replace(stretch.person, day=stretch.end)
        for number in LEFT.get(stretch.left, ()):
            yield number, person
        if stretch.left not in LEFT:
            yield DIFFERENCE, replace(person, why=_why_left(stretch))
    elif stretch.notes:
        yield DIFFERENCE, replace(stretch.person, why="".join(stretch.notes))


def _why_came(stretch: _Stretch) -> str:
    if stretch.came == "":
        why = "入党时间在本年，组织关系却没有写明是发展党员还是转入。"
    else:
        why = "本年才建档登记，没有写明从哪里来。"
    return f"多出一人：{why}请在组织关系里补写来源。"


def _why_left(stretch: _Stretch) -> str:
    why = "".join(stretch.notes) or "组织关系结束了，没有写明原因。请在组织关系里补写原因。"
    return f"少了一人：{why}"
