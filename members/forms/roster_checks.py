"""The form by which a branch goes through its roster: everybody is right unless it says otherwise."""

from collections.abc import Iterable
from typing import Any

from django import forms

from members.models import Member, Membership

REMARK_LENGTH = 200


class RosterCheckForm(forms.Form):
    """One tick for each person, and a remark where something is wrong."""

    right = forms.MultipleChoiceField(
        label="无误", required=False, widget=forms.CheckboxSelectMultiple
    )
    missing = forms.CharField(
        label="名单上缺的人",
        max_length=200,
        required=False,
        help_text="写姓名即可，建档到“花名册 → 建档”。",
    )

    def __init__(self, *args: Any, people: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = list(people)
        field: Any = self.fields["right"]
        field.choices = [(row.member.public_id, row.member.name) for row in self.people]
        for row in self.people:
            self.fields[remark_name(row.member)] = forms.CharField(
                label=f"{row.member.name}哪里不对", max_length=REMARK_LENGTH, required=False
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return per person the tick and the remark as the page draws them."""
        ticked = set(self.data.getlist("right")) if self.is_bound else None  # type: ignore[attr-defined]
        return [
            {
                "member": row.member,
                "group": row.group,
                "is_right": ticked is None or row.member.public_id in ticked,
                "remark": self[remark_name(row.member)],
            }
            for row in self.people
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        ticked = set(cleaned.get("right", ()))
        for row in self.people:
            name = remark_name(row.member)
            if row.member.public_id not in ticked and not cleaned.get(name):
                self.add_error(name, f"请写明{row.member.name}哪里不对，例如“已调走”。")
        return cleaned

    def remarks(self) -> dict[Member, str]:
        """Return what is wrong with whom."""
        said = {row.member: self.cleaned_data[remark_name(row.member)] for row in self.people}
        return {member: text for member, text in said.items() if text}


def remark_name(member: Member) -> str:
    """Return the name of the field for the remark on a person."""
    return f"remark_{member.public_id}"
