"""Reading whom the branch looks after."""

import datetime as dt

from django.db.models import F, Max, QuerySet

from members.models import CareRecord, CareVisit
from members.queries.roll import roster_on
from partybuild.dated import covering
from partybuild.periods import Period


def cared_for_on(day: dt.date) -> QuerySet[CareRecord]:
    """Return the care records of those on the roll that hold on `day`, with `visited_last`."""
    roll = roster_on(day).values("member")
    return (
        CareRecord.objects.filter(covering(day), member__in=roll)
        .select_related("member__branch", "helper")
        .annotate(visited_last=Max("visits__visited_on"))
    )


def care_list(*, category: str = "", day: dt.date) -> QuerySet[CareRecord]:
    """Return the care list of a day, of one category if asked."""
    found = cared_for_on(day)
    return found.filter(category=category) if category else found


def visits_in(period: Period) -> QuerySet[CareVisit]:
    """Return the visits of a period."""
    return CareVisit.objects.filter(visited_on__range=(period.start, period.end))


def waiting_since(day: dt.date) -> QuerySet[CareRecord]:
    """Return the care list of a day, those longest without a visit first."""
    return cared_for_on(day).order_by(F("visited_last").asc(nulls_first=True), "started_on", "pk")
