"""Writing the secret addresses of calendars."""

import datetime as dt
import secrets

from django.db import transaction
from django.utils import timezone

from activities.models import FeedAddress
from activities.queries.feeds import digest_of, living_feeds
from branches.models import PartyOrganization, User
from partybuild import audit
from partybuild.refusals import Refused

TOKEN_BYTES = 16  # 128 bits
MOST_ADDRESSES = 10
# A calendar asks every few minutes; its use is noted once an hour.
NOTED_EVERY = dt.timedelta(hours=1)


@transaction.atomic
def make_feed(
    *, actor: User, organization: PartyOrganization | None = None
) -> tuple[FeedAddress, str]:
    """Make an address and return it with its secret, which is told this once and not kept."""
    if living_feeds(actor).count() >= MOST_ADDRESSES:
        raise Refused(f"已有 {MOST_ADDRESSES} 个地址，请先停用不用的。")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = FeedAddress.objects.create(
        user=actor, organization=organization, token_digest=digest_of(token)
    )
    audit.record(
        actor=actor,
        action="activities.feed.made",
        subject=feed,
        place=organization.path if organization else "",
        summary=f"生成{feed}",
    )
    return feed, token


@transaction.atomic
def revoke_feed(*, actor: User, feed: FeedAddress) -> None:
    """Let an address open nothing any more."""
    feed.revoked_at = timezone.now()
    feed.save(update_fields=["revoked_at"])
    audit.record(
        actor=actor,
        action="activities.feed.revoked",
        subject=feed,
        place=feed.organization.path if feed.organization else "",
        summary=f"停用{feed}",
    )


def note_use(*, feed: FeedAddress) -> None:
    """Write down that an address was read, so that its maker sees which one is still in use."""
    now = timezone.now()
    if feed.last_used_at is None or now - feed.last_used_at > NOTED_EVERY:
        FeedAddress.objects.filter(pk=feed.pk).update(last_used_at=now)
