"""Trying another scheme on a period: who would be in another band, and why; nothing is kept."""

import datetime as dt
import re

import pytest
import yaml
from django.urls import reverse

from assessments.cards import Subject
from assessments.engine.written import from_plain
from assessments.models import Mark, Scheme, Scorecard
from assessments.queries.comparisons import comparable_drafts, trial
from assessments.services.drafts import blank_scheme, delete_draft, draft_scheme
from assessments.services.marks import give_mark
from assessments.services.schemes import load_scheme
from branches.roles import Role
from partybuild.periods import Period
from partybuild.scoping import everything
from tests.assessments.conftest import hold
from tests.assessments.test_pages import text_of
from tests.cast import account
from tests.factories.assessments import SchemeDraftFactory
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

    # Branches once; terms and the indicator for each of the two, marks for the one that was used.
    with django_assert_num_queries(1 + 2 * 2 + 1):
        tried = trial(used, draft.plan, YEAR, as_of=TODAY)

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


# --- drafts ----------------------------------------------------------------------------------


@pytest.fixture
def written(used, zhao, committee):
    """A draft like the used scheme in which half a year's lecture gives 3 points, not 5."""
    plan = from_plain(yaml.safe_load(TEXT.format(**NEW)))
    with everything(reason="this test arranges its draft"):
        return draft_scheme(actor=zhao, organization=committee, document=plan, copied_from=used)


NEW = {"code": "used", "title": "今年的草稿", "points": 3, "options": "[{points: 3}, {points: 0}]"}
UNWRITTEN = """
  - {code: E, title: 还没写, rules: []}
  - code: M
    title: 学时
    rules:
      - kind: frequency
        code: '1'
        indicator: activities.study_hours
        rungs: [{points: 1, when: 有, per: ever}]
  - code: X
    title: 走访
    rules:
      - kind: frequency
        code: '1'
        indicator: nothing.of_the_kind
        rungs: [{points: 1, when: 有, per: ever}]
bands:
"""


def test_a_draft_is_tried_on_last_year_beside_what_was_issued(
    client, zhao, used, written, last_year
):
    client.force_login(zhao)

    text = text_of(client.get(compare_page(used, written)))

    assert "试算的是草稿“ 今年的草稿 ”现在的内容，还没有下发" in text
    assert "五星 1 0 四星 1 2" in text
    assert "第一党支部 五星 → 四星 8.0 6.0 −2 1 项不同 党课：5 分 → 3 分 2 个半年都达到" in text


def test_trying_a_draft_keeps_nothing_and_issues_nothing(
    client, zhao, used, written, last_year, everywhere
):
    client.force_login(zhao)

    client.get(compare_page(used, written))

    assert (Scheme.objects.count(), Scorecard.objects.count()) == (1, 0)
    written.refresh_from_db()
    assert (written.version, written.issued_as) == (1, None)


def test_the_page_of_a_draft_leads_to_its_trial_on_the_last_period(client, zhao, used, written):
    client.force_login(zhao)

    page = client.get(written.get_absolute_url()).content.decode()
    [url] = re.findall(r'href="([^"]+/compare/[^"]+)"', page)

    assert url == (
        f"{reverse('assessments:compare', args=[used.public_id])}"
        f"?period=2025&amp;with={written.public_id}"
    )


def test_lines_of_a_draft_that_nothing_can_score_are_named_with_the_reason(
    client, zhao, used, committee, last_year
):
    text = TEXT.format(**NEW | {"options": "[{points: 4}, {points: 0}]"})
    plan = from_plain(yaml.safe_load(text.replace("bands:\n", UNWRITTEN.lstrip("\n"))))
    with everything(reason="this test arranges its draft"):
        draft = draft_scheme(actor=zhao, organization=committee, document=plan)
    client.force_login(zhao)

    page = text_of(client.get(compare_page(used, draft)))

    assert "要由人评、又没有评分可以带过来的：创新（2 个党支部）。" in page
    assert (
        "还不能计分的项目，试算里一律未评： 还没写：还没有规则"
        " 学时：选的记录量的是另一种考核对象 走访：没有这样的记录可以计算" in page
    )


def test_a_draft_without_a_line_says_that_there_is_nothing_to_try(
    client, zhao, used, committee, last_year
):
    with everything(reason="this test arranges its draft"):
        draft = blank_scheme(
            actor=zhao, organization=committee, title="空白", subject="branch", period="year"
        )
    client.force_login(zhao)

    assert "草稿里还没有考核项目，不能试算。" in text_of(client.get(compare_page(used, draft)))


def test_only_drafts_that_one_may_see_are_offered_and_tried(
    client, zhao, used, written, foreign_committee, committee
):
    elsewhere = SchemeDraftFactory(organization=foreign_committee)
    head = account("tao", "陶允中", Role.OFFICE_HEAD, committee)
    offered = {}
    for user in (zhao, head):
        client.force_login(user)
        page = client.get(compare_page(used, elsewhere))
        offered[user] = [one for one, _ in page.context["form"].fields["with"].choices]
        assert page.context["trial"] is None
    # The head compares schemes and writes none, so drafts are not shown to him.
    client.force_login(head)
    assert client.get(compare_page(used, written)).context["trial"] is None

    assert offered == {zhao: ["", written.public_id], head: [""]}


def test_a_draft_of_other_subjects_or_periods_and_an_issued_or_deleted_one_are_not_offered(
    zhao, used, written, committee, everywhere
):
    for subject, period in (("member", "year"), ("branch", "quarter")):
        blank_scheme(
            actor=zhao, organization=committee, title="别的", subject=subject, period=period
        )
    gone = SchemeDraftFactory(organization=committee)
    delete_draft(actor=zhao, draft=gone, version=gone.version)
    SchemeDraftFactory(organization=committee, issued_as=used)

    assert comparable_drafts(used) == [written]
