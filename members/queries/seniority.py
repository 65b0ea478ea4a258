"""党龄, 党籍, 政治生日 and 光荣在党50年: arithmetic on two dates, and who it concerns.

党籍 runs from the day of the branch meeting (`joined_on`), 党龄 from 转正 (`confirmed_on`). The time of
a suspension (停止党籍) is not taken off: the file keeps only the present state, and no rule read says
how it counts; the page says so.
"""

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from members.models import Member, Membership
from members.queries.roll import full_on, roster_on
from partybuild.periods import add_years
from partybuild.precision import Precision
from partybuild.regulations import NoRegulation, Regulation, regulation

LEAP_MONTH, LEAP_DAY = 2, 29
FIFTY = "members.fifty_years"


def whole_years(start: dt.date, day: dt.date) -> int:
    """Return how many whole years have passed from `start` to `day`, 0 before it.

    A year that began on 29 February is complete on 28 February where there is no 29th.
    """
    years = day.year - start.year
    return max(years - (day < anniversary(start, day.year)), 0)


def latest_start(day: dt.date, years: int) -> dt.date:
    """Return the last day from which `years` whole years have passed on `day`."""
    start = add_years(day, -years)
    leap = day.month == LEAP_MONTH and day.day == LEAP_DAY - 1 and calendar.isleap(start.year)
    return start.replace(day=LEAP_DAY) if leap else start


def anniversary(start: dt.date, year: int) -> dt.date:
    """Return the day in `year` that falls on a date; 28 February for the 29th in a common year."""
    return add_years(start, year - start.year)


@dataclass(frozen=True)
class Seniority:
    """How long somebody has been in the party: whole years, None where no date is known.

    `is_estimated` when the day of 转正 is known to the month or year only, or not at all and was
    taken from the branch meeting (as for those who joined when there was no probation).
    """

    membership: int | None
    seniority: int | None
    is_estimated: bool = False


def seniority_of(member: Member, day: dt.date) -> Seniority:
    """Return 党籍 and 党龄 of somebody on a day; a probationary member has no 党龄 yet."""
    joined = member.joined_on
    counted = counts_from(member)
    exact = counted == member.confirmed_on and member.confirmed_precision == Precision.DAY
    return Seniority(
        membership=whole_years(joined, day) if joined and joined <= day else None,
        seniority=whole_years(counted, day) if counted and counted <= day else None,
        is_estimated=counted is not None and not exact,
    )


def counts_from(member: Member) -> dt.date | None:
    """Return the day from which 党龄 counts; of a full member without a day of 转正, 入党."""
    if member.category != Member.Category.FULL:
        return None
    return member.confirmed_on or member.joined_on


@dataclass(frozen=True)
class Birthday:
    """One political birthday: who, which day of the month (None where unknown), how many years."""

    member: Member
    branch: str
    day: dt.date | None
    years: int


def birthdays(year: int, month: int) -> list[Birthday]:
    """Return whose political birthday falls in a month, in the order of days; one query.

    Somebody whose day is known to the year only has none. Whoever joined on 29 February is named
    on 28 February in a common year.
    """
    last = dt.date(year, month, calendar.monthrange(year, month)[1])
    rows = (
        roster_on(last)
        .filter(member__joined_on__month=month, member__joined_on__year__lt=year)
        .exclude(member__joined_precision=Precision.YEAR)
        .select_related("member", "organization")
    )
    found = [_birthday(row, year) for row in rows]
    return sorted(
        found,
        key=lambda one: (one.day is None, one.day or last, one.member.pinyin, one.member.pk),
    )


def _birthday(row: Membership, year: int) -> Birthday:
    member = row.member
    joined = member.joined_on or dt.date.min
    exact = member.joined_precision == Precision.DAY
    return Birthday(
        member=member,
        branch=row.organization.label,
        day=anniversary(joined, year) if exact else None,
        years=year - joined.year,
    )


@dataclass(frozen=True)
class Medal:
    """The rule of 光荣在党50年 in one year: until which day how many years must be complete."""

    rule: Regulation
    day: dt.date
    joined_by: dt.date


def medal_of(year: int) -> Medal:
    """Return the rule for a year."""
    rule = regulation(FIFTY, on=dt.date(year, 12, 31))
    day = dt.date(year, rule.values["month"], rule.values["day"])
    return Medal(rule, day, latest_start(day, rule.values["years"]))


def fifty_years_on(day: dt.date) -> QuerySet[Membership]:
    """Return those on the roll on `day` whose 党龄 has reached the fifty years by the day of that year.

    Where no day of 转正 is known, the branch meeting counts. Nobody before there was the medal.
    """
    try:
        medal = medal_of(day.year)
    except NoRegulation:
        return roster_on(day).none()
    counted = Q(member__confirmed_on__lte=medal.joined_by) | Q(
        member__confirmed_on__isnull=True, member__joined_on__lte=medal.joined_by
    )
    return roster_on(day).filter(counted, full_on(day, "member__"))


def newly_fifty(rows: Iterable[Membership], year: int) -> int:
    """Return how many of them reach the fifty years in this very year."""
    rule = medal_of(year).rule.values
    before = latest_start(dt.date(year - 1, rule["month"], rule["day"]), rule["years"])
    return sum((counts_from(row.member) or dt.date.min) > before for row in rows)
