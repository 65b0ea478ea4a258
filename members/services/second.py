"""Writing second memberships: where somebody is expected besides the branch that counts them."""

import datetime as dt
from typing import Any

from django.db import transaction

from branches.models import PartyOrganization
from members.models import Member, Membership
from members.services.memberships import MembershipRefused, begin_membership, end_membership
from partybuild import audit


@transaction.atomic
def join_second(
    *, actor: Any, member: Member, organization: PartyOrganization, on: dt.date
) -> Membership:
    """Let a member also belong to a temporary, functional or mobile branch; counted nowhere twice."""
    membership = begin_membership(
        member=member,
        organization=organization,
        on=on,
        reason=Membership.Start.MOVED,
        kind=Membership.Kind.SECOND,
    )
    audit.record(
        actor=actor,
        action="members.membership.second_begun",
        subject=member,
        place=organization.path,
        summary=f"{member.name} 编入 {organization.name}（第二组织关系）",
        after={"党支部": organization.name, "起": on},
    )
    return membership


@transaction.atomic
def leave_second(
    *, actor: Any, member: Member, organization: PartyOrganization, on: dt.date
) -> Membership:
    """End somebody's second membership in a branch; MembershipRefused where there is none."""
    running = Membership.objects.filter(
        member=member,
        organization=organization,
        kind=Membership.Kind.SECOND,
        ended_on__isnull=True,
    ).first()
    if running is None:
        raise MembershipRefused(f"{member.name}在“{organization.name}”没有第二组织关系。")
    ended = end_membership(membership=running, on=on, reason=Membership.End.MOVED)
    audit.record(
        actor=actor,
        action="members.membership.second_ended",
        subject=member,
        place=organization.path,
        summary=f"{member.name} 不再编入 {organization.name}",
        before={"止": None},
        after={"止": on},
    )
    return ended
