"""Reading who is assigned to organisations and platforms, and who has been there."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from branches.models import PartyOrganization
from branches.queries.history import living
from branches.queries.placements import placed
from members.models import Liaison, LiaisonVisit, Member
from partybuild import paths
from partybuild.dated import covering
from partybuild.periods import Period, add_months
from partybuild.regulations import Regulation, RuleBook
from partybuild.visits import Pair, Visit, visits_of

RULE = "members.liaison"
# Branches of members with a formal membership: those that “112” is meant for.
STAFFED = (PartyOrganization.Kind.BRANCH, PartyOrganization.Kind.JOINT_BRANCH)


def liaisons_on(day: dt.date) -> QuerySet[Liaison]:
    """Return the assignments in scope that hold on `day`."""
    return Liaison.objects.filter(covering(day)).select_related("organization", "platform")


def liaison_list(
    day: dt.date,
    *,
    text: str = "",
    kind: str = "",
    organization: PartyOrganization | None = None,
) -> QuerySet[Liaison]:
    """Return the assignments of `day` that meet the conditions ('' and None for any)."""
    found = liaisons_on(day)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(platform__name__icontains=text))
    if kind:
        found = found.filter(kind=kind)
    if organization:
        top = organization.path
        found = found.filter(
            organization__path__gte=top, organization__path__lt=paths.next_path(top)
        )
    return found


def pair_of(liaison: Liaison) -> Pair:
    """Return an assignment as the sources of visits know it."""
    return Pair(liaison.pk, liaison.organization_id, liaison.member_id, liaison.name)


def visits_until(liaisons: Sequence[Liaison], day: dt.date) -> dict[int, list[Visit]]:
    """Return all visits made for these assignments while they held, the newest first.

    One query for each source, however many assignments there are.
    """
    if not liaisons:
        return {}
    since = min(liaison.started_on for liaison in liaisons)
    starts = {liaison.pk: liaison for liaison in liaisons}
    if since > day:
        return {}
    found = visits_of([pair_of(liaison) for liaison in liaisons], Period(since, day))
    return {
        key: [visit for visit in visits if _held(starts[key], visit.visited_on)]
        for key, visits in found.items()
    }


def _held(liaison: Liaison, day: dt.date) -> bool:
    return liaison.started_on <= day and (liaison.ended_on is None or day < liaison.ended_on)


@dataclass(frozen=True)
class Unvisited:
    """Somebody who has not been where they are assigned: since when, due when, by which rule."""

    liaison: Liaison
    last_on: dt.date | None
    due_on: dt.date
    months: int
    rule: Regulation


def unvisited_on(day: dt.date) -> list[Unvisited]:
    """Return who has not visited for as many months as the rule of the place allows, longest first.

    Counted from the last visit, or from the first day of the assignment.
    """
    at_living = liaisons_on(day).filter(living(day, "organization__"))
    liaisons = list(at_living.order_by("organization__path", "pk"))
    visits, book = visits_until(liaisons, day), RuleBook(RULE)
    found = []
    for liaison in liaisons:
        rule = book.on(day, place=liaison.organization.path)
        months: int = rule.values["visit_months"]
        made = visits.get(liaison.pk)
        last = made[0].visited_on if made else None
        due = add_months(last or liaison.started_on, months)
        if months and due <= day:
            found.append(Unvisited(liaison, last, due, months, rule))
    return sorted(found, key=lambda one: (one.due_on, one.liaison.pk))


@dataclass(frozen=True)
class Staffing:
    """How many of each kind one branch has and should have."""

    organization: PartyOrganization
    counts: dict[str, int]
    wanted: dict[str, int]

    @property
    def missing(self) -> str:
        """What is missing, in words; '' for nothing."""
        return "、".join(
            f"{Liaison.Kind(kind).label}缺 {wanted - self.counts[kind]} 名"
            for kind, wanted in self.wanted.items()
            if self.counts[kind] < wanted
        )


def staffing_on(day: dt.date) -> list[Staffing]:
    """Return for each branch in scope that exists on `day` whom it has of “112”. Three queries."""
    counts: defaultdict[int, dict[str, int]] = defaultdict(dict)
    rows = Liaison.objects.filter(covering(day), platform__isnull=True).order_by()
    for place, kind, count in rows.values_list("organization", "kind").annotate(Count("pk")):
        counts[place][kind] = count
    branches = PartyOrganization.objects.filter(living(day), kind__in=STAFFED)
    book = RuleBook(RULE)
    return [
        Staffing(
            branch,
            {kind: counts[branch.pk].get(kind, 0) for kind in Liaison.STAFFING},
            wanted_by(book.on(day, place=branch.path)),
        )
        for branch in branches.order_by("path")
    ]


def wanted_by(rule: Regulation) -> dict[str, int]:
    """Return how many of each kind a rule wants."""
    return {str(kind): rule.values[kind] for kind in Liaison.STAFFING}


def placed_liaisons(day: dt.date) -> QuerySet[Liaison]:
    """Return the assignments of `day` with the placement of the organisation on that day."""
    return placed(Liaison.objects.filter(covering(day)), "organization", day)


def visits_in(period: Period, day: dt.date) -> QuerySet[LiaisonVisit]:
    """Return the visits of a period that were written down by hand, placed as of `day`."""
    rows = LiaisonVisit.objects.filter(visited_on__range=(period.start, period.end))
    return placed(rows, "liaison__organization", day)


def liaisons_at(organization: PartyOrganization) -> QuerySet[Liaison]:
    """Return who is or was assigned to one organisation, the newest first."""
    found = Liaison.objects.filter(organization=organization)
    return found.select_related("platform").order_by("-started_on", "-pk")


def liaisons_of(member: Member) -> QuerySet[Liaison]:
    """Return where one person is or was assigned, as far as the scope shows it."""
    found = Liaison.objects.filter(member=member)
    return found.select_related("organization", "platform").order_by("-started_on", "-pk")


def only_member_named(name: str) -> Member | None:
    """Return the one person in scope of this name on the roll, None for nobody or several."""
    found = Member.objects.filter(name=name, category__in=Member.MEMBER_CATEGORIES)[:2]
    people = list(found)
    return people[0] if len(people) == 1 else None


def visits_by_hand(pairs: Iterable[Pair], period: Period) -> QuerySet[LiaisonVisit]:
    """Return the visits written down for these assignments in a period."""
    return LiaisonVisit.objects.filter(
        liaison__in=[pair.key for pair in pairs],
        visited_on__range=(period.start, period.end),
    ).order_by("visited_on", "pk")
