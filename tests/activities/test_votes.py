"""Votes: three denominators, presence and pass in whole numbers, each result with its rule."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.models import Meeting, Vote
from activities.queries.votes import Ballots, Voters, judge, mistakes_in, voters_of, votes_of
from activities.services.occasions import Form, Presence, record_activity
from activities.services.votes import VoteRefused, record_vote
from members.models import DevelopmentStep, Member
from partybuild.regulations import regulation
from partybuild.scoping import everything
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.development import DevelopmentCaseFactory, DevelopmentStepFactory
from tests.factories.members import MemberFactory, MembershipFactory
from tests.factories.offices import OfficeFactory

DAY = dt.date(2026, 11, 20)
RESOLUTION = {"present_times": 2, "due_times": 1, "of": "due", "secret": False, "written": False}
COUNTS = st.integers(min_value=0, max_value=200)


def result(due, present, yes, no=0, abstain=0, **changed):
    return judge(Voters(due, present), Ballots(yes, no, abstain), RESOLUTION | changed, "规定")


@pytest.mark.parametrize(
    ("due", "present", "yes", "valid", "passed"),
    [
        (10, 5, 5, True, False),  # 半数以上 includes the half, 超过半数 does not
        (10, 5, 6, True, True),
        (10, 4, 4, False, False),
        (9, 5, 5, True, True),
        (9, 4, 4, False, False),
        (11, 6, 5, True, False),
        (11, 6, 6, True, True),
        (1, 1, 1, True, True),
        (2, 1, 1, True, False),
        (3, 2, 2, True, True),
        (0, 0, 0, False, False),
    ],
)
def test_a_resolution_needs_half_present_and_more_than_half_of_those_due(
    due, present, yes, valid, passed
):
    found = result(due, present, yes)

    assert (found.is_valid, found.is_passed) == (valid, passed)


def test_the_result_says_its_arithmetic_and_its_rule():
    assert result(10, 8, 6).words == "赞成 6 票，超过应到有表决权 10 人的半数"
    assert result(10, 8, 5).words == "赞成 5 票，没有超过应到有表决权 10 人的半数"
    assert result(10, 4, 4).words == "有表决权的应到 10 人，实到 4 人，不到半数，不能表决"
    assert result(10, 8, 6).source == "规定"


def test_a_rule_may_count_those_present_instead_of_those_due():
    assert not result(10, 6, 4).is_passed
    assert result(10, 6, 4, of="present").is_passed


def test_more_votes_than_voters_present_cannot_be():
    voters = Voters(due=10, present=6)

    assert mistakes_in(voters, Ballots(4, 1, 1)) == []
    assert mistakes_in(voters, Ballots(5, 1, 1)) == [
        ("yes", "赞成、反对、弃权合计 7，多于实到有表决权的 6 人，请核对。")
    ]


def test_somebody_present_whose_vote_is_not_counted_is_remarked():
    assert result(10, 8, 6, 1).remarks == ("实到的人里有 1 人没有计票。",)
    assert result(10, 8, 6, 1, 1).remarks == ()


@given(due=COUNTS, present=COUNTS, yes=COUNTS)
def test_one_more_vote_for_never_turns_a_passed_vote_into_a_failed_one(due, present, yes):
    assert result(due, present, yes + 1).is_passed >= result(due, present, yes).is_passed


@given(due=COUNTS, present=COUNTS, yes=COUNTS)
def test_nothing_passes_without_more_than_half_and_without_presence(due, present, yes):
    found = result(due, present, yes)

    assert found.is_passed == (present > 0 and present * 2 >= due and yes * 2 > due)


# --- in a meeting ----------------------------------------------------------------------------


@pytest.fixture
def held(db, li, first_branch, roll):
    """A members' meeting at which one full member is absent; Ding is on probation."""
    with everything(reason="the fixture records a meeting"):
        return record_activity(
            actor=li,
            organization=first_branch,
            held_on=DAY,
            topic="研究年度计划",
            forms=[Form("general_meeting")],
            presences={person: Presence() for person in roll}
            | {roll[1]: Presence("on_leave", "illness")},
        )


def only_meeting(activity):
    return activity.meetings.select_related("activity__organization").get()


def test_probationary_members_are_in_no_denominator(held, everywhere):
    assert voters_of(only_meeting(held)) == Voters(due=4, present=3)


def test_a_committee_vote_counts_the_committee_only(li, first_branch, roll, everywhere):
    for person in roll[:3]:
        OfficeFactory(organization=first_branch, member=person, post="organization")
    held = record_activity(
        actor=li,
        organization=first_branch,
        held_on=DAY,
        topic="支委会和党员大会",
        forms=[Form("committee_meeting"), Form("general_meeting")],
        presences={person: Presence() for person in roll}
        | {roll[0]: Presence("on_leave", "illness")},
    )
    meetings = held.meetings.select_related("activity__organization")

    assert voters_of(meetings.get(kind="committee_meeting")) == Voters(due=3, present=2)
    assert voters_of(meetings.get(kind="general_meeting")) == Voters(due=4, present=3)


def test_a_vote_recorded_in_the_browser_shows_its_result_and_rule(client, li, held):
    client.force_login(li)
    form = client.get(f"/activities/{held.public_id}/vote/").context
    assert form["form"].initial["yes"] == 3

    client.post(
        f"/activities/{held.public_id}/vote/",
        {
            "submission_key": form["submission_key"],
            "meeting": form["form"].initial["meeting"].pk,
            "subject": "resolution",
            "title": "通过年度工作计划",
            "yes": "3",
            "no": "0",
            "abstain": "0",
        },
    )

    [line] = client.get(held.get_absolute_url()).context["votes"]
    assert line.result.is_passed
    assert line.result.words == "赞成 3 票，超过应到有表决权 4 人的半数"
    assert line.result.source == regulation("activities.votes", on=DAY).sources["resolution"]


def test_two_who_correct_a_vote_at_once_both_keep_their_work(client, li, held, everywhere):
    vote = record_vote(
        actor=li,
        meeting=only_meeting(held),
        subject="resolution",
        title="计划",
        ballots=Ballots(3, 0, 0),
    )
    client.force_login(li)
    address = f"/activities/votes/{vote.public_id}/correct/"
    page = client.get(address).context
    mine = {name: page[name] for name in ("version", "base", "submission_key")}
    mine |= {"title": "年度计划", "yes": "3", "no": "0", "abstain": "0"}
    theirs = mine | {"title": "计划", "yes": "2", "abstain": "1", "submission_key": "theirs"}

    client.post(address, theirs)
    client.post(address, mine)

    vote.refresh_from_db()
    assert (vote.title, vote.yes, vote.abstain, vote.version) == ("年度计划", 2, 1, 3)


def test_too_many_votes_are_refused_at_their_field_and_nothing_is_kept(client, li, held):
    client.force_login(li)
    form = client.get(f"/activities/{held.public_id}/vote/").context

    page = client.post(
        f"/activities/{held.public_id}/vote/",
        {
            "submission_key": form["submission_key"],
            "meeting": form["form"].initial["meeting"].pk,
            "subject": "resolution",
            "title": "通过年度工作计划",
            "yes": "4",
            "no": "0",
            "abstain": "0",
        },
    )

    assert page.context["form"].errors["yes"] == [
        "赞成、反对、弃权合计 4，多于实到有表决权的 3 人，请核对。"
    ]
    with everything(reason="the test looks at all rows"):
        assert not Vote.objects.exists()


def test_a_correction_of_the_meeting_keeps_its_votes_and_judges_them_anew(
    client, li, held, roll, everywhere
):
    vote = record_vote(
        actor=li,
        meeting=only_meeting(held),
        subject="resolution",
        title="计划",
        ballots=Ballots(3, 0, 0),
    )
    client.force_login(li)
    page = client.get(f"/activities/{held.public_id}/correct/").context
    posted = {name: value for name, value in page["form"].initial.items() if value not in ("", [])}
    posted |= {name: page[name] for name in ("version", "base", "submission_key")}

    client.post(
        f"/activities/{held.public_id}/correct/",
        posted | {f"presence-{person.public_id}": "illness" for person in roll[2:]},
    )

    assert Vote.objects.get() == vote
    [line] = votes_of([only_meeting(held)])
    assert (line.voters, line.result.is_valid) == (Voters(due=4, present=1), False)


# --- development -----------------------------------------------------------------------------

WAY = {
    "application": "2025-01-06",
    "talk": "2025-01-20",
    "activist": "2025-06-03",
    "activist_filed": "2025-06-20",
    "candidate": "2026-07-01",
    "candidate_filed": "2026-07-20",
    "political_review": "2026-08-05",
    "training": "2026-08-20",
    "committee_review": "2026-10-29",
    "pre_review": "2026-11-03",
}


def candidate(branch, admitted_on=None):
    """Somebody who has come as far as the branch meeting, or past it."""
    person = MemberFactory(
        name="齐思源",
        branch=branch,
        category=Member.Category.CANDIDATE,
        born_on=dt.date(1998, 2, 3),
        joined_on=None,
        confirmed_on=None,
    )
    MembershipFactory(member=person, kind="development", started_on=dt.date(2025, 1, 6))
    case = DevelopmentCaseFactory(member=person, opened_on=dt.date(2025, 1, 6))
    for code, day in WAY.items():
        DevelopmentStepFactory(case=case, code=code, done_on=dt.date.fromisoformat(day))
    if admitted_on:
        counts = {"due_voters": 4, "present_voters": 3, "yes": 3}
        DevelopmentStepFactory(case=case, code="admission", done_on=admitted_on, **counts)
    return case


def test_a_vote_on_admission_is_the_step_of_development_and_counted_there(
    li, held, first_branch, everywhere
):
    case = candidate(first_branch)

    vote = record_vote(
        actor=li,
        meeting=only_meeting(held),
        subject="admission",
        title="接收齐思源为预备党员",
        ballots=Ballots(3, 0, 0),
        is_secret=True,
        case=case,
    )

    step = DevelopmentStep.objects.get(case=case, code="admission")
    assert vote.step == step
    assert (step.done_on, step.due_voters, step.present_voters) == (DAY, 4, 3)
    assert (step.yes, step.passed, vote.yes) == (3, True, None)
    case.member.refresh_from_db()
    assert case.member.category == Member.Category.PROBATIONARY
    [line] = votes_of([only_meeting(held)])
    assert line.result.is_passed
    assert line.result.source


def test_an_admission_recorded_before_is_only_linked(li, held, first_branch, everywhere):
    case = candidate(first_branch, admitted_on=DAY)

    vote = record_vote(
        actor=li,
        meeting=only_meeting(held),
        subject="admission",
        title="接收齐思源",
        ballots=Ballots(0, 0, 0),
        case=case,
    )

    assert vote.step == DevelopmentStep.objects.get(case=case, code="admission")


def test_an_admission_of_another_day_is_not_taken_for_this_one(li, held, first_branch, everywhere):
    case = candidate(first_branch, admitted_on=dt.date(2026, 11, 18))

    with pytest.raises(VoteRefused, match="这一步已登记在 2026-11-18"):
        record_vote(
            actor=li,
            meeting=only_meeting(held),
            subject="admission",
            title="接收齐思源",
            ballots=Ballots(3, 0, 0),
            case=case,
        )


def test_a_vote_on_admission_needs_the_file_it_is_about(client, li, held):
    client.force_login(li)
    form = client.get(f"/activities/{held.public_id}/vote/").context

    page = client.post(
        f"/activities/{held.public_id}/vote/",
        {
            "submission_key": form["submission_key"],
            "meeting": form["form"].initial["meeting"].pk,
            "subject": "admission",
            "title": "接收",
            "yes": "3",
            "no": "0",
            "abstain": "0",
        },
    )

    assert page.context["form"].errors["case"] == ["请选择是谁的发展党员档案。"]


def test_committee_staff_see_votes_and_do_not_write_them(client, li, zhao, held, everywhere):
    vote = record_vote(
        actor=li,
        meeting=only_meeting(held),
        subject="resolution",
        title="计划",
        ballots=Ballots(3, 0, 0),
    )
    client.force_login(zhao)

    assert "计划" in client.get(held.get_absolute_url()).content.decode()
    assert client.get(f"/activities/{held.public_id}/vote/").status_code == 403
    client.post(f"/activities/votes/{vote.public_id}/remove/", {"version": "1"})
    assert Vote.objects.filter(pk=vote.pk).exists()


def test_a_group_vote_counts_the_group_of_that_day(li, first_branch, roll, everywhere):
    group = PartyOrganizationFactory(superior=first_branch, kind="group", name="第一党小组")
    other = PartyOrganizationFactory(superior=first_branch, kind="group", name="第二党小组")
    for person, place in zip(roll[:3], (group, group, other), strict=True):
        person.memberships.update(group=place)
    held = record_activity(
        actor=li,
        organization=first_branch,
        held_on=DAY,
        topic="党小组会",
        forms=[Form(Meeting.Kind.GROUP_MEETING, group=group)],
        presences={person: Presence() for person in roll},
    )

    assert voters_of(only_meeting(held)) == Voters(due=2, present=2)
