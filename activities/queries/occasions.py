"""Reading activities and meetings: what was held, who was there."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from activities.models import Activity, Attendance, Meeting
from activities.queries.obligations import COUNTING_DAY
from activities.queries.votes import may_decide
from branches.models import PartyOrganization
from members.models import Member
from members.queries.roll import voter_on
from partybuild.periods import Period
from partybuild.regulations import regulation


def activity_list(
    period: Period,
    *,
    branch: PartyOrganization | None = None,
    kind: str = "",
    counted: bool = False,
) -> QuerySet[Activity]:
    """Return the activities of a period, the newest first; `kind` keeps those with that form.

    The period is the one they were held in; `counted`, the one they count for.
    """
    days = (period.start, period.end)
    found = Q(held_on__range=days)
    if counted:
        found = (found & Q(counts_for=None)) | Q(counts_for__range=days)
    activities = Activity.objects.filter(found).select_related("organization")
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


def meetings_counted_in(period: Period) -> QuerySet[Meeting]:
    """Return the meetings that count for a period, with `counted_on`: a moved party day serves its month."""
    counted = Meeting.objects.annotate(counted_on=COUNTING_DAY)
    return counted.filter(counted_on__range=(period.start, period.end))


def activities_with_turnout(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Annotate 应到 and 实到 on activities; None where an old ledger tells neither names nor figure."""
    return activities.annotate(
        expected_count=_stated_or("stated_expected", Attendance.EXPECTED),
        present_count=_stated_or("stated_present", [Attendance.Status.PRESENT]),
    )


def _stated_or(column: str, statuses: Iterable[str]) -> Case:
    return Case(
        When(is_partly_named=True, then=F(column)), default=_attendances(OuterRef("pk"), statuses)
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
    """应到、实到 and the two counts with a vote; what a rule says of them.

    Of an activity that `is_partly_named` the first two are what an old ledger states, None where it
    does not, and nobody knows who could vote.
    """

    expected: int | None
    present: int | None
    voters_expected: int
    voters_present: int
    exempt: int
    may_vote: bool
    citation: str
    is_partly_named: bool = False


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
    if activity.is_partly_named:
        counts |= {"expected": activity.stated_expected, "present": activity.stated_present}
    return Turnout(
        **counts,
        may_vote=may_vote and not activity.is_partly_named,
        citation=rule.citation,
        is_partly_named=activity.is_partly_named,
    )


def expected_by_activity(activity_ids: list[int]) -> dict[int, int | None]:
    """Return 应到 per activity; one without attendance has 0, one of which nobody knows None."""
    return _counted(activity_ids, "stated_expected", Attendance.EXPECTED)


def present_by_activity(activity_ids: list[int]) -> dict[int, int | None]:
    """Return 实到 per activity; one without attendance has 0, one of which nobody knows None."""
    return _counted(activity_ids, "stated_present", (Attendance.Status.PRESENT,))


def _counted(
    activity_ids: list[int], stated: str, statuses: Iterable[str]
) -> dict[int, int | None]:
    """Count attendances by activity in one query; cheaper for a page than a subquery per row."""
    named = Count("attendances", filter=Q(attendances__status__in=statuses))
    rows = (
        Activity.objects.filter(pk__in=activity_ids)
        .order_by()
        .values_list("pk", "is_partly_named", stated)
        .annotate(named=named)
    )
    told = {pk: figure if is_partly else count for pk, is_partly, figure, count in rows}
    return dict.fromkeys(activity_ids, 0) | told


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
    expected: int | None
    present: int | None


def summaries_of(activity_ids: list[int]) -> dict[int, Summary]:
    """Return the summary of each of these activities, in one query."""
    rows = (
        Meeting.objects.filter(activity__in=activity_ids)
        .order_by("pk")
        .values_list(
            *("activity", "pk", "kind", "group__short_name", "activity__attendances__status"),
            *("activity__is_partly_named", "activity__stated_expected", "activity__stated_present"),
        )
        .annotate(people=Count("*"))
    )
    kinds: dict[int, dict[int, str]] = defaultdict(dict)
    people: dict[int, dict[str, int]] = defaultdict(dict)
    stated: dict[int, tuple[int | None, int | None]] = {}
    for activity, meeting, kind, group, status, is_partly, expected, present, count in rows:
        kinds[activity][meeting] = _label(kind, group)
        people[activity][status] = count
        if is_partly:
            stated[activity] = (expected, present)
    found = {}
    for activity, forms in kinds.items():
        there = people[activity]
        named = (
            sum(there.get(status, 0) for status in Attendance.EXPECTED),
            there.get(Attendance.Status.PRESENT, 0),
        )
        found[activity] = Summary("、".join(forms.values()), *stated.get(activity, named))
    return found


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
