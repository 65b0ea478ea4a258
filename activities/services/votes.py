"""Writing votes of a meeting; one on 接收 or 转正 is written into the file of development."""

from dataclasses import asdict
from typing import Any

from django.db import transaction

from activities.models import Meeting, Vote
from activities.queries.votes import Ballots, mistakes_in, voters_of
from members.models import DevelopmentCase, DevelopmentStep
from members.services.development import record_step
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused


class VoteRefused(Refused):
    """A vote cannot have been so; `field` is the input to look at."""


@transaction.atomic
def record_vote(
    *,
    actor: Any,
    meeting: Meeting,
    subject: str,
    title: str,
    ballots: Ballots,
    is_secret: bool = False,
    case: DevelopmentCase | None = None,
    written_opinions: int = 0,
) -> Vote:
    """Record one vote of a meeting.

    A vote on 接收 or 转正 names the `case`: it becomes that step of development, unless the step is
    there already with the same day. VoteRefused, or DevelopmentRefused, when it cannot be so.
    """
    if subject in Vote.STEPS:
        step = _step_of(
            actor,
            meeting,
            subject,
            case,
            asdict(ballots)
            | {"written_opinions": written_opinions or None, "is_secret": is_secret},
        )
        vote = Vote.objects.create(meeting=meeting, subject=subject, title=title, step=step)
    else:
        _check(meeting, ballots)
        vote = Vote.objects.create(
            meeting=meeting,
            subject=subject,
            title=title,
            is_secret=is_secret,
            yes=ballots.yes,
            no=ballots.no,
            abstain=ballots.abstain,
        )
    _note(actor, vote, "recorded", "登记表决", after=state_of(vote))
    return vote


@transaction.atomic
def correct_vote(
    *, actor: Any, vote: Vote, version: int, title: str, ballots: Ballots, is_secret: bool
) -> Vote:
    """Correct a vote; one that is a step of development is corrected there (VoteRefused)."""
    if vote.step_id:
        raise VoteRefused("这次表决记在发展党员档案里，请到那里更正。")
    before = state_of(vote)
    _check(vote.meeting, ballots)
    take(vote, version)
    vote.title, vote.is_secret = title, is_secret
    vote.yes, vote.no, vote.abstain = ballots.yes, ballots.no, ballots.abstain
    vote.save()
    _note(actor, vote, "corrected", "更正表决", before=before, after=state_of(vote))
    return vote


@transaction.atomic
def remove_vote(*, actor: Any, vote: Vote, version: int) -> None:
    """Take a vote off a meeting; a step of development stays in its file."""
    take(vote, version)
    _note(actor, vote, "removed", "删除表决", before=state_of(vote))
    vote.delete()


def state_of(vote: Vote) -> dict[str, Any]:
    """Return what a vote says, as history compares it."""
    return {
        "议题": vote.title,
        "表决事项": vote.get_subject_display(),
        "无记名": "是" if vote.is_secret else "否",
        "赞成": vote.yes,
        "反对": vote.no,
        "弃权": vote.abstain,
    }


def _check(meeting: Meeting, ballots: Ballots) -> None:
    for field, reason in mistakes_in(voters_of(meeting), ballots):
        raise VoteRefused(reason, field)


def _step_of(
    actor: Any,
    meeting: Meeting,
    code: str,
    case: DevelopmentCase | None,
    counts: dict[str, Any],
) -> DevelopmentStep:
    if case is None:
        raise VoteRefused("请选择是谁的发展党员档案。", "case")
    day = meeting.activity.held_on
    known = DevelopmentStep.objects.filter(case=case, code=code).first()
    if known is not None:
        if known.done_on != day or Vote.objects.filter(step=known).exists():
            raise VoteRefused(f"这一步已登记在 {known.done_on}，请先到档案里核对。", "case")
        return known
    voters = voters_of(meeting)
    return record_step(
        actor=actor,
        case=case,
        version=case.version,
        code=code,
        done_on=day,
        due_voters=voters.due,
        present_voters=voters.present,
        **counts,
    )


def _note(actor: Any, vote: Vote, act: str, said: str, **states: Any) -> None:
    audit.record(
        actor=actor,
        action=f"activities.vote.{act}",
        subject=vote,
        place=vote.meeting.activity.organization.path,
        summary=f"{said}：{vote.title}",
        **states,
    )
