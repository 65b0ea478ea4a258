"""Writing the goals of letters: changed until the letter is signed, then reported and confirmed."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from assessments.models import Goal, ResponsibilityLetter
from assessments.queries.letters import successor_of
from assessments.services.campaigns import told
from assessments.services.letters import check_due, check_unsigned, note
from partybuild.merging import take
from partybuild.refusals import Refused

State = Goal.State


@transaction.atomic
def add_goal(*, actor: Any, letter: ResponsibilityLetter, values: Mapping[str, Any]) -> Goal:
    """Add a goal to a letter that is not signed yet; it comes last."""
    held = _held(letter)
    _check(held, values)
    last = held.goals.aggregate(last=Max("number"))["last"] or 0
    goal = Goal.objects.create(letter=held, number=last + 1, **values)
    note(actor, held, "goal_added", f"“{held}”增加目标 {goal}", told(goal, values))
    return goal


@transaction.atomic
def correct_goal(*, actor: Any, goal: Goal, version: int, values: Mapping[str, Any]) -> Goal:
    """Correct a goal of a letter that is not signed yet."""
    held = _held(goal.letter)
    _check(held, values)
    take(goal, version)
    before = told(goal, values)
    for name, value in values.items():
        setattr(goal, name, value)
    goal.save()
    note(actor, held, "goal_corrected", f"“{held}”更正目标 {goal}", told(goal, values), before)
    return goal


@transaction.atomic
def remove_goal(*, actor: Any, goal: Goal, version: int) -> None:
    """Remove a goal of a letter that is not signed yet; the last one stays."""
    held = _held(goal.letter)
    check_unsigned(held)
    if held.goals.count() == 1:
        raise Refused("责任书至少要有一个目标；不要这份责任书，请删除整份。")
    take(goal, version)
    said = f"“{held}”删去目标 {goal}"
    goal.delete()
    note(actor, held, "goal_removed", said)


@transaction.atomic
def report_goal(*, actor: Any, goal: Goal, version: int, state: str, progress: str) -> Goal:
    """Say how far a goal of a signed letter is; what was confirmed stays as it is.

    What the committee said of the last report is over: it looks again.
    """
    take(goal, version)
    if goal.letter.signed_on is None:
        raise Refused("责任书还没有签订，签订以后再填写进展。")
    if successor_of(goal.letter):
        raise Refused("这份责任书已由下一份接续，请在接续的那一份里填写。")
    if goal.is_confirmed:
        raise Refused("这个目标已经确认完成，不用再填。")
    if state != State.NOT_STARTED and not progress.strip():
        raise Refused("请写明做了什么。", "progress")
    before = told(goal, ("state", "progress"))
    goal.state, goal.progress = state, progress
    goal.reported_by, goal.reported_at = actor, timezone.now()
    _forget_confirmation(goal)
    goal.save()
    after = told(goal, ("state", "progress"))
    said = f"填写目标 {goal} 的进展：{goal.get_state_display()}"
    note(actor, goal.letter, "goal_reported", said, after, before)
    return goal


@transaction.atomic
def confirm_goal(
    *, actor: Any, goal: Goal, version: int, is_confirmed: bool, opinion: str = ""
) -> Goal:
    """Confirm that a goal is reached, or say why not: then it goes on. Not who reported it."""
    take(goal, version)
    if not goal.waits:
        raise Refused("支部填写“已完成”以后才能确认；已经办过的不用再办。")
    if actor is not None and goal.reported_by_id == actor.pk:
        raise Refused("不能确认自己填写的进展，请由别人确认。")
    if not is_confirmed and not opinion.strip():
        raise Refused("不确认请写明原因。", "opinion")
    goal.is_confirmed, goal.opinion = is_confirmed, opinion
    goal.confirmed_by, goal.confirmed_at = actor, timezone.now()
    if not is_confirmed:
        goal.state = State.RUNNING
    goal.save()
    word = "确认完成" if is_confirmed else "没有确认"
    said = f"目标 {goal} {word}" + (f"：{opinion}" if opinion else "")
    note(actor, goal.letter, "goal_confirmed", said)
    return goal


def _held(letter: ResponsibilityLetter) -> ResponsibilityLetter:
    """Return the letter as it is stored, held so that nobody signs it meanwhile."""
    rows = ResponsibilityLetter.objects.select_for_update(of=("self",))
    return rows.select_related("organization").get(pk=letter.pk)


def _check(letter: ResponsibilityLetter, values: Mapping[str, Any]) -> None:
    check_unsigned(letter)
    check_due(values.get("due_on"), letter.started_on, letter.ended_on)


def _forget_confirmation(goal: Goal) -> None:
    goal.is_confirmed, goal.opinion = None, ""
    goal.confirmed_by = goal.confirmed_at = None
