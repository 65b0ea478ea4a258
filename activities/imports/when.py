"""When an occasion was: a day, perhaps an hour, out of the many ways in which ledgers write them.

`2025.1.3`, `1月3日`, `2025年1月3日下午3:00`, `2025-02-24 15:00-16:30`, `3月5日至7日`, a cell for the
year, one for the month and one for the day. What is known only to the month is no day.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from partybuild.values import PartialDate, Problem, parse_date, squeeze, unwrap

WEEKDAY = re.compile(r"[(\[【]?(星期|周|礼拜)[一二三四五六日天][)\]】]?")
CLOCK = re.compile(
    r"(?P<part>上午|下午|中午|晚上|晚|早上|凌晨)?(?P<hour>\d{1,2})(?:[:：时点])(?P<minute>\d{1,2}|半)?(?::\d{2})?分?"
)
AFTERNOON = ("下午", "晚上", "晚")
NOON = 12
PARTS = re.compile(r"(上午|下午|中午|晚上|早上|全天|凌晨)")
DAY = r"\d{1,4}(?:[-./年]\d{1,2})?(?:[-./月]\d{1,2})?[日号]?"
DIGITS = r"\d{8}"
RANGE = re.compile(
    rf"(?P<first>{DIGITS}|\d{{4}}[-./年]\d{{1,2}}[-./月]\d{{1,2}}[日号]?|\d{{1,2}}[./月]\d{{1,2}}[日号]?|\d{{1,2}}[日号])"
    rf"(?:至|到|~|～|—+|–|-)(?P<last>{DIGITS}|{DAY})"
)
SEVERAL = re.compile(r"[、,;；，和及]")
YEAR_AHEAD = re.compile(r"(?P<year>\d{4})(?=[-./年]|\d{4}$)")
WHOLE_MONTH = re.compile(
    r"(?:(?P<year>\d{4})[-./年])?(?P<month>\d{1,2})月份?(上旬|中旬|下旬|初|中|底|末)?"
)
DAY_ALONE = re.compile(r"(\d{1,2})[日号]?")
LEAP_YEAR = 2000
LAST_YEAR = 2100


@dataclass(frozen=True)
class When:
    """A day and the hour, as far as it is told; `last` is the end of an occasion of several days."""

    day: dt.date
    time: dt.time | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class WhenProblem:
    """Why a cell tells no day: a code and, in Chinese, what is wrong."""

    code: str
    reason: str


def read_when(
    cell: Any, *, year: int | None, month: int | None = None
) -> When | WhenProblem | None:
    """Read a date cell; `year` and `month` are those of the ledger where the cell has none."""
    if isinstance(cell, dt.datetime):
        clock = cell.time() if cell.time() != dt.time() else None
        return _with(_day(cell, None), clock, cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and month and year:
        if cell == int(cell) and 1 <= cell <= 31:  # noqa: PLR2004 -- a day of the month
            cell = f"{month}月{int(cell)}日"
        elif 1 <= cell < 13:  # noqa: PLR2004 -- 1.3 typed as a number: ten may have lost its nought
            return WhenProblem("DATE_AMBIGUOUS", f"日期写成了数字“{cell}”，请写成 2025-01-03 这样")
    if not isinstance(cell, str):
        return _with(_day(cell, year), None, cell)
    # 2025-02-24 15:00: without the blank nobody knows where the day ends.
    text = re.sub(r"(?<=\d)\s+(?=\d)", "T", unwrap(cell))
    text = WEEKDAY.sub("", squeeze(text))
    time = read_time(text)
    bare = _without_time(text)
    if not bare:
        return _with(_day(cell, year), time, cell)
    if year and month and (alone := DAY_ALONE.fullmatch(bare)):
        bare = f"{month}月{alone[1]}日"
    if (span := RANGE.fullmatch(bare)) is not None:
        return _span(span, year, month, time, cell)
    if SEVERAL.search(bare) and len(re.findall(r"\d{1,2}[日号]|\d+[./月]\d+", bare)) > 1:
        return WhenProblem("DATE_AMBIGUOUS", f"“{cell}”写了几个日期，请一次会议写一行")
    return _with(_day(bare, year), time, cell)


def read_time(cell: Any) -> dt.time | None:
    """Return the hour at which something began, None where none can be read."""
    if isinstance(cell, dt.datetime):
        return cell.time() if cell.time() != dt.time() else None
    if isinstance(cell, float) and 0 < cell < 1:
        minutes = round(cell * 24 * 60)
        return dt.time(minutes // 60, minutes % 60)
    found = CLOCK.search(squeeze(cell))
    if not found:
        return None
    hour = int(found["hour"])
    minute = 30 if found["minute"] == "半" else int(found["minute"] or 0)
    if found["part"] in AFTERNOON and hour < NOON:
        hour += NOON
    try:
        return dt.time(hour, minute)
    except ValueError:
        return None


def _without_time(text: str) -> str:
    """Give the day of a text: without hours, without 上午, without brackets that are left empty."""
    text = re.sub(rf"{CLOCK.pattern}(?:[-~—–至到]+{_unnamed(CLOCK.pattern)})?", "", text)
    return re.sub(r"[(（][)）]", "", PARTS.sub("", text)).strip("-~—–至到T")


def _unnamed(pattern: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


def _day(value: Any, year: int | None) -> PartialDate | Problem | None:
    return parse_date(value, year=year)


def _with(
    found: PartialDate | Problem | None, time: dt.time | None, cell: Any
) -> When | WhenProblem | None:
    if found is None:
        return None
    if isinstance(found, PartialDate) and found.precision == "day":
        return When(found.date, time)
    shown = str(cell)[:40]
    if isinstance(found, PartialDate) or WHOLE_MONTH.fullmatch(squeeze(cell)):
        return WhenProblem("DATE_INVALID", f"日期“{shown}”没有写到日，请补上是哪一天")
    if found is Problem.DATE_INVALID and _lies_far_ahead(squeeze(cell)):
        return WhenProblem("DATE_FUTURE", f"日期“{shown}”还没有到，请核对年份")
    if found is Problem.DATE_AMBIGUOUS:
        return WhenProblem(
            "DATE_AMBIGUOUS", f"日期“{shown}”看不出是哪一年或哪一天，请写成 2025-01-03 这样"
        )
    return WhenProblem("DATE_INVALID", f"日期“{shown}”不是有效的日期，请核对")


def _lies_far_ahead(text: str) -> bool:
    """Tell whether a date would be one but for a year such as 2205."""
    written = YEAR_AHEAD.match(text)
    if not written or int(written["year"]) <= LAST_YEAR:
        return False
    return isinstance(parse_date(f"{LEAP_YEAR}{text[4:]}"), PartialDate)


def _span(
    span: re.Match[str], year: int | None, month: int | None, time: dt.time | None, cell: Any
) -> When | WhenProblem | None:
    """Read 3月5日至7日 and its longer forms: the end takes from the beginning what it leaves out."""
    first_text = span["first"]
    if month and (alone := DAY_ALONE.fullmatch(first_text)):
        first_text = f"{month}月{alone[1]}日"
    first = _with(_day(first_text, year), time, cell)
    if not isinstance(first, When):
        return first
    last_text = span["last"]
    if alone := DAY_ALONE.fullmatch(last_text):
        last_text = f"{first.day.year}年{first.day.month}月{alone[1]}日"
    last = _with(_day(last_text, first.day.year), None, cell)
    if not isinstance(last, When):
        return last
    if last.day < first.day:
        return WhenProblem("DATE_INVALID", f"日期“{str(cell)[:40]}”结束早于开始，请核对")
    return When(first.day, first.time, last.day if last.day > first.day else None)
