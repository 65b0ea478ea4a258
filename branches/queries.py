"""Reading organisations."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F, QuerySet

from branches.models import PartyOrganization, Term, User
from branches.naming import OrganizationFinder
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


def groups_by_branch() -> dict[int, dict[str, PartyOrganization]]:
    """Return the party groups in scope: pk of the branch -> name -> group."""
    groups: dict[int, dict[str, PartyOrganization]] = defaultdict(dict)
    for group in PartyOrganization.objects.filter(kind=PartyOrganization.Kind.GROUP):
        if group.superior_id is not None:
            groups[group.superior_id][group.name] = group
    return groups


def latest_terms(organizations: Iterable[PartyOrganization]) -> dict[int, Term]:
    """Return the term that was elected last: pk of the organisation -> term."""
    found = Term.objects.filter(organization__in=[o.pk for o in organizations])
    terms = sorted(found, key=lambda term: (term.elected_on is not None, term.elected_on, term.pk))
    return {term.organization_id: term for term in terms}


def accounts() -> QuerySet[User]:
    """Return all accounts with their grants, for those who administer them."""
    return User.objects.prefetch_related("grants__organization")


def terms_by_organization(
    organizations: QuerySet[PartyOrganization],
) -> defaultdict[int, list[Term]]:
    """Return the terms in the order of their election: pk of the organisation -> terms.

    One elected on an unknown day is taken as older than any other, on every database.
    """
    terms: defaultdict[int, list[Term]] = defaultdict(list)
    in_order = F("elected_on").asc(nulls_first=True)
    for term in Term.objects.filter(organization__in=organizations).order_by(in_order, "pk"):
        terms[term.organization_id].append(term)
    return terms


def had_committee(terms: Iterable[Term], period: Period) -> bool:
    """Tell whether the term in office at the end of a period had a 支委会 (CNT-NA).

    `terms` stand in the order of their election.
    """
    in_office = [t for t in terms if t.elected_on is None or t.elected_on <= period.end]
    return bool(in_office) and in_office[-1].has_committee


def existed_throughout(place: PartyOrganization, period: Period) -> bool:
    """Tell whether an organisation existed on every day of a period (CNT-NEW)."""
    founded = place.founded_on is None or place.founded_on <= period.start
    return founded and (place.dissolved_on is None or place.dissolved_on > period.end)
