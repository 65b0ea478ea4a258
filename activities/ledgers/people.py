"""Ledgers of single members: how each attended, which talks each took part in, wherever it was.

What was held in another part of the tree is listed with its branch and day; its topic and its page
stay there.
"""

from typing import ClassVar

from django.db.models import QuerySet

from activities.models import Attendance, Talk, TalkPerson
from activities.queries.people import attendances_counted_in, readable, talks_with_members_in
from branches.queries.placements import placed
from members.models import Member
from partybuild.ledgers import Choice, Date, Ledger, Text
from partybuild.periods import Period


class AttendanceLedger(Ledger):
    code = "activities.attendances"
    title = "党员出席台账"
    permission = "activities.view_activity"
    about = "在册党员每人每次活动一行，在别的党支部参加的也列出；按月份计入期间。"
    record = "seen"
    record_page = "activities:activity"
    conditions: ClassVar = {"member": "member__public_id", "status": "status", "reason": "reason"}
    arrival = ("activity__held_on", "topic", "activity__recorded_at")
    order = ("place__path", "activity__held_on", "activity_id", "member__pinyin", "pk")
    columns = (
        Text("党支部", "place__name", width=24),
        Date("日期", "activity__held_on"),
        Text("主题", "topic", width=36, wrap=True),
        Text("姓名", "member__name", width=10),
        Choice("出席情况", "status", Attendance.Status, width=10),
        Choice("缺席原因", "reason", Attendance.Reason, width=10),
        Text("说明", "note", width=16),
    )

    def rows(self, period: Period) -> QuerySet[Attendance]:
        where = "activity__organization"
        mine = attendances_counted_in(period).filter(member__in=Member.objects.order_by())
        return placed(mine, where, self.day(period)).annotate(
            seen=readable(f"{where}__path", "activity__public_id"),
            topic=readable(f"{where}__path", "activity__topic"),
        )


class MemberTalkLedger(Ledger):
    code = "activities.talks_of_members"
    title = "党员参加谈话台账"
    permission = "activities.view_talk"
    about = "在册党员每人每次谈话一行；谈了什么不在这里。"
    record = "seen"
    record_page = "activities:talk"
    conditions: ClassVar = {"member": "member__public_id", "kind": "talk__kind"}
    arrival = ("talk__held_on", "talk__place", "talk__recorded_at")
    order = ("place__path", "talk__held_on", "talk_id", "member__pinyin", "pk")
    columns = (
        Text("党支部", "place__name", width=24),
        Date("谈话时间", "talk__held_on"),
        Text("姓名", "member__name", width=10),
        Choice("身份", "role", TalkPerson.Role, width=10),
        Choice("谈话类型", "talk__kind", Talk.Kind, width=12),
    )

    def rows(self, period: Period) -> QuerySet[TalkPerson]:
        where = "talk__organization"
        mine = talks_with_members_in(period).filter(member__in=Member.objects.order_by())
        return placed(mine, where, self.day(period)).annotate(
            seen=readable(f"{where}__path", "talk__public_id")
        )
