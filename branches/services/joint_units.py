"""Writing which units a joint branch takes in, from one day to another."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from branches.models import JointUnit, PartyOrganization
from partybuild import audit
from partybuild.refusals import Refused


@transaction.atomic
def add_joint_unit(
    *, actor: Any, organization: PartyOrganization, name: str, started_on: dt.date
) -> JointUnit:
    """Take a unit into a joint branch from a day on."""
    if organization.kind != PartyOrganization.Kind.JOINT_BRANCH:
        raise Refused("只有联合党支部登记联合单位。")
    if started_on > timezone.localdate():
        raise Refused("这一天还没到，请到那天再登记。", "started_on")
    if organization.dissolved_on and started_on >= organization.dissolved_on:
        raise Refused(f"它已于 {organization.dissolved_on} 撤销。", "started_on")
    if organization.joint_units.filter(name=name, ended_on__isnull=True).exists():
        raise Refused(f"“{name}”已经在这个联合党支部里。", "name")
    unit = JointUnit.objects.create(organization=organization, name=name, started_on=started_on)
    audit.record(
        actor=actor,
        action="branches.organization.unit_joined",
        subject=organization,
        place=organization.path,
        summary=f"{organization.name} 增加联合单位 {name}",
        after={"单位": name, "从": started_on},
    )
    return unit


@transaction.atomic
def end_joint_unit(*, actor: Any, unit: JointUnit, ended_on: dt.date) -> None:
    """Let a unit be in a joint branch no longer from a day on."""
    stored = JointUnit.objects.select_for_update().get(pk=unit.pk)
    if stored.ended_on is not None:
        raise Refused(f"“{stored.name}”已于 {stored.ended_on} 退出。", "ended_on")
    if ended_on > timezone.localdate():
        raise Refused("这一天还没到，请到那天再登记。", "ended_on")
    if stored.started_on and ended_on <= stored.started_on:
        raise Refused(f"应晚于加入日期 {stored.started_on}。", "ended_on")
    stored.ended_on = ended_on
    stored.save(update_fields=["ended_on"])
    audit.record(
        actor=actor,
        action="branches.organization.unit_left",
        subject=stored.organization,
        place=stored.organization.path,
        summary=f"{stored.organization.name} 的联合单位 {stored.name} 退出",
        after={"单位": stored.name, "退出日期": ended_on},
    )
