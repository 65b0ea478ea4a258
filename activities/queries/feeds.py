"""Reading what a calendar under a secret address may show."""

import ipaddress

from django.db.models import Q, QuerySet
from django.utils import timezone

from activities.models import FeedAddress, PlannedActivity
from branches.models import PartyOrganization, User
from members.queries.roll import memberships_on
from partybuild.crypto import keyed_digest
from partybuild.periods import add_months
from partybuild.permissions import SIGNED_IN
from partybuild.scoping import scoped_to

PURPOSE, CLIENT = "activities.feed", "activities.feed.client"
SITE_BITS = 64
# A calendar keeps the past year.
MONTHS_BACK = 12


def digest_of(token: str) -> str:
    """Return the keyed fingerprint under which the address of a secret is found."""
    return keyed_digest(token, purpose=PURPOSE)


def client_of(address: str) -> str:
    """Return the keyed fingerprint of where somebody asks from; of IPv6, of the network of a site."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return keyed_digest("unknown", purpose=CLIENT)
    if found.version == 6:  # noqa: PLR2004 -- the version of the protocol
        found = ipaddress.ip_network((found, SITE_BITS), strict=False).network_address
    return keyed_digest(str(found), purpose=CLIENT)


def feed_of(token: str) -> FeedAddress | None:
    """Return the living address of a secret whose user may still sign in, None for any other.

    Every secret costs the same, whatever it looks like: one fingerprint, one query for it. It is
    the fingerprint that is compared, and nobody without the key can tell how near a guess came.
    """
    return (
        FeedAddress.objects.filter(
            token_digest=digest_of(token), revoked_at__isnull=True, user__is_active=True
        )
        .select_related("user", "organization")
        .first()
    )


def living_feeds(user: User) -> QuerySet[FeedAddress]:
    """Return the addresses that somebody has made and not revoked."""
    return FeedAddress.objects.filter(user=user, revoked_at__isnull=True).select_related(
        "organization", "user"
    )


def feeds_to_show(user: User, branches: list[PartyOrganization]) -> QuerySet[FeedAddress]:
    """Return somebody's own living addresses and those of the branches they record for."""
    whose = Q(user=user) | Q(organization__in=branches)
    return FeedAddress.objects.filter(whose, revoked_at__isnull=True).select_related(
        "organization", "user"
    )


def planned_for(feed: FeedAddress) -> list[PlannedActivity]:
    """Return what a calendar shows, by day: what its user may see today, cancelled ones included."""
    since = add_months(timezone.localdate(), -MONTHS_BACK)
    with scoped_to(feed.user.scope_for(SIGNED_IN)):
        rows = PlannedActivity.objects.filter(planned_on__gte=since)
        if feed.organization_id:
            rows = rows.filter(organization=feed.organization_id)
        else:
            rows = rows.filter(organization__in=_own_places(feed.user))
        return list(
            rows.select_related("organization")
            .prefetch_related("forms")
            .order_by("planned_on", "starts_at", "pk")
        )


def _own_places(user: User) -> set[int]:
    """Return where somebody belongs today and where they hold an office, not what lies below."""
    own = memberships_on(timezone.localdate()).filter(member__user=user)
    granted = {grant.organization_id for grant in user.current_grants if grant.organization_id}
    return granted | set(own.values_list("organization", flat=True))
