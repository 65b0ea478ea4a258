"""Writing whom the branch looks after, and the visits paid."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction

from members.models import CareRecord, CareVisit, Member
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused


class CareRefused(Refused):
    """A care record or visit cannot be so: `field` is what to look at, str() the reason."""


@transaction.atomic
def begin_care(
    *,
    actor: Any,
    member: Member,
    category: str,
    started_on: dt.date,
    health: str = "",
    need: str = "",
    helper: Member | None = None,
    helper_since: dt.date | None = None,
) -> CareRecord:
    """Put somebody on the care list; CareRefused when they stand there for the same reason."""
    if CareRecord.objects.filter(member=member, category=category, ended_on=None).exists():
        label = CareRecord.Category(category).label
        raise CareRefused(f"{member.name}已经按“{label}”列入关怀名单。", "category")
    _check_helper(member, helper)
    record = CareRecord.objects.create(
        member=member,
        category=category,
        started_on=started_on,
        health=health,
        need=need,
        helper=helper,
        helper_since=(helper_since or started_on) if helper else None,
    )
    audit.record(
        actor=actor,
        action="members.carerecord.begun",
        subject=record,
        place=member.branch.path,
        summary=f"{member.name} 列入关怀名单",
        after=_state(record),
    )
    return record


@transaction.atomic
def correct_care(*, actor: Any, record: CareRecord, version: int, **fields: Any) -> CareRecord:
    """Change health, need, helper or end of a record; StaleVersion when it has changed since."""
    before = _state(record)
    take(record, version)
    for name, value in fields.items():
        setattr(record, name, value)
    _check_helper(record.member, record.helper)
    if record.ended_on is not None and record.ended_on <= record.started_on:
        raise CareRefused(f"移出时间要晚于列入时间 {record.started_on}。", "ended_on")
    if record.helper is None:
        record.helper_since = None
    record.save()
    audit.record(
        actor=actor,
        action="members.carerecord.corrected",
        subject=record,
        place=record.member.branch.path,
        summary=f"更正 {record.member.name} 的关怀记录",
        before=before,
        after=_state(record),
    )
    return record


@transaction.atomic
def record_visit(
    *,
    actor: Any,
    record: CareRecord,
    visited_on: dt.date,
    visitors: str,
    source: str,
    amount: Decimal | None = None,
    goods: str = "",
    signed_by: str = "",
) -> CareVisit:
    """Record a visit with what was brought; CareRefused outside the time of care, or without a payer."""
    if visited_on < record.started_on:
        raise CareRefused(f"早于列入时间 {record.started_on}，请核对。", "visited_on")
    if record.ended_on is not None and visited_on >= record.ended_on:
        raise CareRefused(f"{record.ended_on} 已移出名单，请核对日期。", "visited_on")
    if (amount or goods) and source == CareVisit.Source.NONE:
        raise CareRefused("有慰问金或慰问品时，请选择经费来源。", "source")
    visit = CareVisit.objects.create(
        record=record,
        visited_on=visited_on,
        visitors=visitors,
        amount=amount,
        goods=goods,
        source=source,
        signed_by=signed_by,
    )
    audit.record(
        actor=actor,
        action="members.carevisit.recorded",
        subject=record,
        place=record.member.branch.path,
        summary=f"慰问 {record.member.name}",
        after={
            "慰问时间": visited_on,
            "慰问人": visitors,
            "慰问金": amount,
            "慰问品": goods,
            "经费来源": visit.get_source_display(),
        },
    )
    return visit


def _check_helper(member: Member, helper: Member | None) -> None:
    if helper is not None and helper.pk == member.pk:
        raise CareRefused("结对党员不能是本人。", "helper")


def _state(record: CareRecord) -> dict[str, Any]:
    """Return what the trail keeps: that health and need are written, never what."""
    return {
        "类别": record.get_category_display(),
        "健康状况": "已填" if record.health else "",
        "困难情况": "已填" if record.need else "",
        "列入时间": record.started_on,
        "移出时间": record.ended_on,
        "结对党员": record.helper.name if record.helper else "",
        "结对时间": record.helper_since,
    }
