"""The structure of the roll: every figure opens exactly the people it counted."""

import datetime as dt
import re

import pytest

from members.queries.structure import DIMENSIONS, people_of_structure, structure
from partybuild.scoping import everything
from tests.cast import enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DAY = dt.date(2026, 11, 21)
PEOPLE = (
    ("甲子", "1946-02-03", "male", "汉族", "大学", "1970-07-01", "full"),
    ("乙丑", "1985-04-12", "female", "回族", "大专", "2011-06-28", "full"),
    ("丙寅", "1996-11-21", "female", "汉族", "硕士研究生", "2025-12-01", "full"),
    ("丁卯", "1996-11-22", "male", "", "中专", None, "full"),
    ("戊辰", None, "", "火星", "私塾", None, "probationary"),
    ("己巳", "2001-01-01", "male", "藏族", "", "2025-11-22", "full"),
)


@pytest.fixture
def roll(first_branch):
    for name, born, gender, ethnicity, education, confirmed, category in PEOPLE:
        enrolled(
            name,
            first_branch,
            born_on=born and dt.date.fromisoformat(born),
            gender=gender,
            ethnicity=ethnicity,
            education=education,
            confirmed_on=confirmed and dt.date.fromisoformat(confirmed),
            joined_on=dt.date(1970, 1, 1),
            category=category,
        )


def told(dimensions):
    return {one.code: {figure.label: figure.count for figure in one.figures} for one in dimensions}


def test_everybody_stands_in_one_band_of_every_dimension(roll):
    with everything(reason="the test counts everybody"):
        figures = told(structure(DAY))

    assert figures == {
        "category": {"正式党员": 5, "预备党员": 1},
        "gender": {"男": 3, "女": 2, "未填": 1},
        "age": {"不满 30 岁": 2, "30 至 34 岁": 1, "40 至 44 岁": 1, "60 岁及以上": 1, "未填": 1},
        "ethnicity": {"汉族": 2, "回族": 1, "藏族": 1, "其他写法": 1, "未填": 1},
        "education": {
            "研究生": 1,
            "高中、中专": 1,
            "大专": 1,
            "大学本科": 1,
            "其他写法": 1,
            "未填": 1,
        },
        "seniority": {
            "不满 1 年": 2,
            "10 至 19 年": 1,
            "50 年及以上": 1,
            "还没有党龄": 1,
            "转正时间未填": 1,
        },
    }


def test_each_figure_equals_its_list(roll, client, li):
    client.force_login(li)
    page = client.get("/members/structure/")

    for _, rows in page.context["dimensions"]:
        for row in rows:
            assert client.get(row["url"]).context["page"].count == row["value"]
    assert len(re.findall("structure/people", page.content.decode())) >= len(DIMENSIONS)


def test_a_day_in_the_past_counts_who_was_there_then(roll, first_branch):
    with everything(reason="the test counts everybody"):
        assert told(structure(dt.date(2019, 12, 31)))["category"] == {}
        before = told(structure(dt.date(2025, 11, 21)))["category"]

    assert before == {"正式党员": 3, "预备党员": 3}


def test_a_place_narrows_the_figures(roll, second_branch, first_branch):
    enrolled("庚午", second_branch)

    with everything(reason="the test counts two places"):
        assert people_of_structure(DAY, place=second_branch).count() == 1
        assert people_of_structure(DAY, place=first_branch).count() == 6
        assert people_of_structure(DAY, place=first_branch.superior).count() == 7


def test_all_figures_take_one_query(roll, django_assert_num_queries):
    with everything(reason="the test counts everybody"), django_assert_num_queries(1):
        structure(DAY)
