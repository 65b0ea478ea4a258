"""Input for trying out a line: what people would say, and what records would hold."""

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils import timezone

from assessments.engine.document import CALENDAR_PERIODS, Line
from assessments.engine.ladders import Record
from assessments.forms.marks import asks_of, field_of, written
from partybuild.periods import Period

MOST = 999
PARTED = re.compile(r"[、,，;；\s]+")


class TrialForm(forms.Form):
    """The inputs of a line's rules; for one that records measure, how often in each month."""

    def __init__(self, data: Any = None, *, line: Line, per: str) -> None:
        super().__init__(data)
        item: Any = SimpleNamespace(line=line)
        self.asked = dict(asks_of(item))
        for name, (_, ask) in self.asked.items():
            self.fields[name] = field_of(ask, item)
        per = per if per in CALENDAR_PERIODS else "year"
        self.period = Period.containing(timezone.localdate(), per)
        self.months = len(list(self.period.split("month")))
        codes = dict.fromkeys(rule.indicator for rule in line.rules if rule.indicator)
        self.measured = {f"months_{at}": code for at, code in enumerate(codes, start=1)}
        for name in self.measured:
            self.fields[name] = MonthsField(self.months)

    def values(self) -> dict[str, dict[str, str]]:
        """Return what was typed, rule by rule."""
        typed: dict[str, dict[str, str]] = {}
        for name, (rule, ask) in self.asked.items():
            typed.setdefault(rule, {})[ask.name] = written(self.cleaned_data[name])
        return typed

    def records(self) -> dict[str, Record]:
        """Return what the records would say at the end of the period, by indicator."""
        after = self.period.end + dt.timedelta(days=1)
        return {
            code: Record(self.period, self.cleaned_data[name], (True,) * self.months, after)
            for name, code in self.measured.items()
        }


class MonthsField(forms.CharField):
    """How often in each month: as many numbers as there are months."""

    def __init__(self, months: int) -> None:
        self.months = months
        super().__init__(
            label="各月有几次记录" if months > 1 else "本月有几次记录",
            max_length=200,
            help_text=f"{months} 个月，用空格或顿号分开，例如 {' '.join(['1'] * months)}；没有写 0。",
            error_messages={"required": "请填写，没有就写 0。", "max_length": "写得太长。"},
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        found = [one for one in PARTED.split(text) if one]
        if any(not one.isdecimal() or int(one[:9]) > MOST for one in found):
            raise forms.ValidationError(f"每个月写 0 到 {MOST} 的整数。")
        if len(found) != self.months:
            raise forms.ValidationError(f"应写 {self.months} 个数，写了 {len(found)} 个。")
        return tuple(int(one) for one in found)
