"""Marks beyond a chosen option: counts, levels, ranges, panels, sides, classes, members."""

import re

import pytest
from django.urls import reverse

from assessments.cards import Subject
from assessments.models import Mark, Scorecard
from assessments.queries.scorecards import quota_readings, scorecards
from assessments.queries.subjects import subjects_of
from assessments.services.marks import give_mark
from assessments.services.schemes import load_scheme
from assessments.services.scorecards import store_scorecards
from partybuild.models import AuditEntry
from partybuild.periods import Period
from partybuild.scoping import everything
from partybuild.submissions import new_key
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory

YEAR = Period.year(2026)
pytestmark = pytest.mark.usefixtures("today")

COUNTED = """
format: scheme-transcript/1
id: counted
title: 支部积分办法
issuer: 机关党委
subject: branch
period: year
categories: [{code: A, name: 纪律, base: 10, floor: 0}, {code: B, name: 加分}, {code: V, name: 否决项, kind: veto}]
indicators:
  - {code: A01, about: 到会纪律, rules: [{op: minus, pts: 0.5, per: 人次, when: 缺席}, {op: minus, pts: 5, when: 造假}]}
  - {code: B01, about: 表彰, rules: [{op: plus, per: 次, cap: 5, tiers: {市级: 3, 县级: 1}}]}
  - {code: B02, about: 群团, rules: [{op: plus, pts: [0.5, 3], judge: true, per: 项, when: 创建}]}
  - {code: V01, about: 重大事故, rules: [{op: veto}]}
bands: [{name: 好, gte: 12}, {name: 一般, lt: 12}]
quota: {好: {max_share: 0.30, of: 支部}}
"""
SIDED = """
format: scheme/1
code: sided
title: 班子测评
sides: [{code: self, name: 自评, weight: 0.4}, {code: sup, name: 党委评, weight: 0.6}]
lines:
  - {code: a, title: 班子, max: 10, rules: [{kind: judged, code: '1', low: 0, high: 10, plain: true}]}
"""
MEMBERS = """
format: scheme-transcript/1
id: points
title: 党员积分
issuer: 机关党委
subject: member
period: year
member_classes: {A: 在职, B: 离退休}
excluded: [流动党员]
formula: {total: "60 + Σ加分", floor: 0}
indicators:
  - {cat: 加分, about: 组织生活, classes: [A], rules: [{op: plus, pts: 1, per: 次}]}
  - {cat: 加分, about: 志愿服务, rules: [{op: plus, pts: 2, per: 次}]}
"""


def loaded(text):
    with everything(reason="the test loads a scheme"):
        return load_scheme(actor=None, raw=text.encode())[0]


@pytest.fixture
def counted(db):
    return loaded(COUNTED)


@pytest.fixture
def sided(db):
    return loaded(SIDED)


@pytest.fixture
def points(db):
    return loaded(MEMBERS)


def mark_page(scheme, subject, number, **more):
    url = reverse("assessments:mark", args=[scheme.public_id, subject.public_id, number])
    return f"{url}?period=2026" + "".join(f"&{name}={value}" for name, value in more.items())


def card_page(scheme, subject):
    return f"{reverse('assessments:scorecard', args=[scheme.public_id, subject.public_id])}?period=2026"


def filled(reason="看了台账", **values):
    return {"reason": reason, "version": 0, "submission_key": new_key(), **values}


def text_of(response):
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def card_of(scheme, subject):
    with everything(reason="the test reads"):
        one = subjects_of(scheme, YEAR).filter(public_id=subject.public_id)
        [card] = scorecards(scheme, one, YEAR, as_of=YEAR.end)
    return card


def kept_values():
    with everything(reason="looking at what was written"):
        return [mark.values for mark in Mark.objects.order_by("pk")]


def test_a_form_asks_for_every_rule_of_its_line(client, zhao, counted, first_branch):
    client.force_login(zhao)

    form = client.get(mark_page(counted, first_branch, 1)).context["form"]

    assert [field.label for field in form.inputs] == ["缺席（人次）", "造假"]
    assert [field.value() for field in form.inputs] == ["0", ""]


def test_counts_are_kept_by_rule_and_their_effect_is_told_at_once(
    client, zhao, counted, first_branch
):
    client.force_login(zhao)
    posted = filled(value_1="3", value_2="0", evidence="会议签到表")

    response = client.post(mark_page(counted, first_branch, 1), posted, follow=True)

    assert kept_values() == [{"1": {"count": "3"}, "2": {"count": "0"}}]
    shown = text_of(response)
    told = "“到会纪律”已评分：缺席：3 人次 × −0.5；造假：没有；得 -1.5 分，总分未完成。"
    assert told in response.content.decode()
    assert "基础分 10 分，各项合计：10.0 → 8.5" in shown
    assert "会议签到表" in shown
    with everything(reason="looking at what was written"):
        entry = AuditEntry.objects.order_by("sequence").last()
    assert entry.after["values"]["1"] == {"count": "3"}
    assert entry.after["evidence"] == "会议签到表"


def test_a_total_that_the_browser_sends_along_is_not_trusted(client, zhao, counted, first_branch):
    client.force_login(zhao)
    posted = filled(value_1="3", value_2="0", points="100", total="100", score="100")

    client.post(mark_page(counted, first_branch, 1), posted)

    assert kept_values() == [{"1": {"count": "3"}, "2": {"count": "0"}}]
    assert card_of(counted, first_branch).lines[0].points == -1.5


def test_levels_are_counted_and_capped_with_the_numbers_before_and_after(
    client, zhao, counted, first_branch
):
    client.force_login(zhao)

    response = client.post(
        mark_page(counted, first_branch, 2),
        filled(value_1="1", value_2="3", value_3="0"),
        follow=True,
    )

    assert "本条最多 5 分：6.0 → 5.0" in text_of(response)


def test_what_fits_no_level_is_left_to_people_and_not_zero(client, zhao, counted, first_branch):
    client.force_login(zhao)

    client.post(mark_page(counted, first_branch, 2), filled(value_1="1", value_2="0", value_3="1"))

    line = card_of(counted, first_branch).lines[1]
    assert (line.points, line.state.label) == (None, "未评")
    assert line.why == "分级计分：有 1 次不在各级之内，由人决定怎样计分"


@pytest.mark.parametrize(
    ("number", "values", "message"),
    [
        (1, {"value_1": "-1", "value_2": "0"}, "不能小于 0。"),
        (1, {"value_1": "", "value_2": "0"}, "请填写，没有就写 0。"),
        (1, {"value_1": "3"}, "请选择。"),
        (3, {"points": "1、9"}, "创建：评的 9 分，应为 0.5 至 3 分。"),
        (3, {"points": "很多"}, "分值应是数字，填的是“很多”。"),
    ],
)
def test_a_value_outside_of_what_is_allowed_is_told_and_not_kept(
    client, zhao, counted, first_branch, number, values, message
):
    client.force_login(zhao)

    response = client.post(mark_page(counted, first_branch, number), filled(**values))

    assert f"！{message}" in response.content.decode()
    assert kept_values() == []


def test_marks_of_several_events_are_parted_by_whatever_sign(client, zhao, counted, first_branch):
    client.force_login(zhao)

    client.post(mark_page(counted, first_branch, 3), filled(points="1, 2.5；0.5"))

    assert kept_values() == [{"1": {"points": "1、2.5、0.5"}}]
    assert card_of(counted, first_branch).lines[2].points == 4


def mark_all(scheme, branch, actor, veto):
    said = {
        1: {"1": {"count": "1"}, "2": {"count": "0"}},
        2: {"1": {"市级": "1", "县级": "0", "other": "0"}},
        3: {"1": {"points": "1"}},
        4: {"1": {"hit": veto}},
    }
    with everything(reason="the test marks"):
        for number, values in said.items():
            give_mark(
                actor=actor,
                item=scheme.items.get(number=number),
                subject=Subject(branch),
                period=YEAR,
                values=values,
                reason="看了台账",
                version=0,
            )


def test_a_veto_leaves_the_number_and_takes_the_band(client, zhao, counted, first_branch):
    mark_all(counted, first_branch, zhao, "1")
    client.force_login(zhao)

    shown = text_of(client.get(card_page(counted, first_branch)))

    # 10 - 0.5, and 3 + 1
    assert "13.5" in shown
    assert "等次：待定 一票否决（重大事故）：得分照算，等次由人决定" in shown


def test_bands_and_quotas_are_kept_and_told_and_nobody_is_ranked(
    client, zhao, counted, first_branch, second_branch, everywhere, today
):
    mark_all(counted, first_branch, zhao, "0")
    mark_all(counted, second_branch, zhao, "0")
    store_scorecards(scheme=counted, period=YEAR, as_of=today)
    client.force_login(zhao)

    page = client.get(f"{counted.get_absolute_url()}?period=2026")

    assert [(row.band, row.points) for row in Scorecard.objects.all()] == [("好", 13.5)] * 2
    assert quota_readings(counted, YEAR) == ["好 2 个，最多 30%（2 个中 0 个），多 2 个，由人决定"]
    assert "好 2 个，最多 30%" in text_of(page)
    assert "按组织顺序排列，不排名次" in text_of(page)


def test_computing_again_gives_the_same_fingerprints(
    counted, first_branch, zhao, everywhere, today
):
    mark_all(counted, first_branch, zhao, "0")
    prints = []
    for _ in range(2):
        store_scorecards(scheme=counted, period=YEAR, as_of=today)
        prints.append(list(Scorecard.objects.values_list("fingerprint", flat=True)))

    assert prints[0] == prints[1]
    assert len(prints[0][0]) == 64


def test_each_side_is_marked_for_itself_and_half_a_card_has_no_number(
    client, zhao, sided, first_branch
):
    client.force_login(zhao)
    client.post(mark_page(sided, first_branch, 1, side="self"), filled(points="9"))
    half = card_of(sided, first_branch)
    client.post(mark_page(sided, first_branch, 1, side="sup"), filled(points="8"))
    whole = card_of(sided, first_branch)

    assert (half.points, half.is_complete) == (None, False)
    # 9 × 0.4 + 8 × 0.6
    assert float(whole.points) == 8.4
    assert client.get(mark_page(sided, first_branch, 1, side="other")).status_code == 404


@pytest.fixture
def lin(first_branch):
    return enrolled("林小满", first_branch)


def test_a_member_is_scored_by_the_class_that_somebody_states(client, zhao, points, lin):
    client.force_login(zhao)
    client.post(mark_page(points, lin, 1), filled(count="5"))
    client.post(mark_page(points, lin, 2), filled(count="1"))
    before = card_of(points, lin)

    client.post(mark_page(points, lin, 0), filled(value_1="", value_2="A"))
    as_a = card_of(points, lin)

    assert before.lines[0].why == "还没有确定属于哪一类，不能计分"
    # 60 + 5 + 2
    assert (as_a.points, as_a.is_complete) == (67, True)


def test_a_member_who_takes_no_part_has_no_number(client, zhao, points, lin):
    client.force_login(zhao)

    response = client.post(
        mark_page(points, lin, 0), filled(value_1="流动党员", value_2=""), follow=True
    )

    assert "不参加考核 流动党员" in text_of(response)
    assert card_of(points, lin).points is None


def test_members_are_listed_by_branch_and_name_and_not_by_points(
    client, zhao, points, lin, first_branch, second_branch, everywhere, today
):
    enrolled("安小河", second_branch)
    store_scorecards(scheme=points, period=YEAR, as_of=today)
    client.force_login(zhao)

    page = client.get(f"{points.get_absolute_url()}?period=2026")

    names = [row.member.name for row in page.context["page"].rows]
    roll = [row.member.name for row in Scorecard.objects.order_by("organization__path", "pk")]
    assert names == roll
    assert {"林小满", "安小河"} <= set(names)
    assert "名党员" in text_of(page)


def test_a_member_of_another_branch_does_not_exist_for_a_secretary(
    client, li, points, lin, second_branch
):
    neighbour = enrolled("安小河", second_branch)
    client.force_login(li)

    assert client.get(card_page(points, lin)).status_code == 200
    assert client.get(card_page(points, neighbour)).status_code == 404
    assert client.get(mark_page(points, lin, 1)).status_code == 403


@pytest.mark.parametrize("count", [1, 30])
def test_any_number_of_members_takes_the_same_queries(
    count, points, committee, django_assert_num_queries
):
    branch = PartyOrganizationFactory(superior=committee)
    for at in range(count):
        enrolled(f"党员{at}", branch)

    # Members with their branch, and marks.
    with everything(reason="the test reads"), django_assert_num_queries(2):
        cards = scorecards(points, subjects_of(points, YEAR), YEAR, as_of=YEAR.end)

    assert len(cards) == count
