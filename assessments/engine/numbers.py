"""Numbers of the engine: read from what was typed, cut to places, and written in sentences."""

import re
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from functools import lru_cache

from assessments.points import in_words

NUMBER = re.compile(r"-?\d{1,7}(\.\d{1,4})?")
COUNT = re.compile(r"\d{1,5}")
MODES = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
}
# Quotients are cut to so many places at once, so that no sum depends on the order of its parts.
QUOTIENT = Decimal("0.0000000001")
HUNDRED = 100


class Unfit(Exception):
    """A value that a rule cannot take; str() says why in Chinese."""


def number(text: str, name: str) -> Decimal:
    """Read a number that somebody typed."""
    if not NUMBER.fullmatch(text):
        raise Unfit(f"{name}应是数字，填的是“{text}”")
    return Decimal(text)


def count(text: str, name: str) -> int:
    """Read how often something happened."""
    if not COUNT.fullmatch(text):
        raise Unfit(f"{name}应是 0 或正整数，填的是“{text}”")
    return int(text)


def quotient(part: Decimal | int, whole: Decimal | int) -> Decimal:
    """Divide; the caller has made sure that `whole` is not zero."""
    return (Decimal(part) / Decimal(whole)).quantize(QUOTIENT, ROUND_HALF_UP)


def rounded(value: Decimal, places: int, mode: str) -> Decimal:
    """Cut a number to so many places."""
    return value.quantize(Decimal(1).scaleb(-places), MODES[mode])


@lru_cache(maxsize=8192)
def said(value: Decimal | int) -> str:
    """Write a number as a sentence has it, with a true minus sign."""
    text = in_words(Decimal(value))
    if "." in text:
        text = in_words(rounded(Decimal(value), 4, "half_up"))
    return f"−{text[1:]}" if text.startswith("-") else text


def signed(value: Decimal | int) -> str:
    """Write a number that is added or taken away: ＋2, −0.5."""
    return said(value) if value < 0 else f"＋{said(value)}"


def percent(value: Decimal) -> str:
    """Write a share as percent."""
    return f"{said(rounded(value * HUNDRED, 2, 'half_up'))}%"
