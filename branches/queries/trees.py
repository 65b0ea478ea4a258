"""Reading the tree of a day, one node after the other, so that thousands cost what a few cost."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q

from branches.models import PartyOrganization, Placement
from branches.queries.history import placed_on
from partybuild import paths

AT_ONCE = 500
HITS = 50
OFFERED = 1000


@dataclass
class Node:
    """One organisation as it was on a day: how many stand right below it, and which if it is open."""

    placement: Placement
    below: int = 0
    children: list["Node"] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return bool(self.children)


def tree_on(day: dt.date, opened: Collection[str]) -> list[Node]:
    """Return the tops of the tree in scope on a day, with what is opened below them.

    `opened` are public ids; what stands above one of them is open, too. Without any, a single top
    is open. At most AT_ONCE organisations are read below them.
    """
    there = placed_on(day).select_related("organization").order_by("path")
    tops = list(there.exclude(superior__in=placed_on(day).values("organization")))
    if opened:
        chosen = there.filter(organization__public_id__in=list(opened)[:AT_ONCE])
        wide = {path for one in chosen for path in (*paths.ancestors(one.path), one.path)}
    else:
        wide = {tops[0].path} if len(tops) == 1 else set()
    above = placed_on(day).filter(path__in=wide).values("organization")
    children = list(there.filter(superior__in=above)[:AT_ONCE]) if wide else []
    return _nodes(day, tops, children)


def children_on(day: dt.date, organization: PartyOrganization) -> list[Node]:
    """Return what stood right below an organisation on a day."""
    below = placed_on(day).select_related("organization").filter(superior=organization)
    return _nodes(day, list(below.order_by("path")[:AT_ONCE]), [])


def _nodes(day: dt.date, tops: list[Placement], children: list[Placement]) -> list[Node]:
    nodes: dict[int | None, Node] = {one.organization_id: Node(one) for one in (*tops, *children)}
    counted = placed_on(day).filter(superior__in=nodes).order_by().values("superior")
    for key, number in counted.annotate(number=Count("pk")).values_list("superior", "number"):
        nodes[key].below = number
    for one in children:
        if one.superior_id in nodes:
            nodes[one.superior_id].children.append(nodes[one.organization_id])
    return [nodes[one.organization_id] for one in tops]


def found_on(day: dt.date, text: str) -> list[Placement]:
    """Return organisations whose name of a day holds a text, or whose code it is."""
    named = Q(name__icontains=text) | Q(short_name__icontains=text) | Q(organization__code=text)
    found = placed_on(day).filter(named).select_related("organization", "superior")
    return list(found.order_by("path")[:HITS])


def count_on(day: dt.date) -> int:
    """Return how many organisations existed on a day, groups left out."""
    return placed_on(day).exclude(kind=PartyOrganization.Kind.GROUP).count()


def named(text: str, kinds: Iterable[str]) -> list[PartyOrganization]:
    """Return who in scope is meant by a name, a short name, or a code; the living ones first."""
    word = text.rsplit(maxsplit=1)[-1] if text.split() else ""
    meant = Q(name=text) | Q(short_name=text) | Q(code=word)
    found = list(PartyOrganization.objects.filter(meant, kind__in=list(kinds)).order_by("path"))
    return [one for one in found if one.dissolved_on is None] or found


def offered(kinds: Iterable[str], *, without: str = "") -> list[str]:
    """Return the names of living organisations of some kinds, to choose from while typing.

    What stands below the path `without` is left out. A name that several have carries its code.
    """
    living = PartyOrganization.objects.filter(kind__in=list(kinds), dissolved_on__isnull=True)
    if without:
        living = living.exclude(path__gte=without, path__lt=paths.next_path(without))
    rows = list(living.order_by("path").values_list("name", "code")[:OFFERED])
    times: dict[str, int] = defaultdict(int)
    for name, _ in rows:
        times[name] += 1
    return [name if times[name] == 1 else f"{name} {code}" for name, code in rows]
