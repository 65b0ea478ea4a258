"""Counting a year of each branch: so many meetings of a form in each month or quarter of it."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, IntegerField, Q, QuerySet, Value
from django.utils import timezone

from activities.models import Meeting
from branches.models import PartyOrganization
from branches.queries.placements import existing_in, placed
from partybuild.periods import Period

KIND = Meeting.Kind
# The forms of a year's table, each with what it is counted by.
FORMS: tuple[tuple[str, str], ...] = (
    (KIND.GENERAL_MEETING, "quarter"),
    (KIND.COMMITTEE_MEETING, "month"),
    (KIND.GROUP_MEETING, "month"),
    (KIND.PARTY_LECTURE, "quarter"),
    (KIND.PARTY_DAY, "month"),
    (KIND.ORGANIZATIONAL_LIFE_MEETING, "year"),
    (KIND.DEMOCRATIC_APPRAISAL, "year"),
)


def columns_of_a_year() -> Iterator[tuple[str, str, int]]:
    """Yield (form, what it is counted by, number of the part): `("party_day", "month", 11)`."""
    for form, per in FORMS:
        for number in range(1, len(list(Period.year(2000).split(per))) + 1):
            yield form, per, number


def meetings_by_branch(period: Period, day: dt.date) -> QuerySet[PartyOrganization]:
    """Return the branches of a period's time with `FORM_N`, how many meetings count for a part.

    The parts are those of the period's year; of those that lie outside the period or have not
    begun the number is None. One query, however many branches there are.
    """
    year = Period.year(period.start.year)
    counts = {}
    for form, per, number in columns_of_a_year():
        part = list(year.split(per))[number - 1]
        start, end = max(part.start, period.start), min(part.end, period.end)
        told = start <= min(end, timezone.localdate())
        counts[f"{form}_{number}"] = (
            _counted(form, start, end) if told else Value(None, output_field=IntegerField())
        )
    branches = PartyOrganization.objects.filter(
        existing_in(period), kind__in=PartyOrganization.BRANCH_KINDS
    )
    return placed(branches, "", day).annotate(**counts)


def _counted(form: str, start: dt.date, end: dt.date) -> Count:
    moved = Q(activities__counts_for__range=(start, end))
    held = Q(activities__counts_for=None, activities__held_on__range=(start, end))
    kept = Q(activities__deleted_at=None, activities__meetings__kind=form)
    return Count("activities__meetings", filter=kept & (moved | held))
