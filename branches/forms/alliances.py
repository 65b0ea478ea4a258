"""Forms of alliances."""

from typing import Any

from django import forms

from branches.forms.platforms import day_field, offer_places, place_field
from branches.models import AllianceMember
from branches.queries.alliances import find_by_code


class AllianceForm(forms.Form):
    """What is written of an alliance."""

    lead = place_field("牵头党组织")
    name = forms.CharField(
        label="名称", max_length=100, error_messages={"required": "请填写名称。"}
    )
    pattern = forms.CharField(
        label="组成模式", max_length=60, required=False, help_text="如 1+2+N+X。"
    )
    purpose = forms.CharField(
        label="共建目标",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    founded_on = day_field("成立日期", required=True)
    document = forms.CharField(label="文号", max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_places(self.fields["lead"])


class AllianceEditForm(AllianceForm):
    """The same for one that exists, with the day from which it is no more."""

    ended_on = day_field("撤销日期", help_text="撤销的第一天。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["lead"]


class JoinForm(forms.Form):
    """Who joins an alliance, and since when."""

    organization = place_field("本单位范围内的党组织", required=False, empty="不填")
    code = forms.CharField(
        label="其他单位党组织的代码",
        max_length=40,
        required=False,
        help_text="已使用本门户的其他单位，请对方告知组织代码；加入后对方可以看到这个共同体。",
    )
    unit_name = forms.CharField(label="没有使用本门户的单位名称", max_length=100, required=False)
    role = forms.ChoiceField(
        label="身份",
        choices=[
            (AllianceMember.Role.MEMBER, AllianceMember.Role.MEMBER.label),
            (AllianceMember.Role.PAIRED, AllianceMember.Role.PAIRED.label),
        ],
    )
    started_on = day_field("从哪天起", required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_places(self.fields["organization"])

    def clean(self) -> dict[str, Any]:
        """Find an organisation of elsewhere by the code it told; one way of naming is enough."""
        said = super().clean() or {}
        code = said.pop("code", "").strip()
        if code and said.get("organization"):
            self.add_error("code", "选了党组织就不用再写代码。")
        elif code:
            said["organization"] = find_by_code(code)
            if said["organization"] is None:
                self.add_error("code", "没有找到这个代码的党组织，请向对方核对。")
        return said


class LeaveForm(forms.Form):
    """From which day a member belongs no longer."""

    ended_on = day_field("从哪天起退出", required=True)


class PledgeForm(forms.Form):
    """What is promised, who answers for it, by when."""

    title = forms.CharField(
        label="共建项目", max_length=100, error_messages={"required": "请填写共建项目。"}
    )
    responsible = forms.CharField(
        label="责任单位", max_length=100, error_messages={"required": "请填写责任单位。"}
    )
    due_on = day_field("完成时限")


class KeepPledgeForm(forms.Form):
    """When a promise was kept, and what came of it."""

    done_on = day_field("完成日期", required=True)
    outcome = forms.CharField(
        label="成效",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
