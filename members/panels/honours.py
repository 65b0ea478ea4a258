"""Honours on a member's file."""

from typing import Any

from members.models import Member
from members.queries.honours import honours_of
from partybuild.ledgers import partial_date
from partybuild.panels import Panel


class HonourPanel(Panel):
    code = "members.honours"
    model = "members.member"
    permission = "members.view_honour"
    title = "荣誉"
    head = ("授予时间", "荣誉名称", "级别", "授予单位", "文号")
    empty = "还没有登记荣誉。"
    own = True

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        return [
            (
                honour.get_absolute_url(),
                (
                    partial_date(honour.awarded_on, honour.awarded_precision),
                    f"{honour.title}（已撤销）" if honour.revoked_on else honour.title,
                    honour.get_level_display(),
                    honour.awarded_by,
                    honour.document,
                ),
            )
            for honour in honours_of(record)
        ]
