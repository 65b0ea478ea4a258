"""How good: schemes, marks, scorecards."""

import datetime as dt
from decimal import Decimal

import factory

from assessments.models import Mark, Scheme, SchemeItem, Scorecard
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory, UserFactory


class SchemeFactory(HouseFactory):
    class Meta:
        model = Scheme

    code = factory.Sequence(lambda number: f"scheme-{number}")
    title = factory.Sequence(lambda number: f"党支部考核方案{number}")
    subject = Scheme.Subject.BRANCH
    per = "year"


class SchemeItemFactory(HouseFactory):
    class Meta:
        model = SchemeItem

    scheme = factory.SubFactory(SchemeFactory)
    number = factory.Sequence(lambda number: number + 1)
    category = "组织生活"
    title = "主题党日"
    full_score = Decimal(5)
    options = factory.LazyFunction(
        lambda: [{"points": "5", "when": "每月 1 次"}, {"points": "0", "when": "没有召开"}]
    )


class MarkFactory(HouseFactory):
    class Meta:
        model = Mark

    item = factory.SubFactory(SchemeItemFactory)
    organization = factory.SubFactory(PartyOrganizationFactory)
    period = "2026"
    points = Decimal(5)
    reason = "材料齐全"
    given_by = factory.SubFactory(UserFactory)


class ScorecardFactory(HouseFactory):
    class Meta:
        model = Scorecard

    scheme = factory.SubFactory(SchemeFactory)
    organization = factory.SubFactory(PartyOrganizationFactory)
    period = "2026"
    points = Decimal(5)
    full_score = Decimal(5)
    computed_at = dt.datetime(2026, 11, 21, 1, 30, tzinfo=dt.UTC)
