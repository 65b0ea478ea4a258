"""A document that belongs to the record of an activity."""

from activities.documents import directory
from tests.factories.activities import ActivityFactory, AttachmentFactory


def furnish(place, member):
    activity = ActivityFactory(organization=place.organization, recorded_by=place.secretary)
    stored_as = f"attached-{place.name}.txt"
    (directory() / stored_as).write_text(place.mark)
    return (
        activity,
        AttachmentFactory(activity=activity, stored_as=stored_as, added_by=place.secretary),
    )
