"""Conditions of the pages about leaders."""

from typing import Any

from django import forms

from activities.forms.occasions import ActivityFilterForm
from branches.queries.organizations import organizations_in_scope


class LeaderFilterForm(ActivityFilterForm):
    """Of which organisation with all below it, in which period."""

    kind = None  # type: ignore[assignment]  # Django's way of leaving a field out

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = organizations_in_scope().order_by("path")
        self.fields["organization"].queryset = shown  # type: ignore[attr-defined]
        self.fields["organization"].label = "党组织"


class LeaderListForm(ActivityFilterForm):
    """Which figure of the table is opened: branch, period, and whether the leader was there."""

    kind = None  # type: ignore[assignment]  # Django's way of leaving a field out
    state = forms.ChoiceField(
        label="出席情况",
        required=False,
        choices=[("", "全部"), ("present", "到会"), ("away", "没有到会")],
    )
