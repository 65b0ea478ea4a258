"""What needs attention in responsibility letters: not signed, goals past their day, goals to confirm."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from assessments.models import Goal
from assessments.queries.letters import goals_to_confirm, overdue_goals, unsigned_past_due
from partybuild.alerts import Alert, Notice


def goal_notice(goal: Goal, text: str, *, is_late: bool) -> Notice:
    """Return the notice about a goal."""
    return Notice(
        text=f"{goal.letter}：{text}",
        url=goal.get_absolute_url(),
        place=goal.letter.organization.label,
        due_on=goal.due_on,
        is_late=is_late,
    )


class UnsignedLetterAlert(Alert):
    code = "assessments.unsigned_letters"
    title = "责任书还没有签订"
    permission = "assessments.view_letter"
    order = 74
    about = "下发以后过了规定的天数还没有签订的责任书。书记签订以后自动消失。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        return [
            Notice(
                text=f"{one.letter}：{one.letter.secretary_name or '书记待补'}，{one.letter.issued_on} 下发",
                url=one.letter.get_absolute_url(),
                place=one.letter.organization.label,
                due_on=one.due_on,
                cite=one.cite,
                is_late=True,
            )
            for one in unsigned_past_due(day)
        ]


class OverdueGoalAlert(Alert):
    code = "assessments.overdue_goals"
    title = "责任书目标过了期限"
    permission = "assessments.view_letter"
    order = 75
    about = "过了完成期限、还没有报“已完成”的目标。填写“已完成”以后自动消失。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        return [
            goal_notice(one, f"{one}（{one.get_state_display()}）", is_late=True)
            for one in overdue_goals(day)
        ]


class GoalToConfirmAlert(Alert):
    code = "assessments.goals_to_confirm"
    title = "责任书目标等着确认"
    permission = "assessments.confirm_letter"
    order = 76
    about = "支部已经报“已完成”、还没有确认的目标。确认或者写明不确认的原因以后自动消失。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        return [self._notice(one) for one in goals_to_confirm(day)]

    @staticmethod
    def _notice(one: Goal) -> Notice:
        on = timezone.localdate(one.reported_at) if one.reported_at else None
        return goal_notice(one, f"{one}，{on} 报完成" if on else str(one), is_late=False)
