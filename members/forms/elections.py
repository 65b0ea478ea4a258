"""Forms of election records: the vote, its candidates, who was left out of the electors due."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from branches.models import PartyOrganization
from members.forms.dates import TypedDayField
from members.forms.offices import bare_name, line, resolve
from members.models import Election, ElectionExclusion, Member
from members.queries.elections import Tally
from members.queries.offices import people_of
from members.services.elections import Exclusion

MOST_PEOPLE = 100000
MOST_ROWS = 40


class CountField(forms.IntegerField):
    """How many people or ballots."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        messages = {
            "required": f"请填写{label}。",
            "invalid": "请填写整数。",
            "min_value": "不能小于 0。",
            "max_value": "数字太大，请核对。",
        }
        super().__init__(
            label=label, min_value=0, max_value=MOST_PEOPLE, error_messages=messages, **kwargs
        )


def number(label: str) -> forms.NumberInput:
    """Return the input of one number of a grid."""
    return forms.NumberInput(
        attrs={"class": "form-control", "aria-label": label, "inputmode": "numeric"}
    )


class ElectionForm(forms.Form):
    """One vote: when, on what, how many electors and ballots."""

    held_on = TypedDayField(label="选举日期")
    place = forms.CharField(label="地点", max_length=100, required=False)
    session = forms.CharField(label="届次", max_length=40, required=False, help_text="如 第三届。")
    seat = forms.ChoiceField(label="选举职务", choices=Election.Seat.choices)
    seats = forms.IntegerField(
        label="应选名额",
        min_value=1,
        max_value=99,
        error_messages={
            "required": "请填写应选名额。",
            "invalid": "请填写整数。",
            "min_value": "至少 1 名。",
            "max_value": "名额太多，请核对。",
        },
    )
    ballot_number = forms.IntegerField(
        label="第几次投票",
        min_value=1,
        max_value=9,
        error_messages={
            "required": "请填写第几次投票。",
            "invalid": "请填写整数。",
            "min_value": "从 1 开始。",
            "max_value": "次数太多，请核对。",
        },
    )
    is_by_election = forms.BooleanField(label="这是补选", required=False)
    document = forms.CharField(label="依据或批复文号", max_length=100, required=False)
    nomination = forms.CharField(label="候选人产生方式", max_length=200, required=False)
    due_electors = CountField("应到有选举权人数", help_text="已减去下面不计入的人。")
    present_electors = CountField("实到有选举权人数")
    issued = CountField("发出选票")
    received = CountField("收回选票")
    valid = CountField("有效票")
    invalid = CountField("无效票")
    chief_teller = forms.CharField(label="总监票人", max_length=60, required=False)
    tellers = forms.CharField(label="监票人", max_length=120, required=False)
    counters = forms.CharField(label="计票人", max_length=120, required=False)
    reported_on = TypedDayField(label="报批日期", required=False)
    approval_document = forms.CharField(label="选举结果批复文号", max_length=100, required=False)
    note = forms.CharField(label="说明", max_length=300, required=False)

    PLAIN = (
        *("held_on", "place", "session", "seat", "seats", "ballot_number", "is_by_election"),
        *("document", "nomination"),
    )
    COUNTS = ("due_electors", "present_electors", "issued", "received", "valid", "invalid")
    AFTER = ("chief_teller", "tellers", "counters", "reported_on", "approval_document", "note")

    def groups(self) -> list[tuple[str, list[Any]]]:
        """Return the fields in the order of the page, under their headings."""
        parts = (("选举", self.PLAIN), ("人数和选票", self.COUNTS), ("监票计票和报批", self.AFTER))
        return [(title, [self[name] for name in names]) for title, names in parts]


class CandidateForm(forms.Form):
    """One line of votes; an empty line is skipped."""

    name = forms.CharField(
        label="姓名", max_length=80, required=False, widget=line("姓名", list="people")
    )
    yes = CountField("赞成", required=False, widget=number("赞成"))
    no = CountField("反对", required=False, widget=number("反对"))
    abstain = CountField("弃权", required=False, widget=number("弃权"))
    is_written_in = forms.BooleanField(
        label="另选他人",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input", "aria-label": "另选他人"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("name") and cleaned.get("yes") is None and "yes" not in self.errors:
            self.add_error("yes", "请填写票数。")
        if not cleaned.get("name") and any(cleaned.get(n) for n in ("yes", "no", "abstain")):
            self.add_error("name", "请填写姓名。")
        return cleaned


class ExclusionForm(forms.Form):
    """One person left out of the electors due; an empty line is skipped."""

    name = forms.CharField(
        label="姓名", max_length=80, required=False, widget=line("姓名", list="people")
    )
    reason = forms.ChoiceField(
        label="原因",
        required=False,
        widget=forms.Select(attrs={"class": "form-select", "aria-label": "原因"}),
        choices=[("", "（不填）"), *ElectionExclusion.Reason.choices],
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("name") and not cleaned.get("reason"):
            self.add_error("reason", "请选原因。")
        if cleaned.get("reason") and not cleaned.get("name"):
            self.add_error("name", "请填写姓名。")
        return cleaned


class NamedFormSet(BaseFormSet):
    """Lines that begin with a name, looked up on the roll of an organisation."""

    def __init__(self, *args: Any, organization: PartyOrganization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        self.people: dict[str, Member] = {}

    @property
    def named(self) -> list[dict[str, Any]]:
        """Return what the filled lines say, names without the branch behind them."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("name")]
        return [row | {"name": bare_name(row["name"])} for row in rows]

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
            if member is not None:
                self.people[bare_name(name)] = member


class BaseCandidateFormSet(NamedFormSet):
    """The votes of the candidates."""

    def tallies(self) -> list[Tally]:
        """Return the votes as the arithmetic wants them."""
        return [
            Tally(
                row["name"], row["yes"], row["no"] or 0, row["abstain"] or 0, row["is_written_in"]
            )
            for row in self.named
        ]


class BaseExclusionFormSet(NamedFormSet):
    """Who was left out of the electors due."""

    def exclusions(self) -> list[Exclusion]:
        """Return who was left out, and why."""
        return [
            Exclusion(row["name"], row["reason"], self.people.get(row["name"]))
            for row in self.named
        ]


CandidateFormSet = formset_factory(
    CandidateForm, formset=BaseCandidateFormSet, extra=6, max_num=MOST_ROWS
)
ExclusionFormSet = formset_factory(
    ExclusionForm, formset=BaseExclusionFormSet, extra=3, max_num=MOST_ROWS
)
