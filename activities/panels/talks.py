"""Talks on a member's file: that they were held, never what was said."""

from typing import Any

from activities.models import TalkPerson
from activities.queries.talks import talks_of
from members.models import Member
from partybuild.panels import Panel

SHOWN = 20


class TalkPanel(Panel):
    code = "activities.talks"
    model = "members.member"
    permission = "activities.view_talk"
    title = "谈心谈话"
    head = ("日期", "谈话类型", "身份", "党支部")
    own = True
    empty = "还没有登记谈话。"

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        return [(row.talk.get_absolute_url(), self._cells(row)) for row in talks_of(record)[:SHOWN]]

    def _cells(self, row: TalkPerson) -> tuple[Any, ...]:
        talk = row.talk
        kind, role = talk.get_kind_display(), row.get_role_display()
        return (talk.held_on, kind, role, talk.organization.label)
