"""Reading terms (届)."""

import re
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F, QuerySet

from branches.models import PartyOrganization, Term
from partybuild.periods import Period
from partybuild.regulations import Regulation

COMMITTEES = (
    PartyOrganization.Kind.WORKING_COMMITTEE,
    PartyOrganization.Kind.OFFICE_COMMITTEE,
    PartyOrganization.Kind.COMMITTEE,
)
VILLAGE = re.compile("(村|社区|居委会)党")


def latest_terms(organizations: Iterable[PartyOrganization]) -> dict[int, Term]:
    """Return the term that was elected last: pk of the organisation -> term."""
    found = Term.objects.filter(organization__in=[o.pk for o in organizations])
    terms = sorted(found, key=lambda term: (term.elected_on is not None, term.elected_on, term.pk))
    return {term.organization_id: term for term in terms}


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


def usual_years(kind: str, name: str, rule: Regulation) -> int:
    """Return how many years `branches.term_of_office` gives a body of this kind (ORG-TERM-*).

    Villages and communities are told by their names; everybody else by the kind.
    """
    if VILLAGE.search(name):
        return int(rule.values["village_years"])
    return int(rule.values["committee_years" if kind in COMMITTEES else "branch_years"])
