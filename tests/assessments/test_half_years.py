"""A scheme that counts by half-years: its cards, its pages, its nights, the ledger behind it."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from activities.models import Meeting
from assessments.queries.scorecards import scorecards
from assessments.queries.subjects import subjects_of
from assessments.services.schemes import load_scheme
from assessments.tasks import queue_running
from partybuild.periods import Period
from partybuild.scoping import within
from tests.assessments.conftest import hold

MEETING = Meeting.Kind.GENERAL_MEETING
TEXT = """
format: scheme/1
code: halves
title: 半年考核
period: half
lines:
  - code: A
    title: 党员大会
    rules:
      - kind: frequency
        code: '1'
        indicator: activities.general_meetings
        rungs:
          - {points: 5, when: 每季 1 次, per: quarter}
          - {points: 2, when: 半年 1 次, per: half}
          - {points: 0, when: 没有, per: never, times: 0}
"""


@pytest.fixture
def halves(db):
    scheme, _ = load_scheme(actor=None, raw=TEXT.encode())
    return scheme


def line_of(scheme, branch, period):
    with within(branch.path):
        [card] = scorecards(
            scheme, subjects_of(scheme, period), period, as_of=dt.date(2026, 11, 21)
        )
    return card.lines[0]


@pytest.mark.usefixtures("everywhere")
def test_each_half_counts_its_own_months_only(halves, first_branch):
    hold(first_branch, MEETING, "2026-02-10", "2026-05-10", "2026-09-10")

    first, second = (
        line_of(halves, first_branch, Period.parse(code)) for code in ("2026H1", "2026H2")
    )

    assert (first.points, first.records) == (Decimal(5), 2)
    assert first.why == "2 个季度都达到"
    assert (second.points, second.records) == (Decimal(5), 1)
    assert [(s.title, s.held, s.state.label) for s in second.stretches] == [
        ("第三季度", 1, "够"),
        ("第四季度", 0, "未到期"),
    ]


def test_the_pages_offer_halves_and_lead_to_the_records_of_one(
    client, li, halves, first_branch, today
):
    hold(first_branch, MEETING, "2026-02-10", "2026-05-10", "2026-09-10")
    client.force_login(li)
    url = reverse("assessments:scorecard", args=[halves.public_id, first_branch.public_id])

    offered = client.get(halves.get_absolute_url()).context["form"].fields["period"].choices
    page = client.get(f"{url}?period=2026H1").content.decode()
    [link] = re.findall(r'<a href="([^"]+)">2 次记录</a>', page)
    ledger = client.get(link.replace("&amp;", "&"))

    assert offered[:3] == [
        ("2026H2", "2026年下半年"),
        ("2026H1", "2026年上半年"),
        ("2025H2", "2025年下半年"),
    ]
    assert "2026年上半年党支部考核 · 第一党支部" in page
    assert ledger.context["page"].count == 2
    assert client.get(f"{url}?period=2026").status_code == 404


def test_the_nights_of_july_still_compute_the_half_that_has_ended(halves, first_branch):
    assert [job.arguments["period"] for job in queue_running(dt.date(2026, 7, 2))] == [
        "2026H1",
        "2026H2",
    ]
