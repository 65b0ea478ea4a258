"""Reading alliances: those that are led here, and those that an organisation here belongs to."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from branches.models import Alliance, AllianceMember, AlliancePledge, PartyOrganization
from branches.queries.placements import placed
from partybuild.dated import covering
from partybuild.scoping import active_scope, everything

# Both sides see the whole: who leads and who belongs cannot work together otherwise.


@dataclass(frozen=True)
class AllianceLine:
    """One alliance in a list: the row, how many belong to it, whether it is led in scope."""

    alliance: Alliance
    member_count: int
    is_own: bool


def visible_alliances(day: dt.date) -> QuerySet[Alliance]:
    """Return the alliances that are led in scope, and those that somebody in scope belongs to.

    The rows of the latter lie elsewhere: read them inside `everything(...)`.
    """
    here = active_scope()
    own = Alliance.objects.values("pk")
    with everything(reason="an alliance is read by all who belong to it, wherever they stand"):
        belonging = AllianceMember.objects.filter(covering(day), organization__isnull=False)
        joined = belonging.filter(here.as_q("organization__path")).values("alliance")
        return Alliance.objects.filter(Q(pk__in=own) | Q(pk__in=joined)).select_related("lead")


def find_alliance(public_id: str, day: dt.date) -> Alliance | None:
    """Return a visible alliance, None where it is missing or no business of the scope."""
    return visible_alliances(day).filter(public_id=public_id).first()


def is_led_here(alliance: Alliance) -> bool:
    """Tell whether the open scope holds the organisation that leads."""
    return Alliance.objects.filter(pk=alliance.pk).exists()


def alliance_lines(rows: Iterable[Alliance], day: dt.date) -> list[AllianceLine]:
    """Return the alliances of one page of a list with their sizes. Two queries."""
    alliances = list(rows)
    keys = [alliance.pk for alliance in alliances]
    own = set(Alliance.objects.filter(pk__in=keys).values_list("pk", flat=True))
    sizes = _sizes(keys, day)
    return [AllianceLine(one, sizes.get(one.pk, 0), one.pk in own) for one in alliances]


def _sizes(alliances: list[int], day: dt.date) -> dict[int, int]:
    with everything(reason="an alliance is read by all who belong to it, wherever they stand"):
        rows = AllianceMember.objects.filter(covering(day), alliance__in=alliances).order_by()
        return dict(rows.values_list("alliance").annotate(Count("pk")))


def members_of(alliance: Alliance) -> list[AllianceMember]:
    """Return who belongs to an alliance or did, those of today first."""
    with everything(reason="an alliance is read by all who belong to it, wherever they stand"):
        found = AllianceMember.objects.filter(alliance=alliance).select_related("organization")
        rows = list(found.order_by("started_on", "pk"))
    return sorted(rows, key=lambda row: row.ended_on is not None)


def pledges_of(alliance: Alliance) -> list[AlliancePledge]:
    """Return what an alliance has promised, in the order in which it was written down."""
    with everything(reason="an alliance is read by all who belong to it, wherever they stand"):
        return list(AlliancePledge.objects.filter(alliance=alliance).order_by("pk"))


def find_by_code(code: str) -> PartyOrganization | None:
    """Return the living organisation with exactly this code, wherever it stands."""
    with everything(reason="an organisation of elsewhere joins by the code it tells"):
        return (
            PartyOrganization.objects.filter(code=code, dissolved_on__isnull=True)
            .exclude(kind=PartyOrganization.Kind.GROUP)
            .first()
        )


def belonging_on(day: dt.date) -> QuerySet[AllianceMember]:
    """Return who belongs on `day` to the alliances led in scope, outsiders with their own name.

    `place` is the lead as of that day, `member_place` the member where it is an organisation.
    """
    running = Q(alliance__ended_on__isnull=True) | Q(alliance__ended_on__gt=day)
    rows = AllianceMember.objects.filter(covering(day), running)
    return placed(
        placed(rows, "alliance__lead", day), "organization", day, name="member_place"
    ).annotate(member_name=Coalesce(F("member_place__name"), F("unit_name")))


def pledges_on(day: dt.date) -> QuerySet[AlliancePledge]:
    """Return what the alliances led in scope that exist on `day` have promised."""
    running = Q(alliance__ended_on__isnull=True) | Q(alliance__ended_on__gt=day)
    rows = AlliancePledge.objects.filter(running, alliance__founded_on__lte=day)
    return placed(rows, "alliance__lead", day)


def memberships_of(organization: PartyOrganization) -> list[AllianceMember]:
    """Return the alliances that one organisation belongs or belonged to, the newest first."""
    with everything(reason="an alliance is read by all who belong to it, wherever they stand"):
        rows = AllianceMember.objects.filter(organization=organization)
        return list(rows.select_related("alliance__lead").order_by("-started_on", "-pk"))


def overdue_pledges(day: dt.date) -> QuerySet[AlliancePledge]:
    """Return the promises of alliances led in scope that are not kept though their day is over."""
    running = Q(alliance__ended_on__isnull=True) | Q(alliance__ended_on__gt=day)
    return AlliancePledge.objects.filter(
        running, done_on__isnull=True, due_on__lt=day
    ).select_related("alliance__lead")
