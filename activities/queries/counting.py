"""For which month a party day counts that the rule has moved into the month beside (RULES 9, 1.3)."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import F
from django.db.models.functions import Coalesce

from activities.models import Activity, Meeting
from activities.queries.party_days import PartyDays
from activities.queries.reviews import closed_months, is_closed
from branches.models import PartyOrganization
from partybuild.periods import Period

# For which month, and why; nothing where the day itself says it.
Counting = tuple[dt.date | None, str]
# A branch, a day, the forms held.
Held = tuple[PartyOrganization, dt.date, Collection[str]]
BY_DATE: Counting = (None, "")


def counting_of(
    organization: PartyOrganization,
    day: dt.date,
    kinds: Collection[str],
    *,
    besides: Activity | None = None,
) -> Counting:
    """Return for which month the rule lets one occasion count; see `countings_of`."""
    return countings_of([(organization, day, kinds)], besides=besides)[0]


def countings_of(held: Iterable[Held], *, besides: Activity | None = None) -> list[Counting]:
    """Return for which month the rule lets each occasion count, in a constant number of queries.

    A party day counts for the month it was moved from, unless that month has one (other than the
    record `besides`), or is closed.
    """
    occasions = list(held)
    if not any(_is_party_day(one) for one in occasions):
        return [BY_DATE] * len(occasions)
    days = PartyDays()
    moved = [
        days.moved_from(one[1], one[0].path) if _is_party_day(one) else None for one in occasions
    ]
    months = [found[0] for found in moved if found]
    if not months:
        return [BY_DATE] * len(occasions)
    span = Period(min(month.start for month in months), max(month.end for month in months))
    closed = closed_months(span.start, span.end)
    taken = _months_with_party_day(occasions, span, besides) | {
        (place.pk, day.replace(day=1))
        for (place, day, kinds), move in zip(occasions, moved, strict=True)
        if move is None and Meeting.Kind.PARTY_DAY in kinds
    }
    found = []
    for (place, _, _), move in zip(occasions, moved, strict=True):
        if (
            move is None
            or (place.pk, move[0].start) in taken
            or is_closed(closed, place, move[0].start)
        ):
            found.append(BY_DATE)
            continue
        taken.add((place.pk, move[0].start))
        found.append((move[0].start, move[1]))
    return found


def _is_party_day(held: Held) -> bool:
    place, _, kinds = held
    return Meeting.Kind.PARTY_DAY in kinds and place.is_branch


def _months_with_party_day(
    occasions: Iterable[Held], span: Period, besides: Activity | None
) -> set[tuple[int, dt.date]]:
    places = {place.pk for place, _, _ in occasions}
    known = (
        Meeting.objects.filter(kind=Meeting.Kind.PARTY_DAY, activity__organization__in=places)
        .annotate(counted_on=Coalesce(F("activity__counts_for"), F("activity__held_on")))
        .filter(counted_on__range=(span.start, span.end))
        .exclude(activity=besides.pk if besides else None)
    )
    return {
        (place, day.replace(day=1))
        for place, day in known.values_list("activity__organization", "counted_on")
    }
