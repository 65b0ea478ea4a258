"""C4, the year's assessment: secretary, committee, two raters, appellant; nobody adds a number."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from assessments.models import Cycle, Mark, SealedScorecard
from assessments.services.schemes import load_scheme
from branches.roles import Role
from partybuild.scoping import everything
from tests.cast import account
from tests.journeys.test_dues_grid import PASTE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCHEME = """
format: scheme/1
code: journey
title: 党建工作考核办法
period: year
sides: [{code: own, name: 自评, weight: 0.2, by: self}, {code: sup, name: 党委评, weight: 0.8}]
lines:
  - {code: team, title: 班子建设, max: 40, rules: [{kind: judged, code: '1', low: 0, high: 40, plain: true}]}
  - {code: work, title: 作用发挥, max: 40, rules: [{kind: judged, code: '1', low: 0, high: 40, plain: true}]}
  - code: talk
    title: 述职评议
    max: 20
    sides: [sup]
    rules:
      - kind: panel
        code: '1'
        grades: [{name: 好, points: 20}, {name: 较好, points: 15}, {name: 一般, points: 10}]
        groups: [{name: 上级, weight: 0.5}, {name: 党员代表, weight: 0.5}]
bands: [{name: 优秀, gte: 90}, {name: 合格, gte: 60, lt: 90}, {name: 不合格, lt: 60}]
"""
TITLES = ("班子建设", "作用发挥")


@pytest.fixture
def cycle_scheme(db):
    with everything(reason="the committee's scheme is in force"):
        return load_scheme(actor=None, raw=SCHEME.encode())[0]


@pytest.fixture
def rater(committee):
    return account("gu", "顾远行", Role.OFFICE_HEAD, committee)


def marks():
    with everything(reason="the test looks at what was stored"):
        rows = Mark.objects.select_related("item").order_by("organization__path", "side", "item")
        return [(row.side, row.item.code, row.values["1"]["points"]) for row in rows]


def points_shown(page, branch):
    row = page.locator("tbody tr", has_text=branch).first
    return [re.sub(r"\s+", " ", text).strip() for text in row.locator("td").all_inner_texts()][:2]


def self_assess(hand, page, cycle_url, values):
    page.goto(cycle_url)
    hand.click(page.get_by_role("link", name="填写自评"))
    hand.click(page.get_by_role("link", name="填写").first)
    for at, value in enumerate(values):
        page.get_by_role("heading", name=TITLES[at]).wait_for()
        hand.type(page.locator("input[name=points]"), value)
        hand.type(page.get_by_label("理由"), "对照年度计划")
        last = at == len(values) - 1
        hand.click(
            page.get_by_role("button", name="保存" if last else "保存并填下一项", exact=True)
        )


def test_a_whole_cycle_from_launch_to_sealed_results(
    hand, page, sign_in, live_server, cycle_scheme, committee, first_branch, second_branch,
    li, wang, zhao, he, rater,
):  # fmt: skip
    # The committee launches and names its raters.
    sign_in(zhao)
    page.goto(f"{live_server.url}/assessments/cycles/")
    hand.click(page.get_by_role("link", name="党建工作考核办法"))
    hand.click(page.get_by_role("button", name="启动"))
    page.get_by_role("link", name="评分人").wait_for()
    cycle_url = page.url
    hand.click(page.get_by_role("link", name="评分人"))
    for name, group in (("何正言", "上级"), ("顾远行", "党员代表")):
        hand.type(page.get_by_label("姓名或账号"), name)
        page.get_by_label("组别").select_option(group)
        hand.click(page.get_by_role("button", name="指定"))
        page.get_by_role("rowheader", name=name).wait_for()
    page.goto(cycle_url)
    hand.click(page.get_by_role("button", name="开始自评"))
    page.get_by_text("自评开始，考核对象现在可以填写。").wait_for()
    assert hand.interactions <= 9

    # Two secretaries score themselves.
    for secretary in (li, wang):
        sign_in(secretary)
        self_assess(hand, page, cycle_url, ("40", "36"))
    assert marks() == [("own", "team", "40"), ("own", "work", "36")] * 2

    # The committee pastes its marks from a spreadsheet.
    sign_in(zhao)
    page.goto(cycle_url)
    hand.click(page.get_by_role("button", name="开始评审"))
    hand.click(page.get_by_role("link", name="表格评分"))
    hand.click(page.locator("td[data-cell]").first)
    page.evaluate(PASTE, "38\t40\r\n36\t41\r\n")
    hand.type(page.get_by_label("理由"), "查阅台账、实地了解")
    hand.click(page.get_by_role("button", name="保存", exact=True))
    page.get_by_text("第二党支部 作用发挥：").wait_for()
    assert len(marks()) == 4  # nothing was half-saved
    hand.click(page.locator("td[data-cell].is-wrong"))
    page.keyboard.press("Control+a")
    page.keyboard.type("34")
    page.keyboard.press("Enter")
    hand.click(page.get_by_role("button", name="保存", exact=True))
    page.get_by_text("已保存，得分随之更新").wait_for()
    assert len(marks()) == 8

    # Two raters choose words, each for both branches.
    for user, words in ((he, ("好", "较好")), (rater, ("较好", "一般"))):
        sign_in(user)
        page.goto(f"{live_server.url}/assessments/ratings/")
        hand.click(page.get_by_role("link", name="党建工作考核办法"))
        hand.click(page.get_by_role("link", name="第一党支部"))
        for branch, word in zip(("第一党支部", "第二党支部"), words, strict=True):
            page.get_by_role("heading", name=branch).wait_for()
            hand.click(page.locator(".chip", has_text=re.compile(f"^{word}$")))
            hand.click(page.get_by_role("button", name="保存并评下一个"))
        page.get_by_text("已评 2 / 2").wait_for()

    # 自评 76 × 0.2 + (38 + 40 + (20 + 15) ÷ 2) × 0.8 = 15.2 + 76.4
    sign_in(zhao)
    page.goto(cycle_url)
    assert points_shown(page, "第一党支部") == ["91.6", "优秀"]
    assert points_shown(page, "第二党支部") == ["81.2", "合格"]
    hand.click(page.get_by_role("button", name="结束评审"))
    page.get_by_text("可以提出申诉").wait_for()

    # Wang appeals, the committee puts it right and answers.
    sign_in(wang)
    page.goto(cycle_url)
    assert page.locator("tbody").first.locator("tr").count() == 1  # only her own branch
    hand.click(page.get_by_role("link", name="提出申诉"))
    page.get_by_label("针对哪一项").select_option(label="2. 作用发挥")
    hand.type(page.get_by_label("申诉理由"), "漏看了 9 月的志愿服务")
    hand.click(page.get_by_role("button", name="提出"))
    page.get_by_text("已提出，答复以后").wait_for()
    appeal_url = page.url
    sign_in(zhao)
    page.goto(appeal_url)
    hand.click(page.get_by_role("link", name="看评分表"))
    hand.click(page.locator("#line-2-sup").get_by_role("link", name="改评"))
    hand.type(page.locator("input[name=points]"), "38")
    hand.type(page.get_by_label("理由"), "补看 9 月记录")
    hand.click(page.get_by_role("button", name="保存", exact=True))
    page.get_by_text("“作用发挥”已评分").wait_for()
    page.goto(appeal_url)
    hand.click(page.get_by_role("link", name="答复"))
    hand.click(page.locator("label", has_text="采纳（先更正评分"))
    hand.type(page.get_by_label("答复", exact=True), "已补看并更正")
    hand.click(page.get_by_role("button", name="答复"))
    page.get_by_text("已采纳").wait_for()
    shown = page.inner_text("main")
    assert "总分 81.2 分，合格；此项 自评 36 分；党委评 34 分" in shown
    assert "总分 84.4 分，合格；此项 自评 36 分；党委评 38 分" in shown

    # The days pass; the results are sealed and stay.
    with everything(reason="the public days pass"):
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        Cycle.objects.update(publicity_until=yesterday)
    page.goto(cycle_url)
    hand.click(page.get_by_role("link", name="公布并封存"))
    hand.click(page.get_by_role("button", name="公布并封存"))
    page.get_by_text("封存指纹").wait_for()
    hand.click(page.get_by_role("link", name="核对封存结果"))
    page.get_by_text("得分和指纹都与公布时一致").wait_for()
    assert "没有变化。" in page.inner_text("main")

    sign_in(wang)
    page.goto(cycle_url)
    hand.click(page.get_by_role("link", name="第二党支部").first)
    page.get_by_text("按封存的依据重新计算，结果一致").wait_for()
    with everything(reason="the test looks at what was sealed"):
        sealed = SealedScorecard.objects.order_by("position")
        assert [str(one.points) for one in sealed] == ["91.60", "84.40"]
