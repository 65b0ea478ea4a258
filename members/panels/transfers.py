"""A member's transfers and changes of standing on the file."""

from typing import Any

from members.models import Member
from members.queries.standing import changes_of
from members.queries.transfers import transfers_of
from partybuild.panels import Panel


class TransferPanel(Panel):
    code = "members.transfers"
    model = "members.member"
    permission = "members.view_transfer"
    title = "组织关系转接"
    head = ("发起日期", "转出", "转入", "状态")
    empty = "没有办过转接。"

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        return [
            (
                side.get_absolute_url(),
                (
                    side.transfer.started_on,
                    side.transfer.from_name,
                    side.transfer.to_name,
                    side.transfer.get_state_display(),
                ),
            )
            for side in transfers_of(record)
        ]


class StandingPanel(Panel):
    code = "members.standing"
    model = "members.member"
    permission = "members.view_member"
    title = "党籍变动"
    head = ("日期", "变动", "党支部", "文号")
    empty = "没有变动。"

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        return [
            (
                change.get_absolute_url(),
                (change.happened_on, change.label, change.organization.label, change.document),
            )
            for change in changes_of(record)
        ]
