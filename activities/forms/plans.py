"""Forms of plans: a committee's year, one planned activity, why it is cancelled, what to look at."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils import timezone

from activities.forms.counting import FIELDS, CountsFor
from activities.forms.rules import DATE, DATE_ERRORS
from activities.models import Meeting
from activities.queries.plans import committees_in_scope
from activities.services.plans import YEARS_AHEAD, Theme
from branches.models import PartyOrganization
from partybuild.periods import MONTHS_PER_YEAR

MONTHS = range(1, MONTHS_PER_YEAR + 1)
YEARS_BACK = 3


def years() -> list[tuple[str, str]]:
    """Return the years one may look at, the newest first."""
    newest = timezone.localdate().year + YEARS_AHEAD
    return [(str(year), f"{year}年") for year in range(newest, newest - YEARS_BACK - 1, -1)]


def year_of(text: str | None) -> int:
    """Return a year that was asked for, the running one when it cannot be read."""
    known = {value for value, _ in years()}
    return int(text) if text and text in known else timezone.localdate().year


class OpenYearPlanForm(forms.Form):
    """Which committee plans which year."""

    organization: Any = forms.ModelChoiceField(
        label="党组织",
        queryset=None,
        to_field_name="public_id",
        empty_label=None,
        error_messages={"required": "请选择党组织。"},
    )
    year = forms.TypedChoiceField(label="年度", coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = committees_in_scope()  # type: ignore[attr-defined]
        self.fields["organization"].label_from_instance = lambda place: place.label  # type: ignore[attr-defined]
        this_year = timezone.localdate().year
        self.fields["year"].choices = [  # type: ignore[attr-defined]
            (year, f"{year}年") for year in range(this_year, this_year + YEARS_AHEAD + 1)
        ]


class YearPlanForm(forms.Form):
    """The twelve months of one form: theme, what must and what may be read for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for month in MONTHS:
            self.fields[f"theme_{month}"] = _line(f"{month}月主题", 200)
            self.fields[f"required_{month}"] = _line(f"{month}月必学材料", 1000)
            self.fields[f"optional_{month}"] = _line(f"{month}月选学材料", 1000)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for month in MONTHS:
            materials = cleaned.get(f"required_{month}") or cleaned.get(f"optional_{month}")
            if materials and not cleaned.get(f"theme_{month}"):
                self.add_error(f"theme_{month}", "写了材料，还要写主题。")
        return cleaned

    def rows(self) -> Iterator[tuple[int, list[forms.BoundField]]]:
        """Yield the fields month by month."""
        for month in MONTHS:
            yield month, [self[f"{name}_{month}"] for name in ("theme", "required", "optional")]

    def months(self) -> dict[int, Theme]:
        """Return what is written for each month."""
        cleaned = self.cleaned_data
        return {
            month: Theme(
                cleaned[f"theme_{month}"],
                cleaned[f"required_{month}"],
                cleaned[f"optional_{month}"],
            )
            for month in MONTHS
        }


def _line(label: str, longest: int) -> forms.CharField:
    widget = forms.TextInput(attrs={"data-column": "", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=longest, required=False, widget=widget)


class PlannedForm(CountsFor):
    """One planned activity: when, where, what about; each form of organisation life is ticked."""

    theme = forms.CharField(
        label="主题", max_length=200, error_messages={"required": "请填写主题。"}
    )
    planned_on = forms.DateField(label="计划日期", widget=DATE, error_messages=DATE_ERRORS)
    starts_at = forms.TimeField(
        label="时间",
        required=False,
        input_formats=["%H:%M", "%H点%M", "%H:%M:%S"],
        error_messages={"invalid": "请写成 14:30 这样。"},
    )
    place = forms.CharField(label="地点", max_length=100, required=False)
    agenda = forms.CharField(label="议程", widget=forms.Textarea(attrs={"rows": 4}), required=False)

    def __init__(self, *args: Any, kinds: list[Meeting.Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        for kind in kinds:
            self.fields[tick_of(kind)] = forms.BooleanField(label=kind.label, required=False)

    def ticks(self) -> list[forms.BoundField]:
        """Return the fields of the forms, for a page that shows them together."""
        return [self[tick_of(kind)] for kind in self.kinds]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(tick_of(kind)) for kind in self.kinds):
            self.add_error(tick_of(self.kinds[0]), "请至少选一种形式。")
        self.check_counting(cleaned, cleaned.get("planned_on"))
        return cleaned

    def details(self) -> dict[str, Any]:
        """Return what the service wants: the forms that were ticked, and the plain fields."""
        cleaned = self.cleaned_data
        plain = ("planned_on", "starts_at", "place", "theme", "agenda", *FIELDS)
        kinds = [kind.value for kind in self.kinds if cleaned[tick_of(kind)]]
        return {"kinds": kinds} | {name: cleaned[name] for name in plain}


def tick_of(kind: str) -> str:
    """Return the name of the field that says whether a form is held."""
    return f"kind_{kind}"


class CancelPlannedForm(forms.Form):
    """Why a planned activity will not be held."""

    reason = forms.CharField(
        label="原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明原因。"},
    )


class PlanFilterForm(forms.Form):
    """Conditions of the matrix of plans."""

    year = forms.ChoiceField(label="年度", required=False)
    kind = forms.ChoiceField(
        label="形式",
        required=False,
        choices=Meeting.Kind.choices,
        initial=Meeting.Kind.PARTY_DAY.value,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = years()  # type: ignore[attr-defined]
        self.fields["year"].initial = str(timezone.localdate().year)

    def conditions(self) -> dict[str, Any]:
        """Return the conditions that can be read; the running year's party days without any."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return {
            "year": year_of(cleaned.get("year")),
            "kind": cleaned.get("kind") or Meeting.Kind.PARTY_DAY.value,
        }


class FeedForm(forms.Form):
    """Whose plans an address is to tell of: the own ones, or those of one branch."""

    organization = forms.ChoiceField(
        label="看谁的安排",
        required=False,
        error_messages={"invalid_choice": "请从列出的党支部中选一个。"},
    )

    def offer(self, branches: list[PartyOrganization]) -> None:
        """Let these branches be chosen."""
        self.branches = {branch.public_id: branch for branch in branches}
        field: Any = self.fields["organization"]
        field.choices = [
            ("", "我所在的支部"),
            *[(branch.public_id, branch.label) for branch in branches],
        ]

    def branch_chosen(self) -> PartyOrganization | None:
        """Return the branch that was chosen, None for the own ones."""
        return self.branches.get(self.cleaned_data["organization"])
