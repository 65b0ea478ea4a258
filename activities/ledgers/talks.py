"""Ledgers of talks: as everybody sees them, and with what was said for who may read it."""

from typing import ClassVar

from django.db.models import QuerySet

from activities.models import Talk
from activities.queries.talks import (
    READ,
    placed_talks,
    posts_in,
    talked_to_in,
    talkers_in,
)
from members.ledgers.care import mask_text
from partybuild.ledgers import Choice, Column, Date, Gathered, Ledger, Sensitive, Text
from partybuild.periods import Period

VIEW = "activities.view_talk"


def said(title: str, column: str, *, whole: bool, width: float = 24) -> Column:
    """Return a column of what was said: in full, or only that something is written."""
    if whole:
        return Text(title, column, width=width, wrap=True)
    return Sensitive(title, column, mask_text, width=width, wrap=True)


def blank() -> str:
    """Leave a cell to be signed by hand."""
    return ""


def talk_columns(*, whole: bool) -> tuple[Column, ...]:
    """Return the columns of 谈心谈话台账."""
    return (
        Text("党支部", "placement__name", width=24),
        Date("谈话时间", "held_on"),
        Text("谈话地点", "place", width=14),
        Gathered("谈话人", ("pk",), gather=talkers_in, width=14),
        Gathered("被谈话人", ("pk",), gather=talked_to_in, width=14),
        Choice("谈话类型", "kind", Talk.Kind, width=12),
        said("主要内容", "content", whole=whole, width=40),
        said("意见建议", "suggestions", whole=whole),
        said("整改落实", "follow_up", whole=whole),
        Column("签字", (), render=blank, width=10),
    )


def integrity_columns(*, whole: bool) -> tuple[Column, ...]:
    """Return the columns of 廉政谈话台账."""
    return (
        Text("党支部", "placement__name", width=24),
        Date("谈话时间", "held_on"),
        Gathered("谈话人", ("pk",), gather=talkers_in, width=14),
        Gathered("被谈话人", ("pk",), gather=talked_to_in, width=14),
        Gathered("职务", ("pk",), gather=posts_in, width=16),
        said("谈话事由", "reason", whole=whole),
        said("主要内容", "content", whole=whole, width=40),
        said("被谈话人表态", "stance", whole=whole),
        said("备注", "note", whole=whole),
    )


class TalkLedger(Ledger):
    code = "activities.talks"
    title = "谈心谈话台账"
    permission = VIEW
    about = "一次谈话一行；谈了什么只写“已登记”。"
    periodic = True
    record = "public_id"
    record_page = "activities:talk"
    conditions: ClassVar = {"kind": "kind", "holder": "organization__public_id"}
    arrival = ("held_on", "place", "recorded_at")
    order = ("placement__path", "held_on", "pk")
    columns = talk_columns(whole=False)
    # The kinds of talks it lists; all of them without any.
    kinds: ClassVar[tuple[str, ...]] = ()

    def rows(self, period: Period) -> QuerySet[Talk]:
        talks = placed_talks(period, self.day(period))
        return talks.filter(kind__in=self.kinds) if self.kinds else talks


class WholeTalkLedger(TalkLedger):
    code = "activities.talks_whole"
    title = "谈心谈话台账（含谈话内容）"
    permission = READ
    about = "一次谈话一行，写明谈了什么。只有党支部能看，请妥善保管。"
    periodic = False
    columns = talk_columns(whole=True)


class IntegrityTalkLedger(TalkLedger):
    code = "activities.integrity_talks"
    title = "廉政谈话台账"
    about = "一次廉政谈话或提醒谈话一行；谈了什么只写“已登记”。"
    columns = integrity_columns(whole=False)
    kinds = (Talk.Kind.INTEGRITY, Talk.Kind.REMINDER)


class WholeIntegrityTalkLedger(IntegrityTalkLedger):
    code = "activities.integrity_talks_whole"
    title = "廉政谈话台账（含谈话内容）"
    permission = READ
    about = "一次廉政谈话或提醒谈话一行，写明谈了什么。只有党支部能看，请妥善保管。"
    periodic = False
    columns = integrity_columns(whole=True)
