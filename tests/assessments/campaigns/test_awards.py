"""Awards: never without evidence, decided by somebody else, held from day to day."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from assessments.models import CampaignAward, Scorecard
from assessments.queries.awards import held_on
from assessments.queries.campaigns import grades_of, quotas_of
from assessments.services.awards import AwardRefused, give_award, renew_award, withdraw_award
from members.models import Member
from partybuild.merging import StaleVersion
from tests.assessments.campaigns.conftest import accepted, announced, applied
from tests.factories.assessments import ScorecardFactory
from tests.factories.branches import PartyOrganizationFactory

pytestmark = pytest.mark.usefixtures("today", "everywhere")
DAY = dt.date(2026, 11, 20)


def give(campaign, unit, by, on=DAY, **details):
    return give_award(
        actor=by,
        campaign=campaign,
        grade=details.pop("grade", campaign.grades.first()),
        organization=unit,
        on=on,
        reason="达到标准",
        **details,
    )


def test_nothing_is_awarded_without_evidence(campaign, zhao, first_branch):
    with pytest.raises(AwardRefused, match="命名没有依据"):
        give(campaign, first_branch, zhao)

    assert not CampaignAward.objects.exists()


def test_an_application_that_nobody_accepted_is_no_evidence(campaign, zhao, li, first_branch):
    applied(campaign, first_branch, li)

    with pytest.raises(AwardRefused, match="没有已受理的申报"):
        give(campaign, first_branch, zhao)


def test_the_database_itself_refuses_an_award_without_evidence(campaign, first_branch):
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignAward.objects.create(
            campaign=campaign, grade=campaign.grades.first(), organization=first_branch
        )


def test_the_scorecard_of_the_campaigns_scheme_is_evidence_as_it_was_that_day(
    zhao, committee, first_branch
):
    card = ScorecardFactory(organization=first_branch, band="好")
    campaign = announced(zhao, committee, "classification", scheme=card.scheme)

    award = give(campaign, first_branch, zhao)
    Scorecard.objects.all().delete()

    award.refresh_from_db()
    assert award.scorecard == f"{card.scheme.title} 2026年 5.0 分（满分 5.0 分），好"


def test_who_wrote_the_application_does_not_decide_about_it(campaign, zhao, li, first_branch):
    accepted(campaign, first_branch, li, zhao)

    with pytest.raises(AwardRefused, match="请由别人决定"):
        give(campaign, first_branch, li)


def test_nobody_awards_oneself(zhao, li, committee, first_branch):
    campaign = announced(zhao, committee, "finest_member")
    member = Member.objects.get(user=li)

    with pytest.raises(AwardRefused, match="不能给自己命名"):
        give(campaign, first_branch, li, member=member, ground="支部推荐")


def test_an_award_is_held_from_its_first_day_to_its_last(campaign, zhao, first_branch):
    award = give(campaign, first_branch, zhao, ground="现场会决定")
    days = [DAY - dt.timedelta(days=1), DAY, dt.date(2028, 11, 19), dt.date(2028, 11, 20)]

    assert [held_on(day).filter(pk=award.pk).exists() for day in days] == [
        False,
        True,
        True,
        False,
    ]


def test_between_its_end_and_a_late_renewal_it_is_not_held(campaign, zhao, first_branch):
    award = give(campaign, first_branch, zhao, on=dt.date(2024, 1, 10), ground="文件")

    renew_award(actor=zhao, award=award, version=1, on=dt.date(2026, 6, 1), reason="复审合格")

    days = [dt.date(2026, 1, 9), dt.date(2026, 3, 1), dt.date(2026, 6, 1), dt.date(2028, 5, 31)]
    assert [held_on(day).exists() for day in days] == [True, False, True, True]
    assert held_on(days[2]).get().valid_until == dt.date(2028, 5, 31)


def test_what_was_withdrawn_is_kept_and_no_longer_held(campaign, zhao, first_branch):
    award = give(campaign, first_branch, zhao, ground="文件", on=dt.date(2026, 5, 1))

    withdraw_award(actor=zhao, award=award, version=1, on=DAY, reason="发生责任事故")

    assert [held_on(day).exists() for day in (dt.date(2026, 11, 19), DAY)] == [True, False]
    assert [one.reason for one in award.events.all()] == ["达到标准", "发生责任事故"]
    with pytest.raises(AwardRefused, match="已经摘牌"):
        renew_award(actor=zhao, award=award, version=2, on=DAY, reason="再审")


def test_two_who_withdraw_at_once_do_it_once(campaign, zhao, first_branch):
    award = give(campaign, first_branch, zhao, ground="文件")
    renew_award(actor=zhao, award=award, version=1, on=DAY, reason="复审合格")

    with pytest.raises(StaleVersion):
        withdraw_award(actor=zhao, award=award, version=1, on=DAY, reason="事故")


def test_a_quota_that_is_exceeded_is_told_and_refuses_nothing(zhao, li, committee, first_branch):
    campaign = announced(zhao, committee, "stars")
    applied(campaign, first_branch, li)

    give(campaign, first_branch, zhao, ground="评星会议")

    quota = quotas_of(campaign, grades_of(campaign))[0]
    assert quota.told == "已命名 1 个；按申报 1 个的 10% 算，名额 0 个"
    assert quota.is_exceeded


def test_an_award_stays_with_the_unit_that_got_it(campaign, zhao, committee, first_branch):
    award = give(campaign, first_branch, zhao, ground="文件")
    other = PartyOrganizationFactory(superior=committee)

    assert [one.organization for one in held_on(DAY)] == [first_branch]
    assert not held_on(DAY).filter(organization=other).exists()
    assert award.whose == first_branch.label
