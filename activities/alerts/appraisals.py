"""Appraisals that were held and lack something, and groups with more 优秀 than is usual."""

import datetime as dt
from collections.abc import Iterator

from activities.queries.appraisals import open_appraisals, tallies_of
from partybuild.alerts import Alert, Notice


class AppraisalAlert(Alert):
    code = "activities.appraisals"
    title = "民主评议还没有完成"
    permission = "activities.view_appraisal"
    order = 57
    about = "评议的日期已过，还有正式党员没有评定等次，或者优秀多于一般要求。只作提醒。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        for tally in tallies_of(open_appraisals(day)):
            appraisal = tally.appraisal
            texts = [tally.share_words] if tally.share_words else []
            if tally.ungraded:
                texts.append(f"{appraisal}：还有 {tally.ungraded} 名正式党员没有评定等次")
            for text in texts:
                yield Notice(
                    text,
                    appraisal.get_absolute_url(),
                    place=appraisal.organization.label,
                    due_on=appraisal.held_on,
                    cite=tally.rule.citation if tally.rule else "",
                )
