"""Writing disciplinary decisions and organisational measures; every look at one leaves a trace.

Nothing here changes a membership: who is expelled, suspended or removed is taken off the roll by
党籍变动, with its own document.
"""

import datetime as dt
from typing import Any

from django.db import transaction

from members.models import Discipline, Honour, HonourCheck, Member, OrganizationalMeasure
from members.queries.discipline import MEASURES, rule_on
from partybuild import audit
from partybuild.merging import take
from partybuild.periods import MONTHS_PER_YEAR, add_months, add_years
from partybuild.refusals import Refused
from partybuild.regulations import regulation

Kind, Measure = Discipline.Kind, OrganizationalMeasure.Kind


class DisciplineRefused(Refused):
    """A decision cannot be kept as told: str() says why, `field` names the form's field."""


@transaction.atomic
def record_discipline(
    *,
    actor: Any,
    member: Member,
    kind: str,
    decided_on: dt.date,
    document: str,
    reason: str = "",
    probation_months: int | None = None,
) -> Discipline:
    """Keep a disciplinary decision; how long it takes effect follows from the rule of its day."""
    _check_member(member, decided_on)
    discipline = Discipline(
        member=member,
        kind=kind,
        decided_on=decided_on,
        document=document,
        reason=reason,
        recorded_by=_person(actor),
    )
    _check_probation(discipline, probation_months)
    _reckon(discipline, probation_months)
    discipline.save()
    _record(actor, discipline, "discipline.recorded", "登记一份处分决定", _told(discipline))
    return discipline


@transaction.atomic
def correct_discipline(
    *,
    actor: Any,
    discipline: Discipline,
    version: int,
    decided_on: dt.date,
    document: str,
    reason: str,
    appeal: str,
    restored_on: dt.date | None = None,
    revoked_on: dt.date | None = None,
) -> Discipline:
    """Correct a decision, or keep what became of it: rights restored, revoked on appeal."""
    before = _told(discipline)
    if restored_on and discipline.kind != Kind.PROBATION:
        raise DisciplineRefused("留党察看才有恢复党员权利。", "restored_on")
    for day, field in ((restored_on, "restored_on"), (revoked_on, "revoked_on")):
        if day and day <= decided_on:
            raise DisciplineRefused(f"要在决定日期 {decided_on} 以后。", field)
    months = _months_of(discipline)
    take(discipline, version)
    discipline.decided_on, discipline.document = decided_on, document
    discipline.reason, discipline.appeal = reason, appeal
    discipline.restored_on, discipline.revoked_on = restored_on, revoked_on
    _reckon(discipline, months)
    discipline.save()
    _record(
        actor, discipline, "discipline.corrected", "更正一份处分决定", _told(discipline), before
    )
    return discipline


@transaction.atomic
def record_measure(
    *,
    actor: Any,
    member: Member,
    kind: str,
    decided_on: dt.date,
    document: str,
    reason: str = "",
    due_on: dt.date | None = None,
) -> OrganizationalMeasure:
    """Keep an organisational measure (组织处置), which is no 处分."""
    _check_member(member, decided_on)
    _check_due(kind, decided_on, due_on)
    measure = OrganizationalMeasure.objects.create(
        member=member,
        kind=kind,
        decided_on=decided_on,
        document=document,
        reason=reason,
        due_on=due_on,
        recorded_by=_person(actor),
    )
    _record(actor, measure, "measure.recorded", "登记一份组织处置决定", _told_of(measure))
    return measure


@transaction.atomic
def correct_measure(
    *,
    actor: Any,
    measure: OrganizationalMeasure,
    version: int,
    decided_on: dt.date,
    document: str,
    reason: str,
    due_on: dt.date | None,
    closed_on: dt.date | None,
    outcome: str,
) -> OrganizationalMeasure:
    """Correct a measure, or keep how it ended."""
    _check_due(measure.kind, decided_on, due_on)
    if closed_on and closed_on < decided_on:
        raise DisciplineRefused(f"不能早于决定日期 {decided_on}。", "closed_on")
    if closed_on and not outcome:
        raise DisciplineRefused("请写明结果。", "outcome")
    before = _told_of(measure)
    take(measure, version)
    measure.decided_on, measure.document, measure.reason = decided_on, document, reason
    measure.due_on, measure.closed_on, measure.outcome = due_on, closed_on, outcome
    measure.save()
    _record(actor, measure, "measure.corrected", "更正一份组织处置决定", _told_of(measure), before)
    return measure


@transaction.atomic
def note_opening(*, actor: Any, record: Discipline | OrganizationalMeasure) -> None:
    """Write down that somebody opens a decision."""
    is_measure = isinstance(record, OrganizationalMeasure)
    _record(
        actor,
        record,
        "measure.opened" if is_measure else "discipline.opened",
        "查看一份组织处置决定" if is_measure else "查看一份处分决定",
        None,
    )


@transaction.atomic
def note_listing(*, actor: Any, place: str) -> None:
    """Write down that somebody opens the list of decisions."""
    audit.record(
        actor=actor,
        action="members.discipline.listed",
        place=place,
        summary="查看处分和组织处置名单",
    )


@transaction.atomic
def check_honour(
    *, actor: Any, honour: Honour, decision: str, reason: str, on: dt.date
) -> HonourCheck:
    """Decide about an honour that was given within the effect of a 处分; the honour itself stays."""
    check, _ = HonourCheck.objects.update_or_create(
        honour=honour,
        defaults={
            "decision": decision,
            "reason": reason,
            "checked_on": on,
            "recorded_by": _person(actor),
        },
    )
    audit.record(
        actor=actor,
        action="members.honour.checked",
        subject=check,
        place=honour.organization.path,
        summary="核对一项荣誉",
        after={"处理意见": check.get_decision_display()},
    )
    return check


def _person(actor: Any) -> Any:
    return actor if getattr(actor, "pk", None) else None


def _check_member(member: Member, day: dt.date) -> None:
    if member.category not in Member.MEMBER_CATEGORIES:
        raise DisciplineRefused(f"{member.name}还不是党员，不能登记。")
    if member.joined_on and day < member.joined_on:
        raise DisciplineRefused(
            f"{member.name} {member.joined_on} 入党，决定不能更早。", "decided_on"
        )


def _check_probation(discipline: Discipline, months: int | None) -> None:
    rule = rule_on(discipline.decided_on)
    if discipline.kind != Kind.PROBATION:
        if months:
            raise DisciplineRefused("留党察看才有察看期。", "probation_months")
        return
    allowed = rule.values["probation_months"]
    if months not in allowed:
        years = "或".join(str(number // MONTHS_PER_YEAR) for number in allowed)
        raise DisciplineRefused(f"察看期是{years}年（{rule.citation}）。", "probation_months")
    earlier = Discipline.objects.filter(
        member=discipline.member,
        kind=Kind.PROBATION,
        decided_on__lte=discipline.decided_on,
        restored_on=None,
        revoked_on=None,
    ).order_by("decided_on")
    first = earlier.first()
    most = rule.values["probation_months_at_most"]
    if first and add_months(discipline.decided_on, months or 0) > add_months(
        first.decided_on, most
    ):
        raise DisciplineRefused(
            f"从 {first.decided_on} 起已在留党察看，合计不超过{most // MONTHS_PER_YEAR}年（{rule.citation}）。",
            "probation_months",
        )


def _check_due(kind: str, decided_on: dt.date, due_on: dt.date | None) -> None:
    if kind != Measure.CORRECTION:
        if due_on:
            raise DisciplineRefused("限期改正才有改正期满日。", "due_on")
        return
    rule = regulation(MEASURES, on=decided_on)
    years = rule.values["correction_years_at_most"]
    if due_on is None:
        raise DisciplineRefused("请填写改正期满日。", "due_on")
    if not decided_on < due_on <= add_years(decided_on, years):
        raise DisciplineRefused(f"限期改正不超过{years}年（{rule.citation}）。", "due_on")


def _months_of(discipline: Discipline) -> int | None:
    """Return how long the 留党察看 was decided for, from its stored days."""
    if not discipline.probation_ends_on:
        return None
    start, end = discipline.decided_on, discipline.probation_ends_on
    return (end.year - start.year) * MONTHS_PER_YEAR + end.month - start.month


def _reckon(discipline: Discipline, probation_months: int | None) -> None:
    """Work out until when a decision takes effect, by the rule of its day."""
    rule = rule_on(discipline.decided_on)
    months = rule.values[str(discipline.kind)]
    if discipline.kind != Kind.PROBATION:
        discipline.effect_ends_on = add_months(discipline.decided_on, months)
        return
    discipline.probation_ends_on = add_months(discipline.decided_on, probation_months or 0)
    restored = discipline.restored_on
    discipline.effect_ends_on = add_months(restored, months) if restored else None


def _record(
    actor: Any,
    record: Any,
    verb: str,
    summary: str,
    after: dict[str, Any] | None,
    before: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"members.{verb}",
        subject=record,
        place=record.member.branch.path,
        summary=summary,
        before=before,
        after=after,
    )


def _told(discipline: Discipline) -> dict[str, Any]:
    """Say what the trail keeps: days and number, never the reason."""
    return {
        "决定日期": discipline.decided_on,
        "文号": discipline.document,
        "影响期满": discipline.effect_ends_on,
        "恢复党员权利": discipline.restored_on,
        "撤销处分": discipline.revoked_on,
    }


def _told_of(measure: OrganizationalMeasure) -> dict[str, Any]:
    return {
        "决定日期": measure.decided_on,
        "文号": measure.document,
        "改正期满": measure.due_on,
        "结束日期": measure.closed_on,
    }
