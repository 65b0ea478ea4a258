"""Ledgers of study: the 学时 of each member, and who lectured."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from activities.models import Meeting
from activities.queries.lectures import named_on
from activities.queries.occasions import present_by_activity
from activities.queries.people import given_on
from activities.queries.study import hours_in, short
from members.models import Member, Membership
from partybuild.ledgers import Choice, Column, Date, Gathered, Integer, Ledger, Text
from partybuild.periods import Period


class StudyHoursLedger(Ledger):
    code = "activities.study_hours"
    title = "党员学习教育学时台账"
    permission = "activities.view_activity"
    about = "在册党员一人一行：期间内到会的组织生活和参加的培训各有多少学时。按姓名排列，不排名次。"
    periodic = True
    record = "member__public_id"
    record_page = "activities:study_member"
    conditions: ClassVar = {"member": "member__public_id"}
    order = ("place__path", "member__pinyin", "member__pk")
    columns = (
        Text("党支部", "place__name", width=28),
        Text("姓名", "member__name", width=10),
        Date("在本支部起", "started_on"),
        Integer(("组织生活", "次数"), "occasions", width=8),
        Column(("组织生活", "学时"), ("occasion_hours",), kind="number", render=short, width=8),
        Integer(("班子成员培训", "次数"), "trainings", width=8),
        Column(("班子成员培训", "学时"), ("training_hours",), kind="number", render=short, width=8),
        Column(
            "合计学时",
            ("occasion_hours", "training_hours"),
            kind="number",
            render=lambda occasions, trainings: short(occasions + trainings),
            width=10,
        ),
    )

    def rows(self, period: Period) -> QuerySet[Membership]:
        return hours_in(period, self.day(period))


class LecturerLedger(Ledger):
    code = "activities.lecturers"
    title = "授课台账"
    permission = "activities.view_activity"
    about = "一种形式一行，只列写明主讲人的；一次活动同时算两种形式的是两行。"
    periodic = True
    record = "activity__public_id"
    record_page = "activities:activity"
    arrival = ("activity__held_on", "activity__topic", "activity__recorded_at")
    # `own=yes` asks for the lectures that members gave in their own branches, `member` for one's.
    conditions: ClassVar = {"kind": "kind", "own": "", "member": ""}
    order = ("place__path", "activity__held_on", "activity_id", "pk")
    columns = (
        Text("党支部", "place__name", width=24),
        Date("日期", "activity__held_on"),
        Choice("形式", "kind", Meeting.Kind, width=14),
        Text("主讲人", "lecturer", width=12),
        Text("题目", "activity__topic", width=36, wrap=True),
        Column(
            "学时",
            ("activity__hours",),
            kind="number",
            render=lambda hours: hours if hours is None else short(hours),
            width=8,
        ),
        Gathered("实到", ("activity_id",), gather=present_by_activity, kind="integer", width=7),
        Text("地点", "activity__place", width=14),
    )

    def rows(self, period: Period) -> QuerySet[Meeting]:
        return named_on(period, self.day(period))

    def selected(self, period: Period, conditions: dict[str, str] | None = None) -> QuerySet[Any]:
        others = dict(conditions or {})
        own, member = others.pop("own", ""), others.pop("member", "")
        if not (own or member):
            return super().selected(period, others)
        if own not in {"", "yes"}:
            return Meeting.objects.none()
        lecturers = Member.objects.filter(public_id=member) if member else Member.objects.all()
        return self.narrowed(given_on(lecturers, period, self.day(period)), others)
