"""Forms of second memberships."""

from typing import Any

from django import forms

from branches.models import PartyOrganization
from branches.queries.organizations import branches_in_scope
from members.forms.dates import TypedDayField


class SecondMembershipForm(forms.Form):
    """In which branch somebody is expected besides their own, and from which day on."""

    organization: Any = forms.ModelChoiceField(
        label="党支部",
        queryset=None,
        to_field_name="public_id",
        empty_label="请选择",
        error_messages={
            "required": "请选择党支部。",
            "invalid_choice": "没有这个党支部，请重新选择。",
        },
        help_text="临时、功能型、流动党员党支部。只在那里参加组织生活，不重复计数。",
    )
    on = TypedDayField(label="从哪天起")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = PartyOrganization.SECOND_KINDS
        self.fields["organization"].queryset = branches_in_scope().filter(kind__in=kinds)  # type: ignore[attr-defined]
