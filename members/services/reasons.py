"""Completing why memberships began and ended, where an import could not know."""

from typing import Any

from django.db import transaction

from members.models import Membership
from members.services.memberships import MembershipRefused
from partybuild import audit


@transaction.atomic
def explain_membership(
    *, actor: Any, membership: Membership, started_by: str, ended_by: str, document: str = ""
) -> Membership:
    """Say why a membership began and why it ended; its days stay as they are."""
    if ended_by and membership.ended_on is None:
        raise MembershipRefused("这段组织关系还没有结束，不填结束原因。")
    if membership.ended_on is not None and not ended_by:
        raise MembershipRefused("这段组织关系已经结束，请填写结束原因。")
    before = _told(membership)
    membership.started_by, membership.ended_by = started_by, ended_by
    membership.document = document
    membership.save(update_fields=["started_by", "ended_by", "document"])
    audit.record(
        actor=actor,
        action="members.membership.explained",
        subject=membership.member,
        place=membership.organization.path,
        summary=f"补写 {membership.member.name} 组织关系的来源和去向",
        before=before,
        after=_told(membership),
    )
    return membership


def _told(membership: Membership) -> dict[str, Any]:
    return {
        "开始原因": membership.get_started_by_display(),
        "结束原因": membership.get_ended_by_display(),
        "文号或介绍信号": membership.document,
    }
