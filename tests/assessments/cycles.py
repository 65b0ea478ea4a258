"""A scheme with every side, and a cycle of it led from stage to stage."""

import datetime as dt

from assessments.cards import Subject
from assessments.models import Cycle
from assessments.queries.cycles import cards_of, subjects_in
from assessments.services import cycles as services
from assessments.services.cycles import launch_cycle
from assessments.services.marks import give_mark
from assessments.services.schemes import load_scheme
from partybuild.periods import Period

YEAR = Period.year(2026)
SCHEME = """
format: scheme/1
code: appraisal-2026
title: 年度党建考核
period: year
sides: [{code: own, name: 自评, weight: 0.2, by: self}, {code: sup, name: 党委评, weight: 0.8}]
lines:
  - {code: team, title: 班子建设, max: 40, rules: [{kind: judged, code: '1', low: 0, high: 40, plain: true}]}
  - {code: work, title: 作用发挥, max: 60, rules: [{kind: judged, code: '1', low: 0, high: 60, plain: true}]}
adjusting: {allowed: true, low: -5, high: 5}
bands:
  - {name: 优秀, gte: 90}
  - {name: 合格, gte: 60, lt: 90}
  - {name: 不合格, lt: 60}
quotas:
  - {band: 优秀, max_share: 0.3, tie_break: 看述职评议}
"""
RATED = """
format: scheme/1
code: report-2026
title: 书记述职评议
period: year
lines:
  - code: talk
    title: 述职
    max: 100
    rules:
      - {kind: marks, code: '1', low: 0, high: 100, groups: [{name: 上级, weight: 0.6}, {name: 党员代表, weight: 0.4}]}
  - {code: deed, title: 实绩, max: 20, rules: [{kind: judged, code: '1', low: 0, high: 20, plain: true}]}
bands: [{name: 好, gte: 100}, {name: 一般, lt: 100}]
"""


def scheme_of(text=SCHEME):
    return load_scheme(actor=None, raw=text.encode())[0]


def launched(actor, committee, text=SCHEME, **details):
    """Launch a cycle of 2026 that the committee carries out."""
    return launch_cycle(
        actor=actor,
        scheme=scheme_of(text),
        organization=committee,
        period=YEAR,
        title="2026年度考核",
        **details,
    )


def led(cycle, actor, *steps):
    """Lead a cycle through stages: self_assessment, review, publicity."""
    for step in steps:
        service = getattr(services, f"begin_{step}")
        cycle = service(actor=actor, cycle=fresh(cycle), version=fresh(cycle).version)
    return cycle


def fresh(cycle):
    return Cycle.objects.select_related("scheme", "organization").get(pk=cycle.pk)


def mark(actor, cycle, branch, line, points, side="sup", version=0):
    """Give one line its points."""
    return give_mark(
        actor=actor,
        item=cycle.scheme.items.select_related("scheme").get(code=line),
        subject=Subject(branch),
        period=YEAR,
        values={"1": {"points": str(points)}},
        reason="查阅台账",
        side=side,
        version=version,
    )


def card_in(cycle, branch):
    [card] = cards_of(cycle, subjects_in(cycle).filter(pk=branch.pk))
    return card


def scored(cycle, secretaries, judge, branches, points=(40, 60)):
    """Let secretaries and judge score both lines of every branch, and lead on to 评审."""
    led(cycle, judge, "self_assessment")
    for secretary, branch in zip(secretaries, branches, strict=True):
        for line, number in zip(("team", "work"), points, strict=True):
            mark(secretary, cycle, branch, line, number, side="own")
    led(cycle, judge, "review")
    for branch in branches:
        for line, number in zip(("team", "work"), points, strict=True):
            mark(judge, cycle, branch, line, number)
    return fresh(cycle)


def public_until(cycle, day):
    """Let the public days of a cycle end on a day."""
    Cycle.objects.filter(pk=cycle.pk).update(publicity_until=day)
    return fresh(cycle)


YESTERDAY = dt.timedelta(days=1)
