"""Writing what a branch says of its roster."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from branches.models import PartyOrganization
from members.models import Member, RosterCheck, RosterRemark
from partybuild import audit


@transaction.atomic
def check_roster(
    *,
    actor: Any,
    organization: PartyOrganization,
    people: int,
    remarks: Mapping[Member, str],
    missing: str = "",
) -> RosterCheck:
    """Keep that a branch's roster of so many people was gone through, and what is wrong with whom."""
    check = RosterCheck.objects.create(
        organization=organization,
        checked_on=timezone.localdate(),
        checked_by=actor,
        people=people,
        missing=missing,
    )
    RosterRemark.objects.bulk_create(
        [
            RosterRemark(roster_check=check, member=member, text=text)
            for member, text in remarks.items()
        ]
    )
    audit.record(
        actor=actor,
        action="members.rostercheck.done",
        subject=check,
        place=organization.path,
        summary=f"核对{organization.label}名单：{people} 人，{len(remarks)} 人存疑",
        after={
            "存疑": [f"{member.name}：{text}" for member, text in remarks.items()],
            "缺的人": missing,
        },
    )
    return check


@transaction.atomic
def settle_remark(*, actor: Any, remark: RosterRemark) -> RosterRemark:
    """Close a remark: what was wrong has been put right."""
    if remark.settled_on is None:
        remark.settled_on = timezone.localdate()
        remark.save()
        audit.record(
            actor=actor,
            action="members.rosterremark.settled",
            subject=remark,
            place=remark.roster_check.organization.path,
            summary=f"已处理 {remark.member.name} 的名单存疑",
        )
    return remark
