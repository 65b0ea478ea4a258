"""Changes of standing (党籍变动): recorded with day, document and reason, taken back exactly."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from branches.models import PartyOrganization
from members.models import (
    DevelopmentCase,
    Member,
    Membership,
    StandingChange,
    Transfer,
    TransferStep,
)
from members.services.memberships import (
    MembershipRefused,
    begin_membership,
    end_membership,
    hold_cases,
    open_membership,
)
from partybuild import audit
from partybuild.refusals import Refused
from partybuild.scoping import everything

State = Member.State
Kind, Start, End = Membership.Kind, Membership.Start, Membership.End

ENDS: dict[str, str] = {
    State.SUSPENDED: End.SUSPENDED,
    State.DECEASED: End.DECEASED,
    State.TRANSFERRED: End.LEFT,
    **dict.fromkeys(StandingChange.EXITS, End.EXITED),
}
# What becomes of the 培养档案 of somebody who is no member any more; 停止党籍 leaves it as it is.
Outcome = DevelopmentCase.Outcome
OUTCOMES: dict[str, str] = {
    State.TRANSFERRED: Outcome.LEFT,
    State.PROBATION_REVOKED: Outcome.REVOKED,
    **dict.fromkeys(
        (State.RESIGNED, State.LAPSED, State.REMOVED, State.EXPELLED, State.DECEASED),
        Outcome.ENDED,
    ),
}


class StandingRefused(Refused):
    """A change of standing cannot be recorded or taken back; mostly it is about the day."""

    def __init__(self, reason: str, field: str = "happened_on") -> None:
        super().__init__(reason, field)


@transaction.atomic
def change_standing(
    *,
    actor: Any,
    member: Member,
    state: str,
    happened_on: dt.date,
    document: str = "",
    reason: str = "",
    whereto: str = "",
    branch: PartyOrganization | None = None,
) -> StandingChange:
    """Record that somebody's standing is another one from `happened_on` on.

    The formal membership ends on that day with the fitting reason, and so does a 培养档案 that is
    open; 恢复党籍 (`State.NORMAL`) begins
    one in `branch`, the branch of the file when None. StandingRefused with the reason in Chinese.
    """
    change = apply_standing(
        actor=actor,
        member=member,
        state=state,
        happened_on=happened_on,
        document=document,
        reason=reason,
        whereto=whereto,
        branch=branch,
    )
    audit.record(
        actor=actor,
        action="members.standing.changed",
        subject=change,
        place=change.organization.path,
        summary=f"{member.name} {change.label}，自 {happened_on} 起",
        before={"党籍状态": State(change.before["state"]).label},
        after=told(change),
    )
    return change


@transaction.atomic
def take_back_standing(*, actor: Any, change: StandingChange, reason: str) -> StandingChange:
    """Take back a change that was recorded by mistake: everything is again as it was before."""
    _revert(change)
    audit.record(
        actor=actor,
        action="members.standing.taken_back",
        subject=change,
        place=change.organization.path,
        summary=f"撤回 {change.member.name} {change.label}",
        before=told(change),
        after={"撤回原因": reason},
    )
    return change


@transaction.atomic
def correct_standing(*, actor: Any, change: StandingChange, **fields: Any) -> StandingChange:
    """Correct the last change: it is taken back and recorded anew with `fields`."""
    _revert(change)
    corrected = apply_standing(actor=actor, member=change.member, **fields)
    audit.record(
        actor=actor,
        action="members.standing.corrected",
        subject=corrected,
        place=corrected.organization.path,
        summary=f"更正 {corrected.member.name} {corrected.label}",
        before=told(change),
        after=told(corrected),
    )
    return corrected


def told(change: StandingChange) -> dict[str, Any]:
    """Return what a change says, for the audit."""
    return {
        "变动为": change.label,
        "日期": change.happened_on,
        "文号": change.document,
        "原因": change.reason,
        "转往单位": change.whereto,
    }


def apply_standing(
    *,
    actor: Any,
    member: Member,
    state: str,
    happened_on: dt.date,
    document: str = "",
    reason: str = "",
    whereto: str = "",
    branch: PartyOrganization | None = None,
    started_by: str = Start.RESTORED,
    ended_by: str = "",
) -> StandingChange:
    """Do what `change_standing` says without an audit entry: for acts that are more than that."""
    stored = Member.objects.select_for_update().get(pk=member.pk)
    held = open_membership(stored)
    formal = held if held is not None and held.kind == Kind.FORMAL else None
    _check_change(stored, formal, state, happened_on)
    before = _before(stored)
    if formal is not None and stored.state not in {State.NORMAL, state}:
        _close_unknown(formal, stored.state_since)
        formal = None
    place = stored.branch
    begun: Membership | None = None
    try:
        if state == State.NORMAL:
            begun = begin_membership(
                member=stored,
                organization=branch or stored.branch,
                on=happened_on,
                reason=started_by,
                document=document,
            )
            place = begun.organization
        elif formal is not None:
            place = formal.organization
            end_membership(
                membership=formal,
                on=happened_on,
                reason=ended_by or ENDS[state],
                document=document,
            )
    except MembershipRefused as refusal:
        raise StandingRefused(str(refusal)) from refusal
    _set_standing(stored, state, happened_on)
    closed = _close_case(stored, state, happened_on)
    _tell(member, stored)
    return StandingChange.objects.create(
        member=member,
        organization=place,
        state=state,
        happened_on=happened_on,
        document=document,
        reason=reason,
        whereto=whereto,
        before={**before, "begun": begun.pk if begun else None, "case": closed},
        recorded_by=actor if getattr(actor, "pk", None) else None,
    )


def _check_change(
    member: Member, formal: Membership | None, state: str, happened_on: dt.date
) -> None:
    now = State(member.state)
    _check_not_followed(member)
    if member.category not in Member.MEMBER_CATEGORIES:
        raise StandingRefused(
            f"{member.name}是{member.get_category_display()}，还不是党员，没有党籍变动。", "state"
        )
    _check_state(member, formal, now, state)
    if happened_on > timezone.localdate():
        raise StandingRefused("日期还没到，请核对。")
    if member.joined_on is not None and happened_on < member.joined_on:
        raise StandingRefused(f"日期早于入党时间 {member.joined_on}，请核对。")
    if member.born_on is not None and happened_on < member.born_on:
        raise StandingRefused(f"日期早于出生日期 {member.born_on}，请核对。")
    if member.state_since is not None and happened_on < member.state_since:
        raise StandingRefused(f"{member.state_since} 已登记为{now.label}，日期不能更早。")


def _check_not_followed(member: Member) -> None:
    if member.followed_by_id is not None:
        raise StandingRefused(
            f"{member.name}已重新申请入党，另有新的档案，原来的档案不再变动。", "state"
        )


def _check_state(member: Member, formal: Membership | None, now: State, state: str) -> None:
    if now == State.DECEASED and formal is None:
        raise StandingRefused("已登记死亡。登记错了，请先撤回。", "state")
    if now == State.TRANSFERRED and state == State.NORMAL:
        raise StandingRefused("组织关系已转出。要回来，请由接收的支部办理转入。", "state")
    if now == State.TRANSFERRED and state != State.DECEASED:
        raise StandingRefused("组织关系已转出，由转入的党组织办理。", "state")
    # What an import noted has no day yet: it is recorded here with one.
    if now == state and (formal is None or now == State.NORMAL):
        raise StandingRefused(f"{member.name}现在就是“{now.label}”，不用再登记。", "state")
    if state == State.PROBATION_REVOKED and member.category != Member.Category.PROBATIONARY:
        raise StandingRefused("只有预备党员才取消预备党员资格。", "state")
    left_for_good = now in {*StandingChange.EXITS}
    if left_for_good and state not in {State.NORMAL, State.DECEASED} and formal is None:
        raise StandingRefused(f"已登记{now.label}。登记错了，请先撤回。", "state")


def _close_unknown(formal: Membership, since: dt.date | None) -> None:
    """End a membership that stayed open although an import says the standing had ended.

    Nobody knows since when it did not count: it has not counted on any day so far, so it gets none.
    """
    day = since or formal.started_on or timezone.localdate()
    formal.started_on = formal.started_on or day
    formal.ended_on = max(day, formal.started_on)
    formal.ended_by = ENDS.get(formal.member.state, End.SUSPENDED)
    formal.save(update_fields=["started_on", "ended_on", "ended_by"])


def _before(member: Member) -> dict[str, Any]:
    with everything(reason="taking a change back restores all memberships of the person"):
        rows = list(Membership.objects.filter(member=member).order_by("pk"))
    return {
        "state": member.state,
        "state_since": _text(member.state_since),
        "branch": member.branch_id,
        "memberships": [_row(row) for row in rows],
    }


def _row(row: Membership) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "started_on": _text(row.started_on),
        "ended_on": _text(row.ended_on),
        "ended_by": row.ended_by,
        "document": row.document,
    }


def _text(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _set_standing(member: Member, state: str, since: dt.date | None) -> None:
    member.state, member.state_since = state, since
    member.version += 1
    member.save(update_fields=["state", "state_since", "version"])


def _close_case(member: Member, state: str, on: dt.date) -> int | None:
    """End the open 培养档案 of somebody who leaves, and return its key."""
    if state not in OUTCOMES:
        return None
    with everything(reason="a case ends wherever it lies"):
        case = DevelopmentCase.objects.filter(member=member, closed_on=None).first()
        if case is None:
            return None
        _end_case(case, on, OUTCOMES[state], f"党籍变动：{State(state).label}")
        return case.pk


def _end_case(case: DevelopmentCase, on: dt.date | None, outcome: str, reason: str) -> None:
    case.closed_on, case.outcome, case.reason = on, outcome, reason
    case.version += 1
    case.save(update_fields=["closed_on", "outcome", "reason", "version"])


def _tell(member: Member, stored: Member) -> None:
    """Let the caller's object say what is stored now."""
    member.state, member.state_since = stored.state, stored.state_since
    member.branch, member.version = stored.branch, stored.version


def _revert(change: StandingChange) -> None:
    """Restore what a change replaced; StandingRefused when more has happened since."""
    with everything(reason="taking a change back restores all memberships of the person"):
        member = Member.objects.select_for_update().get(pk=change.member_id)
        stored = StandingChange.objects.get(pk=change.pk)
        _check_last(member, stored)
        now = {row.pk: row for row in Membership.objects.filter(member=member)}
        begun = now.pop(stored.before["begun"], None)
        if begun is not None:
            begun.delete()
        for old in stored.before["memberships"]:
            row = now[old["pk"]]
            if _row(row) != old:
                row.started_on, row.ended_on = _day(old["started_on"]), _day(old["ended_on"])
                row.ended_by, row.document = old["ended_by"], old["document"]
                row.save(update_fields=["started_on", "ended_on", "ended_by", "document"])
        member.branch = PartyOrganization.objects.get(pk=stored.before["branch"])
        member.state = stored.before["state"]
        member.state_since = _day(stored.before["state_since"])
        member.version += 1
        member.save(update_fields=["branch", "state", "state_since", "version"])
        closed = DevelopmentCase.objects.filter(pk=stored.before.get("case")).first()
        if closed is not None and closed.closed_on == stored.happened_on:
            _end_case(closed, None, "", "")
        hold_cases(DevelopmentCase.objects.filter(member=member), member.branch)
        _reopen_transfer(member, stored)
    change.taken_back_at = timezone.now()
    change.save(update_fields=["taken_back_at"])
    _tell(change.member, member)


def _check_last(member: Member, change: StandingChange) -> None:
    if change.taken_back_at is not None:
        raise StandingRefused("这次变动已经撤回。")
    _check_not_followed(member)
    as_recorded = (member.state, member.state_since) == (change.state, change.happened_on)
    known = {row["pk"] for row in change.before["memberships"]} | {change.before["begun"]}
    rows = Membership.objects.filter(member=member)
    began_since = rows.exclude(pk__in=[pk for pk in known if pk]).exists()
    begun = rows.filter(pk=change.before["begun"]).first()
    if not as_recorded or began_since or (begun is not None and begun.ended_on is not None):
        raise StandingRefused("这次变动以后又办过别的变动或转接，请先撤回后面的。")
    reopened = [row["pk"] for row in change.before["memberships"] if row["ended_on"] is None]
    for row in rows.filter(pk__in=reopened).select_related("organization"):
        if row.organization.dissolved_on is not None and row.kind == Kind.FORMAL:
            raise StandingRefused(f"“{row.organization.name}”已经撤销，不能恢复到那里。")


def _reopen_transfer(member: Member, change: StandingChange) -> None:
    """Let a transfer to a unit outside be on its way again, when its end is taken back."""
    done = Transfer.objects.filter(
        member=member,
        receiver=None,
        state=Transfer.State.DONE,
        received_on=change.happened_on,
    )
    for transfer in done if change.state == State.TRANSFERRED else ():
        transfer.state, transfer.received_on = Transfer.State.IN_TRANSIT, None
        transfer.version += 1
        transfer.save(update_fields=["state", "received_on", "version"])
        transfer.steps.create(
            kind=TransferStep.Kind.REOPENED, happened_on=timezone.localdate(), actor=None
        )
