"""What was planned and not recorded, and who has planned nothing this month."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from activities.queries.plans import (
    branches_without_plan,
    groups_left,
    kinds_of,
    kinds_title,
    overdue_plans,
    when_and_where,
)
from partybuild.alerts import Alert, Notice
from partybuild.periods import Period


class UnrecordedPlans(Alert):
    code = "activities.unrecorded_plans"
    title = "计划的活动到期未记录"
    permission = "activities.view_activity"
    order = 20
    about = "计划的日期已过，还没有活动记录。开过的请记录，改期的请改日期，不办的请取消并写明原因。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        plans = list(overdue_plans(day))
        left = groups_left(plans)
        for planned in plans:
            kinds = kinds_title(kinds_of(planned))
            groups = "、".join(group.label for group in left.get(planned.pk, []))
            missing = f"（还差{groups}）" if groups else ""
            yield Notice(
                f"{kinds}{missing} · {when_and_where(planned)} · {planned.theme}",
                planned.get_absolute_url(),
                place=planned.organization.label,
                due_on=planned.planned_on,
                cite="支部自己的安排",
                is_late=True,
            )


class UnplannedMonths(Alert):
    code = "activities.unplanned_months"
    title = "本月还没有安排"
    permission = "activities.view_activity"
    order = 21
    about = "做了全年安排的党支部，这个月既没有计划也没有记录。请安排一次，或者直接记录已经开过的。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        month = Period.containing(day, "month")
        for branch in branches_without_plan(month):
            yield Notice(
                f"{month.start.month}月还没有安排活动",
                f"{reverse('activities:branch_year')}?organization={branch.public_id}",
                place=branch.label,
                due_on=month.end,
            )
