"""Reading rules for a page: what holds at a place today, by which document."""

import datetime as dt
from dataclasses import dataclass

from activities.models import Meeting
from activities.queries.obligations import FREQUENCY, frequency_words
from branches.models import PartyOrganization
from partybuild.models import LocalRegulation, WorkdayOverride
from partybuild.regulations import RuleBook, regulation
from partybuild.scoping import active_scope


@dataclass(frozen=True)
class Rule:
    """One rule in words: what about, what it says, where it stands."""

    subject: str
    words: str
    source: str


def rules_here(place: PartyOrganization, day: dt.date) -> list[Rule]:
    """Return the rules of organisation life that hold at a place on a day."""
    frequency = RuleBook(FREQUENCY).on(day, place=place.path)
    rules = [
        Rule(
            str(Meeting.Kind(kind).label),
            frequency_words(values),
            "本级要求（可调整）" if values.get("local") else frequency.sources[kind],
        )
        for kind, values in frequency.values.items()
    ]
    party_day = regulation("activities.party_day", on=day, place=place.path)
    source = "本级要求（可调整）" if party_day.values.get("local") else party_day.sources["day"]
    words = f"每月 {party_day.values['day']} 日，遇休息日按本级规定调整"
    return [*rules, Rule("党员活动日", words, source)]


def local_rules() -> list[LocalRegulation]:
    """Return the local rules whose place lies in the open scope, the newest first."""
    scope = active_scope()
    rows = LocalRegulation.objects.order_by("-in_force_from", "-pk")
    return [row for row in rows if scope.covers(row.place)]


def upcoming_workdays(day: dt.date) -> list[WorkdayOverride]:
    """Return the days that were entered, from this year on."""
    return list(WorkdayOverride.objects.filter(day__year__gte=day.year).order_by("day"))
