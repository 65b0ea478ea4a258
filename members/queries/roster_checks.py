"""Reading whether branches have checked their rosters."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from branches.models import PartyOrganization
from branches.queries.organizations import branches_in_scope
from members.models import Membership, RosterCheck, RosterRemark
from members.queries.roll import roll_on, roster_on


def people_to_check(organization: PartyOrganization, day: dt.date) -> list[Membership]:
    """Return the formal roll of a branch, in the order of names."""
    formal = roll_on(day, organization).filter(kind=Membership.Kind.FORMAL)
    return list(formal.select_related("member", "group"))


def open_remarks(organization: PartyOrganization) -> QuerySet[RosterRemark]:
    """Return what has been said of a branch's roster and is not settled, the oldest first."""
    return (
        RosterRemark.objects.filter(roster_check__organization=organization, settled_on=None)
        .select_related("member", "roster_check__organization")
        .order_by("roster_check__checked_on", "pk")
    )


def last_check(organization: PartyOrganization) -> RosterCheck | None:
    """Return the newest check of a branch's roster, None without one."""
    return RosterCheck.objects.filter(organization=organization).first()


@dataclass(frozen=True)
class Unchecked:
    """A branch whose roster nobody has checked, or with remarks nobody has settled."""

    branch: PartyOrganization
    people: int
    is_checked: bool
    remarks: int


def unchecked(day: dt.date) -> list[Unchecked]:
    """Return the branches in scope that have people and want attention, in two queries."""
    people = dict(roster_on(day).order_by().values_list("organization").annotate(Count("pk")))
    checks = RosterCheck.objects.filter(organization=OuterRef("pk"))
    is_open = Q(roster_checks__remarks__isnull=False, roster_checks__remarks__settled_on=None)
    branches = branches_in_scope().annotate(
        has_check=Exists(checks),
        remarks=Count("roster_checks__remarks", filter=is_open, distinct=True),
    )
    return [
        Unchecked(branch, people[branch.pk], branch.has_check, branch.remarks)
        for branch in branches.filter(Q(has_check=False) | Q(remarks__gt=0))
        if people.get(branch.pk)
    ]
