"""The running scorecards: queued once a day, computed by the job under the right rights."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine

from assessments.models import Scorecard
from assessments.services.schemes import load_scheme
from assessments.tasks import ask_for_scorecards, queue_running
from branches.models import Grant
from partybuild.jobs import perform
from partybuild.localrules import lay_over
from partybuild.models import Job
from partybuild.periods import Period
from partybuild.scoping import everything
from tests.assessments.conftest import RUBRIC, hold
from tests.factories.assessments import SchemeFactory

YEAR = Period.year(2026)
TODAY = dt.date(2026, 11, 21)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def trees(first_branch, second_branch, foreign_branch):
    """Two trees: one with two branches, one with a single branch."""
    return [first_branch, second_branch, foreign_branch]


def test_each_night_queues_one_job_for_every_tree(rubric, trees):
    queued = queue_running(TODAY)

    assert [job.title for job in queued] == [
        f"计算考核得分 机关党委 {rubric.title} 2026年",
        f"计算考核得分 云渚区统计局机关党委 {rubric.title} 2026年",
    ]


def test_the_same_night_queues_nothing_twice(rubric, trees):
    first, again, next_night = (
        queue_running(day) for day in (TODAY, TODAY, TODAY + dt.timedelta(days=1))
    )

    assert again == first
    assert Job.objects.count() == len(first) + len(next_night) == 4


def test_in_january_the_year_that_has_ended_is_still_computed(rubric, first_branch):
    assert [job.arguments["period"] for job in queue_running(dt.date(2027, 1, 31))] == [
        "2026",
        "2027",
    ]
    assert [job.arguments["period"] for job in queue_running(dt.date(2027, 2, 1))] == ["2027"]


def queued_periods(day):
    return [job.arguments["period"] for job in queue_running(dt.date.fromisoformat(day))]


def test_a_month_stays_open_as_long_as_the_rule_says_however_short_the_next_is(first_branch):
    SchemeFactory(per="month")

    # January ended 30 days before 2 March, February 2.
    assert queued_periods("2027-03-02") == ["2027-01", "2027-02", "2027-03"]
    assert queued_periods("2027-03-04") == ["2027-02", "2027-03"]


def test_a_committee_may_close_its_periods_sooner(rubric, committee, foreign_branch, first_branch):
    with everything(reason="this test lays a local rule"):
        lay_over(
            actor=None,
            place=committee,
            code="assessments.closing",
            values={"days_for_late_records": 10},
            in_force_from=dt.date(2026, 1, 1),
            document="《考核办法》",
        )

    assert queued_periods("2027-01-10") == ["2026", "2027", "2026", "2027"]
    assert queued_periods("2027-01-11") == ["2027", "2026", "2027"]


def test_the_last_night_sees_the_period_whole_and_no_later_one_changes_it(
    rubric, first_branch, everywhere
):
    with time_machine.travel(dt.datetime(2027, 1, 31, 2, tzinfo=SHANGHAI), tick=False):
        last, _ = queue_running(dt.date(2027, 1, 31))
        perform(last.pk)
    [kept] = Scorecard.objects.filter(period="2026")
    hold(first_branch, "general_meeting", "2026-03-12")
    Job.objects.filter(pk=last.pk).update(state=Job.State.QUEUED)

    with time_machine.travel(dt.datetime(2027, 2, 1, 2, tzinfo=SHANGHAI), tick=False):
        perform(last.pk)

    last.refresh_from_db()
    assert (kept.pending, last.result) == (0, {"scorecards": 0, "closed": True})
    assert Scorecard.objects.get(period="2026").computed_at == kept.computed_at


def test_an_edition_that_was_replaced_is_not_computed_any_more(rubric, first_branch):
    newer, _ = load_scheme(actor=None, raw=RUBRIC.read_bytes() + b"# changed\n")

    assert [job.arguments["scheme"] for job in queue_running(TODAY)] == [newer.public_id]


def test_a_nightly_job_keeps_the_scorecards_of_its_tree(rubric, trees, everywhere):
    first_tree, _ = queue_running(TODAY)

    perform(first_tree.pk)

    first_tree.refresh_from_db()
    assert (first_tree.state, first_tree.result) == (Job.State.DONE, {"scorecards": 2})
    assert [card.organization for card in Scorecard.objects.all()] == trees[:2]


def test_a_job_that_is_done_twice_leaves_the_same(rubric, trees, everywhere):
    first_tree, _ = queue_running(TODAY)
    perform(first_tree.pk)
    Job.objects.filter(pk=first_tree.pk).update(state=Job.State.QUEUED)

    perform(first_tree.pk)

    assert Scorecard.objects.count() == 2


def test_a_job_asked_for_runs_under_the_rights_of_its_owner(rubric, zhao, committee, trees):
    job = ask_for_scorecards(actor=zhao, scheme=rubric, period=YEAR, place=committee)
    Grant.objects.filter(user=zhao).delete()

    perform(job.pk)

    job.refresh_from_db()
    assert job.state != Job.State.DONE
