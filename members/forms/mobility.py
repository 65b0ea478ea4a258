"""Forms of mobile and lost members."""

from typing import Any

from django import forms

from branches.models import PartyOrganization
from branches.queries.organizations import branches_in_scope
from members.forms.dates import TypedDayField
from members.models import LostMember, Member, MobileMember
from members.queries.files import members_in_scope


class MobileFilterForm(forms.Form):
    """Conditions of the list of mobile members."""

    direction = forms.ChoiceField(
        label="流向", required=False, choices=[("", "全部"), *MobileMember.Direction.choices]
    )
    kind = forms.ChoiceField(
        label="情形", required=False, choices=[("", "全部"), *MobileMember.Kind.choices]
    )

    def conditions(self) -> dict[str, Any]:
        """Return the conditions that can be read."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return {name: cleaned.get(name, "") for name in ("direction", "kind")}


class MobileDetailsForm(forms.Form):
    """What is known of somebody who lives away or came."""

    kind = forms.ChoiceField(label="情形", choices=MobileMember.Kind.choices)
    destination = forms.CharField(
        label="流入地", max_length=100, error_messages={"required": "请填写去了（来自）哪里。"}
    )
    workplace = forms.CharField(label="流入单位", max_length=100, required=False)
    other_organization = forms.CharField(
        label="对方党组织",
        max_length=100,
        required=False,
        help_text="流出的填流入地党组织，流入的填原党支部。",
    )
    contact_person = forms.CharField(label="联系人", max_length=60, required=False)
    contact = forms.CharField(
        label="联系方式",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"data-private": "", "autocomplete": "off"}),
    )
    attends = forms.CharField(label="参加组织生活情况", max_length=100, required=False)
    dues = forms.CharField(label="党费缴纳情况", max_length=100, required=False)


class NewOutflowForm(MobileDetailsForm):
    """One of ours lives away."""

    member: Any = forms.ModelChoiceField(
        label="党员",
        queryset=Member.objects.none(),
        to_field_name="public_id",
        empty_label="请选择",
        error_messages={"required": "请选择党员。"},
    )
    started_on = TypedDayField(label="流出时间")
    field_order = ("member", "kind", "started_on", "destination")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_roll = members_in_scope().filter(
            category__in=Member.MEMBER_CATEGORIES, state=Member.State.NORMAL
        )
        self.fields["member"].queryset = on_roll  # type: ignore[attr-defined]


class NewInflowForm(MobileDetailsForm):
    """Somebody came whose relation lies elsewhere."""

    organization: Any = forms.ModelChoiceField(
        label="流入到哪个党支部",
        queryset=PartyOrganization.objects.none(),
        to_field_name="public_id",
        empty_label="请选择",
        error_messages={"required": "请选择党支部。"},
    )
    name = forms.CharField(label="姓名", max_length=60, error_messages={"required": "请填写姓名。"})
    started_on = TypedDayField(label="流入时间")
    field_order = ("organization", "name", "kind", "started_on", "destination")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = branches_in_scope()  # type: ignore[attr-defined]


class CorrectMobileForm(MobileDetailsForm):
    """Correct what is known, or end it."""

    ended_on = TypedDayField(
        label="结束时间", required=False, help_text="已经返回或转走组织关系的，填写日期。"
    )


class ContactForm(forms.Form):
    """The branch spoke with somebody who lives away."""

    contacted_on = TypedDayField(label="联系时间")
    contacted_by = forms.CharField(
        label="联系人", max_length=60, error_messages={"required": "请填写谁联系的。"}
    )
    note = forms.CharField(label="情况", max_length=200, required=False)


class LostForm(forms.Form):
    """A member cannot be reached."""

    lost_on = TypedDayField(label="失去联系时间")
    cause = forms.ChoiceField(
        label="失联情形",
        choices=[("", "请选择"), *LostMember.Cause.choices],
        error_messages={"required": "请选择失联情形。"},
    )
    organization_kind = forms.ChoiceField(
        label="组织类别",
        choices=[("", "请选择"), *LostMember.OrganizationKind.choices],
        error_messages={"required": "请选择组织类别。"},
    )
    efforts = forms.CharField(
        label="查找情况",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-private": ""}),
    )


class FoundForm(forms.Form):
    """Contact is there again."""

    found_on = TypedDayField(label="恢复联系时间")
