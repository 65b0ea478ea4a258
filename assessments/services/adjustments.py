"""Writing 加减分: proposed with a paper, decided by somebody else."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.cards import Subject
from assessments.engine.numbers import said, signed
from assessments.models import Adjustment, Cycle, Scheme
from assessments.queries.cycles import cycle_over
from assessments.queries.subjects import judges
from partybuild import audit
from partybuild.merging import take
from partybuild.periods import Period
from partybuild.refusals import Refused

State = Adjustment.State
PROPOSE, APPROVE = "assessments.mark_scorecard", "assessments.approve_adjustment"


@transaction.atomic
def propose_adjustment(
    *,
    actor: Any,
    scheme: Scheme,
    subject: Subject,
    period: Period,
    points: Decimal,
    reason: str,
    paper: str,
) -> Adjustment:
    """Propose points beside the lines; they count for nothing until somebody else approves them."""
    limits = scheme.plan.adjusting
    if not limits.allowed:
        raise Refused("这个方案没有规定加减分。")
    if not points:
        raise Refused("分值不能是 0。", "points")
    if limits.high is not None and points > limits.high:
        raise Refused(f"方案规定最多加 {said(limits.high)} 分。", "points")
    if limits.low is not None and points < limits.low:
        raise Refused(f"方案规定最多减 {said(abs(limits.low))} 分。", "points")
    _check_judge(actor, PROPOSE, scheme, subject)
    _check_open(scheme, subject, period)
    adjustment = Adjustment.objects.create(
        scheme=scheme,
        organization=subject.organization,
        member=subject.member,
        period=period.code,
        points=points,
        reason=reason,
        paper=paper,
        proposed_by=actor,
    )
    told = f"{subject.label} {period.title}加减分 {signed(points)}：{reason}"
    _note(actor, adjustment, "proposed", told)
    return adjustment


@transaction.atomic
def decide_adjustment(
    *, actor: Any, adjustment: Adjustment, version: int, is_approved: bool, opinion: str
) -> Adjustment:
    """Approve or refuse what somebody else proposed."""
    if adjustment.state != State.PROPOSED:
        raise Refused("这一条已经办过。")
    if adjustment.proposed_by_id == actor.pk:
        raise Refused("不能批准自己提出的加减分，请由别人批准。")
    if not is_approved and not opinion.strip():
        raise Refused("不批准请写明原因。", "opinion")
    _check_judge(actor, APPROVE, adjustment.scheme, _subject(adjustment))
    _check_open(adjustment.scheme, _subject(adjustment), Period.parse(adjustment.period))
    state = State.APPROVED if is_approved else State.REFUSED
    return _decide(actor, adjustment, version, state, opinion)


@transaction.atomic
def withdraw_adjustment(
    *, actor: Any, adjustment: Adjustment, version: int, reason: str
) -> Adjustment:
    """Take back an approved adjustment, with a reason; it counts no longer, its row stays."""
    if adjustment.state != State.APPROVED:
        raise Refused("只有已批准的才能撤销。")
    if adjustment.proposed_by_id == actor.pk:
        raise Refused("不能撤销自己提出的加减分，请由别人撤销。")
    _check_judge(actor, APPROVE, adjustment.scheme, _subject(adjustment))
    _check_open(adjustment.scheme, _subject(adjustment), Period.parse(adjustment.period))
    return _decide(actor, adjustment, version, State.WITHDRAWN, reason)


def _decide(
    actor: Any, adjustment: Adjustment, version: int, state: State, opinion: str
) -> Adjustment:
    before = adjustment.state
    take(adjustment, version)
    adjustment.state, adjustment.opinion = state, opinion
    adjustment.decided_by, adjustment.decided_at = actor, timezone.now()
    adjustment.save()
    told = f"加减分 {signed(adjustment.points)}（{adjustment.reason}）{state.label}"
    _note(actor, adjustment, "decided", told, {"state": before}, {"state": state})
    return adjustment


def _subject(adjustment: Adjustment) -> Subject:
    return Subject.of(adjustment.scheme, adjustment.organization, adjustment.member)


def _check_judge(actor: Any, permission: str, scheme: Scheme, subject: Subject) -> None:
    if scheme.scores_units and not judges(actor, permission, scheme, subject.organization):
        raise Refused("加减分由上级党组织提出和批准。")
    if subject.is_user(actor):
        raise Refused("不能办理自己的加减分，请由别人办。")


def _check_open(scheme: Scheme, subject: Subject, period: Period) -> None:
    cycle = cycle_over(scheme, period, subject.organization)
    if cycle and cycle.is_sealed:
        raise Refused("这一期的考核已经公布封存，不能再加减分。")
    if cycle and cycle.stage == Cycle.Stage.PUBLICITY:
        raise Refused("正在公示，不能再加减分；确需更改请先退回评审。")


def _note(
    actor: Any,
    adjustment: Adjustment,
    verb: str,
    summary: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"assessments.adjustment.{verb}",
        subject=adjustment,
        place=adjustment.organization.path,
        summary=summary[:300],
        before=before or {},
        after=after or {"points": str(adjustment.points), "paper": adjustment.paper},
    )
