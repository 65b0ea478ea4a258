"""Input of inspections, findings, answers and re-checks."""

from typing import Any

from django import forms

from assessments.models import Campaign, Inspection, Rectification
from assessments.queries.campaigns import subjects_below
from members.forms.posts import DATE, DATE_ERRORS, LINES, past_day

TOO_LONG = {"max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。"}


class VisitForm(forms.Form):
    """When, how and by whom was inspected."""

    kind = forms.ChoiceField(
        label="方式",
        choices=Inspection.Kind.choices,
        help_text="暗访在下发问题以前，被检查单位看不到。",
    )
    inspected_on = forms.DateField(label="检查日期", widget=DATE, error_messages=DATE_ERRORS)
    inspectors = forms.CharField(
        label="检查人", max_length=100, error_messages={"required": "请填写检查人。"} | TOO_LONG
    )
    place = forms.CharField(label="地点", max_length=100, required=False)
    note = forms.CharField(
        label="检查情况",
        max_length=1000,
        required=False,
        widget=LINES,
        help_text="只有主办单位看得到；要单位整改的，保存以后逐条下发。",
        error_messages=TOO_LONG,
    )

    def clean_inspected_on(self) -> Any:
        return past_day(self.cleaned_data["inspected_on"])


class InspectionForm(VisitForm):
    """A new inspection: of which unit."""

    organization: Any = forms.ModelChoiceField(
        label="被检查单位",
        empty_label="请选择",
        queryset=None,
        to_field_name="public_id",
        error_messages={"required": "请选择单位。", "invalid_choice": "没有这个单位。"},
    )
    field_order = ("organization", "kind", "inspected_on", "inspectors", "place", "note")

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["organization"].queryset = subjects_below(campaign)


class FindingForm(forms.Form):
    """One finding that is issued to the unit."""

    criterion: Any = forms.ModelChoiceField(
        label="对应标准",
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label="不对应哪一条",
        error_messages={"invalid_choice": "没有这一条。"},
    )
    text = forms.CharField(
        label="问题",
        max_length=500,
        widget=LINES,
        error_messages={"required": "请写明问题。"} | TOO_LONG,
    )
    due_on = forms.DateField(label="整改期限", widget=DATE, error_messages=DATE_ERRORS)
    responsible = forms.CharField(label="责任人", max_length=60, required=False)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["criterion"].queryset = campaign.criteria.all()


class AnswerForm(forms.Form):
    """How a finding was put right."""

    answer = forms.CharField(
        label="整改情况",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="做了什么、哪天做好、有什么可以核对。",
        error_messages={"required": "请写明整改情况。"} | TOO_LONG,
    )


class CheckForm(forms.Form):
    """What the re-check says."""

    verdict = forms.ChoiceField(
        label="复查意见",
        choices=[one for one in Rectification.Verdict.choices if one[0]],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择。", "invalid_choice": "请从两项里选一项。"},
    )
    reason = forms.CharField(
        label="复查说明",
        max_length=300,
        required=False,
        widget=LINES,
        help_text="退回的要写明还要改什么。",
        error_messages=TOO_LONG,
    )


class PostponeForm(forms.Form):
    """Another deadline, with its reason."""

    due_on = forms.DateField(label="新的整改期限", widget=DATE, error_messages=DATE_ERRORS)
    reason = forms.CharField(
        label="原因",
        max_length=300,
        widget=LINES,
        error_messages={"required": "请写明原因。"} | TOO_LONG,
    )
