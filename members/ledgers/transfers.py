"""Transfers out and members who count no more, as ledgers."""

from typing import ClassVar

from django.db.models import Case, F, QuerySet, Value, When

from branches.queries.placements import placed
from members.models import Member, StandingChange, TransferSide
from members.queries.standing import endings_in
from members.queries.transfers import departures_in
from partybuild.ledgers import Choice, Column, Date, Ledger, Sensitive, Text
from partybuild.masking import mask_id_number, mask_phone
from partybuild.periods import Period

WHY = {
    Member.State.DECEASED: "党员去世",
    Member.State.SUSPENDED: "停止党籍",
    **dict.fromkeys(StandingChange.EXITS, "党员出党"),
}


def roster_columns(prefix: str) -> tuple[Column, ...]:
    """Return the columns of the roster after 姓名, read from the member under `prefix`."""
    return (
        Choice("性别", f"{prefix}gender", Member.Gender, width=6),
        Date("出生日期", f"{prefix}born_on", f"{prefix}born_precision"),
        Text("民族", f"{prefix}ethnicity", width=8),
        Text("学历", f"{prefix}education", width=12),
        Sensitive("身份证号码", f"{prefix}id_number", mask_id_number, width=21),
        Sensitive("联系电话", f"{prefix}phone", mask_phone, width=14),
        Date("入党时间", f"{prefix}joined_on", f"{prefix}joined_precision"),
        Text("工作/学习单位", f"{prefix}job_title", width=16),
        Text("籍贯", f"{prefix}native_place", width=14),
    )


def _where(name: str | None, unit: str) -> str:
    return name or unit


class DepartureLedger(Ledger):
    code = "members.transfers_out"
    title = "党员组织关系转出"
    permission = "members.view_transfer"
    about = "这一期间转出并已被接收的党员，一人一行。"
    periodic = True
    record = "public_id"
    record_page = "members:transfer"
    order = ("place__path", "transfer__received_on", "pk")
    columns: ClassVar[tuple[Column, ...]] = (
        Text("原所属党支部", "place__name", width=26),
        Text("姓名", "transfer__member__name", width=10),
        Choice("性别", "transfer__member__gender", Member.Gender, width=6),
        Date("转出日期", "transfer__received_on"),
        Column("转往何单位", ("goal__name", "transfer__receiver_unit"), render=_where, width=26),
        Text("是否正式党员", "is_full", width=12),
        Sensitive("联系电话", "transfer__member__phone", mask_phone, width=14),
        Text("备注", "transfer__reason", width=20, wrap=True),
    )

    def rows(self, period: Period) -> QuerySet[TransferSide]:
        day = self.day(period)
        rows = placed(departures_in(period), "organization", day)
        rows = placed(rows, "transfer__receiver", day, name="goal")
        full = Member.Category.FULL
        confirmed_by_then = {
            "transfer__member__category": full,
            "transfer__member__confirmed_on__lte": F("transfer__received_on"),
        }
        undated = {
            "transfer__member__category": full,
            "transfer__member__confirmed_on__isnull": True,
        }
        return rows.annotate(
            is_full=Case(
                When(**confirmed_by_then, then=Value("是")),
                When(**undated, then=Value("是")),
                default=Value("否"),
            )
        )


class TransferredLedger(DepartureLedger):
    code = "members.transferred"
    title = "转出党员台账"
    columns = (
        Text("原所属党支部", "place__name", width=26),
        Column("转出党支部", ("goal__name", "transfer__receiver_unit"), render=_where, width=26),
        Text("姓名", "transfer__member__name", width=10),
        *roster_columns("transfer__member__"),
    )


class InactiveLedger(Ledger):
    code = "members.inactive"
    title = "停用党员台账"
    permission = "members.view_member"
    about = "这一期间停止党籍、出党或去世的党员，一次变动一行；撤回的不列。"
    periodic = True
    record = "public_id"
    record_page = "members:standing_change"
    order = ("place__path", "happened_on", "pk")
    columns = (
        Text("所属党支部", "place__name", width=26),
        Text("姓名", "member__name", width=10),
        *roster_columns("member__"),
        Date("停用时间", "happened_on"),
        Column("停用原因", ("state",), render=lambda state: WHY.get(state, "其它"), width=10),
        Text("文号", "document", width=16),
    )

    def rows(self, period: Period) -> QuerySet[StandingChange]:
        return placed(endings_in(period), "organization", self.day(period))
