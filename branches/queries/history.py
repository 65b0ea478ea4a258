"""Reading the life of organisations: who existed on a day, what stood below, what an event moves."""

import datetime as dt
import json

from django.db.models import Count, F, Q, QuerySet

from branches.models import OrganizationEvent, PartyOrganization, Placement
from partybuild import belongings, paths
from partybuild.crypto import keyed_digest
from partybuild.dated import covering
from partybuild.periods import Period
from partybuild.scoping import everything

PURPOSE = "branches.event_preview"
SHOWN = 50


def living(day: dt.date | F, prefix: str = "") -> Q:
    """Return the condition that an organisation existed on `day`; one of unknown age did.

    `day` may be that of another row.
    """
    founded = Q(**{f"{prefix}founded_on__isnull": True}) | Q(**{f"{prefix}founded_on__lte": day})
    there = Q(**{f"{prefix}dissolved_on__isnull": True}) | Q(**{f"{prefix}dissolved_on__gt": day})
    return founded & there


def placed_on(day: dt.date) -> QuerySet[Placement]:
    """Return the placements on `day` of the organisations in scope that existed then."""
    return Placement.objects.filter(covering(day), living(day, "organization__"))


def placement_on(day: dt.date, organization: PartyOrganization) -> Placement:
    """Return where an organisation stood on a day, by what name."""
    return organization.placements.get(covering(day))


def events_of(organization: PartyOrganization) -> QuerySet[OrganizationEvent]:
    """Return an organisation's events, the newest first, one of an unknown day last."""
    rows = organization.events.select_related("superior", "target", "caused_by__organization")
    return rows.order_by("-happened_on", "-pk")


def merged_into(organization: PartyOrganization) -> QuerySet[OrganizationEvent]:
    """Return the merges by which others became part of an organisation, the newest first."""
    found = OrganizationEvent.objects.filter(target=organization).select_related("organization")
    return found.order_by("-happened_on", "-pk")


def events_in(period: Period) -> QuerySet[OrganizationEvent]:
    """Return the dated events of a period in scope."""
    return OrganizationEvent.objects.filter(
        happened_on__gte=period.start, happened_on__lte=period.end
    )


def subtree_of(organization: PartyOrganization) -> QuerySet[PartyOrganization]:
    """Return the living organisations below one, itself left out, in the order of the tree."""
    below = PartyOrganization.objects.filter(
        path__gt=organization.path,
        path__lt=paths.next_path(organization.path),
        dissolved_on__isnull=True,
    )
    return below.order_by("path")


def subordinates_of(organization: PartyOrganization) -> QuerySet[PartyOrganization]:
    """Return the living organisations right below one, in the order of the tree."""
    return organization.subordinates.filter(dissolved_on__isnull=True).order_by("path")


def what_hangs_on(organization: PartyOrganization) -> list[tuple[str, int]]:
    """Return what hangs on an organisation's subtree, as (words, number), groups first."""
    with everything(reason="what hangs on a subtree hangs there for everybody"):
        kinds = subtree_of(organization).order_by().values("kind").annotate(number=Count("pk"))
        counted = dict(kinds.values_list("kind", "number"))
        below = [
            (str(kind.label), counted[kind]) for kind in PartyOrganization.Kind if kind in counted
        ]
        return [
            *below,
            *(pair for one in belongings.in_order() for pair in one.counts(organization)),
        ]


def fingerprint_of(organization: PartyOrganization, others: list[PartyOrganization]) -> str:
    """Return a fingerprint of all that a preview of an event was made from.

    It changes with any event of the organisation or of those that take part, with any change of its
    subtree and of what hangs on it: whoever confirms an older preview is shown a new one.
    """
    with everything(reason="a preview is of the whole subtree"):
        below = subtree_of(organization).values_list("pk", "path")
        state: list[object] = [list(map(list, below)), what_hangs_on(organization)]
        for one in (organization, *others):
            events = one.events.order_by("pk").values_list("pk", "happened_on", "name")
            stored = PartyOrganization.objects.get(pk=one.pk)
            state.append([stored.path, stored.name, stored.kind, str(stored.dissolved_on)])
            state.append([list(map(str, event)) for event in events])
    return keyed_digest(json.dumps(state, ensure_ascii=False), purpose=PURPOSE)[:32]
