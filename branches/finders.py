"""What the search box finds here: organisations by name."""

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse

from branches.queries.organizations import organizations_in_scope
from partybuild.finders import LIMIT, Finder, Found


class OrganizationFinder(Finder):
    code = "branches.organization"
    title = "党组织"
    permission = "branches.view_partyorganization"

    def find(self, text: str) -> Iterable[Found]:
        named = Q(name__icontains=text) | Q(short_name__icontains=text)
        for organization in organizations_in_scope().filter(named)[:LIMIT]:
            yield Found(
                organization.name,
                organization.get_absolute_url(),
                str(organization.get_kind_display()),
                also=(
                    (
                        "台账",
                        f"{reverse('partybuild:ledgers')}?organization={organization.public_id}",
                        "partybuild.view_ledgerfile",
                    ),
                ),
            )
