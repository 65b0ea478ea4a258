"""Readings arranged for a screen: a branch's tasks and year, a committee's view of its branches."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from activities.models import Meeting, PlannedActivity
from activities.queries.obligations import (
    Obligation,
    State,
    obligations,
    record_url,
)
from activities.queries.party_days import party_day_of
from activities.queries.plans import (
    groups_left,
    kinds_of,
    kinds_title,
    open_plans,
    planned_days,
    record_url_of,
    when_and_where,
)
from branches.models import PartyOrganization
from branches.queries.placements import existing_in
from partybuild.periods import Period

WEEKDAYS = "一二三四五六日"
CELLS = {
    State.HELD: ("ok", ""),
    State.OPEN: ("due", "待"),
    State.MISSING: ("miss", "缺"),
    State.EXPLAINED: ("not", "免"),
    State.LATER: ("not", "·"),
    State.NOT_DUE: ("not", "·"),
}
# So many of the branches that fell behind stand on the committee's page, the others in a list.
SHOWN = 8
SPAN = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Task:
    """One thing to do: when, what, why, and where to do it."""

    due_on: dt.date
    title: str
    note: str
    url: str
    days_left: int
    is_deadline: bool = True
    is_late: bool = False

    @property
    def day(self) -> str:
        return str(self.due_on.day)

    @property
    def late_word(self) -> str:
        return "待记录" if self.is_late else ""

    month: str = ""

    @property
    def weekday(self) -> str:
        before = "前" if self.is_deadline else ""
        return f"{self.month}周{WEEKDAYS[self.due_on.weekday()]}{before}"

    @property
    def soon(self) -> str:
        if self.is_late or not self.is_deadline:
            return ""
        return "今天到期" if self.days_left == 0 else f"还剩 {self.days_left} 天"


@dataclass(frozen=True)
class Cell:
    """One cell of a matrix of periods."""

    state: str
    text: str
    span: int
    label: str
    url: str = ""


@dataclass(frozen=True)
class Lack:
    """What is still to be held of one form this quarter: how many, and which plans will do it."""

    label: str
    needed: int
    held: int
    plans: tuple[str, ...] = ()

    @property
    def lacking(self) -> int:
        return self.needed - self.held


@dataclass(frozen=True)
class YearBoard:
    """What a branch owes this year: tasks, what the quarter lacks, rows of the matrix, gaps."""

    organization: PartyOrganization
    quarter: Period
    lacks: list[Lack] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    rows: list[tuple[str, list[Cell]]] = field(default_factory=list)
    gaps: list[Obligation] = field(default_factory=list)


def due_url(**conditions: str) -> str:
    """Return the address of the list of what is owed, with conditions."""
    return f"{reverse('activities:due')}?{urlencode(conditions)}"


def year_board(organization: PartyOrganization, *, today: dt.date) -> YearBoard:
    """Arrange what one branch owes in the running year; what is planned stands with its plan."""
    quarter = Period.containing(today, "quarter")
    board = YearBoard(organization, quarter)
    ahead = Q(planned_on__lte=quarter.end) | Q(counts_for__lte=quarter.end)
    waiting = open_plans(organization).filter(ahead)
    plans = list(waiting.prefetch_related("forms", "activities"))
    branch = PartyOrganization.objects.filter(pk=organization.pk)
    by_kind: dict[str, list[Obligation]] = defaultdict(list)
    for obligation in obligations(branch, Period.year(today.year), as_of=today):
        by_kind[obligation.kind].append(obligation)
    for kind, owed in by_kind.items():
        if all(obligation.state is State.NOT_DUE for obligation in owed):
            continue
        per = {"month": "月", "quarter": "季", "year": "年"}[owed[0].period.kind]
        board.rows.append((f"{Meeting.Kind(kind).label}（{per}）", _cells_of(owed, plans, today)))
        board.gaps.extend(o for o in owed if o.state is State.MISSING)
        board.tasks.extend(
            task
            for o in owed
            if o.state is State.OPEN and not _plans_of(o, plans)
            for task in _tasks(o, today)
        )
        lack = _lack(owed, quarter, plans)
        if lack.lacking > 0:
            board.lacks.append(lack)
    month = Period.containing(today, "month")
    soon = [planned for planned in plans if planned.planned_on <= month.end]
    left = groups_left(soon)
    board.tasks.extend(
        task
        for planned in soon
        for task in _planned_tasks(planned, today, left.get(planned.pk, []))
    )
    board.tasks.sort(key=lambda task: (task.due_on, task.is_deadline))
    board.gaps.sort(key=lambda gap: gap.period.start)
    return board


def _plans_of(obligation: Obligation, plans: list[PlannedActivity]) -> list[PlannedActivity]:
    """Return the open plans that will do what is owed."""
    return [
        planned
        for planned in plans
        if planned.counting_day in obligation.period and obligation.kind in kinds_of(planned)
    ]


def _lack(owed: list[Obligation], quarter: Period, plans: list[PlannedActivity]) -> Lack:
    """Return what the running quarter still lacks of one form; a form of the year counts whole."""
    running = [
        o
        for o in owed
        if o.period.start <= quarter.end
        and quarter.start <= o.period.end
        and o.state in (State.HELD, State.OPEN, State.LATER, State.MISSING)
    ]
    return Lack(
        label=owed[0].label,
        needed=sum(o.needed for o in running),
        held=sum(min(o.held, o.needed) for o in running),
        plans=tuple(
            when_and_where(planned) for planned in plans if owed[0].kind in kinds_of(planned)
        ),
    )


def _planned_tasks(
    planned: PlannedActivity, today: dt.date, left: list[PartyOrganization]
) -> list[Task]:
    """Return what is to be recorded of a plan: once, of a 党小组会 alone once for each group left."""
    kinds, recorded = kinds_of(planned), bool(planned.activities.all())
    if left and (recorded or kinds == [Meeting.Kind.GROUP_MEETING]):
        return [_planned_task(planned, today, group) for group in left]
    return [_planned_task(planned, today)]


def _planned_task(
    planned: PlannedActivity, today: dt.date, group: PartyOrganization | None = None
) -> Task:
    title = f"{group.label}会" if group else kinds_title(kinds_of(planned))
    month = "" if planned.planned_on.month == today.month else f"{planned.planned_on.month}月"
    return Task(
        planned.planned_on,
        title=f"{planned.counting_day.month}月{title}",
        note=f"计划 {when_and_where(planned)} · {planned.theme}",
        url=record_url_of(planned, group),
        days_left=(planned.planned_on - today).days,
        is_deadline=False,
        is_late=planned.planned_on <= today,
        month=month,
    )


def _cells_of(owed: list[Obligation], plans: list[PlannedActivity], today: dt.date) -> list[Cell]:
    return [
        _planned_cell(o, [planned.planned_on for planned in _plans_of(o, plans)], today)
        for o in owed
    ]


def _cell(obligation: Obligation) -> Cell:
    state, text = CELLS[obligation.state]
    if obligation.kind == Meeting.Kind.GROUP_MEETING and obligation.state in (
        State.HELD,
        State.OPEN,
        State.MISSING,
    ):
        text = f"{obligation.held}/{obligation.needed}"
    label = f"{text} {obligation.period.title}{obligation.label}：{obligation.state.label}".strip()
    url = ""
    if obligation.state is State.HELD:
        url = obligation.records_url
    elif obligation.state in (State.OPEN, State.MISSING):
        url = obligation.record_url
    return Cell(state, text, SPAN[obligation.period.kind], label, url)


def _tasks(obligation: Obligation, today: dt.date) -> list[Task]:
    end = obligation.period.end
    left = (end - today).days
    rule = f"{obligation.frequency} · {obligation.citation}"
    if obligation.kind == Meeting.Kind.PARTY_DAY:
        day, shift = party_day_of(obligation.period, obligation.organization.path)
        note = " · ".join(part for part in (shift, rule) if part)
        url = record_url(obligation.organization, obligation.kind)
        return [
            Task(
                day,
                title=obligation.label,
                note=note,
                url=url,
                days_left=(day - today).days,
                is_deadline=False,
                is_late=day < today,
            )
        ]
    if obligation.kind == Meeting.Kind.GROUP_MEETING:
        return [
            Task(
                end,
                title=f"{group.label}会",
                note=rule,
                url=record_url(obligation.organization, obligation.kind, group=group.public_id),
                days_left=left,
            )
            for group in obligation.missing_groups
        ]
    url = record_url(obligation.organization, obligation.kind)
    month = "" if end.month == today.month else f"{end.month}月"
    return [Task(end, title=obligation.label, note=rule, url=url, days_left=left, month=month)]


@dataclass(frozen=True)
class FormCount:
    """How the branches stand with one form in the running period; parts add up to the whole."""

    kind: str
    label: str
    period: Period
    held: int
    open: int
    missing: int
    explained: int

    @property
    def owing(self) -> int:
        return self.held + self.open + self.missing + self.explained

    @property
    def tile_label(self) -> str:
        return f"{self.period.title.partition('年')[2] or self.period.title}{self.label}已记录"

    @property
    def figure(self) -> str:
        return f"{self.held} / {self.owing}"

    @property
    def note(self) -> str:
        return f"{self.open} 个未到期，{self.missing} 个逾期"

    def _url(self, state: State) -> str:
        return due_url(kind=self.kind, period=self.period.code, state=state)

    @property
    def held_url(self) -> str:
        return self._url(State.HELD)

    @property
    def open_url(self) -> str:
        return self._url(State.OPEN)

    @property
    def missing_url(self) -> str:
        return self._url(State.MISSING)

    @property
    def explained_url(self) -> str:
        return self._url(State.EXPLAINED)


@dataclass
class CommitteeBoard:
    """What a committee sees: per form the running period, and who fell behind this year.

    `behind` shows the first of the `behind_count` branches that lack something.
    """

    forms: list[FormCount]
    behind_count: int
    behind: list[tuple[PartyOrganization, list[tuple[str, list[Cell]]], int]]
    missing_by_kind: list[tuple[str, str, int]]
    branch_count: int
    year: str

    @property
    def behind_title(self) -> str:
        if not self.behind:
            return "没有支部缺记录"
        return f"{self.behind_count} 个支部今年有缺记录"

    @property
    def chart_title(self) -> str:
        if not self.missing_bars or not self.missing_bars[0]["value"]:
            return "今年没有缺项"
        return f"缺得最多的是{self.missing_bars[0]['label']}"

    @property
    def missing_bars(self) -> list[dict[str, Any]]:
        return [
            {
                "label": label,
                "value": count,
                "url": due_url(kind=kind, period=self.year, state=State.MISSING),
                "is_found": at == 0 and count > 0,
            }
            for at, (kind, label, count) in enumerate(self.missing_by_kind)
        ]


def committee_board(*, today: dt.date) -> CommitteeBoard:
    """Arrange what all branches in scope owe in the running year, with constant queries."""
    year = Period.year(today.year)
    branches = PartyOrganization.objects.filter(dissolved_on__isnull=True)
    running: dict[str, list[Obligation]] = defaultdict(list)
    missing: dict[str, int] = defaultdict(int)
    owed: dict[int, dict[str, list[Obligation]]] = defaultdict(lambda: defaultdict(list))
    places: dict[int, PartyOrganization] = {}
    for obligation in obligations(branches, year, as_of=today):
        place = obligation.organization
        places[place.pk] = place
        owed[place.pk][obligation.kind].append(obligation)
        if today in obligation.period:
            running[obligation.kind].append(obligation)
        missing[obligation.kind] += obligation.state is State.MISSING
    behind = _behind(owed, places)
    return CommitteeBoard(
        forms=[_form_count(kind, chain) for kind, chain in running.items()],
        behind_count=len(behind),
        behind=[(place, _rows_behind(owed[place.pk]), gaps) for place, gaps in behind[:SHOWN]],
        missing_by_kind=[
            (kind, str(Meeting.Kind(kind).label), count)
            for kind, count in sorted(missing.items(), key=lambda pair: -pair[1])
        ],
        branch_count=len(places),
        year=year.code,
    )


def _form_count(kind: str, chain: list[Obligation]) -> FormCount:
    states = Counter(obligation.state for obligation in chain)
    return FormCount(
        kind=kind,
        label=chain[0].label,
        period=chain[0].period,
        held=states[State.HELD],
        open=states[State.OPEN],
        missing=states[State.MISSING],
        explained=states[State.EXPLAINED],
    )


def _behind(
    owed: dict[int, dict[str, list[Obligation]]], places: dict[int, PartyOrganization]
) -> list[tuple[PartyOrganization, int]]:
    """Return the branches that lack something with how much, those that lack most first."""
    gaps = {
        place: sum(o.state is State.MISSING for chain in kinds.values() for o in chain)
        for place, kinds in owed.items()
    }
    rows = [(places[place], count) for place, count in gaps.items() if count]
    return sorted(rows, key=lambda row: (-row[1], row[0].path))


def _rows_behind(kinds: dict[str, list[Obligation]]) -> list[tuple[str, list[Cell]]]:
    """Return the year of each form that a branch lacks."""
    return [
        (str(Meeting.Kind(kind).label), [_cell(owed) for owed in chain])
        for kind, chain in kinds.items()
        if any(owed.state is State.MISSING for owed in chain)
    ]


def due_rows(
    *, today: dt.date, period: Period, branch: PartyOrganization | None, kind: str, state: str
) -> list[Obligation]:
    """Return what is owed in the periods inside `period`, narrowed to branch, form and state.

    Without a state everything that is due is listed; what does not apply only when asked for.
    """
    places = PartyOrganization.objects.filter(existing_in(period))
    if branch:
        places = places.filter(pk=branch.pk)
    hidden = {State.NOT_DUE, State.LATER}
    return [
        owed
        for owed in obligations(places, Period.year(period.start.year), as_of=today)
        if (not kind or owed.kind == kind)
        and period.start <= owed.period.end
        and owed.period.start <= period.end
        and (owed.state == state if state else owed.state not in hidden)
    ]


def find_obligation(
    organization: PartyOrganization, kind: str, period: Period, *, today: dt.date
) -> Obligation | None:
    """Return what one branch owes of one form in one period."""
    places = PartyOrganization.objects.filter(pk=organization.pk)
    for owed in obligations(places, Period.year(period.start.year), as_of=today):
        if owed.kind == kind and owed.period == period:
            return owed
    return None


def plan_rows(
    branches: list[PartyOrganization], year: Period, kind: str, *, today: dt.date
) -> list[tuple[PartyOrganization, list[Cell]]]:
    """Return for each branch the year of one form: held, planned, missing, with constant queries.

    A month with several plans shows the first that is still to come, else the first.
    """
    places = PartyOrganization.objects.filter(pk__in=[branch.pk for branch in branches])
    days = planned_days(places, year, kind)
    cells: dict[int, list[Cell]] = defaultdict(list)
    for owed in obligations(places, year, as_of=today):
        if owed.kind == kind:
            planned = days.get(owed.organization.pk, [])
            meant = [day for day, counted_on in planned if counted_on in owed.period]
            cells[owed.organization.pk].append(_planned_cell(owed, meant, today))
    return [(branch, cells.get(branch.pk, [])) for branch in branches]


def _planned_cell(owed: Obligation, meant: list[dt.date], today: dt.date) -> Cell:
    cell = _cell(owed)
    if not meant or owed.state not in (State.OPEN, State.LATER, State.MISSING):
        return cell
    day = next((one for one in meant if one >= today), meant[0])
    short = owed.period.kind == "month" and day in owed.period
    text = f"{day.day}日" if short else f"{day.month}月{day.day}日"
    late = owed.state is State.MISSING
    words = "没有记录" if late else "还没到期"
    label = f"{owed.period.title}{owed.label}：计划 {day.month}月{day.day}日，{words}"
    return Cell("miss" if late else "due", text, cell.span, label, cell.url)
