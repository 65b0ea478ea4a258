"""The planned year: the committee's themes, sent down, and what the branches made of them."""

import datetime as dt
from typing import TYPE_CHECKING

from activities.models import Meeting
from activities.services.plans import (
    Theme,
    arrange_year,
    cancel_planned,
    open_year_plan,
    plan_activity,
    send_year_plan,
    write_year_plan,
)
from branches.models import PartyOrganization

if TYPE_CHECKING:
    from assessments.demonstration.organization import Demonstration

THEMES = (
    "学习党章，明确全年任务",
    "走访慰问困难党员",
    "学雷锋志愿服务",
    "国家安全教育",
    "弘扬劳动精神",
    "党纪学习教育",
    "重温入党誓词",
    "走进社区送法律服务",
    "警示教育",
    "爱国主义教育",
    "学习贯彻全会精神",
    "年度总结，查找不足",
)
LECTURES = {3: "书记讲党课", 6: "纪律党课", 9: "先锋岗党员讲党课", 12: "书记讲党课"}
NOT_ARRANGED = 2


def tell(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    """Send the year's themes down; most branches arrange theirs, one adds, one cancels."""
    plan = open_year_plan(actor=None, organization=committee, year=demo.today.year)
    party_days = {
        month: Theme(theme, required_materials="本月下发的学习材料" if month % 2 else "")
        for month, theme in enumerate(THEMES, 1)
    }
    lectures = {month: Theme(theme) for month, theme in LECTURES.items()}
    for kind, months in (
        (Meeting.Kind.PARTY_DAY, party_days),
        (Meeting.Kind.PARTY_LECTURE, lectures),
    ):
        plan = write_year_plan(
            actor=None, plan=plan, version=plan.version, kind=kind, months=months
        )
    send_year_plan(actor=None, plan=plan)
    for branch in branches[:-NOT_ARRANGED]:
        plan_activity(
            actor=None,
            organization=branch,
            kinds=[Meeting.Kind.PARTY_LECTURE],
            planned_on=demo.today + dt.timedelta(days=3),
            starts_at=dt.time(9, 0),
            place="党员活动室",
            theme="青年党员讲党课",
            agenda="一、青年党员讲体会。\n二、书记点评。",
        )
        arrange_year(actor=None, organization=branch, year=demo.today.year)
    dropped = plan_activity(
        actor=None,
        organization=branches[1],
        kinds=[Meeting.Kind.GENERAL_MEETING],
        planned_on=demo.today + dt.timedelta(days=5),
        theme="讨论吸收预备党员",
    )
    cancel_planned(actor=None, planned=dropped, version=1, reason="与全局培训冲突，改到下月")
