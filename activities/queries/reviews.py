"""Reviews: what waits for the committee, what came back, which months are closed."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from activities.models import Activity, Amendment, MonthClosing, Review
from branches.models import PartyOrganization
from partybuild import paths
from partybuild.periods import Period
from partybuild.scoping import everything

LEAVE = (Amendment.State.ASKED, Amendment.State.GRANTED)


def with_review(activities: QuerySet[Activity]) -> QuerySet[Any]:
    """Annotate `verdict`: of the newest review since the record was changed; None without one."""
    newest = Review.objects.filter(
        activity=OuterRef("pk"), seen_version=OuterRef("version")
    ).order_by("-decided_at", "-pk")
    return activities.annotate(verdict=Subquery(newest.values("verdict")[:1]))


def waiting(period: Period) -> QuerySet[Activity]:
    """Return the records of a period that nobody has reviewed since they were changed."""
    held = Activity.objects.filter(held_on__range=(period.start, period.end))
    return (
        with_review(held)
        .filter(verdict=None)
        .select_related("organization")
        .order_by("held_on", "pk")
    )


def returned_in_scope() -> QuerySet[Any]:
    """Return the records that were given back and not corrected since, the newest first."""
    return (
        with_review(Activity.objects.select_related("organization"))
        .filter(verdict=Review.Verdict.RETURNED)
        .order_by("-held_on", "-pk")
    )


def review_of(activity: Activity) -> Review | None:
    """Return the newest review since the record was changed, None while it waits."""
    return (
        Review.objects.filter(activity=activity, seen_version=activity.version)
        .select_related("decided_by")
        .first()
    )


def last_reasons(user: object) -> list[tuple[str, Review.Field]]:
    """Return the last five different reasons somebody gave for giving a record back, and their fields."""
    said = Review.objects.filter(decided_by=user, verdict=Review.Verdict.RETURNED)
    found = dict.fromkeys(said.values_list("reason", "field")[:50])
    return [(reason, Review.Field(field)) for reason, field in list(found)[:5]]


def closing_of(organization: PartyOrganization, day: dt.date) -> MonthClosing | None:
    """Return the closing that holds for an organisation's records of a day's month."""
    above = [*paths.ancestors(organization.path), organization.path]
    with everything(reason="a superior's closing binds whoever records below it"):
        found = MonthClosing.objects.filter(organization__path__in=above, month=day.replace(day=1))
        return found.select_related("closed_by").first()


def closing_for(activity: Activity) -> MonthClosing | None:
    """Return the closing that holds for a record: of the month of its day, or the one it counts for."""
    place = activity.organization
    found = closing_of(place, activity.held_on)
    return found or (closing_of(place, activity.counts_for) if activity.counts_for else None)


def closed_months(first: dt.date, last: dt.date) -> set[tuple[str, dt.date]]:
    """Return path and month of every closing from one day's month to another's; see `is_closed`."""
    with everything(reason="a superior's closing binds whoever records below it"):
        found = MonthClosing.objects.filter(month__range=(first.replace(day=1), last))
        return set(found.values_list("organization__path", "month"))


def is_closed(
    closed: Collection[tuple[str, dt.date]], organization: PartyOrganization, day: dt.date
) -> bool:
    """Tell whether one of these closings holds for an organisation's records of a day's month."""
    month = day.replace(day=1)
    above = [*paths.ancestors(organization.path), organization.path]
    return any((path, month) in closed for path in above)


def settled_by_closing(activity_ids: Collection[int]) -> dict[int, str]:
    """Return which of these records lie in a closed month or count for one: pk -> that month."""
    records = Activity.visible_rows().filter(pk__in=activity_ids).select_related("organization")
    days = {record.pk: {record.held_on, record.counting_day} for record in records}
    if not days:
        return {}
    every = [day for two in days.values() for day in two]
    closed = closed_months(min(every), max(every))
    return {
        record.pk: f"{day.year}年{day.month}月"
        for record in records
        for day in sorted(days[record.pk], reverse=True)
        if is_closed(closed, record.organization, day)
    }


def leave_for(activity: Activity) -> Amendment | None:
    """Return the open request to correct a record of a closed month."""
    return Amendment.objects.filter(activity=activity, state__in=LEAVE).first()


def amendments_in_scope(*, open_only: bool) -> QuerySet[Amendment]:
    """Return the requests in scope, the newest first."""
    asked = Amendment.objects.select_related("activity__organization", "asked_by", "answered_by")
    return asked.filter(state=Amendment.State.ASKED) if open_only else asked


def closings_in_scope() -> QuerySet[MonthClosing]:
    """Return the closed months in scope, the newest first."""
    return MonthClosing.objects.select_related("organization", "closed_by")
