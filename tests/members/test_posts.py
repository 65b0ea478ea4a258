"""Who holds which post, in the spellings of registers."""

import pytest

from members.imports.posts import parse_holders, parse_names, parse_posts

THREE = [
    ("organization_member", "陈云磊"),
    ("publicity_member", "邱英"),
    ("discipline_inspection_member", "孙成民"),
]


@pytest.mark.parametrize(
    "cell",
    [
        "组织委员：陈云磊；宣传委员：邱英；纪检委员：孙成民",
        "组织委员 陈云磊\n宣传委员 邱英\n纪检委员 孙成民",
        "陈云磊（组织委员）、邱英（宣传委员）、孙成民（纪检委员）",
        "陈云磊(组织)，邱 英(宣传)，孙成民(纪检)",
    ],
)
def test_posts_and_names_are_told_apart(cell):
    assert parse_holders(cell) == THREE


def test_one_person_may_hold_two_posts_and_a_name_may_have_none():
    assert parse_holders("张三（组织、宣传委员）；李四") == [
        ("organization_member", "张三"),
        ("publicity_member", "张三"),
        ("committee_member", "李四"),
    ]
    assert parse_holders("组织委员：王五、赵六") == [
        ("organization_member", "王五"),
        ("organization_member", "赵六"),
    ]
    assert parse_holders("王五、赵六") == [
        ("committee_member", "王五"),
        ("committee_member", "赵六"),
    ]


def test_a_dash_is_nobody():
    assert parse_holders("—") == []
    assert parse_names("/") == []


def test_posts_of_a_member_are_read():
    assert parse_posts("副书记兼组织委员") == ["deputy_secretary", "organization_member"]
    assert parse_posts("党小组组长") == ["group_leader"]
    assert parse_posts("科员") == []
