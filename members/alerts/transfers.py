"""Transfers that wait for somebody, and letters that run out on the way."""

import datetime as dt
from collections.abc import Iterator

from members.models import Transfer, TransferSide
from members.queries.transfers import letter_ends_on, open_sides
from partybuild.alerts import Alert, Notice

State, Role = Transfer.State, TransferSide.Role


class TransferAlert(Alert):
    code = "members.transfers"
    title = "组织关系转接"
    permission = "members.view_transfer"
    order = 30
    about = "等审核、等接收、被退回和介绍信到期的转接。点开办理下一步。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        found = [self._notice(side, day) for side in open_sides()]
        yield from sorted(found, key=lambda one: (not one.is_late, one.due_on or dt.date.max))

    def _notice(self, side: TransferSide, day: dt.date) -> Notice:
        transfer = side.transfer
        name = transfer.member.name
        ends = letter_ends_on(transfer)
        waits = {
            State.STARTED: f"{name}转往{transfer.to_name}，等转出方审核。",
            State.RETURNED: f"{name}转往{transfer.to_name}，被退回，请重新发起或撤回。",
            State.IN_TRANSIT: f"{name}从{transfer.from_name}转来，等接收。"
            if side.role == Role.RECEIVER
            else f"{name}转往{transfer.to_name}，在途，等对方接收。",
        }
        text, late = waits[State(transfer.state)], False
        if transfer.state == State.IN_TRANSIT and ends is not None and ends < day:
            text, late = f"{text}介绍信 {ends} 已到期，请与对方联系。", True
        return Notice(
            text,
            side.get_absolute_url(),
            place=side.organization.label,
            due_on=ends if transfer.state == State.IN_TRANSIT else None,
            cite="《中国共产党党员教育管理工作条例》第二十五条"
            if not late
            else "本级要求（可调整）",
            is_late=late,
        )
