"""Input of ratings: for whom links are made, and what the holder of one says."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from assessments.models import Campaign
from assessments.queries.campaigns import subjects_below
from assessments.services.polls import MOST_LINKS, Supervisor
from branches.models import PartyOrganization
from members.forms.posts import DATE, DATE_ERRORS

NAME_ROOM, EMPLOYER_ROOM = 60, 100
PARTS = re.compile(r"[\t,，、;；|]+|\s+")
CHOICES = (
    ("satisfied", "满意"),
    ("mostly", "基本满意"),
    ("dissatisfied", "不满意"),
    ("unknown", "不了解"),
)


class SupervisorLinksForm(forms.Form):
    """The supervisors who get a link each, and until when."""

    people = forms.CharField(
        label="监督员名单",
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="一人一行，先写姓名，再写单位，中间空一格；可以从表格里复制。",
        error_messages={"required": "请填写名单。"},
    )
    expires_on = forms.DateField(label="有效到", widget=DATE, error_messages=DATE_ERRORS)

    def clean_people(self) -> list[Supervisor]:
        found = [_supervisor(line) for line in self.cleaned_data["people"].splitlines()]
        people = [one for one in found if one]
        if not people:
            raise forms.ValidationError("请填写名单。")
        if len(people) > MOST_LINKS:
            raise forms.ValidationError(f"一次最多 {MOST_LINKS} 人，请分几次填。")
        long = [one.name for one in people if _is_long(one)]
        if long:
            raise forms.ValidationError(f"“{long[0][:20]}”一行太长，请只写姓名和单位。")
        return people


def _is_long(one: Supervisor) -> bool:
    return len(one.name) > NAME_ROOM or len(one.employer) > EMPLOYER_ROOM


def _supervisor(line: str) -> Supervisor | None:
    parts = [part for part in PARTS.split(line.strip(), maxsplit=1) if part]
    return Supervisor(parts[0], parts[1].strip() if parts[1:] else "") if parts else None


class PublicLinksForm(forms.Form):
    """How many links to hand out, for which unit, until when."""

    count = forms.IntegerField(
        label="个数",
        min_value=1,
        max_value=MOST_LINKS,
        help_text=f"每个链接只能评一次；一次最多 {MOST_LINKS} 个，可以多生成几次。",
        error_messages={
            "required": "请填写个数。",
            "invalid": "请写整数。",
            "min_value": "至少 1 个。",
            "max_value": f"一次最多 {MOST_LINKS} 个。",
        },
    )
    organization: Any = forms.ModelChoiceField(
        label="评哪个单位",
        queryset=None,
        to_field_name="public_id",
        required=False,
        empty_label="申报的全部单位",
        error_messages={"invalid_choice": "没有这个单位。"},
    )
    expires_on = forms.DateField(label="有效到", widget=DATE, error_messages=DATE_ERRORS)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["organization"].queryset = subjects_below(campaign)


class RateForm(forms.Form):
    """What somebody says of each unit; who does not know one leaves it out."""

    def __init__(self, *args: Any, units: Sequence[PartyOrganization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for unit in units:
            self.fields[unit.public_id] = forms.ChoiceField(
                label=unit.name,
                choices=CHOICES,
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": "请从四项里选一项。"},
            )
        self.units = [unit.public_id for unit in units]
        self.fields["remark"] = forms.CharField(
            label="意见和建议",
            required=False,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="请不要写姓名、电话等个人信息。",
            error_messages={"max_length": "最多 500 个字，现在有 %(show_value)d 个。"},
        )

    @property
    def questions(self) -> list[forms.BoundField]:
        """The units, in their order."""
        return [self[name] for name in self.units]

    def answers(self) -> dict[str, str]:
        """Return what was said: public id of a unit -> answer."""
        said = self.cleaned_data
        return {name: said[name] for name in self.units if said[name]}
