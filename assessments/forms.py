"""Input of assessments: which period is shown, and the mark of a judged line."""

from decimal import Decimal
from typing import Any

from django import forms

from assessments.models import Mark, Scheme, SchemeItem
from assessments.points import in_words
from partybuild.periods import Period
from partybuild.submissions import new_key

PERIODS_SHOWN = 8


class PeriodForm(forms.Form):
    """Chooses a period of a scheme: the running one and those before it."""

    period = forms.ChoiceField(label="期间", required=False)
    name = forms.CharField(label="党支部名称", required=False, max_length=100)

    def __init__(self, data: Any, *, scheme: Scheme, running: Period, chosen: Period) -> None:
        super().__init__({**data.dict(), "period": chosen.code})
        periods = [running]
        while len(periods) < PERIODS_SHOWN:
            periods.append(periods[-1].previous())
        if chosen not in periods:
            periods.insert(0, chosen)
        choices = [(period.code, period.title) for period in periods]
        self.fields["period"].choices = choices  # type: ignore[attr-defined]


class MarkForm(forms.Form):
    """The mark of one judged line: one of the allowed options, with a reason."""

    points = forms.TypedChoiceField(
        label="得分",
        coerce=Decimal,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择得分。"},
    )
    reason = forms.CharField(
        label="理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明看了什么材料、为什么是这个分值；党支部能看到。",
        error_messages={
            "required": "请写明理由。",
            "max_length": "理由最多 300 个字，现在有 %(show_value)d 个。",
        },
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    submission_key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: Any = None, *, item: SchemeItem, mark: Mark | None) -> None:
        initial = {"version": 0, "submission_key": new_key()}
        if mark:
            # The very text of the option, so that the radio button finds itself again.
            given = [o["points"] for o in item.options if Decimal(o["points"]) == mark.points]
            initial |= {"points": given[0], "reason": mark.reason, "version": mark.version}
        super().__init__(data, initial=initial)
        points = self.fields["points"]
        points.choices = [  # type: ignore[attr-defined]
            (option["points"], _label(option)) for option in item.options
        ]
        points.error_messages["invalid_choice"] = f"此项只{item.rule}，请从中选择。"

    def refreshed_from(self, mark: Mark) -> None:
        """Let the next post of this very form replace the mark that has come in between."""
        self.data = {**self.data, "version": str(mark.version)}


def _label(option: dict[str, Any]) -> str:
    points = f"{in_words(option['points'])} 分"
    return f"{option['when']}：{points}" if "when" in option else points
