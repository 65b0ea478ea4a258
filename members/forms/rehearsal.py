"""Forms of the yearly comparison and of the reasons it asks for."""

from typing import Any

from django import forms
from django.utils import timezone

from branches.queries.organizations import organizations_in_scope
from members.models import Membership

OLDEST = 10


class RehearsalForm(forms.Form):
    """Which subtree, which year."""

    organization: Any = forms.ModelChoiceField(
        label="党组织", queryset=None, to_field_name="public_id", empty_label=None
    )
    year = forms.TypedChoiceField(label="年度", coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations_in_scope().order_by("path")  # type: ignore[attr-defined]
        this = timezone.localdate().year
        self.fields["year"].choices = [(year, str(year)) for year in range(this, this - OLDEST, -1)]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why one membership began and why it ended."""

    started_by = forms.ChoiceField(label="开始原因", choices=Membership.Start.choices)
    ended_by = forms.ChoiceField(
        label="结束原因", choices=[("", "不填"), *Membership.End.choices], required=False
    )
    document = forms.CharField(label="文号或介绍信号", max_length=100, required=False)
