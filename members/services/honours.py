"""Writing honours. Whoever enters one never learns from it that somebody is under a 处分."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction
from django.utils import timezone

from branches.models import PartyOrganization
from members.models import Honour, HonourCheck, Member
from members.queries.discipline import is_barred, rule_on
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused

SEES_DISCIPLINE = "members.view_discipline"


class HonourRefused(Refused):
    """An honour cannot be kept as told: str() says why, `field` names the form's field."""


@dataclass(frozen=True)
class Award:
    """What is told of an honour. Without member and unit the organisation itself was commended."""

    organization: PartyOrganization
    title: str
    level: str
    awarded_on: dt.date
    awarded_by: str
    awarded_precision: str = "day"
    member: Member | None = None
    unit_name: str = ""
    document: str = ""
    is_public: bool = True


@transaction.atomic
def record_honour(*, actor: Any, award: Award, despite: str = "") -> Honour:
    """Keep an honour.

    Somebody under a 处分 is commended only for a stated reason. Who may see the 处分 is asked for it
    (`despite`); for everybody else the honour is kept like any other, and the discipline officer
    finds it among what is to be checked.
    """
    honour = Honour(**_columns(award))
    explained = _explained(actor, award, despite)
    honour.save()
    if explained:
        _keep_reason(actor, honour, despite)
    _record(actor, honour, "recorded", f"登记荣誉 {honour.title}", _told(honour))
    return honour


@transaction.atomic
def correct_honour(
    *, actor: Any, honour: Honour, version: int, award: Award, despite: str = ""
) -> Honour:
    """Correct what is told of an honour."""
    before = _told(honour)
    columns = _columns(award)
    if award.awarded_on == honour.awarded_on:
        columns["awarded_precision"] = honour.awarded_precision
    checked = HonourCheck.objects.filter(honour=honour).exists()
    explained = not checked and _explained(actor, award, despite)
    take(honour, version)
    for name, value in columns.items():
        setattr(honour, name, value)
    honour.save()
    if explained:
        _keep_reason(actor, honour, despite)
    _record(actor, honour, "corrected", f"更正荣誉 {honour.title}", _told(honour), before)
    return honour


@transaction.atomic
def revoke_honour(
    *, actor: Any, honour: Honour, version: int, revoked_on: dt.date, reason: str
) -> Honour:
    """Keep that an honour was revoked, with the reason; it stays in the list."""
    if honour.revoked_on:
        raise HonourRefused("这项荣誉已经撤销。")
    if revoked_on < honour.awarded_on:
        raise HonourRefused(f"不能早于授予时间 {honour.awarded_on}。", "revoked_on")
    take(honour, version)
    honour.revoked_on, honour.revoked_because = revoked_on, reason
    honour.save()
    after = {"撤销时间": revoked_on, "撤销原因": reason}
    _record(actor, honour, "revoked", f"撤销荣誉 {honour.title}", after)
    return honour


def _explained(actor: Any, award: Award, despite: str) -> bool:
    """Tell whether a reason is to be kept; HonourRefused when one is wanting.

    Only who may see the 处分 is asked: a refusal to anybody else would tell of it.
    """
    if award.member is None or not getattr(actor, "pk", None):
        return False
    scope = actor.scope_for(SEES_DISCIPLINE)
    knows = actor.has_perm(SEES_DISCIPLINE) and scope.covers(award.member.branch.path)
    if not (knows and is_barred(award.member, award.awarded_on)):
        return False
    if not despite:
        raise HonourRefused(
            f"这名党员在处分影响期内（{rule_on(award.awarded_on).citation}）。"
            "确需表彰的，请写明理由。",
            "despite",
        )
    return True


def _keep_reason(actor: Any, honour: Honour, despite: str) -> None:
    HonourCheck.objects.create(
        honour=honour,
        decision=HonourCheck.Decision.KEPT,
        reason=despite,
        checked_on=timezone.localdate(),
        recorded_by=actor,
    )


def _columns(award: Award) -> dict[str, Any]:
    kept = {name: getattr(award, name) for name in (field.name for field in fields(award))}
    if award.member and award.unit_name:
        raise HonourRefused("个人和单位只能填一个。", "winner_name")
    kept["kind"] = Honour.Kind.PERSON if award.member else Honour.Kind.GROUP
    return kept


def _told(honour: Honour) -> dict[str, Any]:
    return {
        "获得者": honour.winner,
        "荣誉名称": honour.title,
        "级别": honour.get_level_display(),
        "授予单位": honour.awarded_by,
        "授予时间": honour.awarded_on,
        "文号": honour.document,
        "可以公开": honour.is_public,
    }


def _record(
    actor: Any,
    honour: Honour,
    verb: str,
    summary: str,
    after: dict[str, Any],
    before: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"members.honour.{verb}",
        subject=honour,
        place=honour.organization.path,
        summary=summary,
        before=before,
        after=after,
    )
