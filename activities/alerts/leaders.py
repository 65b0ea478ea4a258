"""Leaders who have come to nothing in their own branch for a long time."""

import datetime as dt
from collections.abc import Iterator

from activities.queries.leaders import list_url, long_absent
from partybuild.alerts import Alert, Notice
from partybuild.periods import Period


class LeaderAlert(Alert):
    code = "activities.leaders"
    title = "较长时间没有参加支部组织生活的党员领导干部"
    permission = "activities.view_activity"
    order = 58
    about = "几个月里应参加几次、一次也没有参加的。免予参加的不列。补登到会、补课以后请更正记录。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        for row, period, rule in long_absent(day):
            yield Notice(
                f"{row.member.name}从 {period.start} 起应参加 {row.due_count} 次，还没有参加",
                list_url(
                    row.member.public_id,
                    row.organization.public_id,
                    Period.year(day.year),
                    "away",
                ),
                place=row.organization.label,
                cite=rule.citation,
            )
