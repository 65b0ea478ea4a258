"""What is planned: year plans, planned activities, calendar addresses."""

import datetime as dt

import factory

from activities.models import (
    FeedAddress,
    FeedGuess,
    Meeting,
    PlanItem,
    PlannedActivity,
    PlannedForm,
    YearPlan,
)
from activities.queries.feeds import digest_of
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory, UserFactory

# The secret of the one calendar address that tests may open without having made it.
KNOWN_TOKEN = "a-secret-known-to-tests-alone"


class YearPlanFactory(HouseFactory):
    class Meta:
        model = YearPlan

    organization = factory.SubFactory(PartyOrganizationFactory)
    year = 2026


class PlanItemFactory(HouseFactory):
    class Meta:
        model = PlanItem

    plan = factory.SubFactory(YearPlanFactory)
    month = 11
    kind = Meeting.Kind.PARTY_DAY
    theme = "学习贯彻全会精神"


class PlannedActivityFactory(HouseFactory):
    class Meta:
        model = PlannedActivity

    organization = factory.SubFactory(PartyOrganizationFactory)
    planned_on = dt.date(2026, 11, 27)
    theme = "学习贯彻全会精神"


class PlannedFormFactory(HouseFactory):
    class Meta:
        model = PlannedForm

    planned = factory.SubFactory(PlannedActivityFactory)
    kind = Meeting.Kind.PARTY_DAY


class FeedAddressFactory(HouseFactory):
    class Meta:
        model = FeedAddress

    user = factory.SubFactory(UserFactory)
    token_digest = factory.Sequence(lambda number: digest_of(f"another-secret-{number}"))


class FeedGuessFactory(HouseFactory):
    class Meta:
        model = FeedGuess

    client = factory.Sequence(lambda number: f"somewhere-{number}")
    began_at = factory.LazyFunction(lambda: dt.datetime.now(dt.UTC))
    count = 1


def plan(organization, day, *kinds, **details):
    """Make a planned activity of a branch with its forms."""
    planned = PlannedActivityFactory(
        organization=organization, planned_on=dt.date.fromisoformat(day), **details
    )
    for kind in kinds or (Meeting.Kind.PARTY_DAY,):
        PlannedFormFactory(planned=planned, kind=kind)
    return planned


def many_plans(count, committee, branches, user):
    """Make one sent year plan, `count` planned activities, and calendar addresses."""
    year_plan = YearPlan.objects.create(
        organization=committee, year=2026, sent_at=dt.datetime.now(dt.UTC)
    )
    item = PlanItem.objects.create(plan=year_plan, month=11, kind="party_day", theme="学习")
    planned = PlannedActivity.objects.bulk_create(
        PlannedActivity(
            organization=branches[number % len(branches)],
            planned_on=dt.date(2026, 11, 3),
            theme=f"学习{number}",
            item=item,
        )
        for number in range(count)
    )
    PlannedForm.objects.bulk_create(PlannedForm(planned=one, kind="party_day") for one in planned)
    FeedAddress.objects.bulk_create(
        FeedAddress(user=user, token_digest=digest_of(f"one-of-many-{number}"))
        for number in range(count)
    )
