"""The ladders of the rubric, computed by hand for 21 November 2026 unless a test says otherwise."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.engine.ladders import Record, Rung, explain, lifts, read, upkeep
from assessments.engine.states import State
from partybuild.periods import Period

TODAY = dt.date(2026, 11, 21)
NEVER = Rung(Decimal(0), "没有", "never", 0)
GENERAL_MEETING = [
    Rung(Decimal(5), "每季 1 次", "quarter"),
    Rung(Decimal(2), "每半年 1 次", "half"),
    Rung(Decimal(1), "偶尔", "ever"),
    NEVER,
]
COMMITTEE = [
    Rung(Decimal(2), "每月 1 次", "month"),
    Rung(Decimal(1), "每季 1 次", "quarter"),
    Rung(Decimal("0.5"), "偶尔", "ever"),
    NEVER,
]
LECTURE = [Rung(Decimal(2), "每半年 1 次", "half"), Rung(Decimal(1), "每年 1 次", "year"), NEVER]
APPRAISAL = [Rung(Decimal(3), "每年开展", "year"), Rung(Decimal(0), "未开展", "never", 0)]


def recorded(*months, as_of=TODAY, owed=range(1, 13)):
    """A year's record: one meeting for each month named, owed in the months `owed`."""
    return Record(
        Period.year(2026),
        tuple(months.count(month) for month in range(1, 13)),
        tuple(month in owed for month in range(1, 13)),
        as_of,
    )


def points(ladder, record):
    reading = read(ladder, record)
    return reading.state.value if reading.points is None else reading.points


def states(ladder, record):
    return [stretch.state.value for stretch in read(ladder, record).stretches]


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ((3, 6, 9), Decimal(5)),
        ((1, 5, 8, 11), Decimal(5)),
        ((3, 9), Decimal(2)),  # second quarter lacks one, both halves have one
        ((3, 6), Decimal(2)),  # third quarter lacks one; the running half is not over
        ((8,), Decimal(1)),  # first half has none: only now and then
        ((), Decimal(0)),
    ],
)
def test_general_meetings_reach_the_rung_of_the_periods_that_are_over(months, expected):
    assert points(GENERAL_MEETING, recorded(*months)) == expected


def test_four_meetings_in_december_are_one_quarter_of_four():
    record = recorded(12, 12, 12, 12, as_of=dt.date(2027, 1, 5))

    assert states(GENERAL_MEETING, record) == ["lacking", "lacking", "lacking", "enough"]
    assert points(GENERAL_MEETING, record) == Decimal(1)


def test_a_meeting_on_31_january_does_not_serve_february():
    record = recorded(1, 1, as_of=dt.date(2026, 3, 1))

    assert states(COMMITTEE, record)[:3] == ["enough", "lacking", "not_over"]
    assert points(COMMITTEE, record) == Decimal(1)


def test_ten_months_with_a_committee_meeting_reach_full_marks_in_november():
    assert points(COMMITTEE, recorded(*range(1, 11))) == Decimal(2)


def test_one_missed_month_leads_down_to_the_quarterly_rung():
    record = recorded(1, 2, 3, 4, 5, 6, 7, 9, 10)
    reading = read(COMMITTEE, record)

    assert reading.points == Decimal(1)
    assert (
        explain(COMMITTEE, record, reading) == "10 个月份缺 1 个：8月；11月未到期；按“每季 1 次”计"
    )


@pytest.mark.parametrize(
    ("ladder", "record", "why"),
    [
        (LECTURE, recorded(4, 10), "2 个半年都达到"),
        (LECTURE, recorded(4), "上半年有 1 次；下半年未到期"),
        (GENERAL_MEETING, recorded(), "3 个季度都缺；第四季度未到期；按“没有”计"),
        (APPRAISAL, recorded(), "2026年未到期"),
        (APPRAISAL, recorded(as_of=dt.date(2027, 1, 1)), "2026年没有记录；按“未开展”计"),
        (COMMITTEE, recorded(as_of=dt.date(2025, 12, 31)), "没有到期的月份"),
    ],
)
def test_the_arithmetic_is_told_in_words(ladder, record, why):
    assert explain(ladder, record, read(ladder, record)) == why


def test_months_missed_in_every_quarter_lead_down_to_now_and_then():
    assert points(COMMITTEE, recorded(2, 11)) == Decimal("0.5")


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ((4, 10), Decimal(2)),
        ((4,), Decimal(2)),  # the second half is not over
        ((10,), Decimal(1)),  # the first half is lost, the year has one
        ((), Decimal(0)),
    ],
)
def test_lectures_reach_the_rung_of_halves_and_of_the_year(months, expected):
    assert points(LECTURE, recorded(*months)) == expected


def test_an_appraisal_held_early_counts_although_the_year_runs():
    assert points(APPRAISAL, recorded(11)) == Decimal(3)


def test_an_appraisal_not_held_yet_is_not_due_and_not_zero():
    reading = read(APPRAISAL, recorded())

    assert (reading.state, reading.points) == (State.PENDING, None)


def test_an_appraisal_not_held_in_a_past_year_is_zero():
    assert points(APPRAISAL, recorded(as_of=dt.date(2027, 1, 1))) == Decimal(0)


def test_nothing_is_due_in_the_first_days_of_a_year():
    january = dt.date(2026, 1, 20)

    assert points(COMMITTEE, recorded(as_of=january)) == "pending"
    assert points(GENERAL_MEETING, recorded(as_of=january)) == "pending"


def test_a_month_is_still_open_on_its_last_day_and_over_on_the_next():
    last, first = dt.date(2026, 1, 31), dt.date(2026, 2, 1)

    assert states(COMMITTEE, recorded(as_of=last))[0] == "not_over"
    assert states(COMMITTEE, recorded(as_of=first))[0] == "lacking"


def test_a_branch_founded_on_20_may_owes_from_june_and_from_the_third_quarter():
    owed = range(6, 13)

    months = states(COMMITTEE, recorded(6, owed=owed))
    quarters = states(GENERAL_MEETING, recorded(6, owed=owed))

    assert months[:7] == ["not_counted"] * 5 + ["enough", "lacking"]
    assert quarters == ["not_counted", "not_counted", "lacking", "not_over"]


def test_a_branch_founded_on_20_may_gets_full_marks_for_its_whole_quarters():
    assert points(GENERAL_MEETING, recorded(7, owed=range(6, 13))) == Decimal(5)


def test_a_meeting_before_the_first_whole_quarter_is_more_than_never():
    assert points(GENERAL_MEETING, recorded(6, owed=range(6, 13))) == Decimal(1)
    assert points(LECTURE, recorded(6, owed=range(6, 13), as_of=dt.date(2027, 1, 1))) == Decimal(1)


def test_a_line_without_a_single_whole_period_does_not_apply():
    record = recorded(11, owed=[11, 12])
    reading = read(GENERAL_MEETING, record)

    assert (reading.state, reading.points) == (State.NOT_APPLICABLE, None)
    assert explain(GENERAL_MEETING, record, reading) == "本期没有完整的季度，不计分"
    assert lifts(GENERAL_MEETING, record, reading) == []


def test_a_form_that_is_never_owed_does_not_apply_even_if_it_was_held():
    assert points(COMMITTEE, recorded(3, owed=[])) == "not_applicable"


def test_a_rung_may_ask_for_more_than_one():
    twice = [Rung(Decimal(4), "每季 2 次", "quarter", 2), NEVER]

    reading = read(twice, recorded(1, 2, 4, 7, 8))

    assert [(s.state.value, s.tally) for s in reading.stretches] == [
        ("enough", "2 次"),
        ("lacking", "1/2"),
        ("enough", "2 次"),
        ("not_over", "·"),
    ]


def test_a_quarterly_scheme_divides_its_quarter_into_months():
    record = Record(Period.quarter(2026, 3), (1, 1, 1), (True,) * 3, TODAY)
    reading = read(COMMITTEE, record)

    assert [stretch.title for stretch in reading.stretches] == ["7月", "8月", "9月"]
    assert reading.points == Decimal(2)


def told(ladder, record):
    return [(lift.act, lift.points) for lift in lifts(ladder, record, read(ladder, record))]


def test_full_marks_need_nothing_but_upkeep():
    record = recorded(3, 6, 9)

    assert told(GENERAL_MEETING, record) == []
    assert (
        upkeep(record, read(GENERAL_MEETING, record)) == "第四季度（12月31日前）组织 1 次，保持满分"
    )


def test_a_missed_quarter_is_lifted_by_recording_what_was_held():
    assert told(GENERAL_MEETING, recorded(3, 9)) == [("第二季度如已组织，补录后", Decimal(5))]


def test_two_lifts_are_told_the_nearest_and_the_best():
    assert told(GENERAL_MEETING, recorded()) == [
        ("下半年（12月31日前）组织 1 次", Decimal(1)),
        ("第一季度、第二季度、第三季度如已组织，补录后", Decimal(5)),
    ]


def test_a_line_that_is_not_due_is_lifted_by_holding_it():
    assert told(APPRAISAL, recorded()) == [("2026年（12月31日前）组织 1 次", Decimal(3))]


def test_many_missed_months_are_named_in_short():
    best = told(COMMITTEE, recorded(1))[-1]

    assert best == ("2月、3月、4月等如已组织，补录后", Decimal(2))


records = st.builds(
    Record,
    st.just(Period.year(2026)),
    st.tuples(*[st.integers(0, 2)] * 12),
    st.tuples(*[st.booleans()] * 12),
    st.dates(dt.date(2025, 12, 1), dt.date(2027, 2, 1)),
)
ladders = st.sampled_from([GENERAL_MEETING, COMMITTEE, LECTURE, APPRAISAL])


@given(ladders, records, st.integers(1, 12))
def test_one_more_meeting_never_lowers_the_points(ladder, record, month):
    before = read(ladder, record)
    after = read(ladder, record.with_records(dt.date(2026, month, 1), 1))

    assert (before.state, after.state) != (State.SCORED, State.PENDING)
    if before.points is not None:
        assert after.points >= before.points


@given(ladders, records)
def test_every_lift_raises_the_points_to_one_of_the_options(ladder, record):
    reading = read(ladder, record)

    for lift in lifts(ladder, record, reading):
        assert lift.points in {rung.points for rung in ladder}
        assert reading.points is None or lift.points > reading.points


def test_more_than_never_and_less_than_the_only_rung_is_left_open():
    monthly = [Rung(Decimal(2), "每月 1 次", "month"), NEVER]
    record = recorded(3, 6, as_of=dt.date(2027, 1, 1))
    reading = read(monthly, record)

    assert (reading.state, reading.points) == (State.UNSCORED, None)
    assert explain(monthly, record, reading).endswith("比“每月 1 次”少、比“没有”多，方案没有写几分")
    assert points(monthly, recorded(as_of=dt.date(2027, 1, 1))) == Decimal(0)
