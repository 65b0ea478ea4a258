"""The arithmetic of a frequency ladder: which rung the recorded months of a branch reach.

A rung such as 每季 1 次 divides the period into stretches. A stretch holds enough, lacks
something, is not over yet (未到期), or does not count, because the branch did not exist for the
whole of it or did not owe this form. A rung is reached when no stretch lacks anything and at least
one holds enough; the best rung that is reached gives the points. As long as no stretch of any rung
holds or lacks anything the line is 未到期; when none can ever count it is 不适用. Neither is zero.
What lies between 没有 and the rung above it, where the ladder names no points, is left open as well.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from assessments.engine.labels import Label
from assessments.engine.states import State
from partybuild.periods import Period, add_months

MONTHS_PER = {"month": 1, "quarter": 3, "half": 6, "year": 12}
UNITS = {"month": "月份", "quarter": "季度", "half": "半年", "year": "年度"}
NAMED_AT_MOST = 3
# Rungs that divide nothing: 偶尔 (at least once in the whole period) and 没有 (never).
EVER, NEVER = "ever", "never"
PER_IN_WORDS = {
    "month": "每月",
    "quarter": "每季度",
    "half": "每半年",
    "year": "全年",
    EVER: "偶尔",
    NEVER: "没有",
}


class StretchState(StrEnum):
    """How one stretch of a rung stands."""

    ENOUGH = "enough"
    LACKING = "lacking"
    NOT_OVER = "not_over"
    NOT_COUNTED = "not_counted"

    @property
    def label(self) -> str:
        return {"enough": "够", "lacking": "缺", "not_over": "未到期", "not_counted": "不计"}[
            self.value
        ]


@dataclass(frozen=True)
class Rung:
    """One option of a ladder: its points, its words as printed, and how often they ask for."""

    points: Annotated[Decimal, Label("得分")]
    when: Annotated[str, Label("档次")]
    per: Annotated[str, Label("多长时间", choices=PER_IN_WORDS)]
    times: Annotated[int, Label("几次")] = 1


@dataclass(frozen=True)
class Stretch:
    """A month, quarter, half-year or year of the period, with the records that count for it."""

    title: str
    start: dt.date
    end: dt.date
    held: int | Decimal
    needed: int
    state: StretchState

    @property
    def tally(self) -> str:
        """What stands under the title: the records, 缺, or a sign for none."""
        if self.state is StretchState.LACKING:
            return f"{self.held}/{self.needed}" if self.held else "缺"
        if self.held:
            return f"{self.held} 次"
        return "·" if self.state is StretchState.NOT_OVER else "—"

    @property
    def short_by(self) -> int | Decimal:
        return max(self.needed - self.held, 0)


@dataclass(frozen=True)
class Record:
    """What one subject recorded in a period, read on a day.

    `months` holds the records of each month (how many, or how much), `owed` whether the subject
    existed or was on the roll for the whole of that month and owed it.
    """

    period: Period
    months: tuple[int | Decimal, ...]
    owed: tuple[bool, ...]
    as_of: dt.date

    @property
    def total(self) -> int | Decimal:
        return sum(self.months)

    def stretches(self, rung: Rung) -> Iterator[Stretch]:
        """Yield the stretches into which a rung divides the period; none for 偶尔 and 没有."""
        size = MONTHS_PER.get(rung.per)
        for at in range(0, len(self.months), size) if size else ():
            start = add_months(self.period.start, at)
            end = add_months(start, size or 0) - dt.timedelta(days=1)
            held = sum(self.months[at : at + (size or 0)])
            state = self._state(held >= rung.times, all(self.owed[at : at + (size or 0)]), end)
            yield Stretch(_title(rung.per, start), start, end, held, rung.times, state)

    def _state(self, enough: bool, counts: bool, end: dt.date) -> StretchState:  # noqa: FBT001 -- two facts of one stretch
        if not counts:
            return StretchState.NOT_COUNTED
        if enough:
            return StretchState.ENOUGH
        return StretchState.NOT_OVER if end >= self.as_of else StretchState.LACKING

    def with_records(self, day: dt.date, count: int | Decimal) -> "Record":
        """Return this record with `count` more meetings in the month of `day`."""
        at = (day.year - self.period.start.year) * 12 + day.month - self.period.start.month
        months = (*self.months[:at], self.months[at] + count, *self.months[at + 1 :])
        return replace(self, months=months)


@dataclass(frozen=True)
class Reading:
    """What a ladder gives for a record: the state, and the rung reached if it is scored.

    `stretches` are those of the best rung: the vector that the explanation shows.
    """

    state: State
    rung: Rung | None = None
    stretches: tuple[Stretch, ...] = ()

    @property
    def points(self) -> Decimal | None:
        return self.rung.points if self.rung else None


def read(ladder: Sequence[Rung], record: Record) -> Reading:
    """Return the best rung that a record reaches; `ladder` stands best first and ends in 没有."""
    divided = [tuple(record.stretches(rung)) for rung in ladder]
    states = {stretch.state for stretches in divided for stretch in stretches}
    if states <= {StretchState.NOT_COUNTED}:
        return Reading(State.NOT_APPLICABLE, None, divided[0])
    if states <= {StretchState.NOT_COUNTED, StretchState.NOT_OVER}:
        return Reading(State.PENDING, None, divided[0])
    for rung, stretches in zip(ladder, divided, strict=True):
        if _reached(rung, stretches, record.total):
            return Reading(State.SCORED, rung, divided[0])
    if any(stretch.state is StretchState.LACKING for stretch in divided[-2]):
        # More than 没有 and less than the rung above it: the scheme names no points for that.
        return Reading(State.UNSCORED, None, divided[0])
    # Something was held, but in no stretch that counts: more than 没有, so the rung above it.
    return Reading(State.SCORED, ladder[-2], divided[0])


def _reached(rung: Rung, stretches: tuple[Stretch, ...], total: int | Decimal) -> bool:
    if rung.per == EVER:
        return total >= rung.times
    if rung.per == NEVER:
        return total == 0
    states = {stretch.state for stretch in stretches}
    return StretchState.ENOUGH in states and StretchState.LACKING not in states


def explain(ladder: Sequence[Rung], record: Record, reading: Reading) -> str:
    """Say in words how the stretches of the best rung lead to the points."""
    unit = UNITS[ladder[0].per]
    if reading.state is State.NOT_APPLICABLE:
        return f"本期没有完整的{unit}，不计分"
    counted = {StretchState.ENOUGH, StretchState.LACKING}
    parts = [_tally([s for s in reading.stretches if s.state in counted], unit)]
    running = _running(reading.stretches, record.as_of)
    if running:
        parts.append(f"{running.title}未到期")
    if reading.rung and reading.rung != ladder[0]:
        parts.append(f"按“{reading.rung.when}”计")
    if reading.state is State.UNSCORED:
        parts.append(f"比“{ladder[-2].when}”少、比“{ladder[-1].when}”多，方案没有写几分")
    return "；".join(filter(None, parts)) or f"没有到期的{unit}"


def _tally(due: Sequence[Stretch], unit: str) -> str:
    lacking = [stretch for stretch in due if stretch.state is StretchState.LACKING]
    if len(due) == 1:
        held = f"有 {due[0].held} 次" if due[0].held else "没有记录"
        return f"{due[0].title}{held}"
    if lacking and len(lacking) == len(due):
        return f"{len(due)} 个{unit}都缺"
    if lacking:
        return f"{len(due)} 个{unit}缺 {len(lacking)} 个：{_names(lacking)}"
    return f"{len(due)} 个{unit}都达到" if due else ""


@dataclass(frozen=True)
class Lift:
    """Something that would raise a line, and the points it would then have."""

    act: str
    points: Decimal


def lifts(ladder: Sequence[Rung], record: Record, reading: Reading) -> list[Lift]:
    """Return what would raise the points: the nearest step and the best, each tried out.

    A step fills the running stretch of a rung, or all its stretches that lack a record, as far as
    meetings were held and only not recorded.
    """
    return [
        Lift(act, read(ladder, filled).points or Decimal(0))
        for act, filled in lifts_with_records(ladder, record, reading)
    ]


def lifts_with_records(
    ladder: Sequence[Rung], record: Record, reading: Reading
) -> list[tuple[str, Record]]:
    """Return the acts of `lifts`, each with the record that a branch would then have."""
    found: dict[Decimal, tuple[str, Record]] = {}
    for act, filled in _steps(ladder, record):
        after = read(ladder, filled).points
        if after is not None and (reading.points is None or after > reading.points):
            found.setdefault(after, (act, filled))
    best_first = [found[points] for points in sorted(found, reverse=True)]
    return best_first if len(best_first) < 2 else [best_first[-1], best_first[0]]  # noqa: PLR2004 -- nearest and best


def upkeep(record: Record, reading: Reading) -> str:
    """Say what keeps full marks while the best rung has a stretch that is still open."""
    running = _running(reading.stretches, record.as_of)
    return f"{_by_the_end(running)}，保持满分" if running else ""


def _steps(ladder: Sequence[Rung], record: Record) -> Iterator[tuple[str, Record]]:
    """Yield each thing a branch may do, and the record it would then have; the easiest first."""
    divided = [tuple(record.stretches(rung)) for rung in reversed(ladder)]
    for stretches in divided:
        running = _running(stretches, record.as_of)
        if running:
            yield _by_the_end(running), record.with_records(record.as_of, running.short_by)
    for stretches in divided:
        lacking = [s for s in stretches if s.state is StretchState.LACKING]
        filled = record
        for stretch in lacking:
            filled = filled.with_records(stretch.start, stretch.short_by)
        if lacking:
            yield f"{_names(lacking)}如已组织，补录后", filled


def _running(stretches: Sequence[Stretch], as_of: dt.date) -> Stretch | None:
    for stretch in stretches:
        if stretch.state is StretchState.NOT_OVER and stretch.start <= as_of:
            return stretch
    return None


def _by_the_end(stretch: Stretch) -> str:
    again = "再" if stretch.held else ""
    day = f"{stretch.end.month}月{stretch.end.day}日"
    return f"{stretch.title}（{day}前）{again}组织 {stretch.short_by} 次"


def _names(stretches: Sequence[Stretch]) -> str:
    named = "、".join(stretch.title for stretch in stretches[:NAMED_AT_MOST])
    return f"{named}等" if len(stretches) > NAMED_AT_MOST else named


def _title(per: str, start: dt.date) -> str:
    if per == "month":
        return f"{start.month}月"
    if per == "quarter":
        return f"第{'一二三四'[(start.month - 1) // 3]}季度"
    if per == "half":
        return "上半年" if start.month == 1 else "下半年"
    return f"{start.year}年"
