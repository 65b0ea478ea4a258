"""The fixed party day of a month, and where it goes when nobody works on it."""

import datetime as dt

from partybuild.calendar import CalendarUnpublished, Shift, Workdays, shifted
from partybuild.periods import Period
from partybuild.regulations import NoRegulation, RuleBook


class PartyDays:
    """The party days of many months and places: rules and calendar are read once."""

    def __init__(self) -> None:
        self._rules = RuleBook("activities.party_day")
        self._workdays = Workdays()

    def of(self, month: Period, place: str) -> tuple[dt.date, str]:
        """Return the day of the party day in a month at a place, and a note on how it came there.

        A day that a month does not have is its last. `prev`, `next` and `nearest` may lead into
        the month beside. While the calendar of the year is not published the fixed day stands, and
        the note says so.
        """
        rule = self._rules.on(month.start, place=place)
        fixed = month.start.replace(day=min(rule.values["day"], month.end.day))
        return self.shifted(fixed, Shift(rule.values["shift"]))

    def moved_from(self, day: dt.date, place: str) -> tuple[Period, str] | None:
        """Return the month beside whose party day was moved to a day, and why; None for none.

        A day on which the own month has its party day is that one.
        """
        own = Period.containing(day, "month")
        try:
            if self.of(own, place)[0] == day:
                return None
            for month in (own.previous(), own.next()):
                moved, note = self.of(month, place)
                if moved == day:
                    return month, f"{month.start.month}月{note}"
        except NoRegulation:
            return None
        return None

    def shifted(self, fixed: dt.date, shift: Shift) -> tuple[dt.date, str]:
        """Return the working day that stands for a fixed one, and a note on how it came there."""
        try:
            day = shifted(fixed, shift, self._workdays)
        except CalendarUnpublished as unpublished:
            return fixed, str(unpublished)
        if day == fixed:
            return day, ""
        where = "提前" if day < fixed else "顺延"
        beside = "" if day.month == fixed.month else f"{day.month}月"
        return day, f"{fixed.day}日休息，按规定{where}到{beside}{day.day}日"


def party_day_of(month: Period, place: str) -> tuple[dt.date, str]:
    """Return the day on which the party day of a month falls, and a note on how it came there."""
    return PartyDays().of(month, place)
