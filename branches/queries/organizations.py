"""Reading organisations."""

from collections import defaultdict

from django.db.models import QuerySet

from branches.models import PartyOrganization
from branches.naming import OrganizationFinder
from branches.queries.kinds import BODIES
from partybuild import paths
from partybuild.periods import Period


def organizations_in_scope() -> QuerySet[PartyOrganization]:
    """Return every living organisation in scope, groups apart, in the order of the tree."""
    return PartyOrganization.objects.filter(dissolved_on__isnull=True).exclude(
        kind=PartyOrganization.Kind.GROUP
    )


def branches_in_scope() -> QuerySet[PartyOrganization]:
    """Return the living branches in scope in the order of the tree."""
    return PartyOrganization.objects.filter(
        dissolved_on__isnull=True, kind__in=PartyOrganization.BRANCH_KINDS
    ).order_by("path")


def bodies_in_scope() -> QuerySet[PartyOrganization]:
    """Return the living organisations above the branches in scope in the order of the tree."""
    return PartyOrganization.objects.filter(dissolved_on__isnull=True, kind__in=BODIES).order_by(
        "path"
    )


def groups_of(branch: PartyOrganization) -> QuerySet[PartyOrganization]:
    """Return a branch's living party groups."""
    return PartyOrganization.objects.filter(
        superior=branch, kind=PartyOrganization.Kind.GROUP, dissolved_on__isnull=True
    ).order_by("path")


def superiors_of(organization: PartyOrganization) -> QuerySet[PartyOrganization]:
    """Return the chain above an organisation as far as the scope shows it, the top first."""
    return PartyOrganization.objects.filter(path__in=paths.ancestors(organization.path))


def tree_rows(organizations: QuerySet[PartyOrganization]) -> list[tuple[PartyOrganization, int]]:
    """Return the organisations in the order of the tree, each with its depth below the first."""
    rows = list(organizations.order_by("path"))
    top = min((paths.depth(row.path) for row in rows), default=0)
    return [(row, paths.depth(row.path) - top) for row in rows]


def finder_in_scope() -> OrganizationFinder[PartyOrganization]:
    """Return a finder over the organisations in scope, party groups left out."""
    return OrganizationFinder(
        (organization, (organization.name, organization.short_name))
        for organization in organizations_in_scope()
    )


def find_organization(text: str) -> PartyOrganization | None:
    """Return the organisation in scope with this code, name or short name, None without one."""
    by_code = organizations_in_scope().filter(code=text).first()
    return by_code or finder_in_scope().exact(text)


def find_by_path(path: str) -> PartyOrganization | None:
    """Return the organisation in scope that stands at a path now."""
    return PartyOrganization.objects.filter(path=path).first()


def groups_by_branch() -> dict[int, dict[str, PartyOrganization]]:
    """Return the party groups in scope: pk of the branch -> name -> group."""
    groups: dict[int, dict[str, PartyOrganization]] = defaultdict(dict)
    for group in PartyOrganization.objects.filter(kind=PartyOrganization.Kind.GROUP):
        if group.superior_id is not None:
            groups[group.superior_id][group.name] = group
    return groups


def existed_throughout(place: PartyOrganization, period: Period) -> bool:
    """Tell whether an organisation existed on every day of a period (CNT-NEW)."""
    founded = place.founded_on is None or place.founded_on <= period.start
    return founded and (place.dissolved_on is None or place.dissolved_on > period.end)
