"""What the demonstration tells of campaigns."""

from collections import Counter

import pytest

from assessments.demonstration import campaigns
from assessments.demonstration.organization import Demonstration
from assessments.models import Application, CampaignAward, Finding, PollTally
from tests.factories.branches import PartyOrganizationFactory

pytestmark = pytest.mark.usefixtures("everywhere")


def test_one_campaign_is_midway_and_last_years_stars_are_awarded(
    today, committee, first_branch, second_branch
):
    more = [PartyOrganizationFactory(superior=committee) for _ in range(4)]

    campaigns.tell(Demonstration(today=today), committee, [first_branch, second_branch, *more])

    states = Counter(one.state for one in Application.objects.all())
    findings = Counter(one.state for one in Finding.objects.all())
    assert states == {"accepted": 2, "returned": 1, "handed_in": 2}
    assert findings == {"closed": 1, "answered": 1, "open": 1}
    assert CampaignAward.objects.count() == 4
    assert {one.rater for one in PollTally.objects.all()} == {"supervisor", "public"}
