"""What a reader asks of a ledger: conditions on columns, hidden columns, read from an address."""

import pytest
from django.http import QueryDict

from members.ledgers.roster import RosterLedger
from partybuild.ledgers import Column, Flag, Labelled, Ledger, Text, ledgers
from partybuild.narrowing import (
    Condition,
    Selection,
    SelectionProblem,
    address_of,
    asked_selection,
    kept_selection,
    records,
    shape_of,
    shown_columns,
)
from partybuild.periods import Period
from tests.cast import enrolled
from tests.factories.platforms import ServicePlatformFactory

YEAR = Period.year(2026)
ROSTER = RosterLedger()
NAME, GENDER, BORN = "基本情况/姓名", "基本情况/性别", "基本情况/出生日期"


def names_where(*conditions):
    """Return the names on the roster of 2026 that meet conditions, in its order."""
    asked = asked_selection(
        ROSTER, [(f"{operator}.{key}", value) for key, operator, value in conditions]
    )
    at = list(ROSTER.by_key).index(NAME)
    return [row[at] for row in ROSTER.written(records(ROSTER, YEAR, asked))]


@pytest.fixture
def three(first_branch, everywhere, today):
    """Three people of one branch."""
    enrolled("安若水", first_branch, gender="female", born_on="1980-05-01")
    enrolled("白若山", first_branch, gender="male", born_on="1990-05-01")
    enrolled("陈方", first_branch, gender="female", born_on="2000-05-01")


@pytest.mark.usefixtures("three")
def test_conditions_narrow_together():
    assert names_where((GENDER, "is", "女")) == ["安若水", "陈方"]
    assert names_where((NAME, "has", "若")) == ["安若水", "白若山"]
    assert names_where((NAME, "has", "若"), (GENDER, "is", "女")) == ["安若水"]


@pytest.mark.usefixtures("three")
def test_what_is_not_filled_in_is_not_that_either(first_branch):
    enrolled("丁未填", first_branch, gender="")

    assert names_where((GENDER, "not", "女")) == ["白若山", "丁未填"]


@pytest.mark.usefixtures("three")
def test_the_ends_of_a_span_of_days_belong_to_it():
    assert names_where((BORN, "from", "1990-05-01")) == ["白若山", "陈方"]
    assert names_where((BORN, "to", "1990-05-01")) == ["安若水", "白若山"]
    assert names_where((BORN, "from", "1990-05-02"), (BORN, "to", "2000-04-30")) == []


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (("is.属相", "马"), "这本台账没有“属相”这一列。"),
        (("hide", "属相"), "这本台账没有“属相”这一列。"),
        ((f"is.{GENDER}", "未知数"), "“性别”没有“未知数”这一项。"),
        ((f"has.{GENDER}", "女"), "“性别”这一列不能这样筛选。"),
        (("has.基本情况/身份证号码", "1101"), "“身份证号码”这一列不能这样筛选。"),
        ((f"from.{BORN}", "去年"), "“出生日期”要写成 2026-11-21 这样的日期。"),
    ],
)
def test_what_cannot_be_understood_is_said_and_never_left_out(today, pair, words):
    with pytest.raises(SelectionProblem) as refused:
        asked_selection(ROSTER, [pair, (f"has.{NAME}", "李")])

    assert refused.value.problems == {pair[0]: words}


def test_at_least_one_column_stays():
    with pytest.raises(SelectionProblem, match="至少要留一列"):
        asked_selection(ROSTER, [("hide", key) for key in ROSTER.by_key])


def test_a_selection_is_the_same_after_an_address_and_after_a_row():
    asked = Selection(
        (Condition(NAME, "has", "a&b=c"), Condition(GENDER, "is", "女")), ("备注", "单位职务")
    )

    by_address = QueryDict(address_of(asked, [("period", "2026")]))
    pairs = [(name, value) for name, values in by_address.lists() for value in values]

    assert asked_selection(ROSTER, pairs) == asked
    assert kept_selection(ROSTER, asked.as_json()) == asked
    assert kept_selection(ROSTER, {}) == Selection()


def test_hidden_columns_are_left_out_in_order():
    shown = [column.title for column in shown_columns(ROSTER, Selection(hidden=("备注", "党小组")))]

    assert shown == [
        column.title for column in ROSTER.columns if column.title not in {"备注", "党小组"}
    ]


def test_columns_of_one_name_are_told_apart():
    class Twice(Ledger):
        columns = (Text("联系电话", "a"), Text(("结对", "联系电话"), "b"), Text("联系电话", "c"))

    assert list(Twice().by_key) == ["联系电话", "结对/联系电话", "联系电话（2）"]


def test_a_label_of_several_values_finds_them_all_and_what_is_empty(
    first_branch, everywhere, today
):
    platforms = ledgers["branches.platforms"]
    ServicePlatformFactory(organization=first_branch, name="达标的", is_standard=True)
    ServicePlatformFactory(organization=first_branch, name="没有达标的", is_standard=False)

    def named(label):
        asked = asked_selection(platforms, [("is.标准化/是否达标", label)])
        return [row[3] for row in platforms.written(records(platforms, YEAR, asked))]

    assert (named("是"), named("否")) == (["达标的"], ["没有达标的"])


def test_only_columns_that_show_what_is_stored_can_be_searched():
    shapes = {
        shape_of(column): column.title
        for column in (
            Text("文字", "a"),
            Flag("是否", "b"),
            Labelled("标签", "c", [("x", "甲")]),
            Column("日期", ("d",), kind="date"),
            Column("人数", ("e",), kind="integer"),
            Column("算出来的", ("f",), render=str.upper),
        )
    }

    assert shapes == {
        "text": "文字",
        "choice": "标签",
        "date": "日期",
        "number": "人数",
        "": "算出来的",
    }
