"""A visit needs no second entry: whoever is assigned to a branch and took part there was there."""

import datetime as dt

import pytest

from activities.queries.visits import names_in
from members.queries.liaison import unvisited_on, visits_until
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.activities import ActivityFactory, AttendanceFactory, MeetingFactory
from tests.factories.liaison import LiaisonFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)
DAY = dt.date(2026, 11, 6)


@pytest.fixture
def leader(second_branch):
    """Somebody of another branch who is assigned to the first one."""
    return enrolled("高有为", second_branch)


@pytest.fixture
def liaison(leader, first_branch):
    return LiaisonFactory(
        organization=first_branch, member=leader, name="高有为", started_on=dt.date(2026, 1, 1)
    )


def visits(liaison):
    with everything(reason="the test asks for visits"):
        found = visits_until([liaison], TODAY).get(liaison.pk, [])
        return [(visit.visited_on, visit.text) for visit in found]


def test_somebody_present_at_a_branch_meeting_has_visited_it(liaison, leader, first_branch):
    held = ActivityFactory(organization=first_branch, held_on=DAY, topic="专题学习")
    AttendanceFactory(activity=held, member=leader)

    assert visits(liaison) == [(DAY, "参加专题学习")]


@pytest.mark.parametrize(
    "guests", ["高有为", "马到成、高有为（机关党委副书记）", "高 有为，马到成"]
)
def test_a_guest_of_that_name_has_visited(liaison, first_branch, guests):
    ActivityFactory(organization=first_branch, held_on=DAY, topic="座谈", guests=guests)

    assert visits(liaison) == [(DAY, "参加座谈")]


def test_who_lectures_there_has_visited_and_only_once(liaison, leader, first_branch):
    held = ActivityFactory(organization=first_branch, held_on=DAY, topic="党课", guests="高有为")
    MeetingFactory(activity=held, kind="party_lecture", lecturer="高有为（机关党委书记）")
    AttendanceFactory(activity=held, member=leader)

    assert visits(liaison) == [(DAY, "参加党课")]


def test_another_place_another_name_absence_and_the_trash_are_no_visits(
    liaison, leader, first_branch, second_branch
):
    ActivityFactory(organization=first_branch, held_on=DAY, guests="高有为民")
    elsewhere = ActivityFactory(organization=second_branch, held_on=DAY)
    AttendanceFactory(activity=elsewhere, member=leader)
    missed = ActivityFactory(organization=first_branch, held_on=DAY)
    AttendanceFactory(activity=missed, member=leader, status="absent")
    ActivityFactory(
        organization=first_branch,
        held_on=DAY,
        guests="高有为",
        deleted_at=dt.datetime(2026, 11, 7, tzinfo=dt.UTC),
    )

    assert visits(liaison) == []


def test_a_visit_by_activity_keeps_somebody_off_the_list_of_those_who_stay_away(
    liaison, first_branch
):
    with everything(reason="the test asks who has not visited"):
        assert [one.liaison for one in unvisited_on(TODAY)] == [liaison]

    ActivityFactory(organization=first_branch, held_on=DAY, guests="高有为")

    with everything(reason="the test asks who has not visited"):
        assert unvisited_on(TODAY) == []


@pytest.mark.parametrize("count", [1, 40])
def test_visits_of_many_are_read_in_the_same_number_of_queries(
    leader, first_branch, count, django_assert_num_queries
):
    liaisons = [
        LiaisonFactory(organization=first_branch, member=leader, name=f"联络{number}")
        for number in range(count)
    ]
    ActivityFactory(organization=first_branch, held_on=DAY, guests="联络0")

    with everything(reason="the test counts"), django_assert_num_queries(4):
        assert visits_until(liaisons, TODAY)


def test_names_are_read_without_their_duties():
    assert names_in("张一（书记）、李 二，王三(委员)；赵四") == ["张一", "李二", "王三", "赵四"]
    assert names_in("") == []
