"""Amounts of money as people write them: 92.85元, １１８．３５, 1,200.50, a dash for nothing."""

import re
from decimal import Decimal
from typing import Any

from partybuild.values import is_blank, squeeze, unwrap

FIGURE = re.compile(r"[¥￥]?([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?:元(?:整|正)?)?")
NOT_PAID = {"欠", "欠缴", "未缴", "未交", "未收", "暂缺"}
EXEMPT = {"免", "免缴", "免交", "免收"}
MOST = Decimal("9999999.99")
CENT = Decimal("0.01")


class AmountProblem(ValueError):
    """What was typed is no amount of money; str() says why in Chinese."""


def parse_amount(value: Any) -> Decimal | None:
    """Return an amount in yuan, None for a blank or a word such as 未缴; AmountProblem otherwise.

    Words for numbers are refused: whether 四十五元 is what was paid is not for us to guess.
    """
    if value is None or isinstance(value, bool):
        return None
    text = squeeze(unwrap(value)).replace("，", ",")
    if is_blank(text) or text in NOT_PAID:
        return None
    found = FIGURE.fullmatch(text)
    if not found:
        raise AmountProblem(f"“{text[:20]}”不是金额，请填写数字。")
    amount = Decimal(found[1].replace(",", ""))
    if amount < 0:
        raise AmountProblem(f"“{text[:20]}”是负数，金额不能小于零。")
    if amount > MOST:
        raise AmountProblem(f"“{text[:20]}”太大，请核对。")
    if amount != amount.quantize(CENT):
        raise AmountProblem(f"“{text[:20]}”不到一分，金额最多两位小数。")
    return amount.quantize(CENT)


def is_exempt_word(value: Any) -> bool:
    """Tell whether a cell says that nothing is due: 免, 免缴."""
    return squeeze(value) in EXEMPT


def yuan(total: Decimal | None) -> Decimal:
    """Return a sum from the database, nothing for None, always with two places."""
    return (total or Decimal(0)).quantize(CENT)
