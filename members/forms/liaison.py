"""Forms of liaison: assignments and visits."""

from typing import Any

from django import forms
from django.utils import timezone

from branches.forms.platforms import day_field, offer_places, place_field
from members.models import Liaison


class LiaisonFilterForm(forms.Form):
    """Conditions of the list of assignments."""

    q = forms.CharField(label="姓名或平台名称", required=False, max_length=40)
    kind = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *Liaison.Kind.choices]
    )
    organization = place_field("党组织", required=False, empty="全部")
    day = day_field("截至哪天")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_places(self.fields["organization"])

    def conditions(self) -> dict[str, Any]:
        """Return the conditions that can be read, by the names of `liaison_list`."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return {
            "text": cleaned.get("q", ""),
            "kind": cleaned.get("kind", ""),
            "organization": cleaned.get("organization"),
            "day": cleaned.get("day") or timezone.localdate(),
        }


class StaffingFilterForm(forms.Form):
    """Whether to show only the branches that lack somebody."""

    show = forms.ChoiceField(
        label="显示", required=False, choices=[("", "全部"), ("missing", "只看缺人的")]
    )


class LiaisonForm(forms.Form):
    """An assignment: what, who, since when."""

    kind = forms.ChoiceField(label="类别", choices=Liaison.Kind.choices)
    organization = place_field("联系哪个党组织")
    name = forms.CharField(
        label="姓名",
        max_length=60,
        help_text="名册里只有一位同名的，自动关联到档案。",
        error_messages={"required": "请填写姓名。"},
    )
    duty = forms.CharField(label="单位职务", max_length=100, required=False)
    started_on = day_field("从哪天起", required=True)
    document = forms.CharField(label="文号", max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_places(self.fields["organization"])


class PlatformLiaisonForm(LiaisonForm):
    """The same for a platform, whose organisation is known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["organization"]


class LiaisonEditForm(PlatformLiaisonForm):
    """The same for one that exists, with the day from which it is over."""

    ended_on = day_field("从哪天起不再联系", help_text="调整给别人的，填调整的那一天。")


class VisitForm(forms.Form):
    """One visit and what it left behind."""

    visited_on = day_field("走访日期", required=True)
    outcome = forms.CharField(
        label="解决了什么",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="收集到什么问题，办了什么事，还要办什么。",
        error_messages={"required": "请写一句走访解决了什么。"},
    )
