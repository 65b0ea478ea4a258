"""Forms of the rules page: an agency's own frequencies, its party day, the published 调休 days."""

from typing import Any

from django import forms

from activities.models import Meeting
from branches.queries.organizations import organizations_in_scope
from partybuild.calendar import Shift

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
DATE_ERRORS = {"required": "请填写日期。", "invalid": "请写成 2026-11-21 这样。"}
LAST_DAY = 28
MOST_TIMES = 31


class LocalRuleForm(forms.Form):
    """What every local rule says: where, from when, by which document."""

    organization: Any = forms.ModelChoiceField(
        label="适用单位",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择适用单位。"},
    )
    in_force_from = forms.DateField(label="从哪天起", widget=DATE, error_messages=DATE_ERRORS)
    document = forms.CharField(
        label="依据文件", max_length=200, error_messages={"required": "请写明依据的文件和文号。"}
    )
    article = forms.CharField(label="条款", max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations_in_scope()  # type: ignore[attr-defined]


class FrequencyForm(LocalRuleForm):
    """How often one form of meeting is held here."""

    code = "activities.meeting_frequency"
    kind = forms.ChoiceField(label="形式", choices=Meeting.Kind.choices)
    per = forms.ChoiceField(
        label="周期", choices=[("month", "每月"), ("quarter", "每季度"), ("year", "每年")]
    )
    times = forms.IntegerField(
        label="次数",
        min_value=1,
        max_value=MOST_TIMES,
        initial=1,
        error_messages={
            "required": "请填写次数。",
            "invalid": "请填写整数。",
            "min_value": "至少 1 次。",
            "max_value": f"最多 {MOST_TIMES} 次。",
        },
    )
    general = forms.BooleanField(label="一般要求（没有达到时说明原因即可）", required=False)

    def values(self) -> dict[str, Any]:
        """Return what is laid over the shipped rule."""
        cleaned = self.cleaned_data
        return {cleaned["kind"]: {name: cleaned[name] for name in ("per", "times", "general")}}


class PartyDayForm(LocalRuleForm):
    """The fixed party day here, and where it goes when nobody works on it."""

    code = "activities.party_day"
    day = forms.IntegerField(
        label="每月几日",
        min_value=1,
        max_value=LAST_DAY,
        error_messages={
            "required": "请填写每月几日。",
            "invalid": "请填写整数。",
            "min_value": "从 1 日起。",
            "max_value": f"每个月都有的日子，最晚 {LAST_DAY} 日。",
        },
    )
    shift = forms.ChoiceField(
        label="遇到休息日",
        choices=[
            (Shift.SAME_MONTH.value, "移到同月最近的工作日"),
            (Shift.PREVIOUS.value, "提前"),
            (Shift.NEXT.value, "顺延"),
            (Shift.NEAREST.value, "移到最近的工作日"),
        ],
    )

    def values(self) -> dict[str, Any]:
        """Return what is laid over the shipped rule."""
        return {
            "day": self.cleaned_data["day"],
            "shift": self.cleaned_data["shift"],
            "local": False,
        }


class WorkdayForm(forms.Form):
    """One day as the State Council published it."""

    day = forms.DateField(label="日期", widget=DATE, error_messages=DATE_ERRORS)
    is_workday = forms.TypedChoiceField(
        label="安排",
        choices=[("no", "放假"), ("yes", "上班")],
        coerce=lambda value: value == "yes",
    )
    document = forms.CharField(
        label="依据", max_length=200, error_messages={"required": "请写明依据的通知。"}
    )
