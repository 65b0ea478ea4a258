"""The grades of somebody's appraisals on the file: as soon as the appraisal is done, never before."""

from typing import Any

from activities.models import Appraisal, AppraisalEntry
from activities.queries.appraisals import results_of
from members.models import Member
from partybuild.panels import Panel

SHOWN = 10


class AppraisalPanel(Panel):
    code = "activities.appraisals"
    model = "members.member"
    permission = "activities.view_appraisal"
    title = "民主评议"
    head = ("年度", "等次", "评议日期", "党支部")
    own = True
    empty = "还没有参加过民主评议。"

    def rows(self, record: Member) -> list[tuple[str, tuple[Any, ...]]]:
        return [(row.get_absolute_url(), self._cells(row)) for row in results_of(record)[:SHOWN]]

    def _cells(self, row: AppraisalEntry) -> tuple[Any, ...]:
        appraisal = row.appraisal
        is_done = appraisal.state == Appraisal.State.DONE
        grade = row.get_grade_display() if is_done else f"正在进行：{appraisal.get_state_display()}"
        return (appraisal.year, grade, appraisal.held_on, appraisal.organization.label)
