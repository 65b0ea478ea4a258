"""Writing who is assigned to organisations and platforms, and their visits."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from branches.models import PartyOrganization, ServicePlatform
from members.models import Liaison, LiaisonVisit
from members.queries.liaison import only_member_named
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused


@transaction.atomic
def assign_liaison(
    *,
    actor: Any,
    organization: PartyOrganization,
    kind: str,
    name: str,
    started_on: dt.date,
    platform: ServicePlatform | None = None,
    duty: str = "",
    document: str = "",
) -> Liaison:
    """Assign somebody to an organisation, or to a platform that it is in charge of.

    The person's file is linked where exactly one of that name is on the roll in scope. Refused
    when the same person has the same task there already.
    """
    name = name.strip()
    liaison = Liaison(
        organization=organization,
        platform=platform,
        kind=kind,
        member=only_member_named(name),
        name=name,
        duty=duty,
        document=document,
        started_on=started_on,
    )
    _check(liaison)
    liaison.save()
    audit.record(
        actor=actor,
        action="members.liaison.assigned",
        subject=liaison,
        place=organization.path,
        summary=f"{place_of(liaison)}安排{liaison}",
        after=state_of(liaison),
    )
    return liaison


@transaction.atomic
def correct_liaison(*, actor: Any, liaison: Liaison, version: int, **fields: Any) -> Liaison:
    """Correct an assignment, its end included; StaleVersion when it has changed since `version`.

    `fields` are `kind`, `name`, `duty`, `document`, `started_on`, `ended_on`.
    """
    before = state_of(liaison)
    renamed = fields.get("name", liaison.name).strip() != liaison.name
    take(liaison, version)
    for name, value in fields.items():
        setattr(liaison, name, value)
    liaison.name = liaison.name.strip()
    if renamed:
        liaison.member = only_member_named(liaison.name)
    _check(liaison)
    liaison.save()
    audit.record(
        actor=actor,
        action="members.liaison.corrected",
        subject=liaison,
        place=liaison.organization.path,
        summary=f"更正{place_of(liaison)}的{liaison}",
        before=before,
        after=state_of(liaison),
    )
    return liaison


@transaction.atomic
def record_visit(
    *, actor: Any, liaison: Liaison, visited_on: dt.date, outcome: str
) -> LiaisonVisit:
    """Write down one visit and what it left behind; refused outside the days of the assignment."""
    if visited_on > timezone.localdate():
        raise Refused("走访日期还没到，请核对。", "visited_on")
    if visited_on < liaison.started_on:
        raise Refused(f"{liaison.started_on} 才安排联系，请核对日期。", "visited_on")
    if liaison.ended_on and visited_on >= liaison.ended_on:
        raise Refused(f"{liaison.ended_on} 起不再联系，请核对日期。", "visited_on")
    visit = LiaisonVisit.objects.create(
        liaison=liaison, visited_on=visited_on, outcome=outcome.strip(), recorded_by=actor
    )
    audit.record(
        actor=actor,
        action="members.liaison.visited",
        subject=liaison,
        place=liaison.organization.path,
        summary=f"{liaison.name} {visited_on} 走访{place_of(liaison)}",
        after={"走访日期": visited_on, "解决了什么": visit.outcome},
    )
    return visit


@transaction.atomic
def withdraw_visit(*, actor: Any, visit: LiaisonVisit) -> None:
    """Take back a visit that was written down by mistake; what it said stays in the audit trail."""
    liaison = visit.liaison
    said = {"走访日期": visit.visited_on, "解决了什么": visit.outcome}
    visit.delete()
    audit.record(
        actor=actor,
        action="members.liaison.visit_withdrawn",
        subject=liaison,
        place=liaison.organization.path,
        summary=f"撤回{liaison.name} {said['走访日期']} 的走访登记",
        before=said,
        after={"走访日期": None, "解决了什么": ""},
    )


def place_of(liaison: Liaison) -> str:
    """Return the name of what is visited."""
    return liaison.platform.name if liaison.platform else liaison.organization.label


def state_of(liaison: Liaison) -> dict[str, Any]:
    """Return all that an assignment says: what history compares."""
    return {
        "类别": liaison.get_kind_display(),
        "党组织": liaison.organization.name,
        "服务平台": liaison.platform.name if liaison.platform else "",
        "姓名": liaison.name,
        "单位职务": liaison.duty,
        "文号": liaison.document,
        "起": liaison.started_on,
        "止": liaison.ended_on,
    }


def _check(liaison: Liaison) -> None:
    today = timezone.localdate()
    if not liaison.name:
        raise Refused("请填写姓名。", "name")
    if liaison.started_on > today:
        raise Refused("日期还没到，请核对。", "started_on")
    if liaison.ended_on and liaison.ended_on > today:
        raise Refused("日期还没到，请核对。", "ended_on")
    if liaison.ended_on and liaison.ended_on < liaison.started_on:
        raise Refused("结束日期不能早于开始日期。", "ended_on")
    if liaison.pk and _visited_outside(liaison):
        raise Refused("这段时间之外还登记了走访，请先核对走访日期。", "started_on")
    if liaison.platform and liaison.platform.organization_id != liaison.organization_id:
        raise Refused("这个平台不归这个党组织主管。", "organization")
    # One after the other, so that two copies do not slip in.
    list(PartyOrganization.objects.select_for_update().filter(pk=liaison.organization_id))
    beside = Liaison.objects.filter(
        organization_id=liaison.organization_id,
        platform_id=liaison.platform_id,
        kind=liaison.kind,
        name=liaison.name,
    ).exclude(pk=liaison.pk)
    running = Q(ended_on__isnull=True) | Q(ended_on__gt=liaison.started_on)
    if liaison.ended_on:
        running &= Q(started_on__lt=liaison.ended_on)
    if beside.filter(running).exists():
        raise Refused(f"{liaison.name}这段时间已经是这里的{liaison.get_kind_display()}。", "name")


def _visited_outside(liaison: Liaison) -> bool:
    outside = Q(visited_on__lt=liaison.started_on)
    if liaison.ended_on:
        outside |= Q(visited_on__gte=liaison.ended_on)
    return LiaisonVisit.objects.filter(outside, liaison=liaison).exists()
