"""Forms of votes and of matters that a meeting left to be done."""

from typing import Any

from django import forms

from activities.forms.occasions import TypedDateField
from activities.models import Meeting, Vote
from activities.queries.votes import Ballots, cases_to_vote_on
from branches.forms.platforms import offer_places, place_field
from members.models import DevelopmentCase


def count_field(label: str, *, required: bool = True) -> forms.IntegerField:
    """Return a field for a number of votes."""
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=0,
        max_value=9999,
        initial=0,
        error_messages={
            "required": "请填写票数，没有就填 0。",
            "invalid": "请填整数。",
            "min_value": "票数不能小于 0。",
            "max_value": "票数太大，请核对。",
        },
    )


class VoteCorrection(forms.Form):
    """What was voted on and how."""

    title = forms.CharField(
        label="议题", max_length=200, error_messages={"required": "请填写表决的是什么。"}
    )
    yes = count_field("赞成")
    no = count_field("反对")
    abstain = count_field("弃权")
    is_secret = forms.BooleanField(label="无记名投票", required=False)

    def ballots(self) -> Ballots:
        return Ballots(*(self.cleaned_data[name] for name in ("yes", "no", "abstain")))


class VoteForm(VoteCorrection):
    """A vote of one form of the occasion."""

    meeting: Any = forms.ModelChoiceField(
        label="在哪个会议上", queryset=Meeting.objects.none(), empty_label=None
    )
    subject = forms.ChoiceField(label="表决事项", choices=Vote.Subject.choices)
    case: Any = forms.ModelChoiceField(
        label="谁的发展党员档案",
        queryset=DevelopmentCase.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label="（不涉及）",
        help_text="接收预备党员、转正时选择；票数同时记进他的发展党员档案。",
    )
    written_opinions = count_field("其中书面意见", required=False)
    field_order = ("meeting", "subject", "case", "title", "yes", "no", "abstain")

    def __init__(self, *args: Any, meetings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]
        first = meetings.first()
        if first is not None:
            place = first.activity.organization
            self.fields["case"].queryset = cases_to_vote_on(place)  # type: ignore[attr-defined]
        self.fields["case"].label_from_instance = lambda case: case.member.name  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what the service wants."""
        said = self.cleaned_data
        return {
            "meeting": said["meeting"],
            "subject": said["subject"],
            "title": said["title"],
            "ballots": self.ballots(),
            "is_secret": said["is_secret"],
            "case": said["case"] if said["subject"] in Vote.STEPS else None,
            "written_opinions": said["written_opinions"] or 0,
        }


class MatterForm(forms.Form):
    """A matter: what, who, until when."""

    text = forms.CharField(
        label="事项", max_length=200, error_messages={"required": "请写明要办什么。"}
    )
    responsible = forms.CharField(label="负责人", max_length=60, required=False)
    due_on = TypedDateField(label="完成时限", required=False)


class CloseForm(forms.Form):
    """When a matter was done and what came of it."""

    closed_on = TypedDateField(label="办结日期")
    outcome = forms.CharField(
        label="办理结果",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明办得怎样。"},
    )


class MatterFilterForm(forms.Form):
    """Conditions of the list of matters."""

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("open", "未办结"), ("late", "超过时限"), ("closed", "已办结"), ("all", "全部")],
    )
    organization = place_field("党组织", required=False, empty="全部")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_places(self.fields["organization"])

    def conditions(self) -> dict[str, Any]:
        """Return the conditions that can be read, by the names of `matter_list`."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return {
            "state": cleaned.get("state") or "open",
            "organization": cleaned.get("organization"),
        }
