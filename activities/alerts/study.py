"""Whose 学时 are far below what is asked for, as the year draws to its end."""

import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse

from activities.queries.appraisals import appraising_branches
from activities.queries.study import FAR, far_behind, hours_words
from partybuild.alerts import Alert, Notice
from partybuild.periods import Period


class StudyAlert(Alert):
    code = "activities.study"
    title = "学时还差得多的党员"
    permission = "activities.view_activity"
    order = 58
    about = "每年 10 月起，列出有党员的学时离一般要求还差得多的党支部。参加过的请在活动记录里补上学时。只作提醒。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        year = Period.year(day.year)
        for study, rule in far_behind(appraising_branches(day.year), day):
            query = {
                "organization": study.organization.public_id,
                "year": year.code,
                "standing": FAR,
            }
            yield Notice(
                f"还有 {len(study.far_below)} 名党员今年不到 {hours_words(study.reminded_below)} 学时",
                f"{reverse('activities:study')}?{urlencode(query)}",
                place=study.organization.label,
                due_on=year.end,
                cite=rule.sources["member"],
            )
