"""Input of applications: an answer to every criterion; why one is given back."""

from collections.abc import Sequence
from typing import Any

from django import forms

from assessments.models import ApplicationStatement, Campaign, CampaignCriterion
from assessments.queries.campaigns import members_below, subjects_below
from assessments.services.applications import evidence_field, opinion_field
from members.forms.posts import LINES

TOO_LONG = {"max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。"}


class ApplicationForm(forms.Form):
    """What a unit says of itself, criterion by criterion; nothing is demanded until it is handed in."""

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[CampaignCriterion],
        begins: Campaign | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        if begins is not None:
            self.fields["subject"] = _subject(begins)
        for one in criteria:
            self.fields[opinion_field(one)] = forms.ChoiceField(
                label=f"{one} 自评",
                choices=ApplicationStatement.Opinion.choices,
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": "请从三项里选一项。"},
            )
            self.fields[evidence_field(one)] = forms.CharField(
                label=f"{one} 做法和依据",
                required=False,
                max_length=1000,
                widget=LINES,
                error_messages=TOO_LONG,
            )
        self.fields["summary"] = forms.CharField(
            label="主要做法",
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text="总的情况写几句；没有可以不写。",
            error_messages=TOO_LONG,
        )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The criteria, each with its two inputs."""
        return [
            {
                "criterion": one,
                "opinion": self[opinion_field(one)],
                "evidence": self[evidence_field(one)],
            }
            for one in self.criteria
        ]

    def statements(self) -> dict[int, tuple[str, str]]:
        """Return what was said as the services take it."""
        said = self.cleaned_data
        return {
            one.pk: (said[opinion_field(one)], said[evidence_field(one)]) for one in self.criteria
        }

    def whose(self) -> dict[str, Any]:
        """Return who strives: the unit, and the member where members are selected."""
        chosen = self.cleaned_data["subject"]
        if hasattr(chosen, "branch"):
            return {"organization": chosen.branch, "member": chosen}
        return {"organization": chosen, "member": None}


def _subject(campaign: Campaign) -> Any:
    if campaign.selects_members:
        return MemberChoice(
            label="推荐哪名党员",
            empty_label="请选择",
            queryset=members_below(campaign),
            to_field_name="public_id",
            error_messages={"required": "请选择党员。", "invalid_choice": "名册里没有这个人。"},
        )
    units = subjects_below(campaign)
    return forms.ModelChoiceField(
        label="申报单位",
        queryset=units,
        initial=units.first(),
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择单位。", "invalid_choice": "没有这个单位。"},
    )


class MemberChoice(forms.ModelChoiceField):
    """Names a member together with the branch."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.branch.label}）"


class ReturnForm(forms.Form):
    """Why an application is given back, and which criterion it is about."""

    criterion: Any = forms.ModelChoiceField(
        label="哪一条",
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label="整份申报",
        error_messages={"invalid_choice": "没有这一条。"},
    )
    reason = forms.CharField(
        label="退回原因",
        max_length=300,
        widget=LINES,
        help_text="单位在这一条旁边看到，改好再报。",
        error_messages={"required": "请写明退回的原因，单位才知道改什么。"} | TOO_LONG,
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["criterion"].queryset = campaign.criteria.all()
