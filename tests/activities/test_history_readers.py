"""Cells of old ledgers: days, forms and lists of absentees in the spellings that people use."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.imports.absentees import read_absentees
from activities.imports.held import kinds_named, read_held
from activities.imports.when import When, WhenProblem, read_time, read_when

DAY = dt.date(2025, 3, 5)
AFTERNOON = dt.time(15, 0)
ROSTER = {"张三", "李四", "王小明", "郭梅", "孙承辉", "阿依古丽·阿布来提"}


@pytest.mark.parametrize(
    ("cell", "when"),
    [
        ("2025.3.5", When(DAY)),
        (" 2025年3月5日 \xa0", When(DAY)),
        ("３月５日", When(DAY)),
        ("20250305", When(DAY)),
        (dt.date(2025, 3, 5), When(DAY)),
        (dt.datetime.combine(DAY, AFTERNOON), When(DAY, AFTERNOON)),
        ("二〇二五年三月五日", When(DAY)),
        ("2025年3月5日下午3:00", When(DAY, AFTERNOON)),
        ("2025-03-05 15:00-16:30", When(DAY, AFTERNOON)),
        ("3月5日（周三）下午3点", When(DAY, AFTERNOON)),
        ("2025/3/5 9点半", When(DAY, dt.time(9, 30))),
        ("3月5日至7日", When(DAY, None, dt.date(2025, 3, 7))),
        ("2025.3.5-3.7", When(DAY, None, dt.date(2025, 3, 7))),
        ("2025-03-05~2025-03-07", When(DAY, None, dt.date(2025, 3, 7))),
        ("12月30日-2026年1月2日", When(dt.date(2025, 12, 30), None, dt.date(2026, 1, 2))),
        ("", None),
    ],
)
def test_a_day_is_read_as_it_is_written(cell, when):
    assert read_when(cell, year=2025) == when


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2025年2月30日", "DATE_INVALID"),
        ("2025.13.5", "DATE_INVALID"),
        ("不详", "DATE_INVALID"),
        ("2025年3月", "DATE_INVALID"),
        ("3月上旬", "DATE_INVALID"),
        ("3月7日至5日", "DATE_INVALID"),
        ("2205年11月18日", "DATE_FUTURE"),
        ("3月5日、3月12日", "DATE_AMBIGUOUS"),
    ],
)
def test_what_is_no_day_is_said_with_a_reason(cell, code):
    found = read_when(cell, year=2025)

    assert isinstance(found, WhenProblem)
    assert found.code == code
    assert str(cell) in found.reason


def test_a_day_without_a_year_needs_that_of_the_ledger():
    assert read_when("3月5日", year=None).code == "DATE_AMBIGUOUS"


@pytest.mark.parametrize("cell", ["5日", "5", 5, 5.0])
def test_a_day_alone_belongs_to_the_month_of_its_sheet(cell):
    assert read_when(cell, year=2025, month=3) == When(DAY)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)), st.times())
def test_every_day_and_hour_is_read_back(day, time):
    written = f"{day.year}年{day.month}月{day.day}日 {time.hour}:{time.minute:02}"

    assert read_when(written, year=None) == When(day, time.replace(second=0, microsecond=0))


@given(st.text(max_size=20) | st.floats() | st.integers() | st.none() | st.datetimes())
def test_any_cell_is_a_day_a_reason_or_nothing(cell):
    found = read_when(cell, year=2025)

    assert found is None or isinstance(found, When | WhenProblem)


def test_an_hour_beside_the_day_is_read():
    assert [read_time(cell) for cell in ("下午3点", "09:30", 0.625, "全天", None)] == [
        AFTERNOON,
        dt.time(9, 30),
        AFTERNOON,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("cell", "kinds"),
    [
        ("支部大会", ["general_meeting"]),
        ("全体党员大会", ["general_meeting"]),
        ("支委会会议", ["committee_meeting"]),
        ("支部委员会（扩大）会议", ["committee_meeting"]),
        ("“主题党日”活动", ["party_day"]),
        ("4月份主题党日", ["party_day"]),
        ("支部书记讲党课", ["party_lecture"]),
        ("专题组织生活会+民主评议", ["organizational_life_meeting", "democratic_appraisal"]),
        ("党课＋主题党日", ["party_lecture", "party_day"]),
        ("支部党员大会、主题党日", ["general_meeting", "party_day"]),
        ("党员大会暨专题党课暨主题党日活动", ["general_meeting", "party_lecture", "party_day"]),
        ("党员大会/组织生活会", ["general_meeting", "organizational_life_meeting"]),
        ("支部党员大会（换届选举）", ["general_meeting"]),
        ("三会一课（党课）", ["party_lecture"]),
        ("职工大会", []),
        ("工会活动", []),
        ("政治学习", []),
    ],
)
def test_forms_are_told_from_what_is_no_organisation_life(cell, kinds):
    assert list(read_held(cell).kinds) == kinds


@pytest.mark.parametrize(
    ("cell", "groups"),
    [
        ("党小组会（第二党小组）", ["第二党小组"]),
        ("第2党小组会", ["第二党小组"]),
        ("二组党小组会", ["第二党小组"]),
        ("党小组会（第一、第二小组）", ["第一党小组", "第二党小组"]),
        ("第一、第二党小组会", ["第一党小组", "第二党小组"]),
        ("机关党小组会", ["机关党小组"]),
        ("党小组会", []),
    ],
)
def test_the_group_of_a_group_meeting_is_read(cell, groups):
    held = read_held(cell)

    assert list(held.kinds) == ["group_meeting"]
    assert list(held.groups) == groups


def test_a_group_may_stand_in_a_column_of_its_own():
    assert read_held("党小组会", group="3组").groups == ("第三党小组",)


def test_what_is_no_form_beside_a_form_is_told():
    held = read_held("主题党日+工会活动")

    assert (list(held.kinds), list(held.strange)) == (["party_day"], ["工会活动"])


def test_a_sheet_may_be_named_after_its_form():
    named = [kinds_named([name]) for name in ("2025年支部党员大会记录表", "支委会", "第一党支部")]

    assert named == [("general_meeting",), ("committee_meeting",), ()]


@pytest.mark.parametrize(
    ("cell", "absent"),
    [
        ("张三（病假）、李四（公出）", [("张三", "illness"), ("李四", "official_business")]),
        ("张三、李四（病假）\n王小明（培训）", [("张三", "illness"), ("李四", "illness"), ("王小明", "training")]),
        ("孙承辉（外出） 阿依古丽·阿布来提（培训）", [("孙承辉", "away"), ("阿依古丽·阿布来提", "training")]),
        ("张三(病假)，李四", [("张三", "illness"), ("李四", "")]),
        ("病假：张三、李四；事假：王小明", [("张三", "illness"), ("李四", "illness"), ("王小明", "personal")]),
        ("张三病假、李四出差", [("张三", "illness"), ("李四", "official_business")]),
        ("张三：病假", [("张三", "illness")]),
        ("请假2人：张三（病假）、李四（家中有事）", [("张三", "illness"), ("李四", "other")]),
        ("郭  梅（年老体弱）", [("郭梅", "frail")]),
        ("张三 李四", [("张三", ""), ("李四", "")]),
        ("张三 无故缺席", [("张三", "none")]),
        ("全勤", []),
        ("—", []),
        ("全部到齐", []),
        (None, []),
    ],
)  # fmt: skip
def test_absentees_are_read_with_their_reasons(cell, absent):
    assert [(one.name, one.reason) for one in read_absentees(cell, ROSTER.__contains__)] == absent


def test_reasons_may_stand_in_a_column_of_their_own():
    one_each = read_absentees("张三、李四", ROSTER.__contains__, reasons="病假、出差")
    for_all = read_absentees("张三、李四", ROSTER.__contains__, reasons="培训")

    assert [one.reason for one in one_each] == ["illness", "official_business"]
    assert [one.reason for one in for_all] == ["training", "training"]


def test_only_who_has_a_reason_is_on_leave():
    absent = read_absentees("张三（事假）、李四、王小明（无故）", ROSTER.__contains__)

    assert [one.status for one in absent] == ["on_leave", "absent", "absent"]
