"""The ledger of vanguard posts."""

import datetime as dt
from typing import Any, ClassVar

from django.db.models import QuerySet

from branches.queries.placements import placed
from members.models import Member, PostHolder, PostReview, VanguardPost
from members.queries.posts import held_in, holders_on, with_life
from partybuild.ledgers import Choice, Column, Date, Ledger, Text, partial_date
from partybuild.periods import Period

RESULTS = dict(PostReview.Result.choices)


def review_cell(result: str | None, findings: str | None) -> str:
    """Return what a cell says of a review: 合格, or 整改（发现的情况）."""
    if not result:
        return ""
    return f"{RESULTS[result]}（{findings}）" if findings else RESULTS[result]


def adjustment_cell(note: str | None, day: dt.date | None, precision: str | None) -> str:
    """Return what a cell says of the last adjustment, with its day where it is known."""
    known = partial_date(day, precision or "day")
    return " ".join(str(part) for part in (known, note) if part)


class VanguardPostLedger(Ledger):
    code = "members.vanguard_posts"
    title = "党员先锋岗示范岗台账"
    permission = "members.view_vanguardpost"
    about = "岗位、人员、承诺、检查和调整情况，一人一行。"
    as_of = True
    periodic = True
    record = "post__public_id"
    record_page = "members:vanguard_post"
    # `held=period` asks for the posts that members in scope held on some day of the period.
    conditions: ClassVar = {
        "kind": "post__kind",
        "window": "post__window",
        "member": "member__public_id",
        "held": "",
    }
    order = ("place__path", "post__awarded_on", "pk")
    columns = (
        Text("党支部", "place__name", width=26),
        Text("岗位名称", "post__title", width=24),
        Choice("类别", "post__kind", VanguardPost.Kind, width=12),
        Text("窗口", "post__window", width=16),
        Text("党员", "member__name", width=10),
        Date("授牌时间", "post__awarded_on", "post__awarded_precision"),
        Date("任岗时间", "started_on"),
        Text("岗位承诺", "pledge_then", width=44, wrap=True),
        Column(
            ("检查情况", "上半年"), ("first_result", "first_findings"), render=review_cell, width=14
        ),
        Column(
            ("检查情况", "下半年"),
            ("second_result", "second_findings"),
            render=review_cell,
            width=14,
        ),
        Column(
            "调整情况",
            ("adjustment", "adjusted_on", "adjusted_precision"),
            render=adjustment_cell,
            width=24,
            wrap=True,
        ),
        Text("状态", "state_then", width=10),
    )

    def rows(self, period: Period) -> QuerySet[PostHolder]:
        day = self.day(period)
        return placed(with_life(holders_on(day), day), "post__organization", day)

    def selected(self, period: Period, conditions: dict[str, str] | None = None) -> QuerySet[Any]:
        others = dict(conditions or {})
        held_when = others.pop("held", "")
        if not held_when:
            return super().selected(period, others)
        if held_when != "period":
            return PostHolder.objects.none()
        day = self.day(period)
        held = held_in(period).filter(member__in=Member.objects.order_by())
        return self.narrowed(placed(with_life(held, day), "post__organization", day), others)
