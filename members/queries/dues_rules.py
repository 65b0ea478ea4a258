"""What a member owes for a month by the rule in force, and the arithmetic of months."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from members.models import DuesStanding
from partybuild.periods import add_months
from partybuild.refusals import Refused
from partybuild.regulations import Regulation, regulation

RULE = "members.dues"
PERCENT = 100


class DuesRefused(Refused):
    """Something about dues is not done; str() is the reason in Chinese."""


@dataclass(frozen=True)
class Assessment:
    """What is due for a month: the rate (None for a fixed amount), the amount, the rule behind it."""

    rate: Decimal | None
    amount: Decimal
    citation: str
    in_force_from: dt.date


def due_for(base: Decimal | None, payer_class: str, on: dt.date, place: str = "") -> Assessment:
    """Return what a payer of this class owes for one month on a base in yuan.

    One rate on the whole base; the limit of a band belongs to the lower band. For farmers `base` is
    the amount that was agreed, within the range of the rule. DuesRefused without a base where one is
    needed, below zero, or outside the range; NoRegulation before the rule was in force.
    """
    return assess(regulation(RULE, on=on, place=place), base, payer_class)


def assess(rule: Regulation, base: Decimal | None, payer_class: str) -> Assessment:
    """Judge a base by one version of the rule; no query."""
    terms: dict[str, Any] = rule.values[payer_class]
    if "fixed" in terms:
        return _assessment(rule, payer_class, None, Decimal(terms["fixed"]))
    if base is None:
        raise DuesRefused("请填写缴费基数。", "base")
    if base < 0:
        raise DuesRefused("缴费基数不能小于零。", "base")
    if "least" in terms:
        least, most = Decimal(terms["least"]), Decimal(terms["most"])
        if not least <= base <= most:
            raise DuesRefused(f"农民党员每月 {least} 元至 {most} 元，请在这个范围内填写。", "base")
        return _assessment(rule, payer_class, None, base)
    rate = rate_of(terms["bands"], base)
    return _assessment(rule, payer_class, rate, base * rate)


def rate_of(bands: list[dict[str, str]], base: Decimal) -> Decimal:
    """Return the rate of the first band that reaches up to the base."""
    return Decimal(
        next(band["rate"] for band in bands if "upto" not in band or base <= Decimal(band["upto"]))
    )


def _assessment(
    rule: Regulation, payer_class: str, rate: Decimal | None, amount: Decimal
) -> Assessment:
    return Assessment(rate, rounded(rule, amount), rule.sources[payer_class], rule.in_force_from)


def rounded(rule: Regulation, amount: Decimal) -> Decimal:
    """Round half up to the unit of the rule; always two places."""
    unit = Decimal(rule.values["rounding"]["unit"])
    return amount.quantize(unit, ROUND_HALF_UP).quantize(Decimal("0.01"))


def percent(rate: Decimal | None) -> str:
    """Return a rate as people write it: 0.015 is 1.5%."""
    return "" if rate is None else f"{(rate * PERCENT).normalize():f}%"


def first_of_month(day: dt.date) -> dt.date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def months_between(start: dt.date, end: dt.date) -> list[dt.date]:
    """Return the first days of all months from `start` to `end`, both months included."""
    months = []
    month = first_of_month(start)
    while month <= end:
        months.append(month)
        month = add_months(month, 1)
    return months


def months_apart(paid_on: dt.date, month: dt.date) -> int:
    """Return how many months a payment lies before (positive) or behind its month."""
    return (month.year - paid_on.year) * 12 + month.month - paid_on.month


def payer_label(payer_class: str) -> str:
    """Return the Chinese name of a class of payers."""
    return str(DuesStanding.PayerClass(payer_class).label)
