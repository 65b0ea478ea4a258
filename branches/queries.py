"""Reading organisations."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from branches.models import PartyOrganization, Term
from branches.naming import OrganizationFinder

Kind = PartyOrganization.Kind


def organizations_in_scope() -> QuerySet[PartyOrganization]:
    """Return the organisations in scope in the order of the tree, party groups left out."""
    return PartyOrganization.objects.exclude(kind=Kind.GROUP).order_by("path")


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


def groups_by_branch() -> dict[int, dict[str, PartyOrganization]]:
    """Return the party groups in scope: pk of the branch -> name -> group."""
    groups: dict[int, dict[str, PartyOrganization]] = defaultdict(dict)
    for group in PartyOrganization.objects.filter(kind=Kind.GROUP):
        if group.superior_id is not None:
            groups[group.superior_id][group.name] = group
    return groups


def latest_terms(organizations: Iterable[PartyOrganization]) -> dict[int, Term]:
    """Return the term that was elected last: pk of the organisation -> term."""
    found = Term.objects.filter(organization__in=[o.pk for o in organizations])
    terms = sorted(found, key=lambda term: (term.elected_on is not None, term.elected_on, term.pk))
    return {term.organization_id: term for term in terms}
