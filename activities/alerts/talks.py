"""With whom a branch has not talked yet, as the year draws to its end."""

import datetime as dt
from collections.abc import Iterator

from activities.queries.talk_coverage import branches_of, coverages
from partybuild.alerts import Alert, Notice
from partybuild.lists import addresses
from partybuild.periods import Period


class TalkAlert(Alert):
    code = "activities.talks"
    title = "今年还没有谈心谈话的党员"
    permission = "activities.view_talk"
    order = 56
    about = "每年 11 月起，列出还有党员没有谈到的党支部。谈过的请补登，全部谈到就不再提醒。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        year = Period.year(day.year)
        address = addresses("activities:talk_coverage")
        for one in coverages(branches_of(year), year, as_of=day):
            if (
                one.uncovered
                and one.rule
                and one.rule.values["reminder"]["from_month"] <= day.month
            ):
                yield Notice(
                    f"还有 {len(one.uncovered)} 名党员今年的谈心谈话没有谈到",
                    address(one.organization.public_id),
                    place=one.organization.label,
                    due_on=year.end,
                    cite=one.citation,
                )
