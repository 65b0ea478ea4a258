"""Who was there: the names and the figures of a ledger held against the roll of that day.

Nobody is taken to have been there whom the ledger does not tell of. Where figures and names agree
with the roll, whoever is not named absent was there, as on the page where a branch records. Where
they do not, only those are recorded whom the ledger names, and the figures as it states them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from activities.models import Attendance
from activities.services.occasions import Presence
from members.models import Member
from members.queries.rolls import OnRoll
from partybuild.values import parse_number, squeeze

Status, Reason = Attendance.Status, Attendance.Reason

BOTH = re.compile(
    r"(?:应到|应参加)?[:：]?(\d+)人?[/／，,、;；-]*(?:实到|到会|实参加)[:：]?(\d+)人?|(\d+)[/／](\d+)"
)
EXEMPT = Presence(Status.EXEMPT, Reason.FRAIL)
MOST = 32_767


@dataclass
class Told:
    """What a row says of who was there.

    `absent` and `present` are those it names and that are on file. `names_all` says that every name
    was found; `says_absent` that the row tells who was absent, be it nobody.
    """

    expected: int | None = None
    actual: int | None = None
    absent: dict[Member, Presence] = field(default_factory=dict)
    present: list[Member] = field(default_factory=list)
    leaders: list[Member] = field(default_factory=list)
    names_all: bool = True
    says_absent: bool = False
    counts_present: bool = False  # the sheet has a column for 实到


@dataclass(frozen=True)
class Turnout:
    """What is to be recorded; the figures are kept only where not everybody is named."""

    presences: dict[Member, Presence]
    is_partly_named: bool = False
    expected: int | None = None
    actual: int | None = None


def settle(people: Sequence[OnRoll], told: Told) -> Turnout:
    """Hold what a row says against the people expected that day."""
    basis = _basis(people, told)
    if basis is not None:
        presences = {
            one.member: told.absent.get(one.member, Presence() if one.member in basis else EXEMPT)
            for one in people
        }
        return Turnout(presences)
    named = {member: Presence() for member in (*told.present, *told.leaders)}
    return Turnout(named | told.absent, True, told.expected, told.actual)  # noqa: FBT003


def _basis(people: Sequence[OnRoll], told: Told) -> set[Member] | None:
    """Return whom the row counts as expected, None where it agrees with no count of the roll.

    Some ledgers count members exempt from attendance, some do not.
    """
    everybody = {one.member for one in people}
    not_exempt = {one.member for one in people if not one.is_exempt}
    for basis in (not_exempt, everybody):
        if basis and _agrees(basis, told):
            return basis
    return None


def _agrees(basis: set[Member], told: Told) -> bool:
    if not told.names_all or not told.absent.keys() <= basis:
        return False
    if told.expected is not None and told.expected != len(basis):
        return False
    rest = basis - told.absent.keys()
    if told.present and set(told.present) == rest:
        return told.actual in (None, len(rest))
    if told.present or (told.counts_present and told.actual is None):
        return False
    if told.actual is not None:
        return told.actual == len(rest)
    return told.says_absent


def read_figures(expected: Any, actual: Any, both: Any) -> tuple[int | None, int | None]:
    """Return 应到 and 实到 of the cells; a cell for both is 27/25 or 应到27人，实到25人."""
    if (written := BOTH.fullmatch(squeeze(both))) is not None:
        numbers = [int(number) for number in written.groups() if number]
        return numbers[0], numbers[1]
    return _figure(expected), _figure(actual)


def _figure(cell: Any) -> int | None:
    number = parse_number(cell)
    if isinstance(number, Decimal) and number == int(number) and 0 <= number <= MOST:
        return int(number)
    return None


def keyed(people: Iterable[Member]) -> dict[str, list[Member]]:
    """Return people by name."""
    found: dict[str, list[Member]] = {}
    for member in people:
        found.setdefault(member.name, []).append(member)
    return found
