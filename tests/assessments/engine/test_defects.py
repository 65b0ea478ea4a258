"""Defects found in existing systems that the engine makes impossible, each with the sum by hand."""

import datetime as dt

import pytest

from assessments.engine.document import Band, Condition
from assessments.engine.evaluation import evaluate
from assessments.engine.ladders import Record, Rung
from assessments.engine.quotas import readings
from assessments.engine.results import Inputs
from assessments.engine.rules.choices import Judged
from assessments.engine.rules.measures import Frequency
from assessments.engine.states import State
from assessments.engine.whatif import lifts
from partybuild.periods import Period
from tests.assessments.engine.schemes import (
    count,
    document,
    line,
    line_of,
    minus,
    n,
    plus,
    points_of,
    said,
)


def mark(high=100):
    return Judged(low=n(0), high=n(high), plain=True)


def test_no_element_is_lost_when_lines_change_places():
    lines = [line(code, plus(points)) for code, points in (("甲", 1), ("乙", 2), ("丙", 4))]
    inputs = said(甲=count(1), 乙=count(1), 丙=count(1))

    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        assert points_of(document(*(lines[at] for at in order)), inputs) == n(7)


def test_zero_events_are_zero_points_and_no_answer_is_none():
    scheme = document(line("活动", plus(3)), line("缺会", minus(1), base=n(5)))

    assert points_of(scheme, said(活动=count(0), 缺会=count(0))) == n(5)
    assert points_of(scheme, said(活动=count(0))) == "未评"


def test_every_condition_of_a_band_must_hold_there_is_no_or_to_mistake():
    conditions = (Condition(text="连续两年达标"), Condition(text="当年无处分"))
    scheme = document(
        line("得分", mark()),
        bands=(
            Band(name="优秀", gte=n(90), conditions=conditions),
            Band(name="良好", gte=n(0), lt=n(90)),
        ),
    )

    def band(first, second):
        told = {"优秀/0": first, "优秀/1": second}
        return evaluate(scheme, said(得分={"points": 95}, _subject=told)).band.band.name

    assert [band("1", "1"), band("1", "0"), band("0", "1"), band("0", "0")] == [
        "优秀",
        "良好",
        "良好",
        "良好",
    ]


def test_who_has_no_score_is_in_no_band_and_takes_no_place_of_a_quota():
    scheme = document(
        line("得分", mark()), bands=(Band(name="优秀", gte=n(90)), Band(name="不合格", lt=n(90)))
    )
    open_one, zero = evaluate(scheme, Inputs()), evaluate(scheme, said(得分={"points": 0}))

    assert (open_one.total.points, open_one.band.band) == (None, None)
    assert (zero.total.points, zero.band.band.name) == (n(0), "不合格")
    assert readings(scheme, {"": 3}, 3) == []


def ladder(indicator, per):
    rungs = (
        Rung(n(2), "按期", per),
        Rung(n(1), "偶尔", "ever"),
        Rung(n(0), "没有", "never", 0),
    )
    return Frequency(indicator=indicator, rungs=rungs)


def test_each_kind_of_meeting_has_its_own_frequency():
    scheme = document(
        line("支委会", ladder("committee", "month")),
        line("党员大会", ladder("general", "quarter")),
        line("党课", ladder("lecture", "half")),
    )
    quarterly = Record(
        Period.year(2026),
        tuple(int(month % 3 == 0) for month in range(1, 13)),
        (True,) * 12,
        dt.date(2027, 1, 5),
    )
    inputs = Inputs({}, dict.fromkeys(("committee", "general", "lecture"), quarterly))

    # Once a quarter is too seldom for the committee, enough for the meeting and the lecture.
    assert [one.points for one in evaluate(scheme, inputs).lines] == [n(1), n(2), n(2)]


def test_a_total_that_somebody_sends_along_is_not_looked_at():
    scheme = document(line("活动", plus(3)))
    inputs = said(活动={"count": 2, "total": 99, "points": 99})

    assert points_of(scheme, inputs) == n(6)


def test_a_line_that_does_not_apply_is_left_out_and_not_zero():
    record = Record(Period.year(2026), (0,) * 12, (False,) * 12, dt.date(2027, 1, 5))
    scheme = document(line("支委会", ladder("committee", "month")), line("活动", plus(3)))
    inputs = said({"committee": record}, 活动=count(1))

    assert line_of(scheme, inputs, "支委会").state is State.NOT_APPLICABLE
    assert points_of(scheme, inputs) == n(3)


def test_the_cheapest_step_that_raises_points_is_told_with_the_band_it_reaches():
    scheme = document(
        line("党课", plus(2, "党课", cap=n(4))),
        line("其他", mark(87)),
        bands=(Band(name="五星", gte=n(90)), Band(name="四星", lt=n(90))),
    )
    inputs = said(党课=count(1), 其他={"points": 87})

    # 2 + 87 = 89; one more lecture: 91
    [lift] = lifts(evaluate(scheme, inputs), inputs)

    assert (lift.act, lift.gain, lift.band) == ("再有 1 次“党课”", n(2), "五星")


@pytest.mark.parametrize("lectures", [2, 3])
def test_nothing_is_promised_that_a_cap_takes_away(lectures):
    scheme = document(line("党课", plus(2, "党课", cap=n(4))))
    inputs = said(党课=count(lectures))

    assert lifts(evaluate(scheme, inputs), inputs) == ()
