"""Records that came back from the committee, and requests that wait for its answer."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from activities.queries.reviews import amendments_in_scope, returned_in_scope
from partybuild.alerts import Alert, Notice

SHOWN = 200


class ReturnedAlert(Alert):
    code = "activities.returned"
    title = "上级退回、待更正的记录"
    permission = "activities.change_activity"
    order = 5
    about = "机关党委审核时退回的记录，更正以后自动再送审核。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        for activity in returned_in_scope()[:SHOWN]:
            yield Notice(
                text=f"{activity.held_on} {activity.topic}",
                url=activity.get_absolute_url(),
                place=activity.organization.label,
                cite="机关党委审核意见",
            )


class AmendmentAlert(Alert):
    code = "activities.amendments"
    title = "待答复的更正申请"
    permission = "activities.review_activity"
    order = 6
    about = "支部申请更正已归档月份的记录，等机关党委答复。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        for asked in amendments_in_scope(open_only=True)[:SHOWN]:
            yield Notice(
                text=f"{asked.activity}：{asked.reason}",
                url=reverse("activities:answer_amendment", args=[asked.public_id]),
                place=asked.activity.organization.label,
                cite="归档月份的更正要经同意",
            )
