"""Reading organisations."""

from django.db.models import QuerySet

from branches.models import PartyOrganization
from partybuild import paths


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
