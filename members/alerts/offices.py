"""Bodies that need attention: terms that end or have ended, empty posts, holders off the roll."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from branches.queries.organizations import organizations_in_scope
from members.queries.offices import bodies, off_the_roll
from members.queries.terms import LATE, Standing, State, standings
from partybuild.alerts import Alert, Notice
from partybuild.regulations import NoRegulation, regulation


def body_url(standing: Standing) -> str:
    return reverse("members:body", args=[standing.organization.public_id])


class TermOverdueAlert(Alert):
    code = "members.term_overdue"
    title = "超期没有换届"
    permission = "members.view_office"
    order = 20
    about = "任期已满，或者批准的时间已过。请安排换届；需要延期的，先报上级党委批准。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        late = [one for one in standings(organizations_in_scope(), day) if one.state in LATE]
        late.sort(key=lambda one: (one.until or day, one.organization.path))
        for one in late:
            label = one.organization.label
            said = "批准的换届时间已过" if one.state is State.LAPSED else "任期已满"
            yield Notice(
                f"{label} {said}，应于 {one.until} 前换届",
                body_url(one),
                place=label,
                due_on=one.until,
                cite=one.citation,
                is_late=True,
            )


class TermDueAlert(Alert):
    code = "members.term_due"
    title = "六个月内任期届满"
    permission = "members.view_office"
    order = 30
    about = "快要换届了，请提前准备并报上级党委。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        cite = _reminder_source(day)
        soon = [one for one in standings(organizations_in_scope(), day) if one.needs_notice]
        soon.sort(key=lambda one: (one.until or day, one.organization.path))
        for one in soon:
            label = one.organization.label
            word = "批准的换届时间" if one.shift else "任期"
            yield Notice(
                f"{label} {word} {one.until} 到期",
                body_url(one),
                place=label,
                due_on=one.until,
                cite=cite,
            )


def _reminder_source(day: dt.date) -> str:
    try:
        return regulation("members.term_reminder", on=day).citation
    except NoRegulation:
        return ""


class VacancyAlert(Alert):
    code = "members.office_vacant"
    title = "班子缺额"
    permission = "members.view_office"
    order = 40
    about = "通常设的职务没有人担任。一人可以兼两职；补选、增补后登记即可。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        for body in bodies(organizations_in_scope(), day):
            if body.vacant:
                label = body.organization.label
                yield Notice(
                    f"{label} 没有{body.vacant_words}",
                    body_url(body.standing),
                    place=label,
                    cite=body.citation,
                )


class OffRollAlert(Alert):
    code = "members.office_off_roll"
    title = "班子成员不在名册"
    permission = "members.view_office"
    order = 45
    about = "班子成员的组织关系已不在本组织。请核对，需要的登记离任或补选。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        for office, reason in off_the_roll(day):
            label = office.organization.label
            yield Notice(
                f"{label} {office.get_post_display()}{office.holder_name}：{reason}",
                office.get_absolute_url(),
                place=label,
            )
