"""What needs attention in cycles: self-assessments that are not filled in, appeals that wait."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from assessments.queries.cycles import waiting_appeals
from assessments.queries.own_words import (
    SelfAssessment,
    self_assessments_waiting,
    units_waiting,
)
from partybuild.alerts import Alert, Notice


class SelfAssessmentAlert(Alert):
    code = "assessments.self_assessments"
    title = "考核自评还没有填完"
    permission = "assessments.assess_self"
    order = 68
    about = "考核批次到了自评阶段，本支部或者支部书记还有没填的项目。填完自动消失。"

    page = "assessments:own_lines"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        return [self._notice(one, day) for one in self.waiting()]

    def waiting(self) -> list[SelfAssessment]:
        return self_assessments_waiting()

    def _notice(self, one: SelfAssessment, day: dt.date) -> Notice:
        until = one.cycle.self_until
        return Notice(
            text=f"{one.cycle}：自评还差 {one.missing} 项",
            url=reverse(self.page, args=[one.cycle.public_id, one.subject.public_id]),
            place=one.subject.organization.label,
            due_on=until,
            is_late=until is not None and until < day,
        )


class UnitAssessmentAlert(SelfAssessmentAlert):
    code = "assessments.unit_assessments"
    title = "本级党组织的考核自评还没有填完"
    permission = "assessments.assess_unit"
    about = "上级的考核批次到了自评阶段，本级党组织还有没填的项目。填完自动消失。"
    page = "assessments:unit_lines"

    def waiting(self) -> list[SelfAssessment]:
        return units_waiting()


class AppealAlert(Alert):
    code = "assessments.appeals"
    title = "考核申诉等着答复"
    permission = "assessments.run_cycle"
    order = 69
    about = "公示期内提出、还没有答复的申诉。都答复了才能公布；答复以后自动消失。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        return [
            Notice(
                text=f"{one.cycle}：{one.text}",
                url=one.get_absolute_url(),
                place=one.organization.label,
                due_on=one.cycle.publicity_until,
                is_late=bool(one.cycle.publicity_until and one.cycle.publicity_until < day),
            )
            for one in waiting_appeals()
        ]
