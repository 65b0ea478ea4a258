"""Reading how leaders take part in the life of their own branch (双重组织生活, 教条 第十六条).

Due is what a leader was expected at in the branch of the formal membership, on a day on which that
membership held and the person led. A day of exemption counts only when the person came all the
same. A record that names only some tells of those alone.
"""

import datetime as dt
from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from activities.models import Attendance
from branches.models import PartyOrganization
from branches.queries.placements import placed
from members.models import AttendanceExemption, LeadingPost, Member, Membership, Office
from members.queries.leading import leads_on, seats_above
from members.queries.roll import formal_on
from partybuild import paths
from partybuild.dated import covering
from partybuild.periods import Period, add_months
from partybuild.regulations import NoRegulation, Regulation, RuleBook

RULE = "activities.leaders"
DAWN, DUSK = dt.date(1, 1, 1), dt.date(9999, 12, 31)
HELD_ON = "activity__held_on"
# What a figure of the table counts: all that was due, or the part with this state.
STATES = {
    "": Attendance.EXPECTED,
    "present": (Attendance.Status.PRESENT,),
    "away": (Attendance.Status.ON_LEAVE, Attendance.Status.ABSENT),
}


def due_in(period: Period) -> QuerySet[Attendance]:
    """Return all attendances of a period that count for a leader in the own branch."""
    own = Membership.objects.filter(
        covering(OuterRef(HELD_ON)),
        kind=Membership.Kind.FORMAL,
        member=OuterRef("member"),
        organization=OuterRef("activity__organization"),
    )
    exempt = AttendanceExemption.objects.filter(
        covering(OuterRef(HELD_ON)), member=OuterRef("member")
    )
    came_or_had_to = Q(status=Attendance.Status.PRESENT) | ~Q(Exists(exempt))
    return Attendance.objects.filter(
        Exists(own),
        leads_on(HELD_ON),
        came_or_had_to,
        activity__held_on__range=(period.start, period.end),
        status__in=Attendance.EXPECTED,
    )


def leaders_in(period: Period) -> QuerySet[Any]:
    """Return the formal memberships in which leaders stood in a period, with what they owed and did.

    One row for each leader and branch: `due_count` and `present_count` count the whole period. Their
    posts are `post_title`, else `seat_post` in `seat_place`.
    """
    in_period = _overlapping(Value(period.start), Value(period.end + dt.timedelta(days=1)))
    here = Membership.objects.filter(
        in_period,
        kind=Membership.Kind.FORMAL,
        member__category__in=Member.MEMBER_CATEGORIES,
    )
    later = here.filter(
        member=OuterRef("member"), organization=OuterRef("organization"), pk__gt=OuterRef("pk")
    )
    while_here = _overlapping(
        Coalesce(OuterRef("started_on"), Value(DAWN)),
        Coalesce(OuterRef("ended_on"), Value(DUSK)),
    )
    posts = LeadingPost.objects.filter(while_here, in_period, member=OuterRef("member"))
    seats = seats_above().filter(while_here, in_period, member=OuterRef("member"))
    posts, seats = posts.order_by("-started_on", "-pk"), seats.order_by("-pk")
    return here.filter(Q(Exists(posts)) | Q(Exists(seats)), ~Exists(later)).annotate(
        due_count=_counted(period, STATES[""]),
        present_count=_counted(period, STATES["present"]),
        post_title=Subquery(posts.values("title")[:1]),
        seat_post=Subquery(seats.values("post")[:1]),
        seat_place=Subquery(
            seats.values(place=Coalesce("organization__short_name", "organization__name"))[:1]
        ),
    )


def _overlapping(start: Any, until: Any) -> Q:
    """Return the condition that a dated row holds on some day from `start` to the one before `until`."""
    began = Q(started_on__isnull=True) | Q(started_on__lt=until)
    ever = Q(started_on__isnull=True) | Q(ended_on__gt=F("started_on"))
    return began & (Q(ended_on__isnull=True) | (Q(ended_on__gt=start) & ever))


def _counted(period: Period, statuses: Any) -> Any:
    counted = (
        due_in(period)
        .filter(
            member=OuterRef("member"),
            activity__organization=OuterRef("organization"),
            status__in=statuses,
        )
        .order_by()
        .values("member")
        .annotate(total=Count("pk"))
        .values("total")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def leaders_below(
    period: Period, *, organization: PartyOrganization | None, day: dt.date
) -> QuerySet[Any]:
    """Return the leaders of a period, of one organisation and what stood below it, placed on a day."""
    rows = placed(leaders_in(period), "organization", day)
    if organization is None:
        return rows
    return rows.filter(
        place__path__gte=organization.path, place__path__lt=paths.next_path(organization.path)
    )


def post_words(title: str | None, place: str | None, post: str | None) -> str:
    """Return by what somebody leads: 副局长, or 机关党委委员."""
    return title or f"{place or ''}{Office.Post(post).label if post else ''}"


def list_url(member: str, organization: str, period: Period, state: str) -> str:
    """Return the address of what one figure of the table counted."""
    query = {"organization": organization, "period": period.code, "state": state}
    return f"{reverse('activities:leader', args=[member])}?{urlencode(query)}"


def listed(
    period: Period, member: Member, organization: PartyOrganization, state: str
) -> QuerySet[Attendance]:
    """Return what one figure of the table counted, the newest first."""
    return (
        due_in(period)
        .filter(
            member=member,
            activity__organization=organization,
            status__in=STATES.get(state, STATES[""]),
        )
        .order_by("-activity__held_on", "-pk")
    )


def words_for(member: Member, year: Period) -> str:
    """Return how a leader stands this year, '' for somebody who is none. One query."""
    counts = leaders_in(year).filter(member=member).values_list("due_count", "present_count")
    rows = list(counts)
    if not rows:
        return ""
    due, present = (sum(column) for column in zip(*rows, strict=True))
    return f"党员领导干部参加所在党支部组织生活：应参加 {due} 次，参加 {present} 次"


def long_absent(day: dt.date) -> list[tuple[Any, Period, Regulation]]:
    """Return the leaders of today who came to nothing for as long as the rule of their place says.

    One query finds them for each span of months that the rules name, which is one in general.
    """
    book = RuleBook(RULE)
    today = formal_on(day).filter(leads_on(day)).select_related("organization")
    spans: dict[tuple[int, int], dict[int, Regulation]] = defaultdict(dict)
    for row in today:
        try:
            rule = book.on(day, place=row.organization.path)
        except NoRegulation:
            continue
        reminder = rule.values["reminder"]
        spans[reminder["months"], reminder["times"]][row.pk] = rule
    found = []
    for (months, times), rules in sorted(spans.items()):
        period = Period(add_months(day, -months), day)
        rows = (
            leaders_in(period)
            .filter(pk__in=rules, due_count__gte=times, present_count=0)
            .select_related("member", "organization")
            .order_by("organization__path", "member__pinyin", "pk")
        )
        found += [(row, period, rules[row.pk]) for row in rows]
    return found
