"""Dates as people write them: a whole day, or as much of one as is known."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from partybuild.values import PartialDate, parse_date, parse_typed_date


class TypedDayField(forms.Field):
    """A whole day as people write it: 2026-11-21, 20261121, 11.21, 昨天, 上周五."""

    widget = forms.TextInput(attrs={"maxlength": 30, "autocomplete": "off"})
    default_error_messages = {
        "required": "请填写日期。",
        "unclear": "看不出是哪一天，请写成 2026-11-21 这样。",
        "future": "这一天还没到，请核对。",
    }

    def __init__(self, *, may_be_future: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.may_be_future = may_be_future

    def to_python(self, value: Any) -> dt.date | None:
        if isinstance(value, dt.date):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        today = timezone.localdate()
        found = parse_typed_date(text, today=today)
        if not isinstance(found, PartialDate) or found.precision != "day":
            raise forms.ValidationError(self.error_messages["unclear"], code="unclear")
        if found.date > today and not self.may_be_future:
            raise forms.ValidationError(self.error_messages["future"], code="future")
        return found.date


class KnownDateField(forms.Field):
    """A date in the past as far as it is known: 1998-06-30, 1998-06 or 1998."""

    widget = forms.TextInput(attrs={"maxlength": 30, "autocomplete": "off"})
    default_error_messages = {
        "required": "请填写日期。",
        "unclear": "看不出是哪一天，请写成 1998-06-30、1998-06 或 1998。",
        "future": "这一天还没到，请核对。",
    }

    def to_python(self, value: Any) -> PartialDate | None:
        text = str(value or "").strip()
        if not text:
            return None
        found = parse_date(text)
        if not isinstance(found, PartialDate):
            raise forms.ValidationError(self.error_messages["unclear"], code="unclear")
        if found.date > timezone.localdate():
            raise forms.ValidationError(self.error_messages["future"], code="future")
        return found
