"""The indicator of dues: how often a member paid in time."""

import datetime as dt

from django.db.models import FilteredRelation, Q, QuerySet

from members.indicators.people import MemberFrequency, months_of_spans
from members.models import DuesStanding
from members.queries.dues import paid_in_time
from partybuild.periods import Period


class DuesInTime(MemberFrequency):
    """Counts payments as they were booked: one for several months is one; a ladder by quarter fits it."""

    code = "members.dues_in_time"
    title = "按时交纳党费次数"
    evidence = ("members.dues_payments", {"in_time": "yes"})

    def records(self, period: Period) -> QuerySet:
        return paid_in_time(period)

    def excused(self, subjects: QuerySet, period: Period) -> dict[int, set[dt.date]]:
        """Return the months in which nothing was due: somebody is exempt, or no standard is fixed."""
        pays = Q(dues_standings__amount__gt=0, dues_standings__relief__in=PAYING)
        standings = FilteredRelation("dues_standings", condition=pays)
        rows = subjects.select_related(None).order_by().annotate(pays=standings)
        spans = list(rows.values_list("pk", "pays__pk", "pays__started_on", "pays__ended_on"))
        due = months_of_spans([(pk, start, end) for pk, one, start, end in spans if one], period)
        whole = {month.start for month in period.split("month")}
        return {pk: whole - due.get(pk, set()) for pk, *_ in spans}


PAYING = (DuesStanding.Relief.NONE, DuesStanding.Relief.REDUCED)
