"""Forms of talks."""

import datetime as dt
from typing import Any

from django import forms

from activities.forms.occasions import ActivityFilterForm
from activities.models import Talk
from activities.queries.talks import Namebook, NameProblem, names_in
from activities.services.talks import Named
from branches.models import PartyOrganization
from members.forms.dates import TypedDayField
from members.forms.files import Suggesting

NAMES = {"maxlength": 300, "autocomplete": "off"}


def confidential(column: str, rows: int, help_text: str = "") -> forms.CharField:
    """Return a field for what was said: kept out of drafts."""
    model_field: Any = Talk._meta.get_field(column)
    return forms.CharField(
        label=model_field.verbose_name,
        max_length=5000,
        required=False,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows, "data-private": ""}),
    )


class TalkFilterForm(ActivityFilterForm):
    """Conditions of the list of talks; the hidden ones come from the table of coverage."""

    kind = forms.ChoiceField(
        label="谈话类型", required=False, choices=[("", "全部"), *Talk.Kind.choices]
    )
    member = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    partner = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    side = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def hidden_conditions(self) -> dict[str, str]:
        """Return who and with whom, as the address says it."""
        cleaned = getattr(self, "cleaned_data", {})
        return {name: cleaned.get(name, "") for name in ("member", "partner", "side")}


class CoverageFilterForm(forms.Form):
    """Which year, and whether to show only the branches with somebody left."""

    year = forms.IntegerField(
        label="年度",
        required=False,
        min_value=2018,
        max_value=2999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4}),
        error_messages={
            "invalid": "请写成 2026 这样。",
            "min_value": "这项规定从 2018 年起施行。",
            "max_value": "请写成 2026 这样。",
        },
    )
    show = forms.ChoiceField(
        label="显示", required=False, choices=[("", "全部"), ("missing", "只看还没谈到的")]
    )

    def year_or(self, running: int) -> int:
        """Return the year that was asked for, the running one without."""
        self.is_valid()
        return getattr(self, "cleaned_data", {}).get("year") or running

    def only_missing(self) -> bool:
        self.is_valid()
        return getattr(self, "cleaned_data", {}).get("show") == "missing"


class TalkForm(forms.Form):
    """One talk. Names are typed as the branch knows them, several separated by 、."""

    held_on = TypedDayField(label="谈话时间")
    kind = forms.ChoiceField(label="谈话类型", choices=Talk.Kind.choices)
    talkers = forms.CharField(
        label="谈话人",
        max_length=300,
        help_text="几个人用顿号隔开。上级来谈的，直接写姓名。",
        error_messages={"required": "请填写谈话人。"},
    )
    talked_to = forms.CharField(
        label="被谈话人",
        max_length=300,
        help_text="本支部名单上的人，几个人用顿号隔开。",
        error_messages={"required": "请填写被谈话人。"},
    )
    place = forms.CharField(label="谈话地点", max_length=100, required=False)
    reason = confidential("reason", 1, "从这里往下的内容加密保存，只有书记、谈话人和登记人看得到。")
    content = confidential("content", 5)
    suggestions = confidential("suggestions", 2)
    stance = confidential("stance", 2)
    follow_up = confidential("follow_up", 2)
    note = confidential("note", 1)

    def __init__(self, *args: Any, branch: PartyOrganization, day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.branch = branch
        # Whom the typed names mean, by field.
        self.people: dict[str, list[Named]] = {}
        offered = tuple(Namebook(branch, day).labels)
        for name in ("talkers", "talked_to"):
            self.fields[name].widget = Suggesting(offered, attrs=NAMES)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day = cleaned.get("held_on")
        if day:
            book = Namebook(self.branch, day)
            for name, strangers in (("talkers", True), ("talked_to", False)):
                if name in cleaned:
                    self.people[name] = self._found(book, day, name, strangers=strangers)
        return cleaned

    def facts(self) -> dict[str, Any]:
        """Return what the services want: the fields, with people instead of names."""
        return self.cleaned_data | self.people

    def _found(self, book: Namebook, day: dt.date, field: str, *, strangers: bool) -> list[Named]:
        found = []
        for name in names_in(self.cleaned_data[field]):
            try:
                member = book.find(name)
            except NameProblem as problem:
                self.add_error(field, str(problem))
                continue
            if member is None and not strangers:
                self.add_error(
                    field,
                    f"“{name}”不在本支部 {day} 的名单上，请从列出的姓名里选。",
                )
                continue
            found.append(Named(member.name if member else name, member))
        return found
