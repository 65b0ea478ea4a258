"""Whom a roster speaks of: people of earlier rows and people who have a file already."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.db.models import Max, Q

from branches.models import PartyOrganization
from members.models import AttendanceExemption, Member, Membership, Office
from members.queries.files import id_number_index
from partybuild.cells import partial_date
from partybuild.imports import Row
from partybuild.scoping import everything
from partybuild.values import PRIVATE_USE, IdNumber, PartialDate

CHUNK = 500
Value = TypeVar("Value")


def lossy_match(one: str | None, other: str | None) -> bool:
    """Tell whether two names are one, a lost or private character standing for any."""
    one, other = one or "", other or ""
    if one == other:
        return True
    return len(one) == len(other) and all(
        a == b or _is_lost(a) or _is_lost(b) for a, b in zip(one, other, strict=True)
    )


def _is_lost(letter: str) -> bool:
    return letter in "?？\ufffd" or bool(PRIVATE_USE.match(letter))


class KnownPeople:
    """The people of a file and of the database; read with a constant number of queries."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._by_index: dict[str, Row] = {}
        self._by_name: dict[tuple[str, int], list[Row]] = defaultdict(list)
        usable = [row for row in rows if not row.is_rejected]
        self._indexes = {id(row): index for row in usable if (index := index_of(row))}
        self._read_files(usable)
        self._read_what_they_have()

    def _read_files(self, rows: Sequence[Row]) -> None:
        self._members: dict[str, Member] = {}
        self._namesakes: dict[str, list[Member]] = defaultdict(list)
        unnumbered = {row.get("姓名") for row in rows if id(row) not in self._indexes}
        for chunk in chunks(set(self._indexes.values())):
            for member in _files(Q(id_number_index__in=chunk)):
                self._members[str(member.id_number_index)] = member
        for chunk in chunks({row.get("姓名") for row in rows}):
            for member in _files(Q(name__in=chunk, id_number_index=None)):
                self._namesakes[member.name].append(member)
        for chunk in chunks(unnumbered):
            for member in _files(Q(name__in=chunk, id_number_index__isnull=False)):
                self._namesakes[member.name].append(member)
        self._elsewhere: set[str] = set()
        with everything(reason="an ID number is taken wherever it is registered"):
            for chunk in chunks(set(self._indexes.values()) - self._members.keys()):
                taken = Member.objects.filter(id_number_index__in=chunk)
                self._elsewhere |= set(taken.values_list("id_number_index", flat=True))

    def _read_what_they_have(self) -> None:
        people = {member.pk for member in self._members.values()}
        people |= {member.pk for members in self._namesakes.values() for member in members}
        self._memberships: dict[int, list[Membership]] = defaultdict(list)
        self._last_left: dict[int, dt.date] = {}
        self._exemptions: dict[int, AttendanceExemption] = {}
        for chunk in chunks(people):
            held = Membership.objects.filter(member__in=chunk, ended_on=None)
            for membership in held.select_related("organization", "group"):
                self._memberships[membership.member_id].append(membership)
            left = Membership.objects.filter(member__in=chunk, ended_on__isnull=False)
            lasts = (
                left.values("member").annotate(last=Max("ended_on")).values_list("member", "last")
            )
            self._last_left.update(lasts)
            for exemption in AttendanceExemption.objects.filter(member__in=chunk, ended_on=None):
                self._exemptions[exemption.member_id] = exemption
        self._offices = {
            (office.organization_id, office.post, office.holder_name)
            for office in Office.objects.filter(ended_on=None)
        }

    # people of earlier rows

    def remember(self, row: Row) -> None:
        """Let later rows meet this one."""
        index = self._indexes.get(id(row))
        if index:
            self._by_index[index] = row
        self._by_name[(row.get("姓名"), row.plan.branch.pk)].append(row)

    def in_file(self, row: Row) -> Row | None:
        """Return the earlier row of the same person, None without one."""
        index = self._indexes.get(id(row))
        if index and index in self._by_index:
            return self._by_index[index]
        for other in self._by_name.get((row.get("姓名"), row.plan.branch.pk), []):
            both_numbered = index and id(other) in self._indexes
            if not both_numbered and may_be_one(row.get("出生日期"), other.get("出生日期")):
                return other
        return None

    # people with a file

    def stored(self, row: Row, branch: PartyOrganization) -> Member | None:
        """Return the file of a row's person: by ID number, else by name, branch and birth date."""
        index = self._indexes.get(id(row))
        if index and index in self._members:
            return self._members[index]
        same = [
            member
            for member in self._namesakes.get(row.get("姓名"), [])
            if member.branch_id == branch.pk
            and may_be_one(row.get("出生日期"), partial_date(member.born_on, member.born_precision))
            and not (index and member.id_number_index)
        ]
        return same[0] if len(same) == 1 else None

    def is_elsewhere(self, row: Row) -> bool:
        """Tell whether the ID number is registered outside the open scope."""
        return self._indexes.get(id(row)) in self._elsewhere

    def open_of(self, member: Member) -> list[Membership]:
        return self._memberships.get(member.pk, [])

    def open_membership(
        self, member: Member, branch: PartyOrganization | None, kind: str
    ) -> Membership | None:
        """Return somebody's open membership of a kind, in a branch or anywhere."""
        held = self.open_of(member)
        return next((m for m in held if m.kind == kind and branch in {None, m.organization}), None)

    def formal_of(self, member: Member) -> Membership | None:
        return self.open_membership(member, None, Membership.Kind.FORMAL)

    def last_left(self, member: Member) -> dt.date:
        """Return the day on which somebody last left a branch, long ago where they never did."""
        return self._last_left.get(member.pk, dt.date.min)

    def exemption_of(self, member: Member) -> AttendanceExemption | None:
        return self._exemptions.get(member.pk)

    def holds(self, member: Member, post: str, place: int) -> bool:
        """Tell whether somebody of this name is noted as holding a post at a place."""
        return (place, post, member.name) in self._offices


def may_be_one(one: PartialDate | None, other: PartialDate | None) -> bool:
    """Tell whether two birth dates may be one; an unknown date only goes with an unknown one."""
    if one is None or other is None:
        return one is other
    return one.may_be(other)


def index_of(row: Row) -> str | None:
    """Return the blind index of a row's ID number, None without a usable one."""
    number: IdNumber | None = row.get("身份证号码")
    return id_number_index(number.text) if number and number.is_usable else None


def _files(condition: Q) -> Iterable[Member]:
    return Member.objects.filter(condition, followed_by=None).select_related("branch")


def chunks(found: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield values in lists that fit one query."""
    everything_found = [value for value in found if value]
    for start in range(0, len(everything_found), CHUNK):
        yield everything_found[start : start + CHUNK]
