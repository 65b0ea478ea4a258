"""For which month something counts: two fields that records and plans share."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from partybuild.periods import Period, PeriodProblem
from partybuild.values import PartialDate, parse_typed_date

FIELDS = ("counts_for", "counts_for_reason")
UNCLEAR = "看不出是哪个月，请写成 2026-01 这样。"


class MonthField(forms.Field):
    """A month as people write it: 2026-01, 2026年1月; its value is the first day."""

    widget = forms.TextInput(attrs={"maxlength": 20, "autocomplete": "off"})

    def to_python(self, value: Any) -> dt.date | None:
        if isinstance(value, dt.date):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        found = parse_typed_date(text, today=timezone.localdate())
        if not isinstance(found, PartialDate) or found.precision == "year":
            raise forms.ValidationError(UNCLEAR)
        try:
            return Period.containing(found.date, "month").start
        except PeriodProblem:
            raise forms.ValidationError(UNCLEAR) from None

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, dt.date) else value


class CountsFor(forms.Form):
    """For which month it counts, and why not for that of its day; empty, the rule says it."""

    counts_for = MonthField(
        label="计入哪个月",
        required=False,
        help_text="一般不填。主题党日按规定移到别的月的，自动计入原来的月份；要计入当月，就写当月。",
    )
    counts_for_reason = forms.CharField(label="计入其他月份的原因", max_length=200, required=False)

    def check_counting(self, cleaned: dict[str, Any], day: dt.date | None) -> None:
        """Refuse a month that is not beside that of the day, and another one without a reason."""
        month = cleaned.get("counts_for")
        if month is None or day is None:
            return
        own = Period.containing(day, "month")
        if month == own.start:
            cleaned["counts_for_reason"] = ""
        elif month not in (own.previous().start, own.next().start):
            self.add_error("counts_for", "只能计入前后相邻的月份。")
        elif not cleaned.get("counts_for_reason"):
            self.add_error("counts_for_reason", "请写明为什么计入这个月。")
