"""Writing the secret addresses of calendars."""

import datetime as dt
import secrets

from django.db import transaction
from django.utils import timezone

from activities.models import FeedAddress, FeedGuess
from activities.queries.feeds import client_of, digest_of, living_feeds
from branches.models import PartyOrganization, User
from partybuild import audit
from partybuild.models import AuditEntry
from partybuild.refusals import Refused

TOKEN_BYTES = 16  # 128 bits
MOST_ADDRESSES = 10
# A calendar asks every few minutes; its use is noted once an hour.
NOTED_EVERY = dt.timedelta(hours=1)
# So many wrong addresses from one place are a slip of the pen, more are guessing.
MOST_GUESSES = 20
GUESSES_WITHIN = dt.timedelta(minutes=15)


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


def note_guess(*, address: str, what: str = "日历地址") -> bool:
    """Count a wrong secret asked from a network address; tell whether there were too many lately.

    `what` it would have opened is told in the trail; secrets of all kinds are counted together.

    The count stands in the database, so that it holds for all workers. Who goes on after too many is
    only looked up, not counted further: a flood writes nothing.
    """
    client, now = client_of(address), timezone.now()
    since = now - GUESSES_WITHIN
    if FeedGuess.objects.filter(client=client, began_at__gt=since, count__gt=MOST_GUESSES).exists():
        return True
    with transaction.atomic():
        FeedGuess.objects.filter(began_at__lte=since).delete()
        guess, _ = FeedGuess.objects.select_for_update().get_or_create(
            client=client, defaults={"began_at": now}
        )
        guess.count += 1
        guess.save(update_fields=["count"])
        is_too_many = guess.count > MOST_GUESSES
        if is_too_many:
            audit.record(
                actor=None,
                action="activities.feed.guessing",
                subject=guess,
                summary=f"同一来源连续试了 {MOST_GUESSES} 个不存在的{what}，暂不回答",
                result=AuditEntry.Result.REFUSED,
            )
    return is_too_many


def note_use(*, feed: FeedAddress) -> None:
    """Write down that an address was read, so that its maker sees which one is still in use."""
    now = timezone.now()
    if feed.last_used_at is None or now - feed.last_used_at > NOTED_EVERY:
        FeedAddress.objects.filter(pk=feed.pk).update(last_used_at=now)
