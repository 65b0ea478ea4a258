"""Forms of skills and social roles."""

from typing import Any

from django import forms
from django.utils import timezone

from branches.models import PartyOrganization
from branches.queries.organizations import organizations_in_scope
from members.forms.dates import TypedDayField
from members.models import Skill
from members.models.social_roles import SocialKind


class SkillsForm(forms.Form):
    """What somebody is good at."""

    kinds = forms.MultipleChoiceField(
        label="特长",
        choices=Skill.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label="选“其他”时写明", max_length=100, required=False)


class SocialRoleForm(forms.Form):
    """A role that somebody takes on."""

    kind = forms.ChoiceField(
        label="角色",
        choices=[("", "请选择"), *SocialKind.choices],
        error_messages={"required": "请选择角色。"},
    )
    area = forms.CharField(label="服务区域", max_length=100, required=False)
    started_on = TypedDayField(label="从哪天起")


class EndSocialRoleForm(forms.Form):
    """From which day on somebody no longer holds a role."""

    ended_on = TypedDayField(label="从哪天起不再担任")


class TotalForm(forms.Form):
    """How many people of a role there are in the area of an organisation."""

    organization: Any = forms.ModelChoiceField(
        label="党组织",
        queryset=PartyOrganization.objects.none(),
        to_field_name="public_id",
        empty_label="请选择",
        error_messages={"required": "请选择党组织。"},
    )
    kind = forms.ChoiceField(
        label="角色",
        choices=[("", "请选择"), *SocialKind.choices],
        error_messages={"required": "请选择角色。"},
    )
    total = forms.IntegerField(
        label="总人数（党员和群众合计）",
        min_value=0,
        max_value=10_000_000,
        error_messages={"required": "请填写总人数。", "invalid": "请填写整数。"},
    )
    counted_on = TypedDayField(label="统计日期")
    source = forms.CharField(label="来源", max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = organizations_in_scope().order_by("path")
        self.fields["organization"].queryset = shown  # type: ignore[attr-defined]


class SharesForm(forms.Form):
    """Of which organisation, as of which day, and for the list of which role."""

    organization: Any = forms.ModelChoiceField(
        label="党组织",
        queryset=PartyOrganization.objects.none(),
        required=False,
        to_field_name="public_id",
        empty_label="本级",
    )
    day = TypedDayField(label="截至日期", required=False)
    kind = forms.ChoiceField(
        choices=[("", ""), *SocialKind.choices], required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = organizations_in_scope().order_by("path")
        self.fields["organization"].queryset = self.shown  # type: ignore[attr-defined]
        self.fields["organization"].label_from_instance = lambda place: place.label  # type: ignore[attr-defined]

    def conditions(self) -> dict[str, Any]:
        """Return place (the highest in scope by default), day and kind."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return {
            "place": cleaned.get("organization") or self.shown.first(),
            "day": cleaned.get("day") or timezone.localdate(),
            "kind": cleaned.get("kind", ""),
        }
