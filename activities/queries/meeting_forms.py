"""What each form of organisation life is: its guidance, agenda, and whose presence it expects."""

import datetime as dt
from dataclasses import dataclass

from activities.models import Meeting
from branches.models import PartyOrganization
from partybuild.regulations import regulation

FORMS = "activities.meeting_forms"


@dataclass(frozen=True)
class FormGuide:
    """One form as the record page offers it; `agenda` is the text that may be filled in."""

    kind: str
    label: str
    guidance: str
    citation: str
    agenda: str
    expects: str
    is_usual: bool


def guides_at(organization: PartyOrganization, day: dt.date) -> list[FormGuide]:
    """Return the forms that an organisation holds, a branch's or a leading body's own, in order."""
    rule = regulation(FORMS, on=day, place=organization.path)
    holder = "branch" if organization.is_branch else "body"
    return [
        FormGuide(
            kind=kind.value,
            label=str(kind.label),
            guidance=values["guidance"],
            citation=rule.sources[kind.value] if "article" in values else "",
            agenda="".join(
                f"{numeral}、{item}\n"
                for numeral, item in zip("一二三四五六七八九", values["agenda"], strict=False)
            ),
            expects=values["expects"],
            is_usual=values["usual"],
        )
        for kind in Meeting.Kind
        if (values := rule.values[kind.value])["holders"] in (holder, "any")
    ]


def kinds_of_branches(place: str, day: dt.date) -> list[Meeting.Kind]:
    """Return the forms that branches at a place hold, in order."""
    rule = regulation(FORMS, on=day, place=place)
    return [
        kind for kind in Meeting.Kind if rule.values[kind.value]["holders"] in ("branch", "any")
    ]
