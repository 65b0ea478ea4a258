"""Reviews, closed months, leave to correct."""

import datetime as dt

import factory

from activities.models import Amendment, MonthClosing, Review
from tests.factories.activities import ActivityFactory
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory, UserFactory


class ReviewFactory(HouseFactory):
    class Meta:
        model = Review

    activity = factory.SubFactory(ActivityFactory)
    verdict = Review.Verdict.PASSED
    decided_by = factory.SubFactory(UserFactory)


class MonthClosingFactory(HouseFactory):
    class Meta:
        model = MonthClosing

    organization = factory.SubFactory(PartyOrganizationFactory)
    month = dt.date(2024, 1, 1)
    closed_by = factory.SubFactory(UserFactory)


class AmendmentFactory(HouseFactory):
    class Meta:
        model = Amendment

    activity = factory.SubFactory(ActivityFactory)
    reason = "日期写错"
    asked_by = factory.SubFactory(UserFactory)
