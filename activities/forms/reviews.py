"""Forms of reviews, closed months, leave to correct, and make-up lessons."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from activities.forms.occasions import TypedDateField
from activities.models import Attendance, Review
from branches.forms.platforms import offer_places, place_field
from partybuild.periods import Period


def reason_field(label: str, missing: str) -> forms.CharField:
    """Return a field for a reason of a line or two."""
    return forms.CharField(
        label=label,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": missing},
    )


class ReviewForm(forms.Form):
    """What the committee says of a record."""

    verdict = forms.ChoiceField(choices=Review.Verdict.choices)
    field = forms.ChoiceField(label="哪一项", choices=Review.Field.choices, required=False)
    reason = forms.CharField(
        label="退回原因",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CloseMonthForm(forms.Form):
    """Which month is closed where."""

    organization = place_field("党组织")
    month = forms.ChoiceField(label="月份")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_places(self.fields["organization"])
        today = timezone.localdate()
        months = list(Period.year(today.year).split("month"))
        months += list(Period.year(today.year - 1).split("month"))
        past = sorted((month for month in months if month.end < today), key=_start, reverse=True)
        self.fields["month"].choices = [(each.code, each.title) for each in past]  # type: ignore[attr-defined]

    def clean_month(self) -> dt.date:
        return Period.parse(self.cleaned_data["month"]).start


def _start(period: Period) -> dt.date:
    return period.start


class AskForm(forms.Form):
    """Why a record of a closed month is to be corrected."""

    reason = reason_field("更正原因", "请写明要改什么、为什么。")


class AnswerForm(forms.Form):
    """Leave to correct, or why not."""

    decision = forms.ChoiceField(
        label="答复",
        choices=[("grant", "同意更正一次"), ("refuse", "不同意")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择同意还是不同意。"},
    )
    answer = forms.CharField(
        label="不同意的原因",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class MakeUpForm(forms.Form):
    """For each person who was away: when and how it was made up; what stays empty stays open."""

    def __init__(self, *args: Any, absent: list[Attendance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.absent = absent
        for row in absent:
            self.fields[f"on-{row.pk}"] = TypedDateField(
                label=f"{row.member.name}：补课日期", required=False, initial=row.made_up_on
            )
            self.fields[f"how-{row.pk}"] = forms.CharField(
                label=f"{row.member.name}：方式",
                max_length=100,
                required=False,
                initial=row.made_up_how,
                help_text="例如：自学原文、书记讲给他听。",
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for row in self.absent:
            day, how = cleaned.get(f"on-{row.pk}"), cleaned.get(f"how-{row.pk}")
            if how and not day:
                self.add_error(f"on-{row.pk}", "写了方式，请再填补课日期。")
            if day and day < row.activity.held_on:
                self.add_error(f"on-{row.pk}", f"早于开会那天 {row.activity.held_on}，请核对。")
            if day and day > timezone.localdate():
                self.add_error(f"on-{row.pk}", "日期还没到，补课以后再登记。")
        return cleaned

    def made_up(self) -> dict[Attendance, tuple[Any, str]]:
        """Return what was said of each person, by row."""
        said = self.cleaned_data
        return {row: (said[f"on-{row.pk}"], said[f"how-{row.pk}"]) for row in self.absent}
