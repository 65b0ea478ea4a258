"""Forms of papers that are written before an occasion, and of the binder of a year."""

from typing import Any

from django import forms

from activities.forms.occasions import CLOCK, TypedDateField
from activities.models import Meeting
from branches.models import PartyOrganization


class PreparationForm(forms.Form):
    """An occasion that is to come, as its notice and its sign-in sheet name it."""

    kinds = forms.MultipleChoiceField(
        label="这次包含哪些形式",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一种形式。"},
    )
    groups = forms.ModelMultipleChoiceField(
        label="哪个党小组",
        queryset=PartyOrganization.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        to_field_name="public_id",
    )
    held_on = TypedDateField(label="日期")
    started_at = forms.TimeField(
        label="时间",
        required=False,
        input_formats=CLOCK,
        error_messages={"invalid": "请写成 14:30 这样。"},
    )
    place = forms.CharField(label="地点", max_length=100, required=False)
    topic = forms.CharField(label="议题", max_length=200, required=False)
    agenda = forms.CharField(
        label="议程", widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=4000
    )
    demands = forms.CharField(
        label="有关要求", widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=1000
    )

    def __init__(self, *args: Any, groups: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["kinds"].choices = [(kind, Meeting.Kind(kind).label) for kind in kinds]
        fields["groups"].queryset = groups
        fields["groups"].label_from_instance = lambda group: group.label
        if not groups:
            del fields["groups"]

    def said(self) -> dict[str, Any]:
        """Return what was cleaned, no groups where the branch has none."""
        return {"groups": [], **self.cleaned_data}
