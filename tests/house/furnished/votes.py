"""A vote, and a matter that a meeting left to be done."""

from tests.factories.activities import MeetingFactory
from tests.factories.votes import ActionItemFactory, VoteFactory


def furnish(place, member):
    meeting = MeetingFactory(activity__organization=place.organization, kind="special_meeting")
    matter = ActionItemFactory(organization=place.organization, raised_in=meeting.activity)
    return meeting.activity, meeting, VoteFactory(meeting=meeting), matter
