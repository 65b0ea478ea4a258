"""Reading organisations as of a day: what they were called, where they stood."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F, FilteredRelation, Q, QuerySet

from branches.models import PartyOrganization, Placement
from partybuild import paths
from partybuild.dated import covering
from partybuild.periods import Period
from partybuild.scoping import Scope, everything


def placed(rows: QuerySet, hop: str, day: dt.date, *, name: str = "place") -> QuerySet:
    """Return rows with `place`, the placement on `day` of the organisation under `hop`.

    `hop` is the lookup of the organisation ("" when the rows are organisations); ledgers then say
    `place__name`, `place__short_name` and order by `place__path`. `name` is another name for it.
    """
    relation = f"{hop}__placements" if hop else "placements"
    condition = covering(day, f"{relation}__")
    return rows.annotate(**{name: FilteredRelation(relation, condition=condition)})


def existing_in(period: Period) -> Q:
    """Return the condition that an organisation existed at some time of a period, or ended with it beginning."""
    founded = Q(founded_on__isnull=True) | Q(founded_on__lte=period.end)
    return founded & (Q(dissolved_on__isnull=True) | Q(dissolved_on__gte=period.start))


def scope_as_of(scope: Scope, day: dt.date) -> Scope:
    """Return what a scope of today was on `day`.

    An organisation that stood below its tops then and has left since is in it, one that came
    later is not: last quarter's ledger of a committee stays as it was when a branch moves today.
    """
    if scope.unlimited:
        return scope
    with everything(reason="who stood where is asked before it is known what may be seen"):
        moved = list(
            Placement.objects.filter(covering(day), ended_on__isnull=False)
            .exclude(path=F("organization__path"))
            .values_list("path", "organization__path")
        )
    if not moved:
        return scope
    former = {now: then for then, now in moved}
    tops = [former.get(top, top) for top in scope.tops]
    was_below = {now: any(paths.covers(top, then) for top in tops) for then, now in moved}
    return Scope(
        scope.tops,
        without=frozenset(now for now, was in was_below.items() if not was and scope.covers(now)),
        also=frozenset(now for now, was in was_below.items() if was and not scope.covers(now)),
    )


def name_as_of(organization: PartyOrganization, day: dt.date) -> str:
    """Return what an organisation was called on a day."""
    placement = Placement.objects.filter(covering(day), organization=organization).first()
    return placement.name if placement else organization.name


class Standing:
    """Where organisations stood on any day, read at once for those that ever moved."""

    def __init__(self, organizations: Iterable[PartyOrganization]) -> None:
        rows = Placement.objects.filter(organization__in=organizations).exclude(
            started_on__isnull=True, ended_on__isnull=True
        )
        self._placements: defaultdict[int, list[Placement]] = defaultdict(list)
        for row in rows.order_by("organization", F("started_on").asc(nulls_first=True)):
            self._placements[row.organization_id].append(row)

    def path_on(self, organization: PartyOrganization, day: dt.date) -> str:
        """Return the path of an organisation on a day."""
        path = organization.path
        for row in self._placements.get(organization.pk, ()):
            if row.started_on is None or row.started_on <= day:
                path = row.path
        return path
