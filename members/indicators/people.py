"""What indicators of members have in common: whose records they count, and which months are excused."""

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar

from django.db.models import Count, QuerySet

from members.models import AttendanceExemption
from partybuild.indicators import FrequencyIndicator
from partybuild.periods import Period
from partybuild.scoping import everything

MEMBER = "member"


class MemberFrequency(FrequencyIndicator):
    """考核指标（党员）: how many records each member has in each month, wherever they were made.

    `records` starts at rows that have a `month`, not narrowed by the open scope: the subjects are.
    The ledger of `evidence` takes the condition `member` besides and lists exactly these rows.
    """

    subject: ClassVar[str] = MEMBER
    # The lookup from a record to whose it is.
    whose: ClassVar[str] = "member"

    def records(self, period: Period) -> QuerySet:
        raise NotImplementedError

    def months(self, subjects: QuerySet, period: Period) -> QuerySet:
        mine = self.records(period).filter(**{f"{self.whose}__in": subjects})
        return mine.order_by().values_list(self.whose, "month").annotate(records=Count("pk"))


def exempted_months(subjects: QuerySet, period: Period) -> dict[int, set[dt.date]]:
    """Return the months in which members were exempt from attendance on some day, with one query."""
    with everything(reason="who is exempt from attendance is so wherever the file lay"):
        exempted = AttendanceExemption.objects.filter(member__in=subjects)
    return months_of_spans(exempted.values_list("member", "started_on", "ended_on"), period)


def months_of_spans(
    rows: Iterable[tuple[int, dt.date | None, dt.date | None]], period: Period
) -> dict[int, set[dt.date]]:
    """Return the months of a period that dated rows touch, by whose they are."""
    months = list(period.split("month"))
    found: dict[int, set[dt.date]] = {}
    for pk, start, end in rows:
        touched = {
            month.start
            for month in months
            if (start is None or start <= month.end) and (end is None or end > month.start)
        }
        found[pk] = found.get(pk, set()) | touched
    return found
