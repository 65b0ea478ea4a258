"""A year plan that is not sent yet, what a branch has planned, an address for a calendar."""

from django.utils import timezone

from activities.queries.feeds import digest_of
from tests.factories.plans import (
    KNOWN_TOKEN,
    FeedAddressFactory,
    FeedGuessFactory,
    PlanItemFactory,
    PlannedActivityFactory,
    PlannedFormFactory,
    YearPlanFactory,
)


def furnish(place, member):
    plan = YearPlanFactory(organization=place.organization)
    item = PlanItemFactory(plan=plan)
    planned = PlannedActivityFactory(organization=place.organization, item=item)
    form = PlannedFormFactory(planned=planned)
    feed = FeedAddressFactory(user=place.secretary, last_used_at=timezone.now())
    if place.name == "own":
        feed.token_digest = digest_of(KNOWN_TOKEN)
        feed.save()
    return plan, item, planned, form, feed, FeedGuessFactory()
