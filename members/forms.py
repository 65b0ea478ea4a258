"""Forms of people."""

from typing import Any

from django import forms
from django.utils import timezone

from branches.queries import branches_in_scope
from members.models import Member, VanguardPost
from members.queries import members_in_scope


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


class VanguardPostForm(forms.Form):
    """A vanguard post: where, what, who, what is pledged, since when."""

    organization: Any = forms.ModelChoiceField(
        label="党支部",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择党支部。"},
    )
    kind = forms.ChoiceField(label="类别", choices=VanguardPost.Kind.choices)
    title = forms.CharField(
        label="岗位名称", max_length=100, error_messages={"required": "请填写岗位名称。"}
    )
    holders: Any = forms.ModelMultipleChoiceField(
        label="人员",
        queryset=None,
        to_field_name="public_id",
        help_text="可选一人或几人。",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一名党员。"},
    )
    pledge = forms.CharField(
        label="岗位承诺",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    awarded_on = forms.DateField(
        label="授牌时间",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写授牌时间。", "invalid": "请写成 2026-11-21 这样。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = branches_in_scope()  # type: ignore[attr-defined]
        on_roll = members_in_scope().filter(category__in=Member.MEMBER_CATEGORIES)
        self.fields["holders"].queryset = on_roll  # type: ignore[attr-defined]

    def clean_awarded_on(self) -> Any:
        day = self.cleaned_data["awarded_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("授牌时间还没到，请核对。")
        return day
