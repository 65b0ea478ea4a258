"""Reading people: who belonged where on a day, who may vote, who is expected."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.db.models.fields import BooleanField

from branches.models import PartyOrganization, User
from members.models import (
    AttendanceExemption,
    Member,
    Membership,
    Office,
    PostHolder,
    VanguardPost,
)
from partybuild.periods import add_years
from partybuild.scoping import everything


def covering(day: dt.date, prefix: str = "") -> Q:
    """Return the condition that a dated row holds on `day`; open ends are None."""
    started = Q(**{f"{prefix}started_on__isnull": True}) | Q(**{f"{prefix}started_on__lte": day})
    running = Q(**{f"{prefix}ended_on__isnull": True}) | Q(**{f"{prefix}ended_on__gt": day})
    return started & running


def full_on(day: dt.date, prefix: str = "") -> Q:
    """Return the condition that a person was a full member on `day`.

    Without a known day of 转正 somebody who is a full member now is taken to have been one.
    """
    confirmed = Q(**{f"{prefix}confirmed_on__isnull": True}) | Q(
        **{f"{prefix}confirmed_on__lte": day}
    )
    return Q(**{f"{prefix}category": Member.Category.FULL}) & confirmed


def on_roll(day: dt.date, prefix: str = "") -> Q:
    """Return the condition that a person was a member in good standing on `day`."""
    joined = Q(**{f"{prefix}joined_on__isnull": True}) | Q(**{f"{prefix}joined_on__lte": day})
    normal = Q(**{f"{prefix}state": Member.State.NORMAL}) | Q(**{f"{prefix}state_since__gt": day})
    return Q(**{f"{prefix}category__in": Member.MEMBER_CATEGORIES}) & joined & normal


def memberships_on(day: dt.date) -> QuerySet[Membership]:
    """Return the memberships of members in good standing that hold on `day`, second ones too."""
    counted = (Membership.Kind.FORMAL, Membership.Kind.SECOND)
    return Membership.objects.filter(
        covering(day), on_roll(day, "member__"), kind__in=counted
    ).select_related("member")


def roll_on(day: dt.date, organization: PartyOrganization) -> QuerySet[Membership]:
    """Return the roll of one branch on `day` in the order of names, with `can_vote`, `is_exempt`.

    Second memberships are on it: those people are expected there, too.
    """
    exempt = AttendanceExemption.objects.filter(covering(day), member=OuterRef("member"))
    return (
        memberships_on(day)
        .filter(organization=organization)
        .annotate(
            can_vote=Case(
                When(full_on(day, "member__") & Q(kind=Membership.Kind.FORMAL), then=Value(True)),  # noqa: FBT003 -- Django's Value
                default=Value(False),  # noqa: FBT003 -- Django's Value
                output_field=BooleanField(),
            ),
            is_exempt=Exists(exempt),
        )
        .order_by("member__pinyin", "member__pk")
    )


def roll_members(organization: PartyOrganization, day: dt.date) -> QuerySet[Member]:
    """Return the files of those on one branch's roll on `day`, in the order of names.

    The roll is read first: as a subquery, a database without fresh statistics may walk it once
    for every file (seen: a minute for 300 people).
    """
    on_it = list(roll_on(day, organization).values_list("member", flat=True))
    return Member.objects.filter(pk__in=on_it).order_by("pinyin", "pk")


def committee_on(day: dt.date, organization: PartyOrganization) -> QuerySet[Office]:
    """Return the offices of the leading body that hold on `day` and whose holder is on file."""
    return (
        Office.objects.filter(covering(day), organization=organization, member__isnull=False)
        .exclude(post=Office.Post.GROUP_LEADER)
        .select_related("member")
    )


def secretary_of(organization: PartyOrganization, day: dt.date) -> Member | None:
    """Return the secretary on `day`, None when there is none on file."""
    office = committee_on(day, organization).filter(post=Office.Post.SECRETARY).last()
    return office.member if office else None


def members_in_scope() -> QuerySet[Member]:
    """Return the files in scope with their branch."""
    return Member.objects.select_related("branch").order_by("branch__path", "pinyin", "pk")


def search_members(text: str) -> QuerySet[Member]:
    """Return the files whose name, pinyin or initials begin with or hold `text`."""
    text = "".join(text.split()).lower()
    return members_in_scope().filter(
        Q(name__icontains=text) | Q(initials__startswith=text) | Q(pinyin__startswith=text)
    )


def roster_on(day: dt.date) -> QuerySet[Membership]:
    """Return the formal roll of everything in scope on `day`, in the order of tree and names."""
    return (
        memberships_on(day)
        .filter(kind=Membership.Kind.FORMAL)
        .annotate(branch_name=F("organization__name"))
        .order_by("organization__path", "member__pinyin", "member__pk")
    )


def names_of(members: Iterable[Member]) -> str:
    """Return names joined for a sentence."""
    return "、".join(member.name for member in members)


def member_list(
    *, text: str = "", branch: PartyOrganization | None = None, category: str = ""
) -> QuerySet[Member]:
    """Return the files in scope that meet the conditions."""
    found = search_members(text) if text else members_in_scope()
    if branch:
        found = found.filter(branch=branch)
    if category:
        found = found.filter(category=category)
    return found


def membership_history(member: Member) -> QuerySet[Membership]:
    """Return where one person has belonged, the newest first."""
    return member.memberships.select_related("organization", "group").order_by(
        F("started_on").desc(nulls_last=True), "-pk"
    )


def find_own_file(user: User) -> Member | None:
    """Return the file of an account's own person; no identifier is taken from anywhere else."""
    with everything(reason="people may always read their own file"):
        return Member.objects.select_related("branch").filter(user=user).first()


def posts_in_scope() -> QuerySet[VanguardPost]:
    """Return the vanguard posts in scope with the names of their holders."""
    return VanguardPost.objects.select_related("organization").prefetch_related(
        Prefetch("holders", PostHolder.objects.filter(ended_on=None).select_related("member"))
    )


def holders_on(day: dt.date) -> QuerySet[PostHolder]:
    """Return who holds which vanguard post on `day`."""
    standing = Q(post__ended_on__isnull=True) | Q(post__ended_on__gt=day)
    return PostHolder.objects.filter(covering(day), standing, post__awarded_on__lte=day)


def headcount(organization: PartyOrganization, day: dt.date) -> dict[str, Any]:
    """Return a branch's figures for its home page: members, voters, groups, committee, term."""
    people: list[Any] = list(roll_on(day, organization).filter(kind=Membership.Kind.FORMAL))
    voters = sum(person.can_vote for person in people)
    term = organization.terms.filter(elected_on__lte=day).last() or organization.terms.last()
    known = term is not None and term.elected_on is not None and term.years is not None
    return {
        "full": voters,
        "probationary": len(people) - voters,
        "voters": voters,
        "groups": organization.subordinates.filter(kind=PartyOrganization.Kind.GROUP).count(),
        "committee": committee_on(day, organization).values("member").distinct().count(),
        "term": term,
        "due_on": add_years(term.elected_on, term.years) if term and known else None,  # type: ignore[arg-type]
    }
