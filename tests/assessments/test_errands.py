"""Who is asked to rate is told so on the first page, with how many are left, until nobody is."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.cards import Subject
from assessments.errands.ratings import RatingErrand
from assessments.models import Rater
from assessments.queries.ratings import ratings_open
from assessments.services.ballots import Vote, cast_ballot, cast_ballots
from assessments.services.cycles import appoint_raters, begin_publicity
from partybuild.errands import Asked
from tests.assessments.cycles import RATED, fresh, launched, led
from tests.factories.assessments import CycleFactory, RaterFactory, many_ratings
from tests.factories.branches import PartyOrganizationFactory
from tests.forms import as_shown

TODAY = dt.date(2026, 11, 21)
UNTIL = dt.date(2026, 12, 10)

pytestmark = pytest.mark.usefixtures("today", "everywhere")


@pytest.fixture
def cycle(zhao, he, wang, committee, first_branch, second_branch):
    """A cycle in 评审 that He and Wang rate; Wang belongs to the second branch."""
    made = launched(zhao, committee, RATED, review_until=UNTIL)
    appoint_raters(actor=zhao, cycle=made, users=[he], group="上级")
    appoint_raters(actor=zhao, cycle=made, users=[wang], group="党员代表")
    led(made, zhao, "review")
    return fresh(made)


def rater(user, cycle):
    return Rater.objects.select_related("cycle__scheme", "cycle__organization", "user").get(
        cycle=cycle, user=user
    )


def rate(user, cycle, branch, **said):
    cast_ballot(
        actor=user,
        rater=rater(user, cycle),
        subject=Subject(branch),
        votes={} if said else {"talk/1": "90"},
        version=0,
        **said,
    )


def left(user):
    return [(one.rater.cycle.title, one.left) for one in ratings_open(user)]


def home(client, user):
    """Return the first page of somebody, as the browser arrives there."""
    client.force_login(user)
    return client.get("/", follow=True).content.decode()


def test_a_rater_is_asked_with_the_number_left_and_the_last_day(cycle, he):
    assert list(RatingErrand().asked(he, TODAY)) == [
        Asked(
            text="2026年度考核：还有 2 个对象没有评",
            url=reverse("assessments:rate", args=[cycle.public_id]),
            action="去评分",
            due_on=UNTIL,
            is_late=False,
        )
    ]
    [late] = RatingErrand().asked(he, UNTIL + dt.timedelta(days=1))
    assert late.is_late


def test_the_own_branch_does_not_wait_for_its_rater_and_saying_why_one_does_not_rate_is_enough(
    cycle, he, wang, first_branch, second_branch
):
    before = left(he), left(wang)
    rate(he, cycle, first_branch)
    between = left(he), left(wang)
    rate(he, cycle, second_branch, recusal="亲属在该支部")
    rate(wang, cycle, first_branch)

    assert before == ([("2026年度考核", 2)], [("2026年度考核", 1)])
    assert between == ([("2026年度考核", 1)], [("2026年度考核", 1)])
    assert (left(he), left(wang)) == ([], [])


def test_a_ballot_that_was_emptied_again_waits_again(cycle, he, first_branch):
    for value, was in (("90", ""), ("", "90")):
        vote = Vote(Subject(first_branch), "talk/1", value, was)
        cast_ballots(actor=he, rater=rater(he, cycle), changes=[vote])

    assert left(he) == [("2026年度考核", 2)]


def test_nobody_is_asked_before_or_after_the_review(zhao, he, committee, first_branch):
    cycle = launched(zhao, committee, RATED)
    appoint_raters(actor=zhao, cycle=cycle, users=[he], group="上级")
    before = left(he)
    led(cycle, zhao, "review")
    during = left(he)
    begin_publicity(actor=zhao, cycle=fresh(cycle), version=fresh(cycle).version)

    assert (before, during, left(he)) == ([], [("2026年度考核", 1)], [])


def test_of_members_those_on_the_roll_of_other_branches_are_left(li, wang, sun, committee):
    cycle = CycleFactory(organization=committee, scheme__subject="member")
    for user in (li, wang):
        RaterFactory(cycle=cycle, user=user)

    # Li and Sun belong to the first branch, Wang to the second.
    assert (left(li), left(wang)) == ([("2026年度考核", 1)], [("2026年度考核", 2)])


def test_what_ends_first_stands_in_front(he, committee, first_branch):
    for title, until in (("不定", None), ("后", UNTIL), ("先", TODAY)):
        cycle = CycleFactory(organization=committee, title=title, review_until=until)
        RaterFactory(cycle=cycle, user=he)

    assert [title for title, _ in left(he)] == ["先", "后", "不定"]


def test_the_first_page_of_every_role_tells_it_until_it_is_done(
    client, cycle, zhao, he, wang, sun, zhou, first_branch, second_branch
):
    for user in (zhao, sun, zhou):
        RaterFactory(cycle=cycle, user=user, group="上级")
    asked = reverse("assessments:rate", args=[cycle.public_id])
    # Zhou has no role: who may not rate any more is asked for nothing.
    told = [asked in home(client, user) for user in (zhao, he, wang, sun, zhou)]
    whole = home(client, he)
    for branch in (first_branch, second_branch):
        rate(he, cycle, branch)

    assert told == [True, True, True, True, False]
    assert "2026年度考核：还有 2 个对象没有评，请在 12月10日（周四）以前办完。" in whole
    assert asked not in home(client, he)
    assert asked in home(client, wang)


def test_the_list_of_a_rater_agrees_with_what_was_told(client, cycle, wang, first_branch):
    client.force_login(wang)
    address = reverse("assessments:rate", args=[cycle.public_id])
    before = client.get(address).content.decode()
    rate(wang, cycle, first_branch)
    after = client.get(address).content.decode()

    assert "已评 0 / 1" in before
    assert "已评 1 / 1" in after
    assert "您所在的党支部，由其他评分人评" in after


def test_after_the_last_stranger_a_rater_returns_to_the_list(
    client, cycle, wang, first_branch, second_branch
):
    client.force_login(wang)
    page = reverse("assessments:rate_subject", args=[cycle.public_id, first_branch.public_id])
    shown = client.get(page)

    answer = client.post(page, as_shown(shown, vote_1="90"))

    assert answer.url == reverse("assessments:rate", args=[cycle.public_id])


def test_many_cycles_cost_what_one_costs(he, committee, first_branch):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert ratings_open(he)
        return len(captured)

    places = [PartyOrganizationFactory(name=f"第{at}支部", superior=committee) for at in range(20)]
    he.current_grants  # noqa: B018 -- read once a request, whoever asks
    many_ratings(places[:1], [he])
    few = queries()
    many_ratings(places[1:], [he])

    assert (few, queries()) == (4, 4)
