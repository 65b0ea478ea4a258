"""C2 of the design: why this number? From the scorecard to rule, records, arithmetic and dates."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from activities.models import Activity
from assessments.services.schemes import load_scheme
from partybuild.scoping import everything
from tests.assessments.conftest import hold

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = """
format: scheme/1
code: stars
title: 星级评定办法
paper: 档机党〔2026〕3 号
lines:
  - code: L
    title: 党课
    basis: {document: 《支部工作条例》, clause: 第十六条}
    rules:
      - kind: frequency
        code: '1'
        indicator: activities.party_lectures
        rungs:
          - {points: 5, when: 每年 4 次, per: year, times: 4}
          - {points: 2, when: 每季 1 次, per: quarter}
          - {points: 0, when: 没有, per: never, times: 0}
bands:
  - {name: 四星, gte: 4}
  - {name: 三星, lt: 4}
"""


@pytest.fixture
def scored(today, first_branch):
    """A branch with three lectures, one of them entered weeks later, under a scheme with stars."""
    with everything(reason="the journey arranges its records"):
        scheme, _ = load_scheme(actor=None, raw=TEXT.encode())
        hold(
            first_branch, "party_lecture", "2026-03-12", "2026-06-12", "2026-08-12", topic="讲党课"
        )
        entered = dt.datetime.fromisoformat("2026-09-24T09:30:00+08:00")
        Activity.objects.filter(held_on=dt.date(2026, 8, 12)).update(recorded_at=entered)
    return reverse("assessments:scorecard", args=[scheme.public_id, first_branch.public_id])


def test_a_score_is_explained_in_three_interactions(scored, live_server, page, hand, sign_in, li):
    sign_in(li)
    page.goto(f"{live_server.url}{scored}?period=2026")
    card = page.locator("main").inner_text()
    assert "第四季度（12月31日前）组织 1 次 ＋3.0 → 四星" in re.sub(r"\s+", " ", card)

    hand.click(page.get_by_role("link", name="2.0 分：党课怎么来的"))

    page.wait_for_url("**/1/?period=2026")
    text = re.sub(r"\s+", " ", page.locator("main").inner_text())
    assert "星级评定办法（档机党〔2026〕3 号）" in text
    assert "《支部工作条例》第十六条" in text
    assert "按“每季 1 次”计" in text
    assert "第四季度（12月31日前）组织 1 次 → 5.0，总分 5.0，可到四星" in text
    assert "2026年9月24日 09:30 补录，43 天后登记" in text
    assert page.get_by_role("link", name="讲党课").count() == 3
    assert hand.interactions <= 3
