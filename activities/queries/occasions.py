"""Reading activities and meetings: what was held, who was there."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from activities.models import Activity, Attendance, Meeting
from activities.queries.votes import may_decide
from branches.models import PartyOrganization
from members.models import Member
from members.queries.roll import voter_on
from partybuild.periods import Period
from partybuild.regulations import regulation


def activity_list(
    period: Period, *, branch: PartyOrganization | None = None, kind: str = ""
) -> QuerySet[Activity]:
    """Return the activities of a period, the newest first; `kind` keeps those with that form."""
    activities = Activity.objects.filter(held_on__range=(period.start, period.end)).select_related(
        "organization"
    )
    if branch:
        activities = activities.filter(organization=branch)
    if kind:
        activities = activities.filter(pk__in=Meeting.objects.filter(kind=kind).values("activity"))
    return activities.order_by("-held_on", "-pk")


def attendance_rows(activity: Activity) -> QuerySet[Attendance]:
    """Return the attendance of one activity in the order of names."""
    return activity.attendances.select_related("member").order_by("member__pinyin", "pk")


def meetings_in(period: Period) -> QuerySet[Meeting]:
    """Return the meetings held in a period in the order of tree and days."""
    return Meeting.objects.filter(activity__held_on__range=(period.start, period.end)).order_by(
        "activity__organization__path", "activity__held_on", "activity_id", "pk"
    )


def activities_with_turnout(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Annotate 应到 and 实到 on activities."""
    return activities.annotate(
        expected_count=_attendances(OuterRef("pk"), Attendance.EXPECTED),
        present_count=_attendances(OuterRef("pk"), [Attendance.Status.PRESENT]),
    )


def _attendances(activity: Any, statuses: Iterable[str]) -> Any:
    counted = (
        Attendance.objects.filter(activity=activity, status__in=statuses)
        .order_by()
        .values("activity")
        .annotate(total=Count("pk"))
        .values("total")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@dataclass(frozen=True)
class Turnout:
    """应到、实到 and the two counts with a vote; what a rule says of them."""

    expected: int
    present: int
    voters_expected: int
    voters_present: int
    exempt: int
    may_vote: bool
    citation: str


def turnout_of(activity: Activity) -> Turnout:
    """Count one activity's attendance as of its day, in one query."""
    voter = voter_on(activity.held_on, "member__")
    expected, present = Q(status__in=Attendance.EXPECTED), Q(status=Attendance.Status.PRESENT)
    counts = Attendance.objects.filter(activity=activity).aggregate(
        expected=Count("pk", filter=expected),
        present=Count("pk", filter=present),
        voters_expected=Count("pk", filter=expected & voter),
        voters_present=Count("pk", filter=present & voter),
        exempt=Count("pk", filter=Q(status=Attendance.Status.EXEMPT)),
    )
    rule = regulation("activities.votes", on=activity.held_on)
    due, there = counts["voters_expected"], counts["voters_present"]
    may_vote = may_decide(due, there, rule.values["resolution"])
    return Turnout(**counts, may_vote=may_vote, citation=rule.citation)


def expected_by_activity(activity_ids: list[int]) -> dict[int, int]:
    """Return 应到 per activity; one without attendance has 0."""
    return _counted(activity_ids, Attendance.EXPECTED)


def present_by_activity(activity_ids: list[int]) -> dict[int, int]:
    """Return 实到 per activity; one without attendance has 0."""
    return _counted(activity_ids, (Attendance.Status.PRESENT,))


def _counted(activity_ids: list[int], statuses: Iterable[str]) -> dict[int, int]:
    """Count attendances by activity in one query; cheaper for a page than a subquery per row."""
    rows = (
        Attendance.objects.filter(activity__in=activity_ids, status__in=statuses)
        .order_by()
        .values_list("activity")
        .annotate(Count("pk"))
    )
    return dict.fromkeys(activity_ids, 0) | dict(rows)


def absences_by_activity(activity_ids: list[int]) -> dict[int, str]:
    """Return per activity the absent people with their reasons, as a ledger writes them."""
    rows = (
        Attendance.objects.filter(
            activity__in=activity_ids,
            status__in=[Attendance.Status.ON_LEAVE, Attendance.Status.ABSENT],
        )
        .order_by("activity", "member__pinyin", "pk")
        .values_list("activity", "member__name", "status", "reason")
    )
    found: dict[int, list[str]] = defaultdict(list)
    for activity, name, status, reason in rows:
        why = Attendance.Reason(reason).label if reason else Attendance.Status(status).label
        found[activity].append(f"{name}（{why}）")
    return {activity: "、".join(names) for activity, names in found.items()}


def kinds_by_activity(activity_ids: list[int]) -> dict[int, str]:
    """Return per activity the forms it carried: 主题党日、党课."""
    rows = Meeting.objects.filter(activity__in=activity_ids).order_by("activity", "pk")
    found: dict[int, list[str]] = defaultdict(list)
    for activity, kind, group in rows.values_list("activity", "kind", "group__short_name"):
        found[activity].append(_label(kind, group))
    return {activity: "、".join(kinds) for activity, kinds in found.items()}


def _label(kind: str, group: str | None) -> str:
    label = Meeting.Kind(kind).label
    return f"{label}（{group}）" if group else str(label)


@dataclass(frozen=True)
class Summary:
    """One activity in a list: the forms it carried (主题党日、党课) and its turnout."""

    kinds: str
    expected: int
    present: int


def summaries_of(activity_ids: list[int]) -> dict[int, Summary]:
    """Return the summary of each of these activities, in one query."""
    rows = (
        Meeting.objects.filter(activity__in=activity_ids)
        .order_by("pk")
        .values_list(
            *("activity", "pk", "kind", "group__short_name", "activity__attendances__status")
        )
        .annotate(people=Count("*"))
    )
    kinds: dict[int, dict[int, str]] = defaultdict(dict)
    people: dict[int, dict[str, int]] = defaultdict(dict)
    for activity, meeting, kind, group, status, count in rows:
        kinds[activity][meeting] = _label(kind, group)
        people[activity][status] = count
    return {
        activity: Summary(
            kinds="、".join(forms.values()),
            expected=sum(people[activity].get(status, 0) for status in Attendance.EXPECTED),
            present=people[activity].get(Attendance.Status.PRESENT, 0),
        )
        for activity, forms in kinds.items()
    }


def last_activity_like(organization: PartyOrganization, kind: str) -> Activity | None:
    """Return the newest activity of this branch that carried a form: the one to copy."""
    return (
        Activity.objects.filter(organization=organization, meetings__kind=kind)
        .order_by("-held_on", "-pk")
        .first()
    )


def attendances_of(member: Member) -> QuerySet[Attendance]:
    """Return what a member was expected at, the newest first."""
    return (
        Attendance.objects.filter(member=member)
        .select_related("activity", "activity__organization")
        .order_by("-activity__held_on", "-pk")
    )
