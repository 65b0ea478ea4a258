"""Carrying out a scheme: launched, scored stage by stage, made public, sealed, archived."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.cards import Card, Subject
from assessments.engine.numbers import rounded
from assessments.engine.snapshots import ENGINE, inputs_as_data
from assessments.engine.written import fingerprint
from assessments.models import Appeal, BandDecision, Cycle, Rater, Scheme, SealedScorecard
from assessments.queries.cycles import (
    Overview,
    cycles_clashing,
    overview,
    publicity_over,
    subjects_in,
    usual_publicity_days,
)
from branches.models import PartyOrganization
from partybuild import audit
from partybuild.calendar import CalendarUnpublished, add_workdays
from partybuild.merging import StaleVersion, take
from partybuild.periods import Period
from partybuild.refusals import Refused
from partybuild.scoping import within

PLACES_KEPT = 2
Stage = Cycle.Stage


@transaction.atomic
def launch_cycle(
    *,
    actor: Any,
    scheme: Scheme,
    organization: PartyOrganization,
    period: Period,
    title: str,
    self_until: dt.date | None = None,
    review_until: dt.date | None = None,
    publicity_days: int | None = None,
) -> Cycle:
    """Begin a cycle; Refused when this scheme already judges some of these branches then."""
    if organization.is_branch:
        raise Refused("考核由上级党组织组织，请选择机关党委或党总支。", "organization")
    if period.kind != scheme.per:
        raise Refused("期间与方案的周期不同，请重新选择。", "period")
    if period.start > timezone.localdate():
        raise Refused(f"{period.title}还没有开始，到时候再启动。", "period")
    if cycles_clashing(scheme, period, organization):
        raise Refused(
            f"{period.title}已经有一批用这个方案的考核，管着其中的考核对象，不能再启动一批。",
            "period",
        )
    _check_days(self_until, review_until)
    cycle = Cycle.objects.create(
        scheme=scheme,
        organization=organization,
        period=period.code,
        title=title,
        self_until=self_until,
        review_until=review_until,
        publicity_days=publicity_days or usual_publicity_days(organization),
        launched_by=actor,
    )
    after = {"scheme": scheme.code, "edition": scheme.edition, "period": period.code}
    _note(actor, cycle, "launched", f"启动考核批次“{cycle}”", after=after)
    return cycle


def _check_days(self_until: dt.date | None, review_until: dt.date | None) -> None:
    if self_until and review_until and review_until < self_until:
        raise Refused("评审截止不能早于自评截止。", "review_until")


@transaction.atomic
def correct_cycle(
    *,
    actor: Any,
    cycle: Cycle,
    version: int,
    title: str,
    self_until: dt.date | None,
    review_until: dt.date | None,
    publicity_days: int,
) -> Cycle:
    """Correct title and days; what is public already keeps its days."""
    _check_days(self_until, review_until)
    _check_unsealed(cycle)
    if cycle.publicity_from and publicity_days != cycle.publicity_days:
        raise Refused("已经开始公示，公示天数不能再改。", "publicity_days")
    before = _days(cycle)
    take(cycle, version)
    cycle.title, cycle.publicity_days = title, publicity_days
    cycle.self_until, cycle.review_until = self_until, review_until
    cycle.save()
    _note(actor, cycle, "corrected", f"更正考核批次“{cycle}”", before, _days(cycle))
    return cycle


def _days(cycle: Cycle) -> dict[str, Any]:
    names = ("title", "self_until", "review_until", "publicity_days")
    return {name: str(getattr(cycle, name) or "") for name in names}


# Stages.


@transaction.atomic
def begin_self_assessment(*, actor: Any, cycle: Cycle, version: int) -> Cycle:
    """Open the subjects' own lines: 自评."""
    return _go(actor, cycle, version, (Stage.PREPARING,), Stage.SELF)


@transaction.atomic
def begin_review(*, actor: Any, cycle: Cycle, version: int) -> Cycle:
    """Close what subjects score themselves, open the committee's lines and the ballots."""
    return _go(actor, cycle, version, (Stage.PREPARING, Stage.SELF), Stage.REVIEW)


@transaction.atomic
def begin_publicity(*, actor: Any, cycle: Cycle, version: int) -> Cycle:
    """Make the scores public to those they concern, for so many whole working days after today.

    Refused when the working days of the next year are not published yet and the days reach there.
    """
    today = timezone.localdate()
    try:
        until = add_workdays(today, cycle.publicity_days)
    except CalendarUnpublished as unknown:
        raise Refused(
            f"{unknown.year} 年的放假安排还没有登记，算不出公示到哪天；请先在“规定”里登记。"
        ) from None
    cycle.publicity_from, cycle.publicity_until = today, until
    return _go(actor, cycle, version, (Stage.REVIEW,), Stage.PUBLICITY)


@transaction.atomic
def reopen_review(*, actor: Any, cycle: Cycle, version: int, reason: str) -> Cycle:
    """Take back what is public, with a reason; afterwards it is made public anew, for all its days."""
    if Appeal.objects.filter(cycle=cycle, answered_at=None).exists():
        raise Refused("还有申诉没有答复，请先答复。")
    cycle.publicity_from = cycle.publicity_until = None
    return _go(actor, cycle, version, (Stage.PUBLICITY,), Stage.REVIEW, reason)


@transaction.atomic
def archive_cycle(*, actor: Any, cycle: Cycle, version: int) -> Cycle:
    """Put a published cycle away."""
    return _go(actor, cycle, version, (Stage.SEALED,), Stage.ARCHIVED)


def _go(
    actor: Any, cycle: Cycle, version: int, allowed: tuple[Any, ...], stage: Any, reason: str = ""
) -> Cycle:
    before = Stage(cycle.stage)
    if before not in allowed:
        raise Refused(f"现在是“{before.label}”阶段，不能转到“{stage.label}”。")
    take(cycle, version)
    cycle.stage = stage
    cycle.save()
    summary = f"“{cycle}”由{before.label}转到{stage.label}" + (f"：{reason}" if reason else "")
    _note(actor, cycle, "stage_changed", summary[:300], {"stage": before}, {"stage": stage})
    return cycle


def _check_unsealed(cycle: Cycle) -> None:
    if cycle.is_sealed:
        raise Refused("这一批已经公布封存，不能再改。")


# Raters.


@transaction.atomic
def appoint_raters(*, actor: Any, cycle: Cycle, users: list[Any], group: str) -> list[Rater]:
    """Appoint people with accounts to rate; those appointed before change their group.

    Refused once they have voted: a ballot counts in the group in which it was given.
    """
    _check_unsealed(cycle)
    known = {one.user_id: one for one in Rater.objects.filter(cycle=cycle)}
    appointed = []
    for user in users:
        rater = known.get(user.pk) or Rater(cycle=cycle, user=user, added_by=actor)
        if rater.pk and rater.group != group and rater.ballots.exists():
            raise Refused(f"{user.name}已经评过，不能换组。", "users")
        rater.group = group
        rater.save()
        appointed.append(rater)
    names = "、".join(user.name for user in users)
    _note(actor, cycle, "raters_appointed", f"“{cycle}”指定评分人：{names}"[:300])
    return appointed


@transaction.atomic
def dismiss_rater(*, actor: Any, rater: Rater) -> None:
    """Take somebody from the raters who has not voted yet."""
    _check_unsealed(rater.cycle)
    if rater.ballots.exists():
        raise Refused(f"{rater.user.name}已经评过，不能撤下；他的票仍然有效。")
    _note(actor, rater.cycle, "rater_dismissed", f"“{rater.cycle}”撤下评分人：{rater.user.name}")
    rater.delete()


# Decisions about bands.


@transaction.atomic
def decide_band(
    *, actor: Any, cycle: Cycle, subject: Subject, card: Card, band: str, reason: str, version: int
) -> BandDecision:
    """Settle the band of one subject, with a reason; what was computed stays beside it.

    `version` is that of the decision the form was filled from, 0 for none. A band that a veto
    closes is refused: the veto holds until its mark is corrected.
    """
    if cycle.stage not in {Stage.REVIEW, Stage.PUBLICITY}:
        raise Refused(f"现在是“{cycle.get_stage_display()}”阶段，不能定等次。")
    order = [one.name for one in cycle.scheme.plan.bands]
    if band not in order:
        raise Refused("方案里没有这个等次。", "band")
    if card.result.total.points is None:
        raise Refused("还没有评完，评完再定等次。", "band")
    if card.result.vetoes and card.band and order.index(band) < order.index(card.band):
        raise Refused(f"一票否决以后最高只能是“{card.band}”。", "band")
    decision, is_new = BandDecision.objects.select_for_update().get_or_create(
        cycle=cycle,
        organization=subject.organization,
        member=subject.member,
        defaults={"band": band, "reason": reason, "decided_by": actor},
    )
    if version != (0 if is_new else decision.version):
        raise StaleVersion(decision)
    before = {} if is_new else {"band": decision.band, "reason": decision.reason}
    if not is_new:
        decision.band, decision.reason, decision.decided_by = band, reason, actor
        decision.version += 1
        decision.save()
    computed = card.band or "没有等次"
    audit.record(
        actor=actor,
        action="assessments.cycle.band_decided",
        subject=decision,
        place=subject.organization.path,
        summary=f"“{cycle}”{subject.label}定为“{band}”（按分数是“{computed}”）：{reason}"[:300],
        before=before,
        after={"band": band, "reason": reason},
    )
    return decision


# Sealing.


@transaction.atomic
def seal_cycle(*, actor: Any, cycle: Cycle, version: int, unfinished_reason: str = "") -> Cycle:
    """Publish the results and seal them with everything they follow from.

    Refused while the public days run, an appeal waits for its answer, or (without a reason) a
    subject is not scored to its end. Nothing sealed is ever computed or written again.
    """
    if cycle.stage != Stage.PUBLICITY:
        raise Refused(f"现在是“{cycle.get_stage_display()}”阶段；公示期满以后才能公布。")
    if not publicity_over(cycle):
        until = cycle.publicity_until
        told = f"{until.month}月{until.day}日" if until else "期满"
        raise Refused(f"公示到{told}（含）为止，期满以后才能公布。")
    if Appeal.objects.filter(cycle=cycle, answered_at=None).exists():
        raise Refused("还有申诉没有答复，请先答复。")
    take(cycle, version)
    with within(cycle.organization.path):
        whole = overview(cycle, subjects_in(cycle))
        _check_finished(whole, unfinished_reason)
        rows = [_sealed(cycle, at, one) for at, one in enumerate(whole.standings, start=1)]
        SealedScorecard.objects.bulk_create(rows, batch_size=200)
    cycle.document = cycle.scheme.document
    cycle.engine = ENGINE
    cycle.fingerprint = fingerprint_of(cycle, rows)
    cycle.unfinished_reason = unfinished_reason
    cycle.sealed_at, cycle.sealed_by = timezone.now(), actor
    cycle.stage = Stage.SEALED
    cycle.save()
    after = {"fingerprint": cycle.fingerprint, "engine": ENGINE, "subjects": len(rows)}
    _note(actor, cycle, "sealed", f"公布并封存“{cycle}”的结果", after=after)
    return cycle


def _check_finished(whole: Overview, reason: str) -> None:
    if not whole.standings:
        raise Refused("这一批没有考核对象，不能公布。")
    if whole.unfinished and not reason.strip():
        named = "、".join(one.subject.label for one in whole.unfinished[:3])
        raise Refused(
            f"还有 {len(whole.unfinished)} 个没有评完（{named}等）。请评完，或者写明为什么这样公布。",
            "unfinished_reason",
        )


def _sealed(cycle: Cycle, position: int, one: Any) -> SealedScorecard:
    total, card = one.card.result.total, one.card
    return SealedScorecard(
        cycle=cycle,
        position=position,
        organization=card.subject.organization,
        member=card.subject.member,
        label=card.subject.label[:200],
        points=None if total.points is None else rounded(total.points, PLACES_KEPT, "half_up"),
        full_score=None
        if card.full_score is None
        else rounded(card.full_score, PLACES_KEPT, "half_up"),
        band=card.band,
        final_band=one.final_band,
        decision=one.decision.reason if one.decision else "",
        inputs=inputs_as_data(card.inputs),
        said=[
            [side, line, mark.given_by.name, mark.given_at.isoformat(), mark.reason, mark.evidence]
            for (side, line), mark in sorted(card.marks.items())
        ],
        fingerprint=card.result.fingerprint,
    )


def fingerprint_of(cycle: Cycle, rows: list[SealedScorecard]) -> str:
    """Return the fingerprint of a sealed cycle: scheme, engine, and every subject's inputs and result."""
    return fingerprint(
        {
            "scheme": cycle.document or cycle.scheme.document,
            "engine": cycle.engine,
            "period": cycle.period,
            "subjects": [
                [one.position, one.label, one.inputs, one.said, one.fingerprint, one.final_band]
                for one in rows
            ],
        }
    )


def _note(
    actor: Any,
    cycle: Cycle,
    verb: str,
    summary: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"assessments.cycle.{verb}",
        subject=cycle,
        place=cycle.organization.path,
        summary=summary,
        before=before or {},
        after=after or {},
    )
