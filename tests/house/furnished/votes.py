"""A vote of the place's meeting, and a matter that the meeting left to be done."""

from activities.models import Meeting
from tests.factories.votes import ActionItemFactory, VoteFactory


def furnish(place, member):
    meeting = place.rows[Meeting][0]
    matter = ActionItemFactory(organization=place.organization, raised_in=meeting.activity)
    return VoteFactory(meeting=meeting), matter
