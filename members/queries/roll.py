"""Who belonged where on a day, who may vote, who is expected."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields import BooleanField

from branches.models import PartyOrganization
from members.models import (
    AttendanceExemption,
    Member,
    Membership,
)
from members.queries.discipline import without_vote_on
from members.queries.offices import committee_on
from members.queries.terms import standing_of
from partybuild.dated import covering
from partybuild.periods import Period
from partybuild.scoping import everything

Span = tuple[dt.date | None, dt.date | None]


def full_on(day: dt.date, prefix: str = "") -> Q:
    """Return the condition that a person was a full member on `day`.

    Without a known day of 转正 somebody who is a full member now is taken to have been one.
    """
    confirmed = Q(**{f"{prefix}confirmed_on__isnull": True}) | Q(
        **{f"{prefix}confirmed_on__lte": day}
    )
    return Q(**{f"{prefix}category": Member.Category.FULL}) & confirmed


def voter_on(day: dt.date, prefix: str = "") -> Q:
    """Return the condition that a person could vote on `day`: a full member not under 留党察看.

    Why somebody has no vote is not told.
    """
    return full_on(day, prefix) & ~Q(**{f"{prefix}pk__in": without_vote_on(day)})


def on_roll(day: dt.date, prefix: str = "") -> Q:
    """Return the condition that a person was a member in good standing on `day`."""
    return is_member(day, prefix) & in_standing(day, prefix)


def is_member(day: dt.date, prefix: str = "") -> Q:
    """Return the condition that a person had joined the party by `day`."""
    joined = Q(**{f"{prefix}joined_on__isnull": True}) | Q(**{f"{prefix}joined_on__lte": day})
    return Q(**{f"{prefix}category__in": Member.MEMBER_CATEGORIES}) & joined


def in_standing(day: dt.date, prefix: str = "") -> Q:
    """Return the condition that somebody's present standing, unless it is newer, is a normal one."""
    normal = Q(**{f"{prefix}state": Member.State.NORMAL})
    return normal | Q(**{f"{prefix}state_since__gt": day})


def on_roll_of(day: dt.date) -> Q:
    """Return the condition that a membership counts somebody on the roll on `day`, whatever its kind.

    A change of standing ends the membership, so what somebody is by now says nothing about the
    days of a membership that has ended. Only where one is still open (an import says 停止党籍 and
    no day) the standing itself decides.
    """
    standing = Q(ended_on__isnull=False) | in_standing(day, "member__")
    return covering(day) & is_member(day, "member__") & standing


def memberships_on(day: dt.date) -> QuerySet[Membership]:
    """Return the memberships of members in good standing that hold on `day`, second ones too."""
    counted = (Membership.Kind.FORMAL, Membership.Kind.SECOND)
    return Membership.objects.filter(on_roll_of(day), kind__in=counted).select_related("member")


def roll_on(day: dt.date, organization: PartyOrganization) -> QuerySet[Membership]:
    """Return the roll of one branch on `day` in the order of names, with `is_full`, `can_vote`, `is_exempt`.

    Second memberships are on it: those people are expected there, too.
    """
    exempt = AttendanceExemption.objects.filter(covering(day), member=OuterRef("member"))
    formal = Q(kind=Membership.Kind.FORMAL)
    return (
        memberships_on(day)
        .filter(organization=organization)
        .annotate(
            is_full=holds(full_on(day, "member__") & formal),
            can_vote=holds(voter_on(day, "member__") & formal),
            is_exempt=Exists(exempt),
        )
        .order_by("member__pinyin", "member__pk")
    )


def holds(condition: Q) -> Case:
    """Return a condition as a column of True and False."""
    return Case(
        When(condition, then=Value(True)),  # noqa: FBT003 -- Django's Value
        default=Value(False),  # noqa: FBT003 -- Django's Value
        output_field=BooleanField(),
    )


def roll_members(organization: PartyOrganization, day: dt.date) -> QuerySet[Member]:
    """Return the files of those on one branch's roll on `day`, in the order of names.

    The roll is read first: as a subquery, a database without fresh statistics may walk it once
    for every file (seen: a minute for 300 people).
    """
    on_it = list(roll_on(day, organization).values_list("member", flat=True))
    return Member.objects.filter(pk__in=on_it).order_by("pinyin", "pk")


def formal_on(day: dt.date) -> QuerySet[Membership]:
    """Return the formal memberships in scope that are on the roll on `day`."""
    return memberships_on(day).filter(kind=Membership.Kind.FORMAL)


def formal_members(organization: PartyOrganization, day: dt.date) -> QuerySet[Member]:
    """Return the files of those whose formal membership lies in one branch on `day`."""
    formal = formal_on(day).filter(organization=organization)
    on_it = list(formal.values_list("member", flat=True))
    return Member.objects.filter(pk__in=on_it).order_by("pinyin", "pk")


def spans_on_roll(members: Any) -> dict[int, list[Span]]:
    """Return from when to when each of these members belonged formally, wherever, with one query."""
    with everything(reason="since when somebody is on a roll is asked of all branches"):
        formal = Membership.objects.filter(member__in=members, kind=Membership.Kind.FORMAL)
    spans: dict[int, list[Span]] = defaultdict(list)
    for member, start, end in formal.order_by("pk").values_list("member", "started_on", "ended_on"):
        spans[member].append((start, end))
    return spans


def belonged_throughout(member: Member, spans: Iterable[Span], period: Period) -> bool:
    """Tell whether somebody was a member on a roll on every day of a period, in one branch after another."""
    if member.joined_on and member.joined_on > period.start:
        return False
    day = period.start
    for start, end in sorted(spans, key=lambda span: span[0] or dt.date.min):
        if (start is None or start <= day) and (end is None or end > day):
            if end is None or end > period.end:
                return True
            day = end
    return False


def roster_on(day: dt.date) -> QuerySet[Membership]:
    """Return the formal roll of everything in scope on `day`, in the order of tree and names."""
    return (
        formal_on(day)
        .annotate(branch_name=F("organization__name"))
        .order_by("organization__path", "member__pinyin", "member__pk")
    )


def as_they_were(roster: QuerySet[Membership], day: dt.date) -> QuerySet[Membership]:
    """Return a roster with `category_then`, `confirmed_then`, `state_then`: what the file said on `day`.

    Whoever is on the roll was in good standing that day, whatever has happened since.
    """
    confirmed_later = Q(member__confirmed_on__gt=day)
    return roster.annotate(
        category_then=Case(
            When(confirmed_later, then=Value(Member.Category.PROBATIONARY)),
            default="member__category",
        ),
        confirmed_then=Case(When(confirmed_later, then=None), default="member__confirmed_on"),
        state_then=Value(Member.State.NORMAL),
    )


def headcount(organization: PartyOrganization, day: dt.date) -> dict[str, Any]:
    """Return a branch's figures for its home page: members, voters, groups, committee, term."""
    people: list[Any] = list(roll_on(day, organization).filter(kind=Membership.Kind.FORMAL))
    full = sum(person.is_full for person in people)
    standing = standing_of(organization, day)
    return {
        "full": full,
        "probationary": len(people) - full,
        "voters": sum(person.can_vote for person in people),
        "groups": organization.subordinates.filter(kind=PartyOrganization.Kind.GROUP).count(),
        "committee": committee_on(day, organization).values("member").distinct().count(),
        "term": standing.term,
        "due_on": standing.until,
        "standing": standing,
    }
