"""Forms of care."""

from typing import Any

from django import forms

from members.forms.dates import TypedDayField
from members.models import CareRecord, CareVisit, Member
from members.queries.files import members_in_scope


def long_private(label: str) -> forms.CharField:
    """Return a text field for something sensitive: kept out of drafts."""
    widget = forms.Textarea(attrs={"rows": 2, "data-private": ""})
    return forms.CharField(label=label, max_length=300, required=False, widget=widget)


class CareFilterForm(forms.Form):
    """Conditions of the care list."""

    category = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *CareRecord.Category.choices]
    )

    def conditions(self) -> dict[str, Any]:
        """Return the conditions that can be read."""
        self.is_valid()
        return {"category": getattr(self, "cleaned_data", {}).get("category", "")}


class CareDetailsForm(forms.Form):
    """How somebody fares and who helps."""

    health = long_private("健康状况")
    need = long_private("困难情况")
    helper: Any = forms.ModelChoiceField(
        label="结对党员",
        queryset=Member.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label="（没有）",
    )
    helper_since = TypedDayField(label="结对时间", required=False)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        helpers = members_in_scope().filter(
            branch=member.branch_id, category__in=Member.MEMBER_CATEGORIES
        )
        self.fields["helper"].queryset = helpers.exclude(pk=member.pk)  # type: ignore[attr-defined]


class NewCareForm(CareDetailsForm):
    """Put somebody on the care list."""

    category = forms.ChoiceField(
        label="类别",
        choices=[("", "请选择"), *CareRecord.Category.choices],
        error_messages={"required": "请选择类别。"},
    )
    started_on = TypedDayField(label="列入时间")
    field_order = ("category", "started_on", "health", "need", "helper", "helper_since")


class CorrectCareForm(CareDetailsForm):
    """Correct a care record or end it."""

    ended_on = TypedDayField(
        label="移出时间", required=False, help_text="不再需要关怀时填写，这一天起不在名单上。"
    )


class CareVisitForm(forms.Form):
    """One visit."""

    visited_on = TypedDayField(label="慰问时间")
    visitors = forms.CharField(
        label="慰问人", max_length=100, error_messages={"required": "请填写慰问人。"}
    )
    amount = forms.DecimalField(
        label="慰问金（元）",
        required=False,
        min_value=0,
        max_digits=9,
        decimal_places=2,
        error_messages={
            "invalid": "请填写数字。",
            "min_value": "不能小于 0。",
            "max_decimal_places": "最多写到分。",
        },
    )
    goods = forms.CharField(label="慰问品", max_length=100, required=False)
    source = forms.ChoiceField(
        label="经费来源",
        choices=[("", "请选择"), *CareVisit.Source.choices],
        error_messages={"required": "请选择经费来源。"},
    )
    signed_by = forms.CharField(label="签收人", max_length=60, required=False)
