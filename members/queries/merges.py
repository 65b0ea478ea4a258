"""Reading what of people hangs on an organisation."""

import datetime as dt

from django.db.models import Count, F, Q, QuerySet

from branches.models import PartyOrganization
from members.models import Membership, Transfer
from partybuild import paths


def held_on(organization: PartyOrganization, day: dt.date) -> QuerySet[Membership]:
    """Return the memberships of one organisation that run on a day or later, formal ones first."""
    running = Q(ended_on__isnull=True) | Q(ended_on__gt=day)
    rows = Membership.objects.filter(running, organization=organization)
    no_day = Q(started_on__isnull=False, ended_on=F("started_on"))
    return rows.exclude(no_day).order_by("kind", "pk")


def open_memberships_under(organization: PartyOrganization) -> dict[str, int]:
    """Return how many open memberships lie in a subtree: kind -> number."""
    path = organization.path
    rows = Membership.objects.filter(
        ended_on=None,
        organization__path__gte=path,
        organization__path__lt=paths.next_path(path),
    )
    return dict(rows.values_list("kind").annotate(Count("pk")).order_by())


def transfers_under_way(organization: PartyOrganization) -> int:
    """Return how many transfers from or to an organisation are not over."""
    here = Q(sender=organization) | Q(receiver=organization)
    return Transfer.objects.filter(here, state__in=Transfer.OPEN_STATES).count()
