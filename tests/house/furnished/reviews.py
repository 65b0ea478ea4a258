"""A record that was passed, one that is asked to be corrected, and a closed month."""

from tests.factories.activities import ActivityFactory
from tests.factories.reviews import AmendmentFactory, MonthClosingFactory, ReviewFactory


def furnish(place, member):
    organization, by = place.organization, place.secretary
    passed = ActivityFactory(organization=organization, recorded_by=by)
    asked = ActivityFactory(organization=organization, recorded_by=by)
    return (
        passed,
        asked,
        ReviewFactory(activity=passed, decided_by=by),
        AmendmentFactory(activity=asked, asked_by=by),
        MonthClosingFactory(organization=organization, closed_by=by),
    )
