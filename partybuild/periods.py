"""Periods: a year, a half, a quarter, a month, as `2026`, `2026H1`, `2026Q3`, `2026-11`."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

PATTERN = re.compile(
    r"(?P<year>\d{4})(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?"
)
MONTHS_PER_QUARTER = 3
MONTHS_PER_HALF = 6
MONTHS_PER_YEAR = 12
# Beyond these a period would have no neighbours to page to, and no records anyway.
YEARS = range(1900, 3000)


class PeriodProblem(ValueError):
    """A text that names no period."""


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole calendar days, both ends included."""

    start: dt.date
    end: dt.date

    @classmethod
    def year(cls, year: int) -> Self:
        return cls(dt.date(year, 1, 1), dt.date(year, 12, 31))

    @classmethod
    def half(cls, year: int, half: int) -> Self:
        first = (half - 1) * MONTHS_PER_HALF + 1
        return cls(dt.date(year, first, 1), cls.month(year, first + 5).end)

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Self:
        first = (quarter - 1) * MONTHS_PER_QUARTER + 1
        return cls(dt.date(year, first, 1), cls.month(year, first + 2).end)

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        last = calendar.monthrange(year, month)[1]
        return cls(dt.date(year, month, 1), dt.date(year, month, last))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026`, `2026H1`, `2026Q3` or `2026-11`; PeriodProblem (in Chinese) otherwise."""
        match = PATTERN.fullmatch(text.strip())
        if not match or int(match["year"]) not in YEARS:
            raise PeriodProblem(f"“{text}”不是期间；请写成 2026、2026H1、2026Q3 或 2026-11。")
        if match["half"]:
            return cls.half(int(match["year"]), int(match["half"]))
        if match["quarter"]:
            return cls.quarter(int(match["year"]), int(match["quarter"]))
        if match["month"]:
            return cls.month(int(match["year"]), int(match["month"]))
        return cls.year(int(match["year"]))

    @classmethod
    def containing(cls, day: dt.date, per: str) -> Self:
        """Return the month, quarter, half or year (`per`) that holds `day`."""
        if per == "month":
            return cls.month(day.year, day.month)
        if per == "quarter":
            return cls.quarter(day.year, (day.month - 1) // MONTHS_PER_QUARTER + 1)
        if per == "half":
            return cls.half(day.year, (day.month - 1) // MONTHS_PER_HALF + 1)
        return cls.year(day.year)

    @property
    def kind(self) -> str:
        """`month`, `quarter`, `half` or `year`."""
        months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1
        kinds = {1: "month", MONTHS_PER_QUARTER: "quarter", MONTHS_PER_HALF: "half"}
        return kinds.get(months, "year")

    @property
    def code(self) -> str:
        """The text that `parse` reads."""
        if self.kind == "month":
            return f"{self.start:%Y-%m}"
        if self.kind == "quarter":
            return f"{self.start.year}Q{(self.start.month - 1) // MONTHS_PER_QUARTER + 1}"
        if self.kind == "half":
            return f"{self.start.year}H{(self.start.month - 1) // MONTHS_PER_HALF + 1}"
        return f"{self.start.year}"

    @property
    def title(self) -> str:
        """The period in Chinese: 2026年、2026年上半年、2026年第三季度、2026年11月."""
        if self.kind == "month":
            return f"{self.start.year}年{self.start.month}月"
        if self.kind == "quarter":
            return f"{self.start.year}年第{'一二三四'[(self.start.month - 1) // 3]}季度"
        if self.kind == "half":
            return f"{self.start.year}年{'上下'[self.start.month // MONTHS_PER_HALF]}半年"
        return f"{self.start.year}年"

    def split(self, per: str) -> Iterator["Period"]:
        """Yield the months, quarters or halves (`per`) of this period in order."""
        day = self.start
        while day <= self.end:
            part = Period.containing(day, per)
            yield part
            day = part.end + dt.timedelta(days=1)

    def previous(self) -> "Period":
        """Return the period of the same kind just before."""
        return Period.containing(self.start - dt.timedelta(days=1), self.kind)

    def next(self) -> "Period":
        """Return the period of the same kind just after."""
        return Period.containing(self.end + dt.timedelta(days=1), self.kind)

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day <= self.end

    def __str__(self) -> str:
        return self.code


def add_months(day: dt.date, months: int) -> dt.date:
    """Add calendar months: the same day number, else the month's last day."""
    year, month = divmod(day.year * MONTHS_PER_YEAR + day.month - 1 + months, MONTHS_PER_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def add_years(day: dt.date, years: int) -> dt.date:
    """Add calendar years; 29 February becomes the 28th where needed."""
    return add_months(day, years * MONTHS_PER_YEAR)
