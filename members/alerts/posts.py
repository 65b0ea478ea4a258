"""What needs attention among vanguard posts: reviews overdue, notices that ended, unclear entries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.urls import reverse
from django.utils.http import urlencode

from members.queries.posts import (
    Half,
    Overdue,
    notices_ended,
    overdue_reviews,
    unclear_adjustments,
)
from partybuild.alerts import Alert, Notice


class PostReviewAlert(Alert):
    code = "members.post_reviews"
    title = "先锋岗该复核了"
    permission = "members.view_vanguardpost"
    order = 60
    about = "授牌以后每半年复核一次，过了应复核日还没有结果的列在这里。机关党委复核以后自动消失。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        groups: dict[tuple[int, Half], list[Overdue]] = defaultdict(list)
        for one in overdue_reviews(day):
            groups[one.post.organization_id, Half.containing(one.due_on)].append(one)
        found = []
        for (_, half), late in groups.items():
            first = min(one.due_on for one in late)
            place = late[0].post.organization
            query = urlencode(
                {
                    "half": half.code,
                    "organization": place.public_id,
                    "open_only": "yes",
                }
            )
            found.append(
                Notice(
                    text=f"{len(late)} 个岗还没有复核，最早的应在 {first} 复核",
                    url=f"{reverse('members:post_reviews')}?{query}",
                    place=place.label,
                    due_on=first,
                    cite=late[0].cite,
                    is_late=True,
                )
            )
        return sorted(found, key=lambda notice: (notice.due_on, notice.place))


class PostNoticeAlert(Alert):
    code = "members.post_notices"
    title = "先锋岗公示期满"
    permission = "members.approve_vanguardpost"
    order = 61
    about = "公示期满还没有授牌，也没有写明不予授牌的岗。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        return [
            Notice(
                text=f"{event.post.title}：公示到 {event.notice_until} 已经期满，请授牌或写明不予授牌",
                url=event.post.get_absolute_url(),
                place=event.post.organization.label,
                due_on=event.notice_until,
            )
            for event in notices_ended(day)
        ]


class PostAdjustmentAlert(Alert):
    code = "members.post_adjustments"
    title = "先锋岗调整待核对"
    permission = "members.view_vanguardpost"
    order = 62
    about = "导入的台账写了调整或撤销，没有写日期。请核对，再办理换人或摘牌；办理以后自动消失。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        return [
            Notice(
                text=f"{event.post.title}：台账写着“{event.note}”，没有日期",
                url=event.post.get_absolute_url(),
                place=event.post.organization.label,
            )
            for event in unclear_adjustments()
        ]
