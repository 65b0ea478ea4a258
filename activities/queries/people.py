"""Reading what single members took part in, wherever it was held.

Nothing here is narrowed by the open scope: join it to members in scope.
"""

import datetime as dt
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Value, When
from django.db.models.functions import TruncMonth

from activities.models import Attendance, Meeting, TalkPerson
from activities.queries.obligations import COUNTING_DAY
from activities.queries.visits import names_in
from branches.queries.placements import placed
from members.models import Membership
from partybuild.dated import covering
from partybuild.periods import Period
from partybuild.scoping import active_scope, everything

LECTURE = "organization__activities"


def attendances_counted_in(period: Period) -> QuerySet[Attendance]:
    """Return who was expected at what counts for a period and how it went, with its `month`."""
    with everything(reason="what a member attended counts wherever it was held"):
        counted = Attendance.objects.annotate(counted_on=COUNTING_DAY)
    inside = counted.filter(counted_on__range=(period.start, period.end))
    return inside.annotate(month=TruncMonth("counted_on"))


def talks_with_members_in(period: Period) -> QuerySet[TalkPerson]:
    """Return who took part in which talk of a period as a member, with its `month`."""
    with everything(reason="the talks of a member count wherever they were held"):
        people = TalkPerson.objects.exclude(member=None)
    held = people.filter(talk__held_on__range=(period.start, period.end))
    return held.annotate(month=TruncMonth("talk__held_on"))


def lecturing_members_in(period: Period) -> QuerySet[Any]:
    """Return the formal memberships of those named as lecturers in their own branch, one a lecture.

    Each has `name`, `lecture`, `held_on` and `lecturer`, the text in which the name stands: whether
    as a name of its own, `names_in` says. Namesakes of one branch are left out: nobody knows who it was.
    """
    with everything(reason="the lectures of a member count wherever they were given"):
        memberships = Membership.objects.filter(kind=Membership.Kind.FORMAL)
    day = F(f"{LECTURE}__held_on")
    given = memberships.filter(
        covering(day),
        **{
            f"{LECTURE}__deleted_at": None,
            f"{LECTURE}__held_on__range": (period.start, period.end),
            f"{LECTURE}__meetings__kind": Meeting.Kind.PARTY_LECTURE,
            f"{LECTURE}__meetings__lecturer__contains": F("member__name"),
        },
    ).annotate(
        name=F("member__name"),
        held_on=day,
        lecture=F(f"{LECTURE}__meetings__pk"),
        lecturer=F(f"{LECTURE}__meetings__lecturer"),
    )
    namesakes = memberships.filter(
        covering(OuterRef("held_on")),
        organization=OuterRef("organization"),
        member__name=OuterRef("name"),
    ).exclude(member=OuterRef("member"))
    return given.filter(~Exists(namesakes))


def given_on(lecturers: QuerySet, period: Period, day: dt.date) -> QuerySet[Meeting]:
    """Return the lectures that members gave in their own branches, placed on a day."""
    rows = lecturing_members_in(period).filter(member__in=lecturers.order_by()).order_by()
    told = rows.values_list("lecture", "name", "lecturer")
    given = {pk for pk, name, lecturer in told if name in names_in(lecturer)}
    with everything(reason="the lectures of a member are listed wherever they were given"):
        lectures = Meeting.objects.filter(pk__in=given)
    return placed(lectures, "activity__organization", day)


def readable(path: str, column: str) -> Case | F:
    """Return a column where the place under `path` lies in the open scope, '' elsewhere."""
    scope = active_scope()
    if scope.unlimited:
        return F(column)
    return Case(When(scope.as_q(path), then=F(column)), default=Value(""), output_field=CharField())
