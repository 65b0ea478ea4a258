"""Which branch a page is about."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.functional import cached_property

from branches.models import PartyOrganization
from branches.queries.organizations import bodies_in_scope, branches_in_scope

CHANGE_BRANCH, CHANGE_BODY = "activities.change_activity", "activities.record_body_meeting"


class BranchMixin:
    """Finds the branch a page is about: the one named in the address, else the user's first."""

    request: HttpRequest

    @cached_property
    def branches(self) -> list[PartyOrganization]:
        return list(branches_in_scope())

    @cached_property
    def branch(self) -> PartyOrganization:
        asked = self.request.POST.get("organization") or self.request.GET.get("organization")
        for branch in self.branches:
            if not asked or branch.public_id == asked:
                return branch
        raise Http404


def may_change(user: Any, organization: PartyOrganization) -> bool:
    """Tell whether somebody records for an organisation: a branch's own, or a leading body's staff."""
    permission = CHANGE_BRANCH if organization.is_branch else CHANGE_BODY
    return may(user, permission, organization)


def may(user: Any, permission: str, organization: PartyOrganization) -> bool:
    """Tell whether somebody has a permission at an organisation."""
    return user.has_perm(permission) and user.scope_for(permission).covers(organization.path)


class BodyMixin(BranchMixin):
    """Finds an organisation above the branches, which holds meetings of its leading body."""

    @cached_property
    def branches(self) -> list[PartyOrganization]:
        return list(bodies_in_scope())
