"""“三会一课”台账: the meetings of past years, a row an occasion."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from activities.imports.columns import MeetingResource
from activities.imports.held import Held, kinds_named, read_held
from activities.imports.known import Form, Known, Recorded
from activities.imports.people import People, PeopleReader, Where
from activities.imports.when import When, WhenProblem, read_time, read_when
from activities.models import Activity, Meeting
from activities.queries.reviews import settled_by_closing
from activities.services import histories, occasions
from activities.services.histories import Correction, Occasion
from activities.services.occasions import Presence
from branches.models import PartyOrganization
from members.imports.branch_reading import BranchReader
from partybuild.imports import CHANGED, CREATED, NOTE, REJECT, ImportTable, Row
from partybuild.journal import Journal
from partybuild.sheets import DataSheet, year_of
from partybuild.values import Problem, clean_text, is_blank, parse_number, squeeze

Kind = Meeting.Kind
LONGEST_TOPIC, SHOWN_TOPIC, LONGEST_LECTURER = 200, 40, 100
MONTH_IN_NAME = re.compile(r"(?<!\d)(\d{1,2})月份?$")
PLAIN = ("started_at", "place", "topic", "chair", "recorder")
TITLES = {
    "started_at": "时间",
    "place": "地点",
    "topic": "主题",
    "chair": "主持人",
    "recorder": "记录人",
    "minutes": "主要内容",
    "resolution": "决议",
    "lecturer": "主讲人",
}


@dataclass
class Plan:
    """What a row is about and what is to be written for it."""

    branch: PartyOrganization
    when: When
    held: Held
    groups: list[PartyOrganization] = field(default_factory=list)
    strange_groups: list[str] = field(default_factory=list)
    people: People | None = None
    recorded: Recorded | None = None
    correction: Correction | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """What no two occasions share."""
        groups = frozenset([*(group.pk for group in self.groups), *self.strange_groups])
        return self.branch.pk, self.when.day, frozenset(self.held.kinds), groups

    @property
    def forms(self) -> frozenset[Form]:
        """The forms as rows of meetings: each kind once, a 党小组会 for each of its groups."""
        plain = {(kind, None) for kind in self.held.kinds if kind != Kind.GROUP_MEETING}
        groups: Iterable[Form] = ((Kind.GROUP_MEETING, group.pk) for group in self.groups)
        nameless = {(Kind.GROUP_MEETING, None)} if self._has_nameless_group else set()
        return frozenset(plain | set(groups) | nameless)

    @property
    def _has_nameless_group(self) -> bool:
        return Kind.GROUP_MEETING in self.held.kinds and not self.groups


class MeetingHistory(ImportTable):
    """“三会一课”台账: meetings that were held, with who was there."""

    code = "meeting_ledger"
    also = ("meetings",)
    title = "“三会一课”台账"
    hint = (
        "一行一次活动，几个会合并召开的写在一格里；一个支部一张工作表，或者有“党支部”一列。"
        "先导入党组织名册和党员花名册。"
    )
    permission = "members.import_roster"
    order = 3
    resource = MeetingResource
    required = (
        ("日期", "时间", "日"),
        ("会议类型", "主持人", "应到", "实到", "缺席人员", "参加人员"),
        ("会议类型", "主要内容", "主题", "应到", "实到"),
    )
    problems = {"": {Problem.DATE_INVALID: ("DATE_INVALID", REJECT)}}

    def plan(self, sheets: Sequence[DataSheet], *, as_of: dt.date) -> list[Row]:
        return _Planner(sheets, as_of).plan(list(self.cleaned(sheets)))

    def write(self, rows: Sequence[Row], journal: Journal, *, as_of: dt.date) -> None:
        plans: list[Plan] = [row.plan for row in rows if not row.is_rejected]
        new = [_occasion(plan, row) for row in rows if (plan := _new(row))]
        histories.record_occasions(actor=journal.actor, journal=journal, occasions=new)
        corrections = [plan.correction for plan in plans if plan.correction]
        if corrections:
            histories.correct_occasions(
                actor=journal.actor, journal=journal, corrections=corrections
            )

    def settled(self, rows: Sequence[Model]) -> dict[Model, str]:
        """Keep what lies in a closed month, or counts for one, with everything that belongs to it."""
        closed = settled_by_closing({_activity_of(row) for row in rows})
        return {
            row: f"{closed[_activity_of(row)]}已归档，撤销导入不改动；要删改，请机关党委先重新开放"
            for row in rows
            if _activity_of(row) in closed
        }


def _activity_of(row: Model) -> int:
    key: int = row.pk if isinstance(row, Activity) else getattr(row, "activity_id", 0)
    return key


def _new(row: Row) -> Plan | None:
    return row.plan if not row.is_rejected and row.outcome == CREATED else None


class _Planner:
    """Reads each row, holds it against roll and records, tells new from known."""

    def __init__(self, sheets: Sequence[DataSheet], as_of: dt.date) -> None:
        self.as_of = as_of
        self.places = BranchReader()
        self.years = {sheet.name: year_of(sheet) for sheet in sheets}
        self.forms = {
            sheet.name: kinds_named([sheet.name, *sheet.above])
            for sheet in sheets
            if not sheet.has("会议类型")
        }
        self.months = {
            sheet.name: int(found[1])
            for sheet in sheets
            if (found := MONTH_IN_NAME.search(squeeze(sheet.name)))
        }
        self.carried: dict[str, str] = {}
        self.seen: dict[tuple[Any, ...], Row] = {}

    def plan(self, rows: list[tuple[DataSheet, Row]]) -> list[Row]:
        for sheet, row in rows:
            self._read(sheet, row)
        plans: list[Plan] = [row.plan for _, row in rows if row.plan]
        self.known = Known(
            list({plan.branch.pk: plan.branch for plan in plans}.values()),
            [plan.when.day for plan in plans],
        )
        people = PeopleReader(self.known)
        for sheet, row in rows:
            if row.plan:
                self._judge(sheet, row, people)
        self._compare([row for _, row in rows if row.plan and not row.is_rejected])
        return [row for _, row in rows]

    # --- what a row is about ---

    def _read(self, sheet: DataSheet, row: Row) -> None:
        self._carry(sheet, row)
        branch = self.places.of_row(sheet, row)
        if branch is None:
            return
        written = (row.record.get(title) for title in ("日期", "时间", "会议类型"))
        told = [clean_text(cell)[:30] for cell in written if not is_blank(cell)]
        row.label = " ".join([branch.label, *told])
        when = self._when(sheet, row)
        held = self._held(sheet, row)
        if when is None or not held.kinds:
            return
        row.plan = Plan(branch, when, held)
        names = "+".join(str(Kind(kind).label) for kind in held.kinds)
        row.label = f"{branch.label} {when.day} {names}"

    def _carry(self, sheet: DataSheet, row: Row) -> None:
        """Let a blank cell of a sheet of many branches mean the one above, as merged cells do."""
        if not sheet.has("所在党支部"):
            return
        named = row.get("所在党支部")
        if named:
            self.carried[sheet.name] = named
        elif sheet.name in self.carried and self.places.of_sheet(sheet) is None:
            row.values["所在党支部"] = self.carried[sheet.name]

    def _when(self, sheet: DataSheet, row: Row) -> When | None:
        record, year = row.record, self.years[sheet.name]
        title = "日期" if sheet.has("日期") else "时间"
        own_year, month = _whole(record.get("年")), _whole(record.get("月"))
        cell = record.get(title) if sheet.has(title) else None
        if is_blank(cell):
            cell = record.get("日")
        found = read_when(cell, year=own_year or year, month=month or self.months.get(sheet.name))
        if found is None:
            row.reject("DATE_INVALID", "没有写日期")
            return None
        if isinstance(found, WhenProblem):
            row.reject(found.code, found.reason)
            return None
        if found.day > self.as_of:
            row.reject("DATE_FUTURE", f"日期 {found.day} 晚于 {self.as_of}，还没有到")
            return None
        if year and found.day.year != year:
            row.remark(
                "DATE_OTHER_YEAR", f"日期 {found.day} 不在台账的 {year} 年，按写的日期计入，请核对"
            )
        if found.last:
            row.remark("DATE_RANGE", f"开到 {found.last}，按第一天 {found.day} 登记", NOTE)
        if title == "日期" and found.time is None:
            return When(found.day, read_time(record.get("时间")), found.last)
        return found

    def _held(self, sheet: DataSheet, row: Row) -> Held:
        cell = row.record.get("会议类型")
        if not sheet.has("会议类型"):
            held = read_held(row.record.get("主题"), group=row.record.get("党小组"))
            if held.kinds and not held.strange:  # 会议名称 may say which form it was
                return held
            held = Held(self.forms[sheet.name])
            if not held.kinds:
                row.reject("FORM_MISSING", "没有“会议类型”一列，工作表的名称也看不出是什么会")
            if Kind.GROUP_MEETING in held.kinds:
                held = read_held("党小组会", group=row.record.get("党小组"))
            return held
        if is_blank(cell):
            row.reject("FORM_MISSING", "没有写会议类型")
            return Held()
        held = read_held(cell, group=row.record.get("党小组"))
        if not held.kinds:
            row.reject(
                "FORM_UNKNOWN", f"“{clean_text(cell)[:40]}”不是党的组织生活的一种形式，没有导入"
            )
        elif held.strange:
            row.remark(
                "FORM_PART_UNKNOWN",
                f"“{'、'.join(held.strange)[:40]}”不是党的组织生活的一种形式，只导入其余的",
            )
        return held

    # --- whether it can be so ---

    def _judge(self, sheet: DataSheet, row: Row, people: PeopleReader) -> None:
        plan: Plan = row.plan
        self._check_branch(row, plan)
        self._find_groups(row, plan)
        where = Where(
            plan.branch, plan.when.day, plan.held.kinds, plan.groups, bool(plan.strange_groups)
        )
        plan.people = people.read(sheet, row, where)
        if plan.people.turnout.is_partly_named:
            row.label += "（出席只有人数和写明的姓名）"
        if row.is_rejected:
            return
        first = self.seen.setdefault(plan.key, row)
        if first is not row:
            row.reject(
                "DUP_MEETING",
                f"与{first.record.sheet}第 {first.record.number} 行是同一次会议，没有重复导入",
            )

    def _check_branch(self, row: Row, plan: Plan) -> None:
        branch, day = plan.branch, plan.when.day
        if branch.founded_on and day < branch.founded_on:
            row.remark("BRANCH_NOT_YET", f"支部 {branch.founded_on} 才成立，日期 {day} 请核对")
        if branch.dissolved_on and day >= branch.dissolved_on:
            row.remark("BRANCH_NO_LONGER", f"支部 {branch.dissolved_on} 已撤销，日期 {day} 请核对")
        if Kind.COMMITTEE_MEETING in plan.held.kinds and self.known.has_no_committee(branch, day):
            row.remark("FORM_NOT_APPLICABLE", "这个支部没有设支委会，却写了支委会，请核对")

    def _find_groups(self, row: Row, plan: Plan) -> None:
        own = self.known.groups.get(plan.branch.pk, {})
        for name in plan.held.groups:
            if name in own:
                plan.groups.append(own[name])
            else:
                plan.strange_groups.append(name)
        if plan.strange_groups:
            row.remark(
                "GROUP_UNKNOWN",
                f"这个支部没有“{'、'.join(plan.strange_groups)}”，按没有写明党小组登记",
            )
        elif Kind.GROUP_MEETING in plan.held.kinds and not plan.groups:
            plan.strange_groups.append("")  # nobody knows whose meeting it was
            row.remark("GROUP_MISSING", "没有写明是哪个党小组", NOTE)

    # --- what is recorded already ---

    def _compare(self, rows: Sequence[Row]) -> None:
        taken: Counter[int] = Counter()
        for row in rows:
            self._match(row, taken)
        matched = [row.plan.recorded for row in rows if row.plan.recorded]
        self.known.read_attendance(matched)
        for row in rows:
            if row.plan.recorded and row.plan.recorded.forms == row.plan.forms:
                _differ(row)
            self._check_closed(row)

    def _check_closed(self, row: Row) -> None:
        """Send back what would write into a month whose records are closed."""
        branch, day = row.plan.branch, row.plan.when.day
        if row.outcome in (CREATED, CHANGED) and self.known.is_closed(branch, day):
            row.reject(
                "MONTH_CLOSED",
                f"{day.year}年{day.month}月已归档，没有导入；要补记，请联系机关党委重新开放这个月",
            )

    def _match(self, row: Row, taken: Counter[int]) -> None:
        """Find the record of the same occasion: of the same forms, else one that holds them all."""
        plan: Plan = row.plan
        there = self.known.recorded.get((plan.branch.pk, plan.when.day), [])
        topic = _topic(plan, row)
        same = [one for one in there if one.forms == plan.forms and not taken[one.activity.pk]]
        same.sort(key=lambda one: one.activity.topic != topic)
        if same:
            plan.recorded = same[0]
            taken[same[0].activity.pk] += 1
            return
        wider = [one for one in there if plan.forms < one.forms]
        if wider and not plan.strange_groups:
            plan.recorded = wider[0]
            row.remark(
                "MEETING_KNOWN",
                f"这一天已有记录“{wider[0].activity.topic}”包含这种会议，没有重复登记",
                NOTE,
            )
            return
        row.outcome = CREATED


# --- what is written -------------------------------------------------------------------------


def _topic(plan: Plan, row: Row) -> str:
    """Return the topic that is told, else the beginning of the minutes, else month and form."""
    told = row.get("主题") or ""
    minutes = " ".join((row.get("主要内容") or "").split())
    if not told and minutes:
        told = minutes if len(minutes) <= SHOWN_TOPIC else f"{minutes[: SHOWN_TOPIC - 1]}…"
    if not told:
        label = Kind(plan.held.kinds[0]).label
        told = f"{plan.when.day.month}月{label}"
    groups = "、".join(name for name in plan.strange_groups if name)
    return (f"{groups}：{told}" if groups else told)[:LONGEST_TOPIC]


def _fields(plan: Plan, row: Row) -> dict[str, Any]:
    people = plan.people
    return {
        "started_at": plan.when.time,
        "place": row.get("地点") or "",
        "topic": _topic(plan, row),
        "chair": people.chair if people else None,
        "recorder": people.recorder if people else None,
    }


def _forms(plan: Plan, row: Row) -> list[occasions.Form]:
    """Return the forms of the occasion; the common text belongs to the first."""
    held: list[occasions.Form] = []
    groups = {group.pk: group for group in plan.groups}
    order = [*plan.held.kinds]
    pairs = sorted(plan.forms, key=lambda form: (order.index(Kind(form[0])), form[1] or 0))
    texts = _texts(plan, row)
    for kind, group in pairs:
        text = texts if not held else {"minutes": "", "resolution": ""}
        lecturer = texts["lecturer"] if kind == Kind.PARTY_LECTURE else ""
        held.append(
            occasions.Form(
                kind=kind,
                group=groups.get(group) if group else None,
                minutes=text["minutes"],
                resolution=text["resolution"],
                lecturer=lecturer,
            )
        )
    return held


def _texts(plan: Plan, row: Row) -> dict[str, str]:
    """Return minutes, resolution and lecturer; what has no place of its own ends the minutes."""
    lecturer = row.get("主讲人") or ""
    lines = [row.get("主要内容") or ""]
    if lecturer and (Kind.PARTY_LECTURE not in plan.held.kinds or len(lecturer) > LONGEST_LECTURER):
        lines.append(f"主讲人：{lecturer}")
        lecturer = ""
    lines += plan.people.lines if plan.people else []
    if row.get("备注"):
        lines.append(f"备注：{row.get('备注')}")
    return {
        "minutes": "\n".join(line for line in lines if line),
        "resolution": row.get("决议") or "",
        "lecturer": lecturer,
    }


def _occasion(plan: Plan, row: Row) -> Occasion:
    turnout = plan.people.turnout if plan.people else None
    activity = Activity(organization=plan.branch, held_on=plan.when.day, **_fields(plan, row))
    if turnout and turnout.is_partly_named:
        activity.is_partly_named = True
        activity.stated_expected, activity.stated_present = turnout.expected, turnout.actual
    return Occasion(activity, _forms(plan, row), turnout.presences if turnout else {})


def _differ(row: Row) -> None:
    """Say what a row tells otherwise than the record; blank cells tell nothing."""
    plan: Plan = row.plan
    recorded = plan.recorded
    if recorded is None or plan.people is None:
        return
    activity = recorded.activity
    correction = Correction(activity, recorded.meetings, recorded.attendances)
    for name, new in _fields(plan, row).items():
        old = getattr(activity, name)
        if (
            new not in (None, "")
            and new != old
            and not (name == "topic" and not row.get("主题") and old)
        ):
            correction.fields[name] = new
            row.differences.append((TITLES[name], _shown(old), _shown(new)))
    _differ_in_texts(row, correction)
    _differ_in_people(row, correction)
    if row.differences:
        row.outcome = CHANGED
        plan.correction = correction


def _differ_in_texts(row: Row, correction: Correction) -> None:
    wanted = {(form.kind, form.group and form.group.pk): form for form in _forms(row.plan, row)}
    for meeting in correction.meetings:
        form = wanted[meeting.kind, meeting.group_id]
        for name in ("minutes", "resolution", "lecturer"):
            new, old = getattr(form, name), getattr(meeting, name)
            if new and new != old:
                correction.texts.setdefault(meeting.pk, {})[name] = new
                row.differences.append((TITLES[name], old, new))


def _differ_in_people(row: Row, correction: Correction) -> None:
    """Compare attendance; a record in which everybody is named is never made a partial one."""
    turnout = row.plan.people.turnout
    activity = correction.activity
    if turnout.is_partly_named and not activity.is_partly_named:
        return
    stored = {
        one.member_id: Presence(one.status, one.reason, one.note) for one in correction.attendances
    }
    other = {
        member: presence
        for member, presence in turnout.presences.items()
        if stored.get(member.pk) != presence
    }
    if other:
        correction.presences = other
        names = "、".join(member.name for member in list(other)[:10])
        row.differences.append(("出席", f"{len(stored)} 人", f"{names}等 {len(other)} 人有变化"))
    figures = (
        turnout.is_partly_named,
        *((turnout.expected, turnout.actual) if turnout.is_partly_named else (None, None)),
    )
    names_of = ("is_partly_named", "stated_expected", "stated_present")
    old = tuple(getattr(activity, name) for name in names_of)
    if figures != old:
        correction.fields |= dict(zip(names_of, figures, strict=True))
        row.differences.append(("应到、实到", _figures(*old[1:]), _figures(*figures[1:])))


def _figures(expected: Any, present: Any) -> str:
    if expected is None and present is None:
        return "按名单"
    return f"应到 {'不详' if expected is None else expected}，实到 {'不详' if present is None else present}"


def _shown(value: Any) -> str:
    return f"{value:%H:%M}" if isinstance(value, dt.time) else str(value or "")


def _whole(cell: Any) -> int | None:
    number = parse_number(str(cell).rstrip("度份月年")) if cell is not None else None
    return int(number) if number is not None and not isinstance(number, Problem) else None
