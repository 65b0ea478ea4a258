"""Reading what is planned: what superiors suggest, what a branch has arranged, what became of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, Meeting, PlanItem, PlannedActivity, PlannedForm, YearPlan
from activities.queries.party_days import PartyDays
from branches.models import PartyOrganization
from branches.queries.history import living
from members.queries.roll import holds
from partybuild import paths
from partybuild.calendar import Shift
from partybuild.periods import Period
from partybuild.scoping import everything

# As far back as one looks for when and where a form was held last.
LOOKED_AT = 100
GROUP_MEETING = Meeting.Kind.GROUP_MEETING


class PlanState(StrEnum):
    """What became of a planned activity."""

    PLANNED = "planned"
    WAITING = "waiting"
    HELD = "held"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {
            "planned": "计划中",
            "waiting": "待记录",
            "held": "已记录",
            "cancelled": "已取消",
        }[self.value]


def state_on(planned: PlannedActivity, day: dt.date, *, recorded: bool) -> PlanState:
    """Return what has become of a planned activity by a day; on its own day it waits."""
    if recorded:
        return PlanState.HELD
    if planned.cancelled_at:
        return PlanState.CANCELLED
    return PlanState.WAITING if planned.planned_on <= day else PlanState.PLANNED


# What a committee has written down.


def year_plans() -> QuerySet[YearPlan]:
    """Return the year plans of the committees in scope, the newest first."""
    return YearPlan.objects.select_related("organization").order_by("-year", "organization__path")


def committees_in_scope() -> QuerySet[PartyOrganization]:
    """Return the living organisations in scope that may plan for branches below them."""
    return (
        PartyOrganization.objects.filter(dissolved_on__isnull=True)
        .exclude(kind__in=[*PartyOrganization.BRANCH_KINDS, PartyOrganization.Kind.GROUP])
        .order_by("path")
    )


def items_by_month(plan: YearPlan) -> dict[int, list[PlanItem]]:
    """Return what a year plan says of each of the twelve months."""
    months: dict[int, list[PlanItem]] = {month: [] for month in range(1, 13)}
    for item in plan.items.order_by("month", "pk"):
        months[item.month].append(item)
    return months


def items_of_form(plan: YearPlan, kind: str) -> dict[int, PlanItem]:
    """Return what a year plan says of one form: month -> item."""
    return {item.month: item for item in plan.items.filter(kind=kind)}


def taken_counts(plan: YearPlan) -> tuple[int, int]:
    """Return how many branches below have arranged something from a plan, and how many there are."""
    below = PartyOrganization.objects.filter(
        dissolved_on__isnull=True,
        kind__in=PartyOrganization.BRANCH_KINDS,
        path__gte=plan.organization.path,
        path__lt=paths.next_path(plan.organization.path),
    )
    taking = PlannedActivity.objects.filter(item__plan=plan, cancelled_at__isnull=True)
    return taking.values("organization").distinct().count(), below.count()


def suggested_items(branch: PartyOrganization, year: int) -> dict[tuple[int, str], PlanItem]:
    """Return what the organisations above a branch have sent down: (month, form) -> item.

    Where two of them speak of one form in one month, the nearer one is followed.
    """
    with everything(reason="what was sent down is read by the branches below, beyond their scope"):
        items = list(
            PlanItem.objects.filter(
                plan__year=year,
                plan__sent_at__isnull=False,
                plan__organization__path__in=paths.ancestors(branch.path),
            )
            .select_related("plan__organization")
            .order_by("plan__organization__path", "month", "pk")
        )
    return {(item.month, item.kind): item for item in items}


def items_to_read(branch: PartyOrganization, year: int, *, today: dt.date) -> list[PlanItem]:
    """Return what superiors give to read in the months of a year that are not over."""
    return [
        item
        for item in suggested_items(branch, year).values()
        if (item.required_materials or item.optional_materials)
        and Period.month(year, item.month).end >= today
    ]


def paths_with_plans(year: int) -> set[str]:
    """Return the paths of all organisations that have sent down a plan for a year."""
    with everything(reason="whether a plan was sent down concerns the branches below"):
        sent = YearPlan.objects.filter(year=year, sent_at__isnull=False)
        return set(sent.values_list("organization__path", flat=True))


# What a branch has arranged.


def with_recorded(planned: QuerySet[PlannedActivity]) -> QuerySet[Any]:
    """Annotate `recorded`: whether living activities carry the plan out, a 党小组会 for each group.

    The groups are those that existed on the day of the plan.
    """
    named = Q(Exists(Activity.objects.filter(planned=OuterRef("pk"))))
    return planned.annotate(recorded=holds(named & ~Q(Exists(_groups_left()))))


def _groups_left() -> QuerySet[PartyOrganization]:
    """Return the groups of an outer plan that have no 党小组会 of it yet."""
    plan = OuterRef(OuterRef("pk"))
    asked = PlannedForm.objects.filter(planned=plan, kind=GROUP_MEETING)
    held = Meeting.objects.filter(kind=GROUP_MEETING, group=OuterRef("pk"), activity__planned=plan)
    return PartyOrganization.objects.filter(
        living(OuterRef("planned_on")),
        Exists(asked),
        ~Exists(held),
        kind=PartyOrganization.Kind.GROUP,
        superior=OuterRef("organization"),
    )


def groups_left(plans: Iterable[PlannedActivity]) -> dict[int, list[PartyOrganization]]:
    """Return for each plan of a 党小组会 the groups that have not held theirs, in two queries."""
    asked = [planned for planned in plans if GROUP_MEETING in kinds_of(planned)]
    if not asked:
        return {}
    groups: dict[int | None, list[PartyOrganization]] = defaultdict(list)
    for group in PartyOrganization.objects.filter(
        kind=PartyOrganization.Kind.GROUP,
        superior__in=[planned.organization_id for planned in asked],
    ).order_by("path"):
        groups[group.superior_id].append(group)
    held = set(
        Meeting.objects.filter(
            kind=GROUP_MEETING, activity__planned__in=[planned.pk for planned in asked]
        ).values_list("activity__planned", "group")
    )
    return {
        planned.pk: [
            group
            for group in groups[planned.organization_id]
            if (planned.pk, group.pk) not in held and _lived(group, planned.planned_on)
        ]
        for planned in asked
    }


def _lived(group: PartyOrganization, day: dt.date) -> bool:
    founded = group.founded_on is None or group.founded_on <= day
    return founded and (group.dissolved_on is None or group.dissolved_on > day)


def planned_in(period: Period) -> QuerySet[PlannedActivity]:
    """Return what is planned in a period."""
    return PlannedActivity.objects.filter(planned_on__range=(period.start, period.end))


def open_plans(
    branch: PartyOrganization, *, recorded: Activity | None = None
) -> QuerySet[PlannedActivity]:
    """Return what a branch has planned that is neither recorded nor cancelled, by day.

    The plan that a `recorded` activity carries out is among them: its record may keep it.
    """
    waiting = Q(cancelled_at__isnull=True, recorded=False)
    if recorded and recorded.planned_id:
        waiting |= Q(pk=recorded.planned_id)
    rows = with_recorded(PlannedActivity.objects.filter(organization=branch))
    return (
        rows.filter(waiting)
        .select_related("organization")
        .order_by("planned_on", "starts_at", "pk")
    )


def open_plan_for(branch: PartyOrganization, kind: str, month: Period) -> PlannedActivity | None:
    """Return the earliest plan of a form in a month that waits for its record."""
    return (
        open_plans(branch)
        .filter(forms__kind=kind, planned_on__range=(month.start, month.end))
        .first()
    )


def kinds_of(planned: PlannedActivity) -> list[str]:
    """Return the forms a planned activity is to carry."""
    return [form.kind for form in planned.forms.all()]


def kinds_title(kinds: Iterable[str]) -> str:
    """Return forms in words: 主题党日、党课."""
    return "、".join(str(Meeting.Kind(kind).label) for kind in kinds)


def when_and_where(planned: PlannedActivity) -> str:
    """Return a plan's day, time and place in one line: 11月28日 14:30 · 三楼会议室."""
    day = f"{planned.planned_on.month}月{planned.planned_on.day}日"
    time = f" {planned.starts_at:%H:%M}" if planned.starts_at else ""
    return f"{day}{time} · {planned.place}" if planned.place else f"{day}{time}"


@dataclass(frozen=True)
class PlanLine:
    """One planned activity on a branch's page: its forms, its state, the records that name it."""

    planned: PlannedActivity
    state: PlanState
    kinds: str
    records: list[Activity]
    # Of a 党小组会, the groups that have not held theirs.
    left: list[PartyOrganization]

    @property
    def left_words(self) -> str:
        """Which groups are left once some have held their 党小组会."""
        return "、".join(group.label for group in self.left) if self.records else ""

    @property
    def is_open(self) -> bool:
        return self.state in (PlanState.PLANNED, PlanState.WAITING)

    @property
    def record_url(self) -> str:
        return record_url_of(self.planned)

    @property
    def suggestion(self) -> str:
        """The theme of the year plan, where the branch has chosen another."""
        item = self.planned.item
        return item.theme if item and item.theme != self.planned.theme else ""


def record_url_of(planned: PlannedActivity, group: PartyOrganization | None = None) -> str:
    """Return the address of the record form filled from a plan, for one of its groups."""
    place, plan = planned.organization.public_id, planned.public_id
    address = f"{reverse('activities:record')}?organization={place}&planned={plan}"
    return f"{address}&group={group.public_id}" if group else address


def plan_lines(branch: PartyOrganization, period: Period, *, today: dt.date) -> list[PlanLine]:
    """Return what a branch has planned in a period, by day."""
    found = (
        planned_in(period)
        .filter(organization=branch)
        .select_related("item", "organization")
        .prefetch_related("forms", "activities")
        .order_by("planned_on", "starts_at", "pk")
    )
    rows = list(found)
    left = groups_left(rows)
    return [_line(row, today, left.get(row.pk, [])) for row in rows]


def plan_line(planned: PlannedActivity, *, today: dt.date) -> PlanLine:
    """Return one planned activity as a page shows it."""
    return _line(planned, today, groups_left([planned]).get(planned.pk, []))


def _line(planned: PlannedActivity, today: dt.date, left: list[PartyOrganization]) -> PlanLine:
    records = list(planned.activities.all())
    state = state_on(planned, today, recorded=bool(records) and not left)
    return PlanLine(planned, state, kinds_title(kinds_of(planned)), records, left)


# What would be arranged.


@dataclass(frozen=True)
class Proposal:
    """What a branch would plan if it followed the year plan, the rule and its last time."""

    kind: str
    planned_on: dt.date
    starts_at: dt.time | None
    place: str
    theme: str
    note: str = ""
    item: PlanItem | None = None
    # The first day of the month it counts for, where the rule moves it into the month beside.
    counts_for: dt.date | None = None

    @property
    def label(self) -> str:
        return str(Meeting.Kind(self.kind).label)

    @property
    def sender(self) -> str:
        return self.item.plan.organization.label if self.item else ""


def proposals_for(branch: PartyOrganization, year: int, *, today: dt.date) -> list[Proposal]:
    """Return what is not arranged yet in the rest of a year, by day.

    The party day falls where the rule puts it; another form on the working day nearest to the day
    number of its last time, else on the party day. Time and place are those of the last time. A
    month that is over, a form that is planned, cancelled or recorded in its month, and a day that
    has passed are left out. Every month without a theme from above has at least its party day.
    """
    items, party_days = suggested_items(branch, year), PartyDays()
    known, last = _known_forms(branch, year), _last_times(branch)
    found = []
    for month in Period.year(year).split("month"):
        if month.end < today or not _exists_in(branch, month):
            continue
        wanted = {
            kind: item for (number, kind), item in items.items() if number == month.start.month
        }
        for kind in {Meeting.Kind.PARTY_DAY.value: None, **wanted}:
            if (month.start.month, kind) in known:
                continue
            held = last.get(kind)
            day, note = party_days.of(month, branch.path)
            if kind != Meeting.Kind.PARTY_DAY and held:
                same = month.start.replace(day=min(held.day.day, month.end.day))
                day, note = party_days.shifted(same, Shift.SAME_MONTH)
            if day < today:
                continue
            moved = day not in month
            item = wanted.get(kind)
            found.append(
                Proposal(
                    kind=kind,
                    planned_on=day,
                    starts_at=held.starts_at if held else None,
                    place=held.place if held else "",
                    theme=item.theme
                    if item
                    else f"{month.start.month}月{Meeting.Kind(kind).label}",
                    note=f"{month.start.month}月{note}" if moved else note,
                    item=item,
                    counts_for=month.start if moved else None,
                )
            )
    return sorted(found, key=lambda one: (one.planned_on, one.kind))


@dataclass(frozen=True)
class LastTime:
    """When and where a form was held last."""

    day: dt.date
    starts_at: dt.time | None
    place: str


def _known_forms(branch: PartyOrganization, year: int) -> set[tuple[int, str]]:
    span = Period.year(year)
    days = (span.start, span.end)
    planned = (
        PlannedForm.objects.filter(planned__organization=branch)
        .annotate(counted_on=Coalesce("planned__counts_for", "planned__planned_on"))
        .filter(counted_on__range=days)
        .values_list("counted_on", "kind")
    )
    held = (
        Meeting.objects.filter(activity__organization=branch)
        .annotate(counted_on=Coalesce("activity__counts_for", "activity__held_on"))
        .filter(counted_on__range=days)
        .values_list("counted_on", "kind")
    )
    return {(day.month, kind) for day, kind in (*planned, *held)}


def _last_times(branch: PartyOrganization) -> dict[str, LastTime]:
    rows = (
        Meeting.objects.filter(activity__organization=branch)
        .order_by("-activity__held_on", "-activity_id")
        .values_list(
            *("kind", "activity__held_on", "activity__started_at", "activity__place"),
        )[:LOOKED_AT]
    )
    found: dict[str, LastTime] = {}
    for kind, day, starts_at, place in rows:
        found.setdefault(kind, LastTime(day, starts_at, place))
    return found


def _exists_in(branch: PartyOrganization, month: Period) -> bool:
    founded = branch.founded_on is None or branch.founded_on <= month.end
    return founded and (branch.dissolved_on is None or branch.dissolved_on > month.end)


# Many branches at once.


def planned_days(
    branches: QuerySet[PartyOrganization], period: Period, kind: str
) -> dict[int, list[tuple[dt.date, dt.date]]]:
    """Return on which days each branch means to hold a form, cancelled ones left out.

    Each day with the one by which periods count it.
    """
    rows = (
        PlannedForm.objects.filter(
            kind=kind, planned__organization__in=branches, planned__cancelled_at__isnull=True
        )
        .annotate(counted_on=Coalesce("planned__counts_for", "planned__planned_on"))
        .filter(counted_on__range=(period.start, period.end))
        .order_by("planned__planned_on")
        .values_list("planned__organization", "planned__planned_on", "counted_on")
    )
    days: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for place, day, counted_on in rows:
        days[place].append((day, counted_on))
    return days


def plans_ahead(where: Q, *, since: dt.date | None = None) -> QuerySet[PlannedActivity]:
    """Return what is planned from a day on, without records: with nothing said, from today on."""
    rows = with_recorded(
        PlannedActivity.objects.filter(where, planned_on__gte=since or timezone.localdate())
    )
    return rows.filter(cancelled_at__isnull=True, recorded=False)


def overdue_plans(day: dt.date) -> QuerySet[PlannedActivity]:
    """Return what was planned before a day and is neither recorded nor cancelled, the oldest first."""
    living = PlannedActivity.objects.filter(organization__dissolved_on__isnull=True)
    rows = with_recorded(living.filter(planned_on__lt=day))
    return (
        rows.filter(cancelled_at__isnull=True, recorded=False)
        .select_related("organization")
        .prefetch_related("forms")
        .order_by("planned_on", "pk")
    )


def branches_without_plan(month: Period) -> list[PartyOrganization]:
    """Return the branches that plan their year and have neither plan nor record in a month.

    A branch plans its year when a plan was sent down to it or it has planned something itself.
    """
    year = month.start.year
    span = Period.year(year)
    branches = list(
        PartyOrganization.objects.filter(
            dissolved_on__isnull=True, kind__in=PartyOrganization.BRANCH_KINDS
        ).order_by("path")
    )
    sent = paths_with_plans(year)
    rows = PlannedActivity.objects.filter(cancelled_at__isnull=True).annotate(
        counted_on=Coalesce("counts_for", "planned_on")
    )
    in_year = rows.filter(counted_on__range=(span.start, span.end))
    planned = list(in_year.values_list("organization", "counted_on"))
    planning = {place for place, _ in planned}
    busy = {place for place, day in planned if day in month}
    held = Activity.objects.annotate(counted_on=Coalesce("counts_for", "held_on")).filter(
        counted_on__range=(month.start, month.end)
    )
    busy |= set(held.values_list("organization", flat=True))
    return [
        branch
        for branch in branches
        if branch.pk not in busy
        and _exists_in(branch, month)
        and (branch.pk in planning or sent.intersection(paths.ancestors(branch.path)))
    ]


def statuses_of(planned_ids: list[int]) -> dict[int, str]:
    """Return what became of each of these plans in words, as a ledger writes it."""
    rows = with_recorded(PlannedActivity.objects.filter(pk__in=planned_ids))
    today = timezone.localdate()
    return {row.pk: state_on(row, today, recorded=row.recorded).label for row in rows}


def kinds_by_plan(planned_ids: list[int]) -> dict[int, str]:
    """Return the forms of each of these plans in words."""
    kinds: dict[int, list[str]] = defaultdict(list)
    rows = PlannedForm.objects.filter(planned__in=planned_ids).order_by("pk")
    for planned, kind in rows.values_list("planned", "kind"):
        kinds[planned].append(kind)
    return {planned: kinds_title(found) for planned, found in kinds.items()}


def held_days_by_plan(planned_ids: list[int]) -> dict[int, str]:
    """Return on which days each of these plans was held, by the records that name it."""
    days: dict[int, list[str]] = defaultdict(list)
    rows = Activity.objects.filter(planned__in=planned_ids).order_by("held_on")
    for planned, day in rows.values_list("planned", "held_on"):
        days[planned].append(day.isoformat())
    return {planned: "、".join(found) for planned, found in days.items()}
