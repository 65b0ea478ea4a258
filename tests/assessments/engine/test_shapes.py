"""One worked example, computed by hand, for each shape of arithmetic that real schemes have."""

import datetime as dt
from decimal import Decimal

import pytest

from assessments.engine.document import (
    Adjusting,
    Band,
    Class,
    Condition,
    Quota,
    Rounding,
    Side,
    Term,
    Total,
)
from assessments.engine.evaluation import evaluate
from assessments.engine.ladders import Record, Rung
from assessments.engine.quotas import readings
from assessments.engine.results import EXCLUDED, Adjusted, Inputs
from assessments.engine.rules.choices import Amount, Judged, Manual, Option, Options, Reward, Veto
from assessments.engine.rules.events import BestOf, Multiplied, Tier, Tiers
from assessments.engine.rules.measures import (
    Frequency,
    RatioStep,
    Shortfall,
    Span,
    Steps,
    Threshold,
)
from assessments.engine.rules.panels import Grade, Group, Marks, Panel
from partybuild.periods import Period
from tests.assessments.engine.schemes import (
    category,
    count,
    document,
    line,
    line_of,
    minus,
    n,
    plus,
    points_of,
    said,
    steps_of,
)


def tiers(**levels):
    return tuple(Tier(name=name, points=n(points)) for name, points in levels.items())


def mark(high=100, **more):
    return Judged(low=n(0), high=n(high), plain=True, **more)


def test_1_a_base_for_each_category_moved_by_plus_and_minus_and_summed():
    scheme = document(
        line("ZH01", minus("0.1", "缺席", "人次"), minus("0.1", "迟到", "人次"), category="ZH"),
        line("RD01", minus("0.5", "无故缺席"), category="RD"),
        line("RD02", plus(1, "建议被采纳", "件"), category="RD"),
        categories=(category("ZH", base=n(10)), category("RD", base=n(5))),
    )
    inputs = said(ZH01={"1": count(3), "2": count(2)}, RD01=count(1), RD02=count(2))

    # 10 - 0.3 - 0.2 = 9.5; 5 - 0.5 + 2 = 6.5
    assert points_of(scheme, inputs) == n("16")
    assert steps_of(scheme, inputs, "ZH01") == [
        "缺席：3 人次 × −0.1",
        "迟到：2 人次 × −0.1",
        "合计 −0.3 −0.2",
    ]


def test_2_open_ended_plus_lines_have_no_full_mark_and_no_ceiling():
    scheme = document(line("活动", plus(3)), line("文章", plus(5, unit="篇")))

    assert points_of(scheme, said(活动=count(40), 文章=count(2))) == n(130)
    assert [one.full for one in scheme.lines] == [None, None]


def test_3_points_of_events_under_a_cap_for_each_duty_and_other_duties_for_each_class():
    scheme = document(
        line("0003", plus(15), cap=n(60), classes=("A",)),
        line("0004", plus(10), cap=n(30), classes=("B",)),
        line("0007", plus(25), cap=n(100)),
        classes=(Class(code="A", name="在村"), Class(code="B", name="外出")),
    )
    given = {"0003": count(5), "0004": count(2), "0007": count(3)}

    # class A has min(75, 60) + 75, class B 20 + 75
    assert points_of(scheme, said(_subject={"class": "A"}, **given)) == n(135)
    assert points_of(scheme, said(_subject={"class": "B"}, **given)) == n(95)
    assert points_of(scheme, said(**given)) == "未评"


def test_4_a_ladder_of_levels_and_a_level_of_an_honour():
    scheme = document(
        line("绩效", Options(options=tuple(Option(points=n(p)) for p in (20, 16, 14, 12, 10)))),
        line("表彰", Tiers(tiers=tiers(国家级=10, 省部级=8, 市级=4), unit="次")),
    )
    inputs = said(绩效={"points": 16}, 表彰={"国家级": 0, "省部级": 1, "市级": 2, "other": 0})

    # 16 + 8 + 2 × 4
    assert points_of(scheme, inputs) == n(32)
    assert steps_of(scheme, inputs, "表彰") == ["分级计分：省部级 1 次 × ＋8、市级 2 次 × ＋4"]


GRADES = tuple(
    Grade(name=name, points=n(points))
    for name, points in (
        ("很好", 5),
        ("较好", 4),
        ("一般", 3),
        ("较差", 2),
        ("很差", 1),
        ("不了解", 0),
    )
)


def forms(**counted):
    return {grade.name: counted.get(grade.name, 0) for grade in GRADES}


def test_5_the_mean_of_a_panel_leaves_out_who_does_not_know():
    scheme = document(line("Q1", Panel(grades=GRADES, unknown="不了解")))
    inputs = said(Q1=forms(很好=5, 较好=3, 不了解=2))

    # (25 + 12) ÷ 8 = 4.625, at the total 4.63
    assert line_of(scheme, inputs, "Q1").points == n("4.625")
    assert points_of(scheme, inputs) == n("4.63")
    assert steps_of(scheme, inputs, "Q1") == [
        "“不了解”2 份，不计入平均",
        "8 份合计 37 分，平均 4.625 分",
    ]


def test_5_or_counts_them_as_zero_where_the_scheme_says_so():
    scheme = document(line("Q1", Panel(grades=GRADES, unknown="不了解", unknown_counts=True)))

    assert points_of(scheme, said(Q1=forms(很好=5, 较好=3, 不了解=2))) == n("3.7")


def test_5_a_trimmed_mean_carried_over_to_its_full_mark():
    scheme = document(line("述职", Panel(grades=GRADES[:5], trim=1, full=n(10))))

    # 5 5 4 4 1 without 5 and 1: 13 ÷ 3 ÷ 5 × 10 = 8.666…
    assert points_of(scheme, said(述职=forms(很好=2, 较好=2, 很差=1))) == n("8.67")


def test_6_the_full_mark_less_deductions_with_caps_until_nothing_is_left():
    scheme = document(
        line(
            "材料",
            minus(1, "缺项", "项", cap=n(3)),
            minus(4, "造假", "例"),
            base=n(8),
            max=n(8),
            floor=n(0),
        )
    )

    # 8 - min(5, 3) - 4 = 1; with two cases 8 - 3 - 8 = -3, held at 0
    assert points_of(scheme, said(材料={"1": count(5), "2": count(1)})) == n(1)
    inputs = said(材料={"1": count(5), "2": count(2)})
    assert points_of(scheme, inputs) == n(0)
    steps = line_of(scheme, inputs, "材料").all_steps
    assert [(step.text, step.before, step.after) for step in steps] == [
        ("缺项：5 项 × −1", None, n(-5)),
        ("本条最多 3 分", n(-5), n(-3)),
        ("造假：2 例 × −4", None, n(-8)),
        ("合计 8 −3 −8", None, n(-3)),
        ("最低 0 分", n(-3), n(0)),
    ]


STARS = (
    Band(name="五星", gte=n(90)),
    Band(name="四星", gte=n(80), lt=n(90)),
    Band(name="三星", gte=n(70), lt=n(80)),
    Band(name="二星", lt=n(70)),
)


def star_scheme(**more):
    return document(
        line("基础", mark(), category="BASE"),
        line("减分", mark(), category="MINUS"),
        line("评议", mark(), category="REVIEW"),
        categories=(category("BASE"), category("MINUS"), category("REVIEW")),
        totals=(
            Total(
                terms=(
                    Term(of="BASE", weight=n("0.70")),
                    Term(of="MINUS", weight=n("-0.70")),
                    Term(of="REVIEW", weight=n("0.30")),
                )
            ),
        ),
        bands=STARS,
        **more,
    )


def star_marks(base, less, review):
    return said(基础={"points": base}, 减分={"points": less}, 评议={"points": review})


def test_7_base_less_minus_weighed_and_the_review_weighed():
    result = evaluate(star_scheme(), star_marks(92, 4, 95))

    # (92 - 4) × 0.7 + 95 × 0.3 = 61.6 + 28.5
    assert (result.total.points, result.band.band.name) == (n("90.1"), "五星")
    assert result.total.steps[0].text == "总分 = BASE 92 × 0.7 − MINUS 4 × 0.7 ＋ REVIEW 95 × 0.3"


def test_7_a_total_between_two_printed_bands_lies_in_exactly_one():
    # (90 - 0) × 0.7 + 88.7 × 0.3 = 89.61: between the printed 80-89 and 90
    assert evaluate(star_scheme(), star_marks(90, 0, "88.7")).band.band.name == "四星"


def test_8_the_top_band_asks_for_points_and_a_further_condition():
    top = Band(name="优秀", gte=n(90), conditions=(Condition(text="没有违纪"),))
    scheme = document(
        line("得分", mark()),
        bands=(top, Band(name="良好", gte=n(80), lt=n(90)), Band(name="一般", lt=n(80))),
    )

    def band(points, **answer):
        result = evaluate(scheme, said(得分={"points": points}, _subject=answer))
        return (result.band.band.name if result.band.band else None), result.band.why

    assert band(95, **{"优秀/0": "1"}) == ("优秀", "95 分不低于 90")
    name, why = band(95, **{"优秀/0": "0"})
    assert (name, why.split("；")[0]) == ("良好", "95 分够“优秀”，但不符合：没有违纪")
    assert band(95) == (None, "95 分够“优秀”，还没有核对：没有违纪")
    assert band(85)[0] == "良好"


def test_9_self_and_superior_weighed_and_nothing_shown_of_a_half():
    scheme = document(
        line("自评", mark(), category="SELF"),
        line("上级", mark(), category="SUP"),
        categories=(category("SELF"), category("SUP")),
        totals=(
            Total(terms=(Term(of="SELF", weight=n("0.40")), Term(of="SUP", weight=n("0.60")))),
        ),
    )

    # 95 × 0.4 + 82 × 0.6 = 38 + 49.2
    assert points_of(scheme, said(自评={"points": 95}, 上级={"points": 82})) == n("87.2")
    half = evaluate(scheme, said(自评={"points": 95})).total
    assert (half.points, half.so_far, half.state.label) == (None, None, "未评")


def test_9_two_sides_may_score_the_very_same_lines():
    scheme = document(
        line("班子", mark(10)),
        line("队伍", mark(10)),
        sides=(
            Side(code="self", name="自评", weight=n("0.4")),
            Side(code="sup", name="党委评", weight=n("0.6")),
        ),
    )
    own = said(_side="self", 班子={"points": 10}, 队伍={"points": 9}).given
    superior = said(_side="sup", 班子={"points": 8}, 队伍={"points": 7}).given
    inputs = said()
    inputs = type(inputs)({**own, **superior})

    # 19 × 0.4 + 15 × 0.6 = 7.6 + 9
    assert points_of(scheme, inputs) == n("16.6")
    assert points_of(scheme, type(inputs)(own)) == "未评"


def test_10_two_totals_and_the_band_uses_the_one_without_bonus():
    scheme = document(
        line("目标", mark(), category="T"),
        line("加分", plus(2), category="J"),
        categories=(category("T"), category("J", kind="bonus")),
        totals=(Total(), Total(code="plain", name="不含加分", without=("bonus",))),
        band_total="plain",
        bands=(
            Band(name="优秀", gte=n(97)),
            Band(name="合格", gte=n(90), lt=n(97)),
            Band(name="不合格", lt=n(90)),
        ),
    )
    result = evaluate(scheme, said(目标={"points": 95}, 加分=count(3)))

    assert [one.points for one in result.totals] == [n(101), n(95)]
    assert result.band.band.name == "合格"


def test_11_monthly_deductions_with_a_line_that_the_branch_decides():
    scheme = document(
        line("例会", minus(2, "缺会"), base=n(100), floor=n(0)),
        line("其他", Manual(when="由支部研究决定")),
        period="month",
    )

    # 100 - 4, then the branch takes away 1.5
    assert points_of(scheme, said(例会=count(2), 其他={"points": "-1.5"})) == n("94.5")
    assert points_of(scheme, said(例会=count(2))) == "未评"


def recorded(*months, day=dt.date(2027, 1, 10)):
    counted = tuple(months.count(month) for month in range(1, 13))
    return Record(Period.year(2026), counted, (True,) * 12, day)


MEETINGS = Frequency(
    indicator="meetings",
    rungs=(
        Rung(n(5), "每季 1 次", "quarter"),
        Rung(n(2), "每半年 1 次", "half"),
        Rung(n(1), "偶尔", "ever"),
        Rung(n(0), "没有", "never", 0),
    ),
)
COMMITTEE = Frequency(
    indicator="committee",
    rungs=(
        Rung(n(2), "每月 1 次", "month"),
        Rung(n(1), "每季 1 次", "quarter"),
        Rung(n(0), "没有", "never", 0),
    ),
)


def test_12_only_the_allowed_marks_and_the_frequency_that_the_records_reach():
    scheme = document(
        line("书记", Options(options=tuple(Option(points=n(p)) for p in (3, 2, 1)))),
        line("大会", MEETINGS),
        line("支委会", COMMITTEE),
    )
    records = {"meetings": recorded(3, 9), "committee": recorded(*range(1, 13))}

    # 书记 2; meetings in both halves only 2; committee every month 2
    assert points_of(scheme, said(records, 书记={"points": 2})) == n(6)
    refused = line_of(scheme, said(records, 书记={"points": 0}), "书记")
    assert (refused.state.label, refused.points) == ("未评", None)
    assert refused.all_steps[0].text == "评的 0 分不在可评的 3、2、1 分之内，没有计分，请改正"


def test_13_sixty_and_plus_and_minus_held_at_zero_with_no_ceiling():
    scheme = document(
        line("加分", plus(1), category="P"),
        line("扣分", minus(10), category="M"),
        totals=(Total(start=n(60), floor=n(0)),),
        excluded=("退休党员",),
    )

    assert points_of(scheme, said(加分=count(75), 扣分=count(1))) == n(125)
    assert points_of(scheme, said(加分=count(5), 扣分=count(9))) == n(0)
    retired = evaluate(scheme, said(_subject={EXCLUDED: "退休党员"}, 加分=count(5), 扣分=count(0)))
    assert (retired.total.points, retired.total.state.label) == (None, "不适用")


@pytest.mark.parametrize(
    ("part", "whole", "points"),
    [(30, 100, 3), (12, 30, 4), (39, 100, 3), (40, 100, 4), (21, 100, 3), (20, 100, 2), (0, 40, 0)],
)
def test_14_thirty_percent_gives_three_and_each_ten_more_or_fewer_one(part, whole, points):
    rule = RatioStep(
        metric="积极分子数 ÷ 学生数",
        base_share=n("0.30"),
        base_points=n(3),
        step=n("0.10"),
        step_points=n(1),
    )
    scheme = document(line("占比", rule))

    assert points_of(scheme, said(占比={"part": part, "whole": whole})) == n(points)


def test_14_a_share_of_nobody_does_not_apply_and_is_not_zero():
    rule = RatioStep(
        metric="积极分子数 ÷ 学生数",
        base_share=n("0.30"),
        base_points=n(3),
        step=n("0.10"),
        step_points=n(1),
    )
    scheme = document(line("占比", rule), line("活动", plus(1)))
    inputs = said(占比={"part": 0, "whole": 0}, 活动=count(2))

    assert line_of(scheme, inputs, "占比").state.label == "不适用"
    assert points_of(scheme, inputs) == n(2)


@pytest.mark.parametrize(
    ("partial", "points"), [("trunc", 3), ("floor", 2), ("round", 2), ("pro_rata", "2.3")]
)
def test_14_a_part_of_a_step_counts_as_the_scheme_says(partial, points):
    rule = RatioStep(
        base_share=n("0.30"), base_points=n(3), step=n("0.10"), step_points=n(1), partial=partial
    )

    assert points_of(document(line("占比", rule)), said(占比={"part": 23, "whole": 100})) == n(
        points
    )


def veto_scheme(**veto):
    return document(
        line("发展", minus(5, "三年未发展", ""), base=n(95)),
        line("否决", Veto(when="连续3年未发展党员", **veto), category="FJ"),
        categories=(category("FJ", kind="veto"),),
        bands=STARS,
    )


def test_15_a_veto_caps_the_band_beside_a_deduction_for_the_same_fact_and_leaves_the_number():
    result = evaluate(veto_scheme(at_most="三星"), said(发展=count(1), 否决={"hit": 1}))

    assert (result.total.points, result.band.band.name) == (n(90), "三星")
    assert (
        result.band.why == "一票否决（连续3年未发展党员）：按分数是“五星”，最高为“三星”，得分照算"
    )


def test_15_a_veto_alone_or_unanswered_leaves_the_number_and_holds_the_band():
    alone = evaluate(veto_scheme(), said(发展=count(0), 否决={"hit": 1}))
    unanswered = evaluate(veto_scheme(), said(发展=count(0)))
    clear = evaluate(veto_scheme(), said(发展=count(0), 否决={"hit": 0}))

    assert (alone.total.points, alone.band.band) == (n(95), None)
    assert (unanswered.total.points, unanswered.band.why) == (
        n(95),
        "还有 1 项否决事项没有核对，不定等次",
    )
    assert clear.band.band.name == "五星"


def petition_line():
    among = tuple(("1", level, f"“{level}”") for level in ("县", "市"))
    return line(
        "上访",
        Tiers(tiers=tiers(县="0.5", 市=1), minus=True, unit="例", when="单个上访"),
        Multiplied(factor=n(2), of=("1",), among=among, when="集体访加倍"),
        minus(1, "越级访", on="1"),
        base=n(10),
    )


def test_16_some_events_count_double_and_others_have_something_on_top():
    scheme = document(petition_line())
    inputs = said(
        上访={"1": {"县": 3, "市": 1, "other": 0}, "2": {"1/县": 2, "1/市": 0}, "3": count(1)}
    )

    # 10 - (1.5 + 1) - 2 × 0.5 once more - 1
    assert points_of(scheme, inputs) == n("5.5")
    assert "“县” 2 次，每次 −0.5 改按 2 倍" in steps_of(scheme, inputs, "上访")[1]


def test_16_more_doubled_than_counted_is_told_and_not_computed():
    scheme = document(petition_line())
    inputs = said(
        上访={"1": {"县": 1, "市": 0, "other": 0}, "2": {"1/县": 2, "1/市": 0}, "3": count(0)}
    )

    assert points_of(scheme, inputs) == "未评"


def test_16_halved_for_other_people():
    among = (("1", "", "被处理"),)
    scheme = document(
        line("违纪", minus(3, "被处理", "例"), Multiplied(factor=n("0.5"), of=("1",), among=among))
    )

    # three cases of 3, two of them at half
    assert points_of(scheme, said(违纪={"1": count(3), "2": {"1/": 2}})) == n(-6)


def test_16_the_best_only_of_several_levels_and_of_several_rules():
    stars = Tiers(tiers=tiers(AAA=2, AA=1), unit="个", best_only=True)
    scheme = document(
        line("景区", stars),
        line("先进", plus(4, "表扬"), plus(6, "推广"), BestOf(of=("1", "2"))),
        line("厕所", plus("0.5", "厕所", "个", cap=n(1))),
    )
    inputs = said(
        景区={"AAA": 1, "AA": 3, "other": 0},
        先进={"1": count(1), "2": count(1), "3": {}},
        厕所=count(5),
    )

    # the best 2; the best of 4 and 6; 2.5 capped at 1
    assert points_of(scheme, inputs) == n(9)


@pytest.mark.parametrize(
    ("typed", "points"), [("0", 0), ("0.5", "0.5"), ("3", 3), ("0.4", "未评"), ("3.1", "未评")]
)
def test_17_who_judges_picks_inside_the_range_or_nothing_happened(typed, points):
    scheme = document(line("群团", Judged(low=n("0.5"), high=n(3), when="积极")))

    assert points_of(scheme, said(群团={"points": typed})) == (
        points if points == "未评" else n(points)
    )


def test_17_each_event_may_have_its_own_mark():
    scheme = document(line("工程", Judged(low=n(1), high=n(10), unit="例", when="配合")))

    assert points_of(scheme, said(工程={"points": "2、3.5"})) == n("5.5")


def test_18_a_quota_is_shown_and_a_person_decides():
    scheme = star_scheme(quotas=(Quota(band="五星", max_share=n("0.30"), tie_break="看评议得分"),))

    [told] = readings(scheme, {"五星": 4, "四星": 6}, 10)
    [within] = readings(scheme, {"五星": 3}, 10)

    assert told == "五星 4 个，最多 30%（10 个中 3 个），多 1 个，由人决定；同分看评议得分"
    assert within == "五星 3 个，最多 30%（10 个中 3 个）"


def test_19_attendance_below_a_line_costs_points():
    rule = Threshold(
        metric="到会人次 ÷ 应到人次", operator="lt", limit=n("0.80"), points=n("0.5"), minus=True
    )
    scheme = document(line("到会率", rule, base=n(5)))

    assert points_of(scheme, said(到会率={"part": 79, "whole": 100})) == n("4.5")
    assert points_of(scheme, said(到会率={"part": 80, "whole": 100})) == n(5)
    assert points_of(scheme, said(到会率={"part": 0, "whole": 0})) == "不适用"


def test_20_a_quarter_reads_the_months_of_the_quarter():
    record = Record(Period.quarter(2026, 3), (1, 1, 0), (True,) * 3, dt.date(2026, 12, 1))
    scheme = document(line("支委会", COMMITTEE), period="quarter")

    # August and July have one, September none: only the quarterly rung
    assert points_of(scheme, said({"committee": record})) == n(1)


def test_a_target_costs_points_for_each_unit_that_is_lacking():
    scheme = document(line("信息", Shortfall(target=5, points=n(1), cap=n(3)), base=n(10)))

    assert [points_of(scheme, said(信息={"done": done})) for done in (0, 3, 5, 9)] == [
        n(7),
        n(8),
        n(10),
        n(10),
    ]


def test_a_number_is_cut_into_spans_that_do_not_overlap():
    spans = (
        Span(points=n(5), gte=n(90)),
        Span(points=n(3), gte=n(60), lt=n(90)),
        Span(points=n(0), lt=n(60)),
    )
    scheme = document(line("测试", Steps(spans=spans)))

    assert [points_of(scheme, said(测试={"value": v})) for v in ("90", "89.99", "59")] == [
        n(5),
        n(3),
        n(0),
    ]


def test_money_is_told_and_never_becomes_points():
    amounts = (Amount(name="1", yuan=n(10000)), Amount(name="2", yuan=n(30000)))
    scheme = document(line("四无", Reward(amounts=amounts, by="连续年数")), line("活动", plus(1)))
    result = evaluate(scheme, said(四无={"level": "2"}, 活动=count(3)))

    assert (result.total.points, result.rewards) == (n(3), n(30000))


def test_a_level_that_the_scheme_does_not_know_is_stated_and_left_to_people():
    scheme = document(line("培训", Tiers(tiers=tiers(一周至一个月=2, 两个月以上=3), unit="次")))
    inputs = said(培训={"一周至一个月": 1, "两个月以上": 0, "other": 1})

    assert points_of(scheme, inputs) == "未评"
    assert steps_of(scheme, inputs, "培训") == ["分级计分：有 1 次不在各级之内，由人决定怎样计分"]


@pytest.mark.parametrize(
    ("rounding", "points"),
    [
        (Rounding(places=1), "4.7"),
        (Rounding(places=1, mode="half_even"), "4.6"),
        (Rounding(places=1, mode="down"), "4.6"),
        (Rounding(places=0, mode="up"), "5"),
        (Rounding(at=()), "4.65"),
    ],
)
def test_numbers_are_cut_where_and_how_the_scheme_says(rounding, points):
    scheme = document(line("得分", mark()), rounding=rounding)

    assert points_of(scheme, said(得分={"points": "4.65"})) == Decimal(points)


def test_groups_of_raters_are_weighed_and_one_alone_stands_in_for_nobody():
    groups = (
        Group(name="上级", weight=n("0.6"), at_least=1),
        Group(name="党员", weight=n("0.4"), at_least=3),
    )
    scheme = document(line("述职", Marks(low=n(0), high=n(10), groups=groups, trim=1)))
    forms = {"上级/marks": "9、8", "党员/marks": "10、7、8.5、2、9"}

    # 上级: two forms are too few to trim, (9 + 8) ÷ 2 = 8.5. 党员: without 10 and 2 there are
    # 7, 8.5, 9 = 24.5 ÷ 3 = 8.1666…; 8.5 × 0.6 + 8.1666… × 0.4 = 8.3666…, to two places 8.37
    assert points_of(scheme, said(述职=forms)) == n("8.37")
    few = forms | {"党员/marks": "10、7、8.5、2"}
    assert points_of(scheme, said(述职=few)) == "未评"


def test_words_of_a_scale_are_counted_by_group():
    groups = (Group(name="班子", weight=n(1)), Group(name="群众", weight=n(3)))
    rule = Panel(grades=GRADES, unknown="不了解", groups=groups)
    scheme = document(line("Q1", rule))
    best, worst = GRADES[0].name, GRADES[4].name
    forms = [("班子", best), ("群众", best), ("群众", worst), ("群众", "不了解")]

    # 班子 5; 群众 (5 + 1) ÷ 2 = 3; (5 × 1 + 3 × 3) ÷ 4 = 3.5
    assert points_of(scheme, said(Q1=rule.gathered(forms))) == n("3.5")


def test_approved_adjustments_are_added_beside_the_lines_and_held_by_their_limits():
    scheme = document(
        line("甲", plus(1)),
        adjusting=Adjusting(allowed=True, low=n(-2), high=n(3)),
        totals=(Total(), Total(code="plain", name="不含加分", without=("bonus",))),
    )
    said_of = said(甲=count(10))
    approved = (
        Adjusted(n("2.5"), "抢险救灾"),
        Adjusted(n(2), "市级表彰"),
        Adjusted(n("-1"), "通报"),
    )

    result = evaluate(scheme, Inputs(said_of.given, adjustments=approved))

    # 2.5 + 2 − 1 = 3.5, at most 3: 10 + 3; a total without 加分 goes without them.
    assert [total.points for total in result.totals] == [n(13), n(10)]
    assert [step.text for step in result.total.steps][-2:] == [
        "加减分最多加 3 分",
        "加减分合计 ＋3",
    ]
    assert evaluate(
        document(line("甲", plus(1))), Inputs(said_of.given, adjustments=approved)
    ).total.points == n(10)


def test_a_line_that_one_side_does_not_score_is_left_out_of_that_side():
    sides = (
        Side(code="own", name="自评", weight=n("0.2")),
        Side(code="sup", name="党委评", weight=n("0.8")),
    )
    mark = Judged(low=n(0), high=n(10), plain=True)
    scheme = document(line("甲", mark), line("乙", mark, sides=("sup",)), sides=sides)
    given = {
        ("own", "甲"): {"1": {"points": "10"}},
        ("sup", "甲"): {"1": {"points": "5"}},
        ("sup", "乙"): {"1": {"points": "8"}},
    }

    # 自评 10 × 0.2 + 党委评 (5 + 8) × 0.8
    assert points_of(scheme, Inputs(given)) == n("12.4")
