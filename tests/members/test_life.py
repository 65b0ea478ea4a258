"""A member's party life as one line of time, told by every source that knows a part of it."""

import datetime as dt

import pytest

from members.models import Office
from partybuild.milestones import life_of
from partybuild.scoping import scoped_to
from tests.cast import enrolled
from tests.factories.members import MembershipFactory, OfficeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def he(first_branch):
    return enrolled(
        "何应秋",
        first_branch,
        applied_on=dt.date(2009, 1, 1),
        applied_precision="year",
        joined_on=dt.date(2010, 6, 30),
        confirmed_on=dt.date(2011, 6, 1),
        confirmed_precision="month",
    )


def told(member, user):
    with scoped_to(user.scope_for("members.view_member")):
        return [(event.day, event.text) for event in life_of(member, user)]


def test_a_life_is_told_newest_first_and_what_has_no_day_comes_last(he, li, first_branch):
    OfficeFactory(
        organization=first_branch,
        member=he,
        post=Office.Post.PUBLICITY_MEMBER,
        started_on=dt.date(2015, 3, 1),
        ended_on=dt.date(2018, 3, 1),
    )

    MembershipFactory(member=he, kind="second", started_on=None)

    assert told(he, li) == [
        (dt.date(2020, 1, 1), "编入第一党支部（建档登记）"),
        (dt.date(2018, 3, 1), "不再任第一党支部宣传委员"),
        (dt.date(2015, 3, 1), "任第一党支部宣传委员"),
        (dt.date(2011, 6, 1), "转为正式党员"),
        (dt.date(2010, 6, 30), "加入党组织（党员大会通过）"),
        (dt.date(2009, 1, 1), "申请入党"),
        (None, "编入第一党支部（建档登记，第二组织关系）"),
    ]


def test_the_page_of_a_file_shows_the_life_as_far_as_dates_are_known(he, li, client):
    client.force_login(li)

    page = client.get(he.get_absolute_url()).content.decode()

    assert "党内历程" in page
    assert "2011-06</b>" in " ".join(page.split()).replace(" </b>", "</b>")


def test_a_second_membership_that_ended_is_told_with_its_reason(he, zhao, second_branch):
    MembershipFactory(
        member=he,
        organization=second_branch,
        kind="second",
        started_on=dt.date(2024, 5, 1),
        ended_on=dt.date(2024, 9, 1),
        ended_by="moved",
    )

    assert told(he, zhao)[:2] == [
        (dt.date(2024, 9, 1), "离开第二党支部（系统内调整，第二组织关系）"),
        (dt.date(2024, 5, 1), "编入第二党支部（建档登记，第二组织关系）"),
    ]
