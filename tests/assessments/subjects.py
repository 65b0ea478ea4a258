"""Schemes of secretaries and of units, and a cycle of each led from stage to stage."""

import datetime as dt

from assessments.models import Rater
from assessments.queries.cycles import cards_of, overview, subjects_in
from assessments.queries.subjects import as_subjects
from assessments.services.ballots import cast_ballot
from assessments.services.marks import give_mark
from members.models import Member
from tests.assessments.cycles import YEAR
from tests.factories.members import OfficeFactory

LINES = """
categories: [{code: own, name: 述职, by: self}, {code: sup, name: 评议}]
lines:
  - {code: report, title: 述职报告, category: own, max: 20, rules: [{kind: judged, code: '1', low: 0, high: 20, plain: true}]}
  - {code: talk, title: 现场评议, category: sup, max: 50, rules: [{kind: marks, code: '1', low: 0, high: 50}]}
  - {code: deed, title: 抓党建实绩, category: sup, max: 20, rules: [{kind: judged, code: '1', low: 0, high: 20, plain: true}]}
  - {code: held, title: 次数, category: sup, cap: 10, rules: [{kind: per_event, code: '1', when: 次数, points: 2, unit: 次, indicator: INDICATOR}]}
adjusting: {allowed: true, low: -5, high: 5}
bands: [{name: 好, gte: 80}, {name: 一般, lt: 80}]
"""
HEAD = """
format: scheme/1
code: CODE-2026
title: TITLE
subject: CODE
period: year
"""


def text_of(code, title, indicator):
    head = HEAD.replace("CODE", code).replace("TITLE", title)
    return head + LINES.replace("INDICATOR", indicator)


SECRETARIES = text_of("secretary", "党组织书记述职评议", "activities.party_days")
UNITS = text_of("unit", "单位党组织年度考核", "activities.theory_studies")


def leads(member, branch, *, since="2024-06-18", until=None):
    """Make somebody secretary of a branch."""
    return OfficeFactory(
        organization=branch,
        member=member,
        holder_name=member.name,
        started_on=dt.date.fromisoformat(since),
        ended_on=dt.date.fromisoformat(until) if until else None,
    )


def file_of(user):
    return Member.objects.select_related("branch").get(user=user)


def subject_at(cycle, place):
    """Return the subject of a cycle that an organisation stands for."""
    [one] = as_subjects(cycle.scheme, subjects_in(cycle).filter(pk=place.pk), YEAR)
    return one


def say(actor, cycle, place, line, points, version=0, subject=None):
    """Type one line of the subject that stands at a place."""
    return give_mark(
        actor=actor,
        item=cycle.scheme.items.select_related("scheme").get(code=line),
        subject=subject or subject_at(cycle, place),
        period=YEAR,
        values={"1": {"points": str(points)}},
        reason="查阅台账",
        version=version,
    )


def vote(user, cycle, place, points):
    return cast_ballot(
        actor=user,
        rater=Rater.objects.select_related("cycle__scheme", "cycle__organization", "user").get(
            cycle=cycle, user=user
        ),
        subject=subject_at(cycle, place),
        votes={"talk/1": str(points)},
        version=0,
    )


def card_at(cycle, place):
    [card] = cards_of(cycle, subjects_in(cycle).filter(pk=place.pk))
    return card


def total_at(cycle, place):
    return card_at(cycle, place).result.total.points


def labels(cycle):
    return [one.subject.label for one in overview(cycle).standings]
