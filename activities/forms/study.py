"""Forms of study: which year and whose standing, who lectured."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from activities.queries.lectures import Lecture
from activities.queries.study import FAR, Standing
from branches.models import PartyOrganization
from branches.queries.organizations import branches_in_scope
from partybuild import paths

YEARS_BACK = 5


def years() -> list[tuple[str, str]]:
    """Return the years one may look at, the newest first."""
    newest = timezone.localdate().year
    return [(str(year), f"{year}年") for year in range(newest, newest - YEARS_BACK - 1, -1)]


class YearForm(forms.Form):
    """Which year to look at."""

    year = forms.ChoiceField(label="年度", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["year"]
        field.choices = years()

    def year_chosen(self) -> int:
        """Return the year that was asked for, the running one without."""
        self.is_valid()
        asked = getattr(self, "cleaned_data", {}).get("year")
        return int(asked) if asked else timezone.localdate().year

    def told(self, name: str) -> Any:
        """Return what a field says, '' where it cannot be read."""
        self.is_valid()
        return getattr(self, "cleaned_data", {}).get(name) or ""


class StudyForm(YearForm):
    """A branch's year: everybody, or those of one standing."""

    standing = forms.ChoiceField(
        label="情况",
        required=False,
        choices=[("", "全部"), *[(one.value, one.label) for one in Standing], (FAR, "还差得多")],
    )
    organization = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class StudyBranchesForm(YearForm):
    """All branches, or those with somebody who has not reached it."""

    show = forms.ChoiceField(
        label="显示", required=False, choices=[("", "全部"), ("behind", "只看还有人没达到的")]
    )


class LecturerForm(YearForm):
    """Who lectured: in which branch, under which name."""

    organization: Any = forms.ModelChoiceField(
        label="党支部",
        required=False,
        queryset=None,
        to_field_name="public_id",
        empty_label="全部",
    )
    lecturer = forms.CharField(label="主讲人", required=False, max_length=60)
    # What the count of a committee's secretary was narrowed by.
    kind = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    below = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organization"]
        field.queryset = branches_in_scope()
        field.label_from_instance = lambda place: place.label

    def branch(self) -> PartyOrganization | None:
        """Return the branch that was asked for, None for all."""
        return self.told("organization") or None

    def meant(self, lectures: Iterable[Lecture]) -> list[Lecture]:
        """Return those of some lectures that are of the forms and below the organisation asked for."""
        kinds, below = self.told("kind").split(","), self.told("below")
        top = PartyOrganization.objects.filter(public_id=below).first() if below else None
        return [
            one
            for one in lectures
            if (one.kind in kinds or not kinds[0])
            and (top is None or paths.covers(top.path, one.place.path))
        ]
