"""What a scheme contradicts itself in: warned of and explained, never refused or repaired."""

import pytest

from assessments.engine.checker import check
from assessments.engine.document import Band, Quota, Side, Term, Total
from assessments.engine.evaluation import evaluate
from assessments.engine.rules.choices import Judged, Option, Options, Veto
from assessments.engine.rules.events import Multiplied, Tier, Tiers
from assessments.engine.rules.measures import RatioStep, Span, Steps, Threshold
from assessments.engine.rules.panels import Grade, Panel
from tests.assessments.engine.schemes import category, count, document, line, minus, n, plus, said


def options(*points):
    return Options(options=tuple(Option(points=n(one)) for one in points))


def mark(high):
    return Judged(low=n(0), high=n(high), plain=True)


def test_a_scheme_without_contradictions_has_nothing_to_tell():
    scheme = document(
        line("班子", options(60, 0), category="A"),
        line("队伍", mark(40), category="B"),
        categories=(category("A", max=n(60)), category("B", max=n(40))),
        bands=(Band(name="好", gte=n(80)), Band(name="差", lt=n(80))),
    )

    assert check(scheme) == []


@pytest.mark.parametrize(
    ("scheme", "warning"),
    [
        (
            document(
                line("甲", options(60), category="A"),
                line("乙", options(30), category="B"),
                categories=(category("A", max=n(60)), category("B", max=n(30))),
            ),
            "各类别满分合计 90 分，不是 100 分，请核对。",
        ),
        (
            document(line("甲", options(5), category="A"), categories=(category("A", max=n(6)),)),
            "类别“A”读到的满分合计 5 分，原文印的是 6 分。",
        ),
        (
            document(line("甲", mark(5)), sides=(Side(code="a", name="自评", weight=n("0.5")),)),
            "各评分方的权重合计是 0.5，不是 1。",
        ),
        (
            document(
                line("甲", mark(5), category="A"),
                totals=(
                    Total(terms=(Term(of="A", weight=n("0.7")), Term(of="B", weight=n("0.2")))),
                ),
            ),
            "“总分”里的“B”没有在类别中列出，算不出来。",
        ),
        (
            document(line("满意度", options(1), max=n(3))),
            "“满意度”满分是 3 分，但最多只能评到 1 分。",
        ),
        (
            document(line("考勤", minus(1), base=n(5))),
            "“考勤”扣分没有封顶，也没有写扣完为止，可能低于 0 分；按原文照算。",
        ),
        (
            document(line("考勤", minus(4, unit=""), minus(3, unit=""), base=n(5))),
            "“考勤”各条扣分合计超过基础分，没有写扣完为止，可能低于 0 分；按原文照算。",
        ),
        (
            document(line("档次", options(3, 3))),
            "“档次”有分值相同的档次。",
        ),
        (
            document(
                line("甲", Threshold(metric="到会率", operator="lt", limit=n("0.8"), points=n(1))),
                line("乙", Threshold(metric="到会率", operator="lt", limit=n("0.8"), points=n(2))),
            ),
            "“到会率”同一条线 80% 写了两种分值，请核对以哪个为准。",
        ),
        (
            document(
                line(
                    "测试", Steps(spans=(Span(points=n(5), gte=n(90)), Span(points=n(3), lt=n(80))))
                )
            ),
            "“测试”的分段有空档：80 到 90 之间没有写。",
        ),
        (
            document(
                line(
                    "培训",
                    Tiers(
                        tiers=(
                            Tier(name="一周至一个月", points=n(2)),
                            Tier(name="20天以上", points=n(3)),
                        )
                    ),
                )
            ),
            "“培训”的“一周至一个月”与“20天以上”有重叠，登记时请按原文归档。",
        ),
        (
            document(
                line("甲", mark(100)), bands=(Band(name="好", gte=n(90)), Band(name="差", lt=n(80)))
            ),
            "等次“差”与“好”有空档：80 到 90 之间没有写。",
        ),
        (
            document(
                line("甲", mark(100)), bands=(Band(name="好", gte=n(80)), Band(name="差", lt=n(85)))
            ),
            "等次“差”与“好”有重叠：同一个数可以落在两段里，按排在前面的计。",
        ),
        (
            document(line("甲", mark(100)), bands=(Band(name="好", gte=n(90)),)),
            "低于 90 分的没有写等次。",
        ),
        (
            document(
                line("甲", mark(100)),
                bands=(Band(name="好", gte=n(90)), Band(name="差", lt=n(90))),
                quotas=(Quota(band="好", max_share=n("0.3")),),
            ),
            "“好”有名额限制，但没有写同分怎样取舍，由人决定。",
        ),
        (
            document(
                line("发展", minus(5, "三年以上未发展", "")),
                line("否决", Veto(when="连续3年未发展党员")),
            ),
            "可能是同一件事既扣分又否决：“发展”的“三年以上未发展”与“否决”；两处都按原文计，请核对。",
        ),
        (
            document(line("占比", RatioStep(base_share=n("0.3"), step=n("0.1"), step_points=n(1)))),
            "“占比”按比例计分，总数可能是 0：那时按不适用，不计 0 分。",
        ),
        (
            document(line("获奖", plus(5))),
            "“获奖”没有写满分或上限，加分不封顶；按原文照算。",
        ),
        (
            document(line("上访", Multiplied(factor=n(2), of=("9",), when="加倍"))),
            "“上访”的“加倍”指向的第 9 条不存在。",
        ),
    ],
)
def test_a_contradiction_is_told(scheme, warning):
    assert warning in check(scheme)


@pytest.mark.parametrize(
    ("chosen", "counts", "warning"),
    [
        (
            "不了解",
            True,
            "“Q1”：“不了解”按 0 分计入平均，又是默认选中的，会拉低得分；可以改为不计入平均。",
        ),
        ("", True, "“Q1”：“不了解”按 0 分计入平均，会拉低得分；可以改为不计入平均。"),
    ],
)
def test_not_knowing_that_counts_as_zero_is_told(chosen, counts, warning):
    grades = (Grade(name="好", points=n(5)), Grade(name="不了解", points=n(0)))
    panel = Panel(grades=grades, unknown="不了解", unknown_counts=counts, preselected=chosen)

    assert check(document(line("Q1", panel))) == [warning]


def test_a_scheme_that_is_warned_of_is_computed_as_it_is_written():
    scheme = document(line("考勤", minus(3), base=n(5)))

    assert check(scheme)
    assert evaluate(scheme, said(考勤=count(4))).total.points == n(-7)
