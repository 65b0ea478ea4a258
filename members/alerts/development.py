"""What needs attention in the development of members."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.urls import reverse

from members.queries.development import (
    OLD,
    facts_of,
    leaving_candidates,
    open_cases,
    stalled_branches,
)
from members.queries.development_rules import WATCH, Rules, deadlines, findings, probation_end
from partybuild.alerts import Alert, Notice
from partybuild.regulations import regulation


class DevelopmentDueAlert(Alert):
    code = "members.development_due"
    title = "发展党员期限"
    permission = "members.view_development"
    order = 30
    about = "培养档案里快到期和已经超期的步骤。办好后在档案里记录，提醒自动消失。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        soon = day + dt.timedelta(days=regulation(WATCH, on=day).values["soon_days"])
        cases = list(open_cases())
        facts, rules = facts_of(cases), Rules()
        found = [
            Notice(
                text=f"{case.member.name}：{one.text}",
                url=case.get_absolute_url(),
                place=case.organization.label,
                due_on=one.due_on,
                cite=one.cite,
                is_late=one.late_after < day,
            )
            for case in cases
            for one in deadlines(facts[case.pk], day, rules)
            if one.due_on <= soon
        ]
        return sorted(found, key=lambda notice: (notice.due_on or day, notice.text))


class SponsorAlert(Alert):
    code = "members.development_sponsors"
    title = "培养联系人不合要求"
    permission = "members.view_development"
    order = 31
    about = "培养中的人没有联系人，或联系人过多。请在培养档案里重新指定。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        cases = list(open_cases())
        facts, rules = facts_of(cases), Rules()
        for case in cases:
            for one in findings(facts[case.pk], day, rules):
                if one.code == "DEV-MENTORS":
                    yield Notice(
                        text=f"{case.member.name}：{one.text}",
                        url=case.get_absolute_url(),
                        place=case.organization.label,
                        cite=one.cite,
                    )


class LeavingAlert(Alert):
    code = "members.development_leaving"
    title = "培养对象将要离开"
    permission = "members.view_development"
    order = 32
    about = "登记了预计离开日期的培养对象。离开前请办好手续或转出培养档案。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        cases = list(leaving_candidates(day).order_by("leaving_on", "pk"))
        facts, rules = facts_of(cases), Rules()
        for case in cases:
            end = probation_end(facts[case.pk], rules)
            told = f"，预备期 {end} 满" if end else ""
            yield Notice(
                text=f"{case.member.name}：预计 {case.leaving_on} 离开{told}",
                url=case.get_absolute_url(),
                place=case.organization.label,
                due_on=case.leaving_on,
                is_late=case.leaving_on is not None and case.leaving_on < day,
            )


class StalledBranchAlert(Alert):
    code = "members.stalled_branches"
    title = "长期未发展党员"
    permission = "members.view_development"
    order = 60
    about = "多年没有接收预备党员的支部。请看看有没有申请人和积极分子。"

    def notices(self, day: dt.date) -> Iterator[Notice]:
        years = regulation(WATCH, on=day).values["stalled_years"]
        for branch in stalled_branches(day).order_by("developed_on", "path"):
            known = branch.developed_on != OLD
            last = f"，最近一次是 {branch.developed_on}" if known else ""
            yield Notice(
                text=f"已 {years} 年以上没有接收预备党员{last}",
                url=f"{reverse('members:development_cases')}?organization={branch.public_id}",
                place=branch.label,
            )
