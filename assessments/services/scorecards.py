"""Keeping the running scorecards."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from assessments.cards import Card, kept_line
from assessments.engine.numbers import rounded
from assessments.models import Scheme, Scorecard
from assessments.queries.scorecards import each_scorecard
from assessments.queries.subjects import subjects_of
from partybuild.periods import Period

# The columns of a kept scorecard hold so many places, whatever the scheme says.
PLACES_KEPT = 2


@transaction.atomic
def store_scorecards(*, scheme: Scheme, period: Period, as_of: dt.date) -> int:
    """Compute the scorecards of all subjects in scope and keep them; return how many.

    They take the place of what was kept for the scope before, also of subjects that the scheme no
    longer concerns. Two computations of one scheme wait for one another.
    """
    Scheme.objects.select_for_update().get(pk=scheme.pk)
    cards = each_scorecard(scheme, subjects_of(scheme, period), period, as_of=as_of)
    now = timezone.now()
    kept = [_kept(scheme, period, card, now) for card in cards]
    Scorecard.objects.filter(scheme=scheme, period=period.code).delete()
    Scorecard.objects.bulk_create(kept, batch_size=500)
    return len(kept)


def _kept(scheme: Scheme, period: Period, card: Card, now: dt.datetime) -> Scorecard:
    return Scorecard(
        scheme=scheme,
        organization=card.subject.organization,
        member=card.subject.member,
        period=period.code,
        points=_places(card.points),
        full_score=_places(card.full_score),
        band=card.band,
        unscored=card.unscored,
        pending=card.pending,
        lines=[kept_line(side.side, line) for side in card.result.sides for line in side.lines],
        fingerprint=card.result.fingerprint,
        computed_at=now,
    )


def _places(points: Decimal | None) -> Decimal | None:
    return None if points is None else rounded(points, PLACES_KEPT, "half_up")
