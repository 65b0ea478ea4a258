"""Forms of the roster."""

from typing import Any

from django import forms

from branches.queries.organizations import branches_in_scope
from members.models import Member


class MemberFilterForm(forms.Form):
    """Conditions of the list of people."""

    q = forms.CharField(label="姓名或拼音首字母", required=False, max_length=40)
    organization: Any = forms.ModelChoiceField(
        label="党支部", queryset=None, required=False, to_field_name="public_id", empty_label="全部"
    )
    category = forms.ChoiceField(
        label="人员类别", required=False, choices=[("", "全部"), *Member.Category.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = branches_in_scope().only("public_id", "short_name", "name")
        self.fields["organization"].queryset = shown  # type: ignore[attr-defined]
        self.fields["organization"].label_from_instance = lambda place: place.label  # type: ignore[attr-defined]

    def conditions(self) -> dict[str, Any]:
        """Return the conditions that can be read."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return {
            "text": cleaned.get("q", ""),
            "branch": cleaned.get("organization"),
            "category": cleaned.get("category", ""),
        }
