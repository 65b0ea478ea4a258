"""Input of awards: whom, which grade, why; and what becomes of it later."""

from typing import Any

from django import forms

from assessments.forms.applications import MemberChoice
from assessments.models import Campaign
from assessments.queries.campaigns import members_below, subjects_below
from members.forms.posts import DATE, DATE_ERRORS, LINES, past_day


class DecisionForm(forms.Form):
    """A decision about an award: its day, its document, its reason."""

    on = forms.DateField(label="决定日期", widget=DATE, error_messages=DATE_ERRORS)
    document = forms.CharField(label="文号", max_length=100, required=False)
    reason = forms.CharField(
        label="理由",
        max_length=300,
        widget=LINES,
        error_messages={
            "required": "请写明理由。",
            "max_length": "最多 300 个字，现在有 %(show_value)d 个。",
        },
    )

    def clean_on(self) -> Any:
        return past_day(self.cleaned_data["on"])


class AwardForm(DecisionForm):
    """A new award."""

    grade: Any = forms.ModelChoiceField(
        label="等次",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择等次。", "invalid_choice": "没有这个等次。"},
    )
    ground = forms.CharField(
        label="其他依据",
        max_length=300,
        required=False,
        widget=LINES,
        help_text="已受理的申报和评分自动列为依据；都没有的，在这里写明。",
    )
    field_order = ("subject", "grade", "on", "document", "reason", "ground")

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"] = _subject(campaign)
        fields: Any = self.fields
        fields["grade"].queryset = campaign.grades.all()
        fields["grade"].initial = campaign.grades.first()
        self.order_fields(self.field_order)

    def values(self) -> dict[str, Any]:
        """Return what the service asks for."""
        said = dict(self.cleaned_data)
        chosen = said.pop("subject")
        if hasattr(chosen, "branch"):
            return said | {"organization": chosen.branch, "member": chosen}
        return said | {"organization": chosen}


def _subject(campaign: Campaign) -> Any:
    errors = {"required": "请选择。", "invalid_choice": "没有这一个，请重新选择。"}
    if campaign.selects_members:
        return MemberChoice(
            label="党员",
            empty_label="请选择",
            queryset=members_below(campaign),
            to_field_name="public_id",
            error_messages=errors,
        )
    return forms.ModelChoiceField(
        label="单位",
        empty_label="请选择",
        queryset=subjects_below(campaign),
        to_field_name="public_id",
        error_messages=errors,
    )
