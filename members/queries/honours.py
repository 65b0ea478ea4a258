"""Reading honours: the list, the figures, a person's own."""

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractYear

from branches.models import PartyOrganization
from members.models import Honour, Member
from partybuild import paths


def honours_in_scope() -> QuerySet[Honour]:
    """Return the honours in scope."""
    return Honour.objects.select_related("member", "organization")


def standing_honours() -> QuerySet[Honour]:
    """Return the honours in scope that were not revoked."""
    return honours_in_scope().filter(revoked_on=None)


def honour_list(
    *,
    organization: PartyOrganization | None = None,
    level: str = "",
    kind: str = "",
    year: int | None = None,
    text: str = "",
    standing: bool = False,
) -> QuerySet[Honour]:
    """Return the honours that meet the conditions; `organization` includes what is below it."""
    found = standing_honours() if standing else honours_in_scope()
    if organization:
        found = found.filter(
            organization__path__gte=organization.path,
            organization__path__lt=paths.next_path(organization.path),
        )
    for name, value in (("level", level), ("kind", kind), ("awarded_on__year", year)):
        if value:
            found = found.filter(**{name: value})
    if text:
        named = Q(title__icontains=text) | Q(member__name__icontains=text)
        found = found.filter(named | Q(unit_name__icontains=text))
    return found


def honours_by_year() -> list[dict[str, Any]]:
    """Count the standing honours of each year by level and kind, the newest year first.

    Each row has `year`, `total` and a count under every level and kind.
    """
    counts = {
        value: Count("pk", filter=Q(**{name: value}))
        for name, choices in (("level", Honour.Level), ("kind", Honour.Kind))
        for value in choices.values
    }
    standing = Honour.objects.filter(revoked_on=None)
    return list(
        standing.order_by()
        .annotate(year=ExtractYear("awarded_on"))
        .values("year")
        .annotate(total=Count("pk"), **counts)
        .order_by("-year")
    )


def honours_of(member: Member) -> QuerySet[Honour]:
    """Return a person's honours, the newest first."""
    return honours_in_scope().filter(member=member).order_by("-awarded_on", "pk")


def honours_in(start: dt.date, end: dt.date) -> QuerySet[Honour]:
    """Return the honours given from one day to another, both included."""
    return honours_in_scope().filter(awarded_on__range=(start, end))


def people_named(name: str, organization: PartyOrganization) -> list[Member]:
    """Return who of this name has the file in an organisation or below it."""
    return list(
        Member.objects.select_related("branch").filter(
            name=name,
            branch__path__gte=organization.path,
            branch__path__lt=paths.next_path(organization.path),
        )
    )
