"""Transfers: 发起 → 转出方审核 → 在途 → 转入方接收 or 退回; the sender counts until the receiver accepts.

Everybody of one batch (整建制) goes through each step together; who has died or left meanwhile is
taken out of it by the step that ends it. Each side acts through its own
`TransferSide`; what a step does at the other side is checked first and then written past the lock.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from branches.models import PartyOrganization
from members.models import Member, Membership, Transfer, TransferSide, TransferStep
from members.queries.transfers import letter_rule
from members.services.development import open_case_on_probation
from members.services.memberships import (
    MembershipRefused,
    begin_membership,
    check_place,
    move_member,
    open_membership,
)
from members.services.roster import id_number_index, make_findable
from members.services.standing import StandingRefused, apply_standing
from partybuild import audit
from partybuild.merging import StaleVersion
from partybuild.publicids import new_public_id
from partybuild.refusals import Refused
from partybuild.regulations import NoRegulation
from partybuild.scoping import everything

State, Kind, Role = Transfer.State, Transfer.Kind, TransferSide.Role
Step = TransferStep.Kind
Start, End = Membership.Start, Membership.End


class TransferRefused(Refused):
    """A step of a transfer cannot be taken, with the reason in Chinese and the field it is about."""


@transaction.atomic
def start_transfer(
    *,
    actor: Any,
    members: Sequence[Member],
    started_on: dt.date,
    receiver: PartyOrganization | None = None,
    receiver_unit: str = "",
    **details: Any,
) -> TransferSide:
    """Start the transfer of somebody, or of many at once, to a branch or to a unit outside.

    `details` are `kind`, `reach`, `reason`, `letter_number`, `dues_paid_to`, `valid_days` (by the
    rule when 0). The members belong to one branch. Return the sender's side of the first.
    """
    if (receiver is None) == (not receiver_unit):
        raise TransferRefused("转往本系统的党支部和转往外单位，请只填一样。", "receiver")
    if not members:
        raise TransferRefused("请选择要转接的党员。", "members")
    _check_receiver(receiver, started_on)
    sender = _common_branch(members, receiver, started_on)
    _check_no_other_transfer(members)
    if details.get("kind") not in Transfer.WHOLE_UNIT and len(members) > 1:
        details["kind"] = Kind.UNIT_OUT
    details["valid_days"] = _valid_days(sender, started_on, details)
    batch = new_public_id() if len(members) > 1 else ""
    transfers = [
        Transfer(
            member=member,
            sender=sender,
            receiver=receiver,
            receiver_unit=receiver_unit,
            started_on=started_on,
            batch=batch,
            **details,
        )
        for member in members
    ]
    own = [TransferSide(transfer=t, organization=sender, role=Role.SENDER) for t in transfers]
    TransferSide.check_scope(own)
    Transfer.objects.bulk_create(transfers)
    TransferSide.objects.bulk_create(own)
    if receiver is not None:
        with everything(reason="a step of a transfer is written at both of its sides"):
            TransferSide.objects.bulk_create(
                TransferSide(transfer=t, organization=receiver, role=Role.RECEIVER)
                for t in transfers
            )
    _step(transfers, Step.STARTED, started_on, actor, details.get("reason", ""))
    _record(actor, own[0], transfers, "started", "发起组织关系转接")
    return own[0]


@transaction.atomic
def review_transfer(
    *, actor: Any, side: TransferSide, version: int, approved: bool, on: dt.date, note: str = ""
) -> None:
    """Let the sender's committee send a transfer on its way, or give it back with a reason."""
    transfers = _take(side, version, Role.SENDER, State.STARTED)
    _check_day(on, transfers[0].started_on, "发起日期")
    if not approved and not note:
        raise TransferRefused("请写明退回的原因。", "note")
    _store(transfers, state=State.IN_TRANSIT if approved else State.RETURNED, sent_on=on)
    _step(transfers, Step.APPROVED if approved else Step.REFUSED, on, actor, note)
    said = "审核通过组织关系转出" if approved else "审核退回组织关系转出"
    _record(actor, side, transfers, "reviewed", said, note)


@transaction.atomic
def accept_transfer(
    *,
    actor: Any,
    side: TransferSide,
    version: int,
    on: dt.date,
    group: PartyOrganization | None = None,
    note: str = "",
) -> list[str]:
    """Let the receiving branch take the members in: they count there from `on`.

    Return the names of those of a batch who are no longer with the sender: their transfers are
    withdrawn by the same step.
    """
    transfers = _take(side, version, Role.RECEIVER, State.IN_TRANSIT)
    _check_day(on, transfers[0].sent_on, "转出日期")
    transfers, gone = _part(transfers)
    whole = transfers[0].kind in Transfer.WHOLE_UNIT
    for transfer in transfers:
        try:
            move_member(
                member=transfer.member,
                to=side.organization,
                on=on,
                started_by=Start.ARRIVED_AS_UNIT if whole else Start.ARRIVED,
                ended_by=End.LEFT_AS_UNIT if whole else End.LEFT,
                group=group,
                document=transfer.letter_number,
            )
        except MembershipRefused as refusal:
            raise TransferRefused(str(refusal), "on") from refusal
    _store(transfers, state=State.DONE, received_on=on)
    _step(transfers, Step.ACCEPTED, on, actor, note)
    names = _withdraw_gone(gone, on, actor)
    _record(actor, side, transfers, "accepted", "接收组织关系", note, names)
    return names


@transaction.atomic
def return_transfer(
    *, actor: Any, side: TransferSide, version: int, on: dt.date, note: str
) -> None:
    """Give a transfer back to the sender with a reason.

    The receiving branch does; for a unit outside, the sender notes that the letter came back.
    """
    role = Role.SENDER if side.transfer.receiver_id is None else Role.RECEIVER
    transfers = _take(side, version, role, State.IN_TRANSIT)
    _check_day(on, transfers[0].sent_on, "转出日期")
    if not note:
        raise TransferRefused("请写明退回的原因。", "note")
    _store(transfers, state=State.RETURNED)
    _step(transfers, Step.RETURNED, on, actor, note)
    _record(actor, side, transfers, "returned", "退回组织关系转接", note)


@transaction.atomic
def resend_transfer(
    *, actor: Any, side: TransferSide, version: int, on: dt.date, note: str = ""
) -> None:
    """Start a returned transfer again; it is reviewed again, and its letter is a new one."""
    transfers = _take(side, version, Role.SENDER, State.RETURNED)
    _check_day(on, transfers[0].started_on, "发起日期")
    _check_receiver(transfers[0].receiver, on)
    _store(transfers, state=State.STARTED, started_on=on, sent_on=None)
    _step(transfers, Step.RESENT, on, actor, note)
    _record(actor, side, transfers, "resent", "重新发起组织关系转接", note)


@transaction.atomic
def withdraw_transfer(
    *, actor: Any, side: TransferSide, version: int, on: dt.date, note: str
) -> None:
    """Let the sender take a transfer back before it is accepted; nothing has changed by it."""
    transfers = _take(side, version, Role.SENDER, *Transfer.OPEN_STATES)
    _check_day(on, transfers[0].started_on, "发起日期")
    if not note:
        raise TransferRefused("请写明撤回的原因。", "note")
    _store(transfers, state=State.WITHDRAWN)
    _step(transfers, Step.WITHDRAWN, on, actor, note)
    _record(actor, side, transfers, "withdrawn", "撤回组织关系转接", note)


@transaction.atomic
def confirm_transfer(
    *, actor: Any, side: TransferSide, version: int, on: dt.date, note: str = ""
) -> list[str]:
    """Note that a unit outside has taken the members in: they count no more from `on`.

    Return the names of those of a batch who were here no longer, as `accept_transfer` does.
    """
    transfers = _take(side, version, Role.SENDER, State.IN_TRANSIT)
    if transfers[0].receiver_id is not None:
        raise TransferRefused("转往本系统的党支部，由对方接收。")
    _check_day(on, transfers[0].sent_on, "转出日期")
    transfers, gone = _part(transfers)
    for transfer in transfers:
        try:
            apply_standing(
                actor=actor,
                member=transfer.member,
                state=Member.State.TRANSFERRED,
                happened_on=on,
                document=transfer.letter_number,
                reason=transfer.reason,
                whereto=transfer.receiver_unit,
                ended_by=End.LEFT_AS_UNIT if transfer.kind in Transfer.WHOLE_UNIT else End.LEFT,
            )
        except StandingRefused as refusal:
            raise TransferRefused(str(refusal), "on") from refusal
    _store(transfers, state=State.DONE, received_on=on)
    _step(transfers, Step.CONFIRMED, on, actor, note)
    names = _withdraw_gone(gone, on, actor)
    _record(actor, side, transfers, "confirmed", "收到回执，组织关系转出", note, names)
    return names


@transaction.atomic
def receive_from_outside(
    *,
    actor: Any,
    organization: PartyOrganization,
    sender_unit: str,
    kind: str,
    letter_number: str,
    sent_on: dt.date,
    received_on: dt.date,
    group: PartyOrganization | None = None,
    **person: Any,
) -> TransferSide:
    """Take in somebody who comes with a letter from a unit outside the portal.

    `person` are fields of the file. Whoever left from here before gets the old file back. Somebody
    on probation gets a 培养档案 at that stage, so that the probation is led on.
    """
    _check_day(received_on, sent_on, "介绍信日期", "received_on")
    member = _file_of(organization, person)
    began = Start.ARRIVED_AS_UNIT if kind in Transfer.WHOLE_UNIT else Start.ARRIVED
    try:
        begin_membership(
            member=member,
            organization=organization,
            on=received_on,
            reason=began,
            group=group,
            document=letter_number,
        )
    except MembershipRefused as refusal:
        raise TransferRefused(str(refusal), "received_on") from refusal
    if member.state != Member.State.NORMAL:
        member.state, member.state_since = Member.State.NORMAL, received_on
        member.version += 1
        member.save(update_fields=["state", "state_since", "version"])
    transfer = Transfer.objects.create(
        member=member,
        sender_unit=sender_unit,
        receiver=organization,
        kind=kind,
        letter_number=letter_number,
        state=State.DONE,
        started_on=sent_on,
        sent_on=sent_on,
        received_on=received_on,
    )
    side = TransferSide.objects.create(
        transfer=transfer, organization=organization, role=Role.RECEIVER
    )
    joined = member.joined_on
    if member.category == Member.Category.PROBATIONARY and joined and joined < received_on:
        open_case_on_probation(
            actor=actor,
            member=member,
            organization=organization,
            on=received_on,
            came_from=sender_unit,
        )
    _step([transfer], Step.ACCEPTED, received_on, actor, "")
    _record(actor, side, [transfer], "received", f"从{sender_unit}转入")
    return side


# --- checks ----------------------------------------------------------------------------------


def _check_receiver(receiver: PartyOrganization | None, on: dt.date) -> None:
    if receiver is None:
        return
    try:
        check_place(receiver, Membership.Kind.FORMAL, on)
    except MembershipRefused as refusal:
        raise TransferRefused(str(refusal), "receiver") from refusal


def _common_branch(
    members: Iterable[Member], receiver: PartyOrganization | None, on: dt.date
) -> PartyOrganization:
    """Return the branch to which all of them belong on the day."""
    if on > timezone.localdate():
        raise TransferRefused("日期还没到，请核对。", "started_on")
    places: dict[int, PartyOrganization] = {}
    for member in members:
        held = open_membership(member)
        if member.state != Member.State.NORMAL or held is None:
            raise TransferRefused(f"{member.name}现在没有组织关系，不能转出。", "members")
        if held.kind != Membership.Kind.FORMAL:
            raise TransferRefused(f"{member.name}还不是党员，没有组织关系可转。", "members")
        if held.started_on is not None and on < held.started_on:
            raise TransferRefused(
                f"{member.name}{held.started_on} 才到“{held.organization.name}”，日期不能更早。",
                "started_on",
            )
        if receiver is not None and held.organization_id == receiver.pk:
            raise TransferRefused(f"{member.name}的组织关系已经在“{receiver.name}”。", "receiver")
        places[held.organization_id] = held.organization
    if len(places) > 1:
        raise TransferRefused("一次只能转接同一个党支部的党员。", "members")
    return next(iter(places.values()))


def _check_no_other_transfer(members: Sequence[Member]) -> None:
    with everything(reason="one transfer at a time, wherever it was started"):
        locked = Member.objects.select_for_update().filter(pk__in=[m.pk for m in members])
        list(locked.order_by("pk"))
    busy = Transfer.objects.filter(member__in=members, state__in=Transfer.OPEN_STATES)
    first = busy.select_related("member").order_by("pk").first()
    if first is not None:
        raise TransferRefused(
            f"{first.member.name}已有一件转接正在办理（{first.get_state_display()}），不能再发起。",
            "members",
        )


def _valid_days(sender: PartyOrganization, on: dt.date, details: dict[str, Any]) -> int:
    reach = details.get("reach") or Transfer.Reach.CITY
    try:
        days, longest, cite = letter_rule(reach, on=on, place=sender.path)
    except NoRegulation as unknown:
        raise TransferRefused("日期太早，那时的转接请在组织关系里登记。", "started_on") from unknown
    wanted = details.get("valid_days") or 0
    if wanted > longest:
        raise TransferRefused(f"介绍信最长 {longest} 天（{cite}）。", "valid_days")
    return wanted or days


def _check_day(on: dt.date, earliest: dt.date | None, what: str, field: str = "on") -> None:
    if on > timezone.localdate():
        raise TransferRefused("日期还没到，请核对。", field)
    if earliest is not None and on < earliest:
        raise TransferRefused(f"日期早于{what} {earliest}，请核对。", field)


def _part(transfers: Sequence[Transfer]) -> tuple[list[Transfer], list[Transfer]]:
    """Part those who are still with the sender from those who are gone; refuse when nobody is."""
    there: list[Transfer] = []
    gone: list[Transfer] = []
    for transfer in transfers:
        held = open_membership(transfer.member)
        is_there = held is not None and held.organization_id == transfer.sender_id
        (there if is_there else gone).append(transfer)
    if not there:
        raise TransferRefused(f"{_no_longer_there(gone[0])}，请转出方核对后撤回。")
    return there, gone


def _no_longer_there(transfer: Transfer) -> str:
    return f"{transfer.member.name}的组织关系已不在“{transfer.from_name}”"


def _file_of(organization: PartyOrganization, person: dict[str, Any]) -> Member:
    """Return the file of who arrives: a new one, or the one of somebody who left before."""
    known = None
    index = id_number_index(person.get("id_number", ""))
    if index is not None:
        with everything(reason="an ID number is taken wherever it is registered"):
            known = Member.objects.select_for_update().filter(id_number_index=index).first()
    if known is None:
        member = Member(branch=organization, **person)
        make_findable(member)
        member.save()
        return member
    if known.name != person["name"]:
        raise TransferRefused("这个身份证号码已登记在别人名下，请核对。", "id_number")
    if known.state != Member.State.TRANSFERRED:
        raise TransferRefused(
            "此人的档案已在本系统。在册的，请由所在党支部发起转接；停止党籍或出党的，请办理恢复党籍。",
            "id_number",
        )
    return known


# --- writing ---------------------------------------------------------------------------------


def _take(side: TransferSide, version: int, role: str, *states: str) -> list[Transfer]:
    """Lock a transfer and those of its batch; refuse the wrong side, state or version."""
    side.check_visible()
    one = Transfer.objects.select_for_update().get(pk=side.transfer_id)
    if side.role != role:
        raise TransferRefused("这一步由对方办理。")
    if one.version != version:
        raise StaleVersion(one)
    if one.state not in states:
        raise TransferRefused(f"这件转接现在是“{one.get_state_display()}”，不能办这一步。")
    if not one.batch:
        return [one]
    together = Transfer.objects.select_for_update().filter(batch=one.batch, state=one.state)
    return list(together.order_by("pk"))


def _store(transfers: Iterable[Transfer], **fields: Any) -> None:
    for transfer in transfers:
        for name, value in fields.items():
            setattr(transfer, name, value)
        transfer.version += 1
    Transfer.objects.bulk_update(transfers, [*fields, "version"])


def _step(transfers: Iterable[Transfer], kind: str, on: dt.date, actor: Any, note: str) -> None:
    TransferStep.objects.bulk_create(
        TransferStep(
            transfer=transfer,
            kind=kind,
            happened_on=on,
            actor=actor if getattr(actor, "pk", None) else None,
            actor_name=str(actor or "")[:60],
            note=note,
        )
        for transfer in transfers
    )


def _withdraw_gone(gone: Sequence[Transfer], on: dt.date, actor: Any) -> list[str]:
    """Withdraw the transfers of those who are no longer with the sender, and return their names."""
    _store(gone, state=State.WITHDRAWN)
    for transfer in gone:
        note = f"{_no_longer_there(transfer)}，没有随其他人一起办理。"
        _step([transfer], Step.WITHDRAWN, on, actor, note)
    return [transfer.member.name for transfer in gone]


def _record(
    actor: Any,
    side: TransferSide,
    transfers: Sequence[Transfer],
    action: str,
    said: str,
    note: str = "",
    left_out: Sequence[str] = (),
) -> None:
    one = transfers[0]
    people = "、".join(transfer.member.name for transfer in transfers[:5])
    if len(transfers) > 1:
        people += f" 等 {len(transfers)} 人"
    audit.record(
        actor=actor,
        action=f"members.transfer.{action}",
        subject=side,
        place=side.organization.path,
        summary=f"{said}：{people}",
        after={
            "转出": one.from_name,
            "转入": one.to_name,
            "状态": State(one.state).label,
            "介绍信": one.letter_number,
            "说明": note,
            **({"没有随同办理": "、".join(left_out)} if left_out else {}),
        },
    )
