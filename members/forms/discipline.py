"""Forms of disciplinary decisions and organisational measures."""

from typing import Any

from django import forms

from members.forms.posts import DATE, DATE_ERRORS, LINES, past_day
from members.models import Discipline, HonourCheck, OrganizationalMeasure

DOCUMENT_ERRORS = {"required": "请填写文号。"}


class DecisionFields(forms.Form):
    """What every decision says."""

    decided_on = forms.DateField(label="决定日期", widget=DATE, error_messages=DATE_ERRORS)
    document = forms.CharField(label="文号", max_length=100, error_messages=DOCUMENT_ERRORS)
    reason = forms.CharField(
        label="事由", max_length=1000, required=False, widget=LINES, help_text="加密保存。"
    )

    def clean_decided_on(self) -> Any:
        return past_day(self.cleaned_data["decided_on"])


class DisciplineForm(DecisionFields):
    """A new 处分."""

    kind = forms.ChoiceField(label="处分种类", choices=Discipline.Kind.choices)
    probation_months = forms.TypedChoiceField(
        label="察看期",
        choices=[("", "不是留党察看"), ("12", "一年"), ("24", "两年")],
        coerce=int,
        empty_value=None,
        required=False,
    )
    field_order = ("kind", "probation_months", "decided_on", "document", "reason")


class DisciplineCorrection(DecisionFields):
    """A 处分 that is corrected, or what became of it."""

    restored_on = forms.DateField(
        label="恢复党员权利日期",
        widget=DATE,
        required=False,
        error_messages=DATE_ERRORS,
        help_text="留党察看期满、作出恢复决定以后才填；没有决定，表决权不恢复。",
    )
    revoked_on = forms.DateField(
        label="撤销处分日期", widget=DATE, required=False, error_messages=DATE_ERRORS
    )
    appeal = forms.CharField(
        label="申诉情况", max_length=1000, required=False, widget=LINES, help_text="加密保存。"
    )

    def clean_restored_on(self) -> Any:
        return past_day(self.cleaned_data["restored_on"])

    def clean_revoked_on(self) -> Any:
        return past_day(self.cleaned_data["revoked_on"])


class MeasureForm(DecisionFields):
    """A new 组织处置."""

    kind = forms.ChoiceField(label="处置种类", choices=OrganizationalMeasure.Kind.choices)
    due_on = forms.DateField(
        label="改正期满日",
        widget=DATE,
        required=False,
        error_messages=DATE_ERRORS,
        help_text="限期改正才填。",
    )
    field_order = ("kind", "decided_on", "due_on", "document", "reason")


class MeasureCorrection(DecisionFields):
    """A 组织处置 that is corrected, or how it ended."""

    due_on = forms.DateField(
        label="改正期满日", widget=DATE, required=False, error_messages=DATE_ERRORS
    )
    closed_on = forms.DateField(
        label="结束日期", widget=DATE, required=False, error_messages=DATE_ERRORS
    )
    outcome = forms.CharField(
        label="结果", max_length=1000, required=False, widget=LINES, help_text="加密保存。"
    )

    def clean_closed_on(self) -> Any:
        return past_day(self.cleaned_data["closed_on"])


class HonourCheckForm(forms.Form):
    """What is decided of an honour within the effect of a 处分."""

    decision = forms.ChoiceField(label="处理意见", choices=HonourCheck.Decision.choices)
    reason = forms.CharField(
        label="理由", max_length=300, widget=LINES, error_messages={"required": "请写明理由。"}
    )


class PersonFilter(forms.Form):
    """Whose decision is to be entered."""

    q = forms.CharField(label="登记谁的决定（姓名或拼音首字母）", required=False, max_length=60)
