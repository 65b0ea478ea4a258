"""满意机关, 四强, 星级, 分类定级, 最美党员: configurations of one thing."""

import datetime as dt
import itertools

import pytest

from assessments.campaign_outlines import outline_of, outlines
from assessments.models import AwardEvent, Campaign, CampaignPhase
from assessments.services.awards import give_award
from assessments.services.campaigns import start_campaign
from members.models import Member
from tests.assessments.campaigns.conftest import accepted, announced, started

pytestmark = pytest.mark.usefixtures("today", "everywhere")

READY = {
    "satisfying_agency": ("unit", 4, 8, ["满意单位"]),
    "four_strengths": ("branch", 3, 4, ["四强党支部"]),
    "stars": ("branch", 3, 5, ["五星", "四星", "三星", "二星", "一星"]),
    "classification": ("branch", 2, 4, ["先进", "较好", "一般", "后进"]),
    "finest_member": ("member", 3, 4, ["最美党员"]),
}


def test_the_five_ready_made_outlines_say_what_each_selects():
    said = {
        name: (
            one.subject,
            len(one.phases),
            len(one.criteria),
            [grade.name for grade in one.grades],
        )
        for name, one in outlines().items()
    }

    assert said == READY


def test_every_outline_says_only_what_the_columns_can_hold():
    purposes = {phase.purpose for one in outlines().values() for phase in one.phases}
    subjects = {one.subject for one in outlines().values()}

    assert purposes <= set(CampaignPhase.Purpose.values)
    assert subjects <= set(Campaign.Subject.values)


@pytest.mark.parametrize("name", READY)
def test_each_of_them_goes_from_application_to_award_through_the_same_services(
    name, zhao, li, committee, first_branch
):
    campaign = announced(zhao, committee, name)
    member = Member.objects.get(user=li) if campaign.selects_members else None
    application = accepted(campaign, first_branch, li, zhao, member)
    top = campaign.grades.first()

    award = give_award(
        actor=zhao,
        campaign=campaign,
        grade=top,
        organization=first_branch,
        member=member,
        on=dt.date(2026, 11, 20),
        reason="达到标准",
    )

    event = AwardEvent.objects.get(award=award)
    months = {"finest_member": None, "stars": "2027-11-19", "classification": "2027-11-19"}
    expected = months.get(name, "2028-11-19")
    assert award.application == application
    assert event.valid_until == (dt.date.fromisoformat(expected) if expected else None)


def test_the_phases_of_a_new_campaign_follow_one_another_without_a_gap(zhao, committee):
    campaign = started(zhao, committee)

    days = [(one.started_on, one.ended_on) for one in campaign.phases.all()]

    assert days[0][0] == dt.date(2026, 10, 1)
    assert all(
        later[0] == earlier[1] + dt.timedelta(days=1) for earlier, later in itertools.pairwise(days)
    )


def test_a_campaign_copied_from_an_earlier_one_is_the_same_but_for_place_and_days(zhao, committee):
    first = started(zhao, committee, "stars")

    second = start_campaign(
        actor=zhao,
        organization=committee,
        outline=outline_of(first),
        begins_on=dt.date(2027, 1, 1),
        title=first.title,
    )

    assert outline_of(second) == outline_of(first)
    assert second.phases.first().started_on == dt.date(2027, 1, 1)
