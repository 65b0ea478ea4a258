"""What is on file before a ledger of meetings comes in: rolls, people, groups, recorded occasions."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from activities.imports.turnout import keyed
from activities.models import Activity, Attendance, Meeting
from activities.queries.reviews import closed_months, is_closed
from branches.models import PartyOrganization, Term
from branches.queries.organizations import groups_by_branch
from branches.queries.terms import had_committee, terms_by_organization
from members.imports.known import chunks
from members.models import Member
from members.queries.rolls import OnRoll, Rolls
from partybuild.periods import Period

# A form and the key of the 党小组 that held it, None without one.
Form = tuple[str, int | None]


@dataclass
class Recorded:
    """One recorded occasion with its rows."""

    activity: Activity
    meetings: list[Meeting] = field(default_factory=list)
    attendances: list[Attendance] = field(default_factory=list)

    @property
    def forms(self) -> frozenset[Form]:
        return frozenset((meeting.kind, meeting.group_id) for meeting in self.meetings)


class Known:
    """Everything that rows are held against, read in a constant number of queries."""

    def __init__(self, branches: Sequence[PartyOrganization], days: Sequence[dt.date]) -> None:
        self.rolls = Rolls(branches)
        self.groups = groups_by_branch()
        self.terms = terms_by_organization(
            PartyOrganization.objects.filter(pk__in=[branch.pk for branch in branches])
        )
        everybody = Member.objects.order_by("pk").only("name", "branch", "pinyin")
        self.people = keyed(everybody)
        self.recorded: dict[tuple[int, dt.date], list[Recorded]] = defaultdict(list)
        self.closed = closed_months(min(days), max(days)) if days else set()
        if days:
            self._read_recorded(branches, min(days), max(days))
        self._rolls: dict[tuple[int, dt.date], dict[str, list[Member]]] = {}
        self._ever: dict[int, dict[str, list[Member]]] = {}

    def _read_recorded(
        self, branches: Sequence[PartyOrganization], first: dt.date, last: dt.date
    ) -> None:
        activities = Activity.objects.filter(
            organization__in=[branch.pk for branch in branches], held_on__range=(first, last)
        )
        found = {
            activity.pk: Recorded(activity)
            for activity in activities.select_related("organization").order_by("pk")
        }
        for chunk in chunks(found):
            for meeting in Meeting.objects.filter(activity__in=chunk).order_by("pk"):
                found[meeting.activity_id].meetings.append(meeting)
        for recorded in found.values():
            key = (recorded.activity.organization_id, recorded.activity.held_on)
            self.recorded[key].append(recorded)

    def read_attendance(self, recorded: Sequence[Recorded]) -> None:
        """Fill in who was at these occasions."""
        by_activity = {one.activity.pk: one for one in recorded}
        people = {member.pk: member for one in self.people.values() for member in one}
        for chunk in chunks(by_activity):
            for row in Attendance.objects.filter(activity__in=chunk).order_by("pk"):
                if row.member_id in people:
                    row.member = people[row.member_id]
                by_activity[row.activity_id].attendances.append(row)

    def is_closed(self, branch: PartyOrganization, day: dt.date) -> bool:
        """Tell whether the records of a day's month are closed for a branch."""
        return is_closed(self.closed, branch, day)

    def on_roll(self, branch: PartyOrganization, day: dt.date) -> dict[str, list[Member]]:
        """Return the roll of a day by name."""
        key = (branch.pk, day)
        if key not in self._rolls:
            self._rolls[key] = keyed(one.member for one in self.rolls.on(day, branch))
        return self._rolls[key]

    def of_branch(self, branch: PartyOrganization) -> dict[str, list[Member]]:
        """Return everybody who belongs to a branch or once did, by name."""
        if branch.pk not in self._ever:
            self._ever[branch.pk] = keyed(self.rolls.ever(branch))
        return self._ever[branch.pk]

    def has_no_committee(self, branch: PartyOrganization, day: dt.date) -> bool:
        """Tell whether the term in office on a day is known to be one without a 支委会."""
        in_office: Iterable[Term] = self.terms[branch.pk]
        known = [one for one in in_office if one.elected_on is None or one.elected_on <= day]
        return bool(known) and not had_committee(known, Period(day, day))


def by_name(people: Iterable[OnRoll], name: str) -> list[Member]:
    """Return those of a name among the people expected."""
    return [one.member for one in people if one.member.name == name]
