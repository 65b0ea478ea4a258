"""The contract of an indicator: it measures all subjects with one query and judges none.

A measurement is a number or, for frequencies, the records in each month of the period: how many, or
how much where the unit is no count (学时).
What a measure is worth stands in a scheme (assessments), never here.
"""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet

from partybuild.periods import Period
from partybuild.registry import Registry

Measure = int | float | tuple[int | Decimal, ...]
ORGANIZATION = "organization"


class Indicator:
    """考核指标: measures one thing for every subject in scope."""

    code: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[str] = "次"
    # What its subjects are: organisations, or what an app says instead.
    subject: ClassVar[str] = ORGANIZATION
    # The ledger and its conditions that list the records behind a measure.
    evidence: ClassVar[tuple[str, dict[str, str]]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            indicators.add(cls.code, cls())

    def measure(self, subjects: QuerySet, period: Period) -> dict[int, Measure]:
        """Return the measure of each subject's primary key, with exactly one query.

        A subject without records may be missing: that is zero records, not "unknown".
        """
        raise NotImplementedError

    def excused(self, subjects: QuerySet, period: Period) -> dict[int, set[dt.date]]:
        """Return the months (their first days) of which a subject owes nothing, with one query at most."""
        return {}


class FrequencyIndicator(Indicator):
    """考核指标（频次）: how many records each subject has in each month of the period."""

    def months(self, subjects: QuerySet, period: Period) -> QuerySet:
        """Return rows of (subject's primary key, month's first day, records)."""
        raise NotImplementedError

    def measure(self, subjects: QuerySet, period: Period) -> dict[int, Measure]:
        columns = {month.start: at for at, month in enumerate(period.split("month"))}
        counted: dict[int, list[int | Decimal]] = {}
        for subject, month, records in self.months(subjects, period):
            counted.setdefault(subject, [0] * len(columns))[columns[month]] += records
        return {subject: tuple(months) for subject, months in counted.items()}


indicators: Registry[Indicator] = Registry("考核指标")
