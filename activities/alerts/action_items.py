"""What meetings decided to have done and nobody has closed in time."""

import datetime as dt
from collections.abc import Iterator

from activities.queries.votes import late_matters
from partybuild.alerts import Alert, Notice


class MatterAlert(Alert):
    code = "activities.matters"
    title = "超过时限的议定事项"
    permission = "activities.view_activity"
    order = 15
    about = "会议定下、写了完成时限、到期还没有办结的事项。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        for matter in late_matters(day):
            yield Notice(
                text=matter.text,
                url=matter.get_absolute_url(),
                place=matter.organization.label,
                due_on=matter.due_on,
                is_late=True,
                cite="会议议定的时限",
            )
