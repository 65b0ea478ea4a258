"""Forms of organisation life."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from activities.forms.counting import FIELDS, CountsFor
from activities.models import Attendance, Meeting, PlannedActivity
from activities.photos import PhotoRefused, StoredPhoto, store_photo
from activities.queries.obligations import State
from activities.services.occasions import Form, Presence
from branches.models import PartyOrganization
from branches.queries.organizations import branches_in_scope
from members.models import Member
from partybuild.periods import Period, PeriodProblem
from partybuild.values import PartialDate, parse_typed_date

MAX_PHOTOS = 20
BARE_DAY = re.compile(r"\d{1,2}")
CLOCK = ["%H:%M", "%H点%M", "%H:%M:%S"]
GROUP = Meeting.Kind.GROUP_MEETING
# The forms at which somebody lectures.
LECTURED = (Meeting.Kind.PARTY_LECTURE, Meeting.Kind.STUDY_SESSION)
NOT_PLAIN = {"kinds", "groups", "photos"}

# What the people picker offers for each person, 到会 first: value, label, (status, reason).
PRESENCES: dict[str, tuple[str, Presence]] = {
    "present": ("到会", Presence()),
    "on_leave": ("请假", Presence(Attendance.Status.ON_LEAVE)),
    **{
        reason.value: (str(reason.label), Presence(Attendance.Status.ON_LEAVE, reason.value))
        for reason in (
            Attendance.Reason.OFFICIAL_BUSINESS,
            Attendance.Reason.ILLNESS,
            Attendance.Reason.PERSONAL,
            Attendance.Reason.TRAINING,
            Attendance.Reason.AWAY,
            Attendance.Reason.OTHER,
        )
    },
    "absent": ("缺席", Presence(Attendance.Status.ABSENT, Attendance.Reason.NONE)),
    "exempt": ("免予参加", Presence(Attendance.Status.EXEMPT, Attendance.Reason.FRAIL)),
}


class TypedDateField(forms.Field):
    """A date as people write it: 2026-11-21, 20261121, 11.21, 昨天, 上周五; 25 is a day of the month of `near`."""

    near: dt.date | None = None
    widget = forms.TextInput(attrs={"maxlength": 30, "autocomplete": "off"})
    default_error_messages = {
        "required": "请填写日期。",
        "unclear": "看不出是哪一天，请写成 2026-11-21 这样。",
    }

    def to_python(self, value: Any) -> dt.date | None:
        text = str(value or "").partition("（")[0].strip()
        if not text:
            return None
        today = timezone.localdate()
        if BARE_DAY.fullmatch(text):
            text, today = f"{text}日", self.near or today
        found = parse_typed_date(text, today=today)
        if not isinstance(found, PartialDate) or found.precision != "day":
            raise forms.ValidationError(self.error_messages["unclear"], code="unclear")
        return found.date


class MultipleFileInput(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several photos, each stored as soon as it proves to be one; never required."""

    widget = MultipleFileInput

    def clean(self, data: Any, initial: Any = None) -> list[StoredPhoto]:
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if len(files) > MAX_PHOTOS:
            raise forms.ValidationError(f"一次最多传 {MAX_PHOTOS} 张照片，请分次添加。")
        try:
            return [store_photo(file, size=file.size) for file in files]
        except PhotoRefused as refusal:
            raise forms.ValidationError(f"{refusal}其他内容都在，请重新选照片。") from refusal


class ActivityForm(CountsFor):
    """One occasion as the secretary confirms it: forms, when, where, who led, what was said.

    The people grid is not a field: `presences` reads it for the people that are expected.
    """

    kinds = forms.MultipleChoiceField(
        label="这次包含哪些形式",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一种形式。"},
    )
    groups = forms.ModelMultipleChoiceField(
        label="哪个党小组",
        queryset=PartyOrganization.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        to_field_name="public_id",
    )
    topic = forms.CharField(
        label="主题", max_length=200, error_messages={"required": "请填写主题。"}
    )
    held_on = TypedDateField(label="日期")
    started_at = forms.TimeField(
        label="时间",
        required=False,
        input_formats=CLOCK,
        error_messages={"invalid": "请写成 14:30 这样。"},
    )
    ended_at = forms.TimeField(
        label="结束时间",
        required=False,
        input_formats=CLOCK,
        error_messages={"invalid": "请写成 14:30 这样。"},
    )
    place = forms.CharField(label="地点", max_length=100, required=False)
    guests = forms.CharField(
        label="列席人员", max_length=300, required=False, help_text="姓名、职务，用顿号隔开。"
    )
    hours = forms.DecimalField(
        label="学时",
        required=False,
        min_value=0,
        max_digits=4,
        decimal_places=1,
        help_text="写了学时，到会的人每人记这么多。",
        error_messages={"invalid": "请填数字，例如 2 或 1.5。"},
    )
    chair = forms.ModelChoiceField(
        label="主持人",
        queryset=Member.objects.none(),
        required=False,
        to_field_name="public_id",
        empty_label="（不填）",
    )
    recorder = forms.ModelChoiceField(
        label="记录人",
        queryset=Member.objects.none(),
        required=False,
        to_field_name="public_id",
        empty_label="（不填）",
    )
    lecturer = forms.CharField(label="主讲人", max_length=100, required=False)
    minutes = forms.CharField(
        label="会议内容", widget=forms.Textarea(attrs={"rows": 7}), required=False
    )
    resolution = forms.CharField(
        label="决议和后续事项", widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    photos = PhotosField(label="照片", required=False)
    planned = forms.ModelChoiceField(
        label="对应的计划",
        queryset=PlannedActivity.objects.none(),
        required=False,
        to_field_name="public_id",
        empty_label="（不在计划内）",
        error_messages={"invalid_choice": "这项计划已经记录或者取消了，请另选。"},
    )

    def __init__(
        self,
        *args: Any,
        organization: PartyOrganization,
        groups: Any,
        roll: Any,
        plans: Any,
        kinds: Iterable[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        self.kinds_offered = [kind for kind in Meeting.Kind if kind in set(kinds)]
        self.fields["kinds"].choices = [  # type: ignore[attr-defined]
            (kind.value, kind.label) for kind in self.kinds_offered
        ]
        self._choose("groups", groups)
        self.fields["groups"].label_from_instance = lambda group: group.label  # type: ignore[attr-defined]
        self._choose("chair", roll)
        self._choose("recorder", roll)
        self._choose("planned", plans)
        self.fields["planned"].label_from_instance = plan_label  # type: ignore[attr-defined]
        for kind in self.kinds_offered:
            self.fields[f"minutes_{kind}"] = forms.CharField(
                label=f"{kind.label}内容",
                widget=forms.Textarea(attrs={"rows": 4}),
                required=False,
            )

    def _choose(self, name: str, queryset: Any) -> None:
        self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def clean_held_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["held_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("日期还没到，活动开过后再记录；已填内容会留在草稿里。")
        if self.organization.founded_on and day < self.organization.founded_on:
            raise forms.ValidationError(f"支部 {self.organization.founded_on} 才成立，请核对日期。")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        began, ended = cleaned.get("started_at"), cleaned.get("ended_at")
        if began and ended and ended <= began:
            self.add_error("ended_at", f"结束时间应晚于开始时间 {began:%H:%M}。")
        if GROUP in cleaned.get("kinds", []) and not cleaned.get("groups"):
            self.add_error("groups", "请选是哪个党小组开的会。")
        self.check_counting(cleaned, cleaned.get("held_on"))
        return cleaned

    # What the page shows while the form is still being filled in.

    def chosen_values(self) -> dict[str, Any]:
        """Return the posted or the starting values of all fields."""
        return self.posted_values() if self.is_bound else dict(self.initial)

    def day_shown(self) -> dt.date | None:
        """Return the day of the form, None while it cannot be read."""
        field: Any = self.fields["held_on"]
        try:
            return field.to_python(self.chosen_values().get("held_on"))
        except forms.ValidationError:
            return None

    def groups_shown(self) -> list[PartyOrganization]:
        chosen = self.chosen_values().get("groups", [])
        groups: Any = self.fields["groups"]
        return [group for group in groups.queryset if group.public_id in chosen]

    def choices_made(self) -> dict[str, str]:
        """Return the picker's choice by public id."""
        return {
            name.removeprefix("presence-"): value
            for name, value in self.chosen_values().items()
            if name.startswith("presence-")
        }

    def posted_values(self) -> dict[str, Any]:
        """Return what was posted, lists for the fields that take several."""
        data: Any = self.data
        single = {name: data.get(name, "") for name in self.fields if name not in NOT_PLAIN}
        several = {name: sorted(data.getlist(name)) for name in ("kinds", "groups")}
        presences = {name: data[name] for name in data if name.startswith("presence-")}
        return single | several | presences

    def people_differ(self, people: list[Any]) -> bool:
        """Tell whether the page showed other people than the day's roll names; if so, say it.

        A post that names nobody (a page without the grid) is taken as it is: all were there.
        """
        shown = self.choices_made().keys()
        expected = {person.member.public_id for person in people}
        if not shown or shown == expected:
            return False
        self.add_error(
            None,
            f"按这一天的花名册，应到 {len(expected)} 人，与刚才显示的不同。名单已更新，请核对后再保存。",
        )
        return True

    def note_conflict(self, name: str, theirs: Any) -> None:
        """Say at the field what somebody else has just written there."""
        field = self.fields.get(name)
        words = f"别人刚刚改为“{_in_words(theirs)}”。上面是您填的，请核对后再保存。"
        if field is None:
            self.add_error(None, f"有一人的出席情况：{words}")
        else:
            self.add_error(name, words)

    # What the service wants.

    def plain_fields(self) -> dict[str, Any]:
        """Return the plain fields of an activity."""
        names = (
            *("held_on", "topic", "started_at", "ended_at", "place"),
            *("chair", "recorder", "guests", "hours", "planned", *FIELDS),
        )
        return {name: self.cleaned_data[name] for name in names}

    def forms_held(self) -> list[Form]:
        """Return the forms of the occasion; the common text belongs to the first."""
        kinds = [kind for kind in Meeting.Kind.values if kind in self.cleaned_data["kinds"]]
        kinds.sort(key=lambda kind: kind == GROUP)
        held: list[Form] = []
        for kind in kinds:
            groups = list(self.cleaned_data["groups"]) if kind == GROUP else [None]
            held += [self._form(kind, group, first=not held) for group in groups]
        return held

    def _form(self, kind: str, group: PartyOrganization | None, *, first: bool) -> Form:
        own = self.cleaned_data.get(f"minutes_{kind}", "")
        common = self.cleaned_data["minutes"] if first else ""
        return Form(
            kind=kind,
            group=group,
            minutes="\n".join(part for part in (common, own) if part),
            resolution=self.cleaned_data["resolution"] if first else "",
            lecturer=self.cleaned_data["lecturer"] if kind in LECTURED else "",
        )

    def presences(self, people: list[Any]) -> dict[Member, Presence]:
        """Return how each expected person stood; whoever the form does not name was there."""
        found: dict[Member, Presence] = {}
        for person in people:
            choice = self.data.get(f"presence-{person.member.public_id}", "")
            default = "exempt" if person.is_exempt else "present"
            found[person.member] = PRESENCES[choice if choice in PRESENCES else default][1]
        return found


def plan_label(planned: PlannedActivity) -> str:
    """Return how a plan is called where one is chosen: 11月28日 学习贯彻全会精神."""
    return f"{planned.planned_on.month}月{planned.planned_on.day}日 {planned.theme}"


def _in_words(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value or "空")


class ActivityFilterForm(forms.Form):
    """Conditions of the list of activities."""

    period = forms.CharField(label="期间", required=False, max_length=10)
    organization: Any = forms.ModelChoiceField(
        label="党支部", queryset=None, required=False, to_field_name="public_id", empty_label="全部"
    )
    kind = forms.ChoiceField(
        label="形式", required=False, choices=[("", "全部"), *Meeting.Kind.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = branches_in_scope().only("public_id", "short_name", "name")
        self.fields["organization"].queryset = shown  # type: ignore[attr-defined]
        self.fields["organization"].label_from_instance = lambda place: place.label  # type: ignore[attr-defined]

    def clean_period(self) -> Period | None:
        text = self.cleaned_data["period"]
        try:
            return Period.parse(text) if text else None
        except PeriodProblem as problem:
            raise forms.ValidationError(str(problem)) from problem

    def conditions(self) -> dict[str, Any]:
        """Return the conditions that can be read; the running year without a period."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return {
            "period": cleaned.get("period") or Period.year(timezone.localdate().year),
            "branch": cleaned.get("organization"),
            "kind": cleaned.get("kind", ""),
        }


class ActivityListForm(ActivityFilterForm):
    """Conditions of the list of activities; from what is owed come those that count for the period."""

    counted = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def conditions(self) -> dict[str, Any]:
        conditions = super().conditions()
        return conditions | {"counted": bool(getattr(self, "cleaned_data", {}).get("counted"))}


class DueFilterForm(ActivityFilterForm):
    """Conditions of the list of what is owed."""

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), *[(state.value, state.label) for state in State]],
    )

    def conditions(self) -> dict[str, Any]:
        conditions = super().conditions()
        return conditions | {"state": getattr(self, "cleaned_data", {}).get("state", "")}


class ExplanationForm(forms.Form):
    """Why a form was not held in a period."""

    reason = forms.CharField(
        label="原因",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明原因。"},
    )
