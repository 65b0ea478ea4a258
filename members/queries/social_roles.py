"""Reading skills and social roles: who serves, and which share of an area they are."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, QuerySet

from branches.models import PartyOrganization
from branches.queries.placements import placed
from members.models import Skill, SocialRole, SocialRoleTotal
from members.models.social_roles import SocialKind
from members.queries.roll import roster_on
from partybuild.dated import covering
from partybuild.paths import next_path

TENTH = Decimal("0.1")


def percentage(part: int, whole: int) -> Decimal | None:
    """Return part of whole in per cent with one decimal, half up; None of nothing."""
    if whole <= 0:
        return None
    return (Decimal(100 * part) / whole).quantize(TENTH, rounding=ROUND_HALF_UP)


def roles_on(
    day: dt.date, *, place: PartyOrganization | None = None, kind: str = ""
) -> QuerySet[SocialRole]:
    """Return the social roles that members on the roll on `day` hold then, one row each."""
    roster = roster_on(day)
    if place is not None:
        roster = placed(roster, "organization", day).filter(
            place__path__gte=place.path, place__path__lt=next_path(place.path)
        )
    found = SocialRole.objects.filter(covering(day), member__in=roster.values("member"))
    return found.filter(kind=kind) if kind else found


@dataclass(frozen=True)
class Share:
    """How many of a role in an area are members: the typed total, its day, and those on record."""

    kind: str
    label: str
    members: int
    total: SocialRoleTotal | None

    @property
    def percent(self) -> Decimal | None:
        return percentage(self.members, self.total.total) if self.total else None

    @property
    def is_odd(self) -> bool:
        """Tell whether more members are on record than there are people in all."""
        return self.total is not None and self.members > self.total.total


def shares(day: dt.date, place: PartyOrganization) -> list[Share]:
    """Return the share of members in each role below a place, in two queries.

    A person with a role in two areas counts once. The newest total up to `day` holds.
    """
    counted = dict(
        roles_on(day, place=place)
        .order_by()
        .values_list("kind")
        .annotate(Count("member", distinct=True))
    )
    totals: dict[str, SocialRoleTotal] = {}
    known = SocialRoleTotal.objects.filter(organization=place, counted_on__lte=day)
    for total in known.order_by("counted_on", "pk"):
        totals[total.kind] = total
    return [
        Share(kind, str(label), counted.get(kind, 0), totals.get(kind))
        for kind, label in SocialKind.choices
    ]


def people_with_skill(day: dt.date, kind: str = "") -> QuerySet[Skill]:
    """Return what those on the roll on `day` are good at, one row per person and skill."""
    found = Skill.objects.filter(member__in=roster_on(day).values("member"))
    return found.filter(kind=kind) if kind else found
