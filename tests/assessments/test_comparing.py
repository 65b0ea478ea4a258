"""Trying another scheme on a period: who would be in another band, and why; nothing is kept."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from assessments.cards import Subject
from assessments.models import Mark, Scorecard
from assessments.queries.comparisons import trial
from assessments.services.marks import give_mark
from assessments.services.schemes import load_scheme
from partybuild.periods import Period
from partybuild.scoping import everything
from tests.assessments.conftest import hold
from tests.assessments.test_pages import text_of
from tests.factories.branches import PartyOrganizationFactory

YEAR = Period.year(2025)
TODAY = dt.date(2026, 11, 21)
TEXT = """
format: scheme/1
code: {code}
title: {title}
lines:
  - code: L
    title: 党课
    rules:
      - kind: frequency
        code: '1'
        indicator: activities.party_lectures
        rungs:
          - {{points: {points}, when: 每半年 1 次, per: half}}
          - {{points: 1, when: 偶尔, per: ever}}
          - {{points: 0, when: 没有, per: never, times: 0}}
  - code: W
    title: 创新
    rules:
      - {{kind: options, code: '1', options: {options}}}
bands:
  - {{name: 五星, gte: 8}}
  - {{name: 四星, lt: 8}}
"""

pytestmark = pytest.mark.usefixtures("today")


def scheme(code, title, points, options="[{points: 3}, {points: 0}]"):
    text = TEXT.format(code=code, title=title, points=points, options=options)
    return load_scheme(actor=None, raw=text.encode())[0]


@pytest.fixture
def used(db):
    return scheme("used", "去年的办法", 5)


@pytest.fixture
def draft(db):
    return scheme("draft", "新办法", 3)


def mark(used, branch, actor, points="3"):
    with everything(reason="this test arranges its marks"):
        give_mark(
            actor=actor,
            item=used.items.get(number=2),
            subject=Subject(branch),
            period=YEAR,
            values={"1": {"points": points}},
            reason="看了材料",
            version=0,
        )


@pytest.fixture
def last_year(used, first_branch, second_branch, zhao):
    """The first branch has 5 + 3 under the used scheme, the second 0 + 3."""
    hold(first_branch, "party_lecture", "2025-03-12", "2025-09-12")
    for branch in (first_branch, second_branch):
        mark(used, branch, zhao)


def compare_page(used, other=None, **asked):
    told = {"period": "2025"} | ({"with": other.public_id} if other else {}) | asked
    query = "&".join(f"{name}={value}" for name, value in told.items())
    return f"{reverse('assessments:compare', args=[used.public_id])}?{query}"


def test_who_moves_is_told_with_the_lines_that_make_it(client, zhao, used, draft, last_year):
    client.force_login(zhao)

    text = text_of(client.get(compare_page(used, draft)))

    assert "2 个党支部里，等次有变化的 1 ，得分或等次有变化的 1" in text
    assert "五星 1 0 四星 1 2" in text
    assert "第一党支部 五星 → 四星 8.0 6.0 −2 1 项不同 党课：5 分 → 3 分 2 个半年都达到" in text
    assert "第二党支部" not in text


def test_a_trial_keeps_nothing(client, zhao, used, draft, last_year, everywhere):
    client.force_login(zhao)

    client.get(compare_page(used, draft))

    assert Scorecard.objects.count() == 0
    assert Mark.objects.filter(item__scheme=draft).count() == 0


def test_marks_that_do_not_fit_are_counted_and_left_open(client, zhao, used, last_year):
    other = scheme("draft", "新办法", 5, "[{points: 4}, {points: 0}]")
    client.force_login(zhao)

    text = text_of(client.get(compare_page(used, other)))

    assert "没有带过来的：创新（2 条）" in text
    assert "还有 2 项次未评，不算零分" in text
    assert "五星 → 待定 8.0 5.0 −3" in text


def test_everybody_stands_in_the_order_of_the_tree(
    client, zhao, used, draft, last_year, second_branch
):
    hold(second_branch, "party_lecture", "2025-03-12", "2025-09-12")
    client.force_login(zhao)

    page = client.get(compare_page(used, draft, show="all"))

    assert [row.subject.name for row in page.context["rows"]] == ["第一党支部", "第二党支部"]
    assert "按组织顺序排列，不排名次" in text_of(page)


@pytest.mark.parametrize("branches", [2, 12])
def test_a_trial_takes_the_same_queries_for_any_number_of_branches(
    branches, used, draft, committee, everywhere, django_assert_num_queries
):
    for _ in range(branches):
        hold(PartyOrganizationFactory(superior=committee), "party_lecture", "2025-03-12")

    # Branches once; then terms, marks and the indicator, for each of the two.
    with django_assert_num_queries(1 + 2 * 3):
        tried = trial(used, draft, YEAR, as_of=TODAY)

    assert len(tried.tried) == branches


def test_only_branches_in_scope_are_tried(client, zhao, used, draft, last_year, foreign_branch):
    hold(foreign_branch, "party_lecture", "2025-03-12", "2025-09-12")
    client.force_login(zhao)

    tried = client.get(compare_page(used, draft, show="all")).context["trial"]

    assert [one.subject.name for one in tried.tried] == ["第一党支部", "第二党支部"]


def test_the_page_is_the_committees_and_is_reached_from_the_list(client, li, zhao, used, draft):
    client.force_login(li)
    assert client.get(compare_page(used, draft)).status_code == 403
    client.force_login(zhao)

    listed = client.get(f"{used.get_absolute_url()}?period=2025").content.decode()
    [url] = re.findall(r'href="([^"]+/compare/[^"]+)"', listed)
    page = client.get(url)

    assert [value for value, _ in page.context["form"].fields["with"].choices] == [
        "",
        draft.public_id,
    ]


def test_a_scheme_of_other_subjects_or_periods_is_not_offered(client, zhao, used, draft):
    for code, words in (("a", "subject: member"), ("b", "period: quarter")):
        text = TEXT.format(code=code, title=code, points=1, options="[{points: 1}]")
        load_scheme(actor=None, raw=text.replace("lines:", f"{words}\nlines:", 1).encode())
    client.force_login(zhao)

    page = client.get(compare_page(used))

    assert page.context["others"] == [draft]
