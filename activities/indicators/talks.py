"""Indicators of talks: how many a branch held, month by month.

Whom the branch has reached is no number of records: `activities.queries.talk_coverage` reads it.
"""

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from activities.models import Talk
from partybuild.indicators import FrequencyIndicator
from partybuild.periods import Period


class HeartToHeartTalks(FrequencyIndicator):
    code = "activities.talks"
    title = "谈心谈话次数"
    evidence = ("activities.talks", {"kind": str(Talk.Kind.HEART_TO_HEART)})

    def months(self, subjects: QuerySet, period: Period) -> QuerySet:
        return (
            Talk.objects.filter(
                kind=Talk.Kind.HEART_TO_HEART,
                organization__in=subjects,
                held_on__range=(period.start, period.end),
            )
            .annotate(month=TruncMonth("held_on"))
            .order_by()
            .values_list("organization", "month")
            .annotate(records=Count("pk"))
        )
