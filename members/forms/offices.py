"""Forms of leading bodies: a new term, approvals, offices, training."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from branches.models import PartyOrganization
from members.forms.dates import KnownDateField, TypedDayField
from members.models import Member, Office, TrainingRecord
from members.queries.leaders import GROUPS
from members.queries.offices import people_of
from members.queries.terms import State
from members.services.offices import Holder

MOST_YEARS = 10
MOST_SEATS = 15
YES_NO = [("yes", "设支委会（委员会）"), ("no", "不设，只选书记，必要时选副书记")]
POSTS = [
    ("", "（不填）"),
    *((p.value, p.label) for p in Office.Post if p != Office.Post.GROUP_LEADER),
]


def line(label: str, **attrs: Any) -> forms.TextInput:
    """Return the input of one cell of a grid."""
    said = {"class": "form-control", "aria-label": label, "autocomplete": "off"}
    return forms.TextInput(attrs=said | attrs)


def resolve(name: str, people: dict[str, list[Member]]) -> Member | None:
    """Return the one file that a name means, None where nobody is on the roll.

    ValidationError with the branches to choose from when there are several; `张伟（第一党支部）`
    names one of them.
    """
    bare, _, place = name.replace("(", "（").partition("（")
    place = place.replace(")", "").replace("）", "").strip()
    found = people.get(bare.strip(), [])
    if place:
        found = [one for one in found if place in {one.branch.name, one.branch.short_name}]
    if len(found) > 1:
        choices = "、".join(f"{one.name}（{one.branch.label}）" for one in found)
        raise forms.ValidationError(f"有 {len(found)} 位同名，请写成 {choices}。")
    return found[0] if found else None


def bare_name(name: str) -> str:
    """Return a name without the branch written behind it."""
    return name.replace("(", "（").partition("（")[0].strip()


class BodyFilterForm(forms.Form):
    """Conditions of the list of bodies."""

    q = forms.CharField(label="党组织名称", required=False, max_length=40)
    state = forms.ChoiceField(
        label="换届状态", required=False, choices=[("", "全部"), *State.choices]
    )
    vacant = forms.ChoiceField(
        label="缺额", required=False, choices=[("", "全部"), ("yes", "有缺额"), ("no", "没有缺额")]
    )

    def conditions(self) -> dict[str, str]:
        """Return the conditions that can be read."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return {name: cleaned.get(name, "") for name in self.fields}


class LeaderFilterForm(forms.Form):
    """Conditions of the list of those who lead."""

    organization: Any = forms.ModelChoiceField(
        label="党组织", queryset=None, required=False, to_field_name="public_id", empty_label="全部"
    )
    group = forms.ChoiceField(
        label="哪些人",
        required=False,
        choices=[("", "全部"), *((group.code, group.label) for group in GROUPS.values())],
    )

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = places  # type: ignore[attr-defined]
        self.fields["organization"].label_from_instance = lambda place: place.label  # type: ignore[attr-defined]

    def conditions(self) -> tuple[PartyOrganization | None, str]:
        """Return the organisation and the group asked for."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return cleaned.get("organization"), cleaned.get("group", "")


class CommitteeChoice(forms.TypedChoiceField):
    """Whether there is a committee."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="支委会", choices=YES_NO, coerce=lambda value: value == "yes", **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)


class TermForm(forms.Form):
    """A new body: when and for how long it was elected, by which document."""

    elected_on: Any = TypedDayField(label="当选时间")
    years = forms.IntegerField(
        label="任期（年）",
        min_value=1,
        max_value=MOST_YEARS,
        error_messages={
            "required": "请填写任期。",
            "invalid": "请填写整数。",
            "min_value": "至少 1 年。",
            "max_value": f"最多 {MOST_YEARS} 年，请核对。",
        },
    )
    has_committee = CommitteeChoice()
    document = forms.CharField(label="批复文号", max_length=100, required=False)


class TermCorrectionForm(TermForm):
    """The term in office: a date may be known to the month or year only."""

    elected_on = KnownDateField(label="当选时间", required=False)
    years = forms.IntegerField(
        label="任期（年）",
        min_value=1,
        max_value=MOST_YEARS,
        required=False,
        error_messages={
            "invalid": "请填写整数。",
            "min_value": "至少 1 年。",
            "max_value": f"最多 {MOST_YEARS} 年，请核对。",
        },
    )


class SeatForm(forms.Form):
    """One line of the grid of those elected: post, name, duties; an empty line is skipped."""

    post = forms.ChoiceField(
        label="职务",
        choices=POSTS,
        required=False,
        widget=forms.Select(attrs={"class": "form-select", "aria-label": "职务"}),
    )
    name = forms.CharField(
        label="姓名", max_length=80, required=False, widget=line("姓名", list="people")
    )
    duties = forms.CharField(label="分工", max_length=200, required=False, widget=line("分工"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("name") and not cleaned.get("post"):
            self.add_error("post", "请选职务。")
        return cleaned


class BaseSeatFormSet(BaseFormSet):
    """The grid of those elected; `organization` is whose names are looked up."""

    def __init__(self, *args: Any, organization: PartyOrganization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        self.holders: list[Holder] = []

    def clean(self) -> None:
        rows = [form for form in self.forms if form.cleaned_data.get("name")]
        people = people_of(self.organization, [bare_name(f.cleaned_data["name"]) for f in rows])
        for form in rows:
            name = form.cleaned_data["name"]
            try:
                member = resolve(name, people)
            except forms.ValidationError as problem:
                form.add_error("name", problem)
                continue
            duties = form.cleaned_data["duties"]
            post = form.cleaned_data.get("post", "")
            self.holders.append(Holder(post, bare_name(name), member, duties))
        if not rows:
            raise forms.ValidationError("请至少填写一名班子成员。")


SeatFormSet: Any = formset_factory(
    SeatForm, formset=BaseSeatFormSet, extra=4, max_num=MOST_SEATS, absolute_max=MOST_SEATS + 5
)


class ShiftForm(forms.Form):
    """The superior's approval of an earlier or later election."""

    due_on = TypedDayField(label="批准的换届时间", may_be_future=True)
    approved_on = TypedDayField(label="批复日期")
    document = forms.CharField(
        label="批复文号", max_length=100, error_messages={"required": "请填写批复文号。"}
    )
    reason = forms.CharField(
        label="原因", max_length=300, error_messages={"required": "请写明原因。"}
    )


class OfficeForm(forms.Form):
    """Put somebody into a post."""

    post = forms.ChoiceField(
        label="职务", choices=Office.Post.choices, error_messages={"required": "请选职务。"}
    )
    name = forms.CharField(
        label="姓名",
        max_length=80,
        help_text="同名的写成 姓名（支部）。",
        error_messages={"required": "请填写姓名。"},
    )
    started_on = TypedDayField(label="任职时间")
    started_by = forms.ChoiceField(
        label="任职方式",
        choices=[
            (start.value, start.label)
            for start in (
                Office.Start.BY_ELECTED,
                Office.Start.CO_OPTED,
                Office.Start.APPOINTED,
                Office.Start.ELECTED,
            )
        ],
        help_text="补选、增补不改变本届任期。",
    )
    duties = forms.CharField(label="分工", max_length=200, required=False)
    document = forms.CharField(label="任职文号", max_length=100, required=False)

    def __init__(self, *args: Any, organization: PartyOrganization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        self.member = resolve(name, people_of(self.organization, [bare_name(name)]))
        return bare_name(name)

    def holder(self) -> Holder:
        """Return who is put into which post."""
        cleaned = self.cleaned_data
        return Holder(cleaned["post"], cleaned["name"], self.member, cleaned["duties"])


class OfficeCorrectionForm(forms.Form):
    """What an office says, above all the duties."""

    duties = forms.CharField(label="分工", max_length=200, required=False)
    started_on = TypedDayField(label="任职时间", required=False)
    started_by = forms.ChoiceField(
        label="任职方式", required=False, choices=[("", "（不填）"), *Office.Start.choices]
    )
    document = forms.CharField(label="任职文号", max_length=100, required=False)


class LeaveForm(forms.Form):
    """The end of an office."""

    ended_on = TypedDayField(label="离任时间", help_text="这一天起不再任职。")
    ended_by = forms.ChoiceField(
        label="离任原因",
        choices=[(end.value, end.label) for end in Office.End if end != Office.End.TERM_OVER],
    )
    document = forms.CharField(label="免职文号", max_length=100, required=False)


class TrainingForm(forms.Form):
    """A course, for everybody of the bodies in scope who attended it."""

    topic = forms.CharField(
        label="培训内容", max_length=200, error_messages={"required": "请填写培训内容。"}
    )
    held_on = TypedDayField(label="培训日期")
    hours = forms.DecimalField(
        label="学时",
        min_value=0.5,
        max_value=999,
        decimal_places=1,
        error_messages={
            "required": "请填写学时。",
            "invalid": "请填写数字。",
            "min_value": "至少 0.5 学时。",
            "max_value": "学时太多，请核对。",
            "max_decimal_places": "最多写一位小数。",
        },
    )
    kind = forms.ChoiceField(label="培训类别", choices=TrainingRecord.Kind.choices)
    names = forms.CharField(
        label="参加人员",
        help_text="班子成员的姓名，一行一个，可以从表格里粘贴；同名的写成 姓名（支部）。",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请填写参加人员。"},
    )

    def __init__(self, *args: Any, organization: PartyOrganization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        self.people: list[Member] = []

    def clean_names(self) -> str:
        text: str = self.cleaned_data["names"]
        names = list(dict.fromkeys(_names_in(text)))
        people = people_of(self.organization, map(bare_name, names))
        found = [(name, resolve(name, people)) for name in names]
        unknown = [name for name, member in found if member is None]
        if unknown:
            raise forms.ValidationError(f"名册里没有{'、'.join(unknown)}，请核对。")
        self.people = list(dict.fromkeys(member for _, member in found if member))
        if not self.people:
            raise forms.ValidationError("请填写参加人员。")
        return text


def _names_in(text: str) -> Sequence[str]:
    for mark in "、,，;；\t":
        text = text.replace(mark, "\n")
    return [line.strip() for line in text.splitlines() if line.strip()]
