"""Posts in leading bodies and training on a member's file."""

from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from members.models import Member, Office, TrainingRecord
from members.queries.leading import leading_posts_of
from partybuild.panels import Panel


class OfficePanel(Panel):
    code = "members.offices"
    model = "members.member"
    permission = "members.view_office"
    title = "党内职务"
    head = ("党组织", "职务", "分工", "任职时间", "离任时间")
    empty = "没有担任党内职务。"
    own = True

    def summary(self, record: Member) -> str:
        posts = [
            f"{post}（{post.started_on} 至 {post.ended_on or '今'}）"
            for post in leading_posts_of(record)
        ]
        return f"党员领导干部：{'、'.join(posts)}。" if posts else ""

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        held = Office.objects.filter(member=record).select_related("organization")
        return [
            (
                office.get_absolute_url(),
                (
                    office.organization.label,
                    office.get_post_display(),
                    office.duties,
                    office.started_on,
                    office.ended_on or "今",
                ),
            )
            for office in held.order_by("-pk")
        ]


class TrainingPanel(Panel):
    code = "members.trainings"
    model = "members.member"
    permission = "members.view_office"
    title = "班子成员培训"
    head = ("日期", "内容", "类别", "学时")
    empty = "还没有登记。"
    own = True

    def summary(self, record: Member) -> str:
        year = timezone.localdate().year
        held = TrainingRecord.objects.filter(member=record, held_on__year=year)
        hours = held.aggregate(total=Sum("hours"))["total"] or Decimal(0)
        return f"{year}年 {hours.normalize():f} 学时" if hours else ""

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        return [
            ("", (one.held_on, one.topic, one.get_kind_display(), one.hours))
            for one in TrainingRecord.objects.filter(member=record)
        ]
