"""Who belonged where on many days at once: what an import of past years asks row by row."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from branches.models import PartyOrganization
from members.models import AttendanceExemption, Member, Membership, Office

Span = tuple[dt.date | None, dt.date | None]


@dataclass(frozen=True)
class OnRoll:
    """Somebody on a branch's roll of a day; `group` is the key of the 党小组, None without one."""

    member: Member
    group: int | None
    is_exempt: bool


class Rolls:
    """The rolls and committees of several branches on any day, read in four queries.

    It says what `members.queries.roll.roll_on` and `members.queries.offices.committee_on` say.
    """

    def __init__(self, organizations: Iterable[PartyOrganization]) -> None:
        places = [organization.pk for organization in organizations]
        self._memberships: dict[int, list[Membership]] = defaultdict(list)
        counted = (Membership.Kind.FORMAL, Membership.Kind.SECOND)
        held = Membership.objects.filter(organization__in=places, kind__in=counted)
        private = ("member__address", "member__id_number", "member__phone")
        for membership in held.select_related("member").defer(*private).order_by("pk"):
            self._memberships[membership.organization_id].append(membership)
        self._exemptions: dict[int, list[Span]] = defaultdict(list)
        exempt = AttendanceExemption.objects.filter(member__memberships__organization__in=places)
        for member, *span in exempt.distinct().values_list("member", "started_on", "ended_on"):
            self._exemptions[member].append((span[0], span[1]))
        self._offices: dict[int, list[tuple[int, Span]]] = defaultdict(list)
        offices = Office.objects.filter(organization__in=places, member__isnull=False)
        rows = offices.exclude(post=Office.Post.GROUP_LEADER)
        for place, member, *span in rows.values_list(
            "organization", "member", "started_on", "ended_on"
        ):
            self._offices[place].append((member, (span[0], span[1])))

    def on(self, day: dt.date, organization: PartyOrganization) -> list[OnRoll]:
        """Return one branch's roll on a day in the order of names, second memberships too."""
        found = [
            OnRoll(row.member, row.group_id, self._is_exempt(row.member_id, day))
            for row in self._memberships[organization.pk]
            if _covers((row.started_on, row.ended_on), day) and _counts(row, day)
        ]
        return sorted(found, key=lambda one: (one.member.pinyin, one.member.pk))

    def committee_on(self, day: dt.date, organization: PartyOrganization) -> set[int]:
        """Return the keys of the members who hold an office of the leading body on a day."""
        return {member for member, span in self._offices[organization.pk] if _covers(span, day)}

    def ever(self, organization: PartyOrganization) -> list[Member]:
        """Return everybody who belongs to a branch or once did."""
        people = {row.member_id: row.member for row in self._memberships[organization.pk]}
        return list(people.values())

    def _is_exempt(self, member: int, day: dt.date) -> bool:
        return any(_covers(span, day) for span in self._exemptions.get(member, []))


def _covers(span: Any, day: dt.date) -> bool:
    started, ended = span
    return (started is None or started <= day) and (ended is None or ended > day)


def _counts(row: Membership, day: dt.date) -> bool:
    """Tell whether a membership that holds is one of a member in good standing on the day."""
    member = row.member
    is_member = member.category in Member.MEMBER_CATEGORIES and (
        member.joined_on is None or member.joined_on <= day
    )
    in_standing = member.state == Member.State.NORMAL or (
        member.state_since is not None and member.state_since > day
    )
    return is_member and (row.ended_on is not None or in_standing)
