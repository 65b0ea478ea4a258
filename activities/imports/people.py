"""Whom a row of a ledger names: who led and recorded, who was there, who was not and why."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from activities.imports.absentees import Absentee, read_absentees
from activities.imports.known import Known, by_name
from activities.imports.turnout import Told, Turnout, read_figures, settle
from activities.models import Attendance
from activities.queries.editing import expected_then
from activities.services.occasions import Presence
from branches.models import PartyOrganization
from members.imports.posts import parse_names
from members.models import Member
from members.queries.rolls import OnRoll
from partybuild.imports import Row
from partybuild.sheets import DataSheet
from partybuild.values import clean_name, is_blank, squeeze

NOT_NAMES = re.compile(
    "(全体|全部|各|支部|本|党支部|所有|部分|应到|实到|共|机关|在职|离退休)*(支部)?(正式|预备)?"
    "(党员|支委(会)?|委员|成员|班子成员|党小组长|干部|职工|群众|同志|人员|列席|入党积极分子|积极分子|发展对象|等|\\d+[人名])*"
)
LONGEST_NOTE = 100


@dataclass
class People:
    """The people of a row as they are to be recorded; `lines` is what found no place elsewhere."""

    turnout: Turnout
    chair: Member | None = None
    recorder: Member | None = None
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Where:
    """Which occasion a row is about."""

    branch: PartyOrganization
    day: dt.date
    kinds: Sequence[str]
    groups: Sequence[PartyOrganization]
    has_strange_group: bool = False


class PeopleReader:
    """Finds the people of rows on the roll of the day, and holds figures against names."""

    def __init__(self, known: Known) -> None:
        self.known = known

    def read(self, sheet: DataSheet, row: Row, where: Where) -> People:
        """Return who was at the occasion of a row, remarking on what does not agree."""
        everybody = expected_then(
            self.known.rolls,
            where.branch,
            where.day,
            kinds=where.kinds,
            groups=where.groups,
        )
        expected = [] if where.has_strange_group else everybody
        lines: list[str] = []
        chair = self._leader(row, where, "主持人", lines)
        recorder = self._leader(row, where, "记录人", lines)
        told = self._figures(sheet, row)
        self._absent(sheet, row, where, expected, told)
        self._present(row, where, told)
        on_roll = {one.member for one in self.known.rolls.on(where.day, where.branch)}
        told.leaders = [one for one in (chair, recorder) if one in on_roll]
        turnout = settle(expected, told)
        return People(turnout, chair, recorder, lines)

    # --- who led ---

    def _leader(self, row: Row, where: Where, title: str, lines: list[str]) -> Member | None:
        names = self._names(row, where, title)
        if not names:
            return None
        if title == "记录人" and names == self._names(row, where, "主持人"):
            row.remark("CHAIR_IS_RECORDER", f"主持人和记录人都是“{names[0]}”，请核对")
        found = self._find(names[0], where)
        if len(found) == 1:
            if names[1:]:
                lines.append(f"{title}：{'、'.join(names)}")
            return found[0]
        lines.append(f"{title}：{'、'.join(names)}")
        code = "HOST" if title == "主持人" else "RECORDER"
        if found:
            row.remark(
                f"{code}_AMBIGUOUS",
                f"{title}“{names[0]}”有 {len(found)} 人，分不清是谁，只把姓名写在会议内容里",
            )
        else:
            row.remark(
                f"{code}_UNKNOWN", f"{title}“{names[0]}”不在党员花名册里，只把姓名写在会议内容里"
            )
        return None

    def _names(self, row: Row, where: Where, title: str) -> list[str]:
        cell = row.record.get(title)
        whole = clean_name(cell)
        if is_blank(cell) or self._find(whole, where):
            return [] if is_blank(cell) else [whole]
        return parse_names(cell)

    def _find(self, name: str, where: Where) -> list[Member]:
        """Return who a name means: on the roll of the day, else of the branch, else anybody."""
        known = self.known
        return (
            known.on_roll(where.branch, where.day).get(name)
            or known.of_branch(where.branch).get(name)
            or known.people.get(name)
            or []
        )

    # --- figures ---

    def _figures(self, sheet: DataSheet, row: Row) -> Told:
        record = row.record
        expected, actual = read_figures(
            record.get("应到"), record.get("实到"), record.get("应到实到")
        )
        told = Told(expected, actual)
        told.counts_present = sheet.has("实到") or sheet.has("应到实到")
        if expected is not None and actual is not None and actual > expected:
            row.reject("ATT_GT_DUE", f"实到 {actual} 人多于应到 {expected} 人，请核对")
        elif told.counts_present and actual is None:
            row.remark("ATT_MISSING", "没有实到人数，按不清楚登记，不当作 0 人")
        return told

    # --- who was not there ---

    def _absent(
        self, sheet: DataSheet, row: Row, where: Where, expected: Sequence[OnRoll], told: Told
    ) -> None:
        record = row.record
        title, beside = "缺席人员", record.get("缺席原因")
        if not sheet.has(title):  # 缺席原因 alone holds the names too
            title, beside = "缺席原因", None
        if not sheet.has(title):
            return
        people = self.known.on_roll(where.branch, where.day)
        ever = self.known.of_branch(where.branch)
        cell = record.get(title)
        absentees = read_absentees(
            cell, lambda name: name in people or name in ever, reasons=beside
        )
        told.says_absent = not (cell is None or squeeze(cell) == "")
        self._count(row, told, absentees)
        for one in absentees:
            self._remark_reason(row, one)
            self._place(row, where, one, expected, told)

    @staticmethod
    def _count(row: Row, told: Told, absentees: Sequence[Absentee]) -> None:
        if told.expected is None or told.actual is None or row.has("ATT_GT_DUE"):
            return
        missing = told.expected - told.actual
        if missing != len(absentees):
            row.remark(
                "ABSENT_COUNT",
                f"应到 {told.expected} 人、实到 {told.actual} 人，缺席应是 {missing} 人，写了 {len(absentees)} 人",
            )
            told.names_all = False

    @staticmethod
    def _remark_reason(row: Row, one: Absentee) -> None:
        if not one.reason:
            word = Attendance.Status(one.status).label
            row.remark("ABSENT_NO_REASON", f"“{one.name}”没有写缺席原因，按{word}登记")
        elif one.is_strange:
            row.remark(
                "ABSENT_REASON_UNKNOWN", f"“{one.name}”的原因“{one.said}”按“其他”登记，原话保留"
            )

    def _place(
        self, row: Row, where: Where, one: Absentee, expected: Sequence[OnRoll], told: Told
    ) -> None:
        """Find who is meant: among those expected, on the roll, of the branch at any time."""
        name = one.name
        found = (
            by_name(expected, name) or self.known.on_roll(where.branch, where.day).get(name) or []
        )
        if len(found) == 1:
            note = one.said if one.is_strange else ""
            told.absent[found[0]] = Presence(one.status, one.reason, note[:LONGEST_NOTE])
            return
        told.names_all = False
        if found:
            row.remark(
                "ABSENT_AMBIGUOUS", f"“{name}”在这个支部有 {len(found)} 人，分不清是谁，没有登记"
            )
        elif name in self.known.of_branch(where.branch):
            row.remark("ABSENT_NOT_THEN", f"“{name}”{where.day} 还不在或已不在这个支部，没有登记")
        else:
            row.remark("ABSENT_UNKNOWN", f"“{name}”不在这个支部的花名册里，没有登记")

    # --- who was there ---

    def _present(self, row: Row, where: Where, told: Told) -> None:
        cell = row.record.get("参加人员")
        if is_blank(cell) or NOT_NAMES.fullmatch(squeeze(cell)):
            return
        roll = self.known.on_roll(where.branch, where.day)
        unknown: list[str] = []
        for name in parse_names(cell):
            found = roll.get(name, [])
            if len(found) == 1:
                told.present.append(found[0])
            elif not NOT_NAMES.fullmatch(name):
                unknown.append(name)
        if unknown:
            row.remark(
                "LIST_NAME_UNKNOWN",
                f"参加人员里的“{'、'.join(unknown)}”当天不在这个支部，或有重名，其余的人照常登记",
            )
