"""Conditions of the pages that read people as of a day."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from branches.queries.organizations import organizations_in_scope
from members.forms.dates import TypedDayField
from members.queries.structure import DIMENSIONS

FIRST_YEAR = 1921


class StructureForm(forms.Form):
    """Where and as of which day."""

    organization: Any = forms.ModelChoiceField(
        label="党组织", queryset=None, required=False, to_field_name="public_id", empty_label="全部"
    )
    day = TypedDayField(label="截至日期", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = organizations_in_scope().order_by("path")
        self.fields["organization"].queryset = shown  # type: ignore[attr-defined]
        self.fields["organization"].label_from_instance = lambda place: place.label  # type: ignore[attr-defined]

    def conditions(self) -> dict[str, Any]:
        """Return place and day, as far as they can be read."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return {
            "place": cleaned.get("organization"),
            "day": cleaned.get("day") or timezone.localdate(),
        }


class StructurePeopleForm(StructureForm):
    """The same, and which band of which dimension."""

    dimension = forms.ChoiceField(
        choices=[("", ""), *DIMENSIONS.items()], required=False, widget=forms.HiddenInput
    )
    band = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)

    def conditions(self) -> dict[str, Any]:
        found = super().conditions()
        cleaned = getattr(self, "cleaned_data", {})
        return found | {name: cleaned.get(name, "") for name in ("dimension", "band")}


class MonthForm(forms.Form):
    """A month of a year."""

    year = forms.IntegerField(label="年", required=False, min_value=FIRST_YEAR, max_value=2100)
    month = forms.ChoiceField(
        label="月", required=False, choices=[(str(n), f"{n}月") for n in range(1, 13)]
    )

    def chosen(self) -> tuple[int, int]:
        """Return year and month, the present ones where none can be read."""
        today = timezone.localdate()
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return cleaned.get("year") or today.year, int(cleaned.get("month") or today.month)


class YearForm(forms.Form):
    """A year."""

    year = forms.IntegerField(label="年", required=False, min_value=FIRST_YEAR, max_value=2100)

    def chosen(self) -> dt.date:
        """Return the last day of the year, today in the present one."""
        today = timezone.localdate()
        self.is_valid()
        year = getattr(self, "cleaned_data", {}).get("year") or today.year
        return today if year == today.year else dt.date(year, 12, 31)
