"""Working days with 调休, from published data only.

The State Council publishes a year's schedule in the autumn before. For a year without published
data `is_workday` raises CalendarUnpublished; callers say so instead of guessing, and an
administrator can enter the published days as WorkdayOverride rows.
"""

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum

import chinese_calendar

from partybuild.models import WorkdayOverride
from partybuild.periods import Period


class CalendarUnpublished(Exception):
    """No published working-day data for a year; str() says so in Chinese."""

    def __init__(self, year: int) -> None:
        super().__init__(f"{year} 年放假安排尚未发布，暂不能推算工作日。")
        self.year = year


class Shift(StrEnum):
    """Where a fixed day goes when it is no working day."""

    PREVIOUS = "prev"
    NEXT = "next"
    NEAREST = "nearest"
    SAME_MONTH = "same_month"


def is_workday(day: dt.date) -> bool:
    """Tell whether people work on `day`; CalendarUnpublished when nobody can know yet."""
    override = WorkdayOverride.objects.filter(day=day).first()
    return override.is_workday if override else _published(day)


def _published(day: dt.date) -> bool:
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        raise CalendarUnpublished(day.year) from None


class Workdays:
    """The same calendar for many questions: the days entered by hand are read once."""

    def __init__(self) -> None:
        self._entered = dict(WorkdayOverride.objects.values_list("day", "is_workday"))

    def is_workday(self, day: dt.date) -> bool:
        """Tell whether people work on `day`; CalendarUnpublished when nobody can know yet."""
        entered = self._entered.get(day)
        return _published(day) if entered is None else entered

    def add(self, day: dt.date, count: int, *, start_inclusive: bool = False) -> dt.date:
        """Return the `count`-th working day after `day` (counting `day` itself if inclusive)."""
        current = day if start_inclusive else day + dt.timedelta(days=1)
        while True:
            count -= self.is_workday(current)
            if count <= 0:
                return current
            current += dt.timedelta(days=1)


def add_workdays(day: dt.date, count: int, *, start_inclusive: bool = False) -> dt.date:
    """Return the `count`-th working day after `day` (counting `day` itself if inclusive)."""
    current = day if start_inclusive else day + dt.timedelta(days=1)
    while True:
        if is_workday(current):
            count -= 1
            if count <= 0:
                return current
        current += dt.timedelta(days=1)


def shifted(day: dt.date, shift: Shift, workdays: Workdays | None = None) -> dt.date:
    """Return the working day that stands for a fixed `day`.

    `same_month` is the nearest working day inside the same month; on equal distance the earlier.
    To ask for many days, hand in one `workdays`.
    """
    calendar = workdays or Workdays()
    month = Period.containing(day, "month")
    for candidate in _candidates(day, shift):
        if shift is Shift.SAME_MONTH and candidate not in month:
            continue
        if calendar.is_workday(candidate):
            return candidate
    raise CalendarUnpublished(day.year)


def _candidates(day: dt.date, shift: Shift) -> Iterator[dt.date]:
    for distance in range(31):
        step = dt.timedelta(days=distance)
        if shift is not Shift.NEXT:
            yield day - step
        if shift is not Shift.PREVIOUS:
            yield day + step
