"""Writing appeals: filed while scores are public, answered by somebody else, with the difference."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.cards import Card, Subject
from assessments.engine.numbers import said
from assessments.models import Appeal, Cycle, SchemeItem
from assessments.queries.cycles import publicity_over
from assessments.queries.subjects import appeals_for, judges
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused

RUN = "assessments.run_cycle"


@transaction.atomic
def file_appeal(
    *,
    actor: Any,
    cycle: Cycle,
    subject: Subject,
    card: Card,
    item: SchemeItem | None,
    text: str,
    evidence: str,
) -> Appeal:
    """Hold something against a public score; Refused before and after the public days."""
    if cycle.stage != Cycle.Stage.PUBLICITY or publicity_over(cycle):
        raise Refused("现在不在公示期内，不能提出申诉。")
    if cycle.scheme.scores_units and not appeals_for(actor, cycle.scheme, subject.organization):
        raise Refused("申诉由被考核的党组织自己提出。")
    appeal = Appeal.objects.create(
        cycle=cycle,
        organization=subject.organization,
        member=subject.member,
        item=item,
        text=text,
        evidence=evidence,
        filed_by=actor,
        before=standing(card, item),
    )
    _note(actor, appeal, "filed", f"{subject.label}对“{cycle}”提出申诉：{text}"[:300])
    return appeal


@transaction.atomic
def answer_appeal(
    *, actor: Any, appeal: Appeal, card: Card, version: int, is_upheld: bool, answer: str
) -> Appeal:
    """Answer an appeal; who filed it cannot. The marks are corrected before, where it is upheld.

    Upheld without any change of the score is refused: then nothing was put right.
    """
    if appeal.answered_at:
        raise Refused("这件申诉已经答复过。")
    if appeal.filed_by_id == actor.pk or card.subject.is_user(actor):
        raise Refused("不能答复自己提出的申诉，请由别人答复。")
    scheme = appeal.cycle.scheme
    if scheme.scores_units and not judges(actor, RUN, scheme, appeal.organization):
        raise Refused("申诉由上级党组织答复。")
    if appeal.cycle.stage != Cycle.Stage.PUBLICITY:
        raise Refused("这一批不在公示阶段，不能答复。")
    after = standing(card, appeal.item)
    if is_upheld and after == appeal.before:
        raise Refused(
            "采纳申诉要先更正评分；现在的得分和申诉时一样。请先更正，再答复。", "is_upheld"
        )
    take(appeal, version)
    appeal.is_upheld, appeal.answer, appeal.after = is_upheld, answer, after
    appeal.answered_by, appeal.answered_at = actor, timezone.now()
    appeal.save()
    word = "采纳" if is_upheld else "不采纳"
    _note(
        actor,
        appeal,
        "answered",
        f"答复{card.subject.label}的申诉（{word}）：{answer}"[:300],
        appeal.before,
        after,
    )
    return appeal


def standing(card: Card, item: SchemeItem | None) -> dict[str, str]:
    """Return points and band of a subject, and the points of the line that an appeal is about."""
    total = card.result.total
    told = {
        "points": "" if total.points is None else said(total.points),
        "band": card.band,
        "result": card.result.fingerprint,
    }
    if item is not None:
        points = [
            f"{side.side.name} {_points(one)}".strip()
            for side in card.result.sides
            for one in side.lines
            if one.line.code == item.code
        ]
        told["line"] = "；".join(points)
    return told


def _points(line: Any) -> str:
    return line.state.label if line.points is None else f"{said(line.points)} 分"


def _note(
    actor: Any,
    appeal: Appeal,
    verb: str,
    summary: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"assessments.appeal.{verb}",
        subject=appeal,
        place=appeal.organization.path,
        summary=summary,
        before=before or {},
        after=after or {},
    )
