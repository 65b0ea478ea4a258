"""Papers: an occasion on the very day on which the branch decided on an admission."""

from activities.models import Meeting
from tests.factories.activities import ActivityFactory, MeetingFactory
from tests.house.furnished.development import STEPS


def furnish(place, member):
    held = ActivityFactory(
        organization=place.organization, held_on=STEPS["admission"], recorded_by=place.secretary
    )
    return held, MeetingFactory(activity=held, kind=Meeting.Kind.GENERAL_MEETING)
