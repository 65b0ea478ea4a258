"""Decisions on a member's file, for those alone who may see them; opening one is written down."""

from typing import Any

from members.models import Member
from members.queries.discipline import disciplines_in_scope, measures_in_scope
from partybuild.panels import Panel


class DisciplinePanel(Panel):
    code = "members.discipline"
    model = "members.member"
    permission = "members.view_discipline"
    title = "处分和组织处置"
    head = ("决定日期", "类别", "文号")
    empty = "没有记录。"

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        return [
            (row.get_absolute_url(), (row.decided_on, row._meta.verbose_name, row.document))
            for rows in (disciplines_in_scope(), measures_in_scope())
            for row in rows.filter(member=record)
        ]
