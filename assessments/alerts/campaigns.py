"""What needs attention in campaigns: findings past their day, answers and applications that wait."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from assessments.models import Application, Finding
from assessments.queries.applications import waiting_applications
from assessments.queries.awards import ending_by
from assessments.queries.inspections import overdue, waiting_for_check
from partybuild.alerts import Alert, Notice
from partybuild.regulations import regulation


def finding_notice(finding: Finding, text: str, *, is_late: bool) -> Notice:
    """Return the notice about a finding."""
    return Notice(
        text=f"{finding.inspection.campaign.title}：{text}",
        url=finding.get_absolute_url(),
        place=finding.organization.label,
        due_on=finding.due_on,
        is_late=is_late,
    )


class OverdueFindingAlert(Alert):
    code = "assessments.overdue_findings"
    title = "检查问题过了整改期限"
    permission = "assessments.view_campaign"
    order = 70
    about = "过了期限还没有答复整改的问题。答复以后自动消失；确实做不完的，请主办单位改期限。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        return [finding_notice(one, one.text, is_late=True) for one in overdue(day)]


class AnsweredFindingAlert(Alert):
    code = "assessments.answered_findings"
    title = "整改等着复查"
    permission = "assessments.run_campaign"
    order = 71
    about = "单位已经答复整改，还没有复查的问题。复查以后自动消失。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        return [
            finding_notice(one, one.text, is_late=one.due_on < day) for one in waiting_for_check()
        ]


class ApplicationAlert(Alert):
    code = "assessments.waiting_applications"
    title = "创建申报等着受理"
    permission = "assessments.run_campaign"
    order = 72
    about = "单位已经申报，还没有受理或者退回的。办理以后自动消失。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        return [self._notice(one) for one in waiting_applications()]

    def _notice(self, one: Application) -> Notice:
        on = timezone.localdate(one.handed_in_at) if one.handed_in_at else None
        return Notice(
            text=f"{one.campaign.title}：{one.whose}，{on} 申报",
            url=one.get_absolute_url(),
            place=one.organization.label,
        )


class EndingAwardAlert(Alert):
    code = "assessments.ending_awards"
    title = "创建命名快到期"
    permission = "assessments.view_campaign"
    order = 73
    about = "有效期快到的命名，到期以前请主办单位复审；复审或者到期以后自动消失。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        ahead = dt.timedelta(days=regulation("assessments.campaigns", on=day).values["renew_days"])
        return [
            Notice(
                text=f"{one.campaign.title} {one.grade.name}：{one.whose}，有效到 {one.valid_until}",
                url=one.get_absolute_url(),
                place=one.organization.label,
                due_on=one.valid_until,
            )
            for one in ending_by(day, day + ahead)
        ]
