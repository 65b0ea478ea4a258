"""How good: schemes, marks, scorecards."""

import datetime as dt
from decimal import Decimal

import factory

from assessments.models import Mark, Scheme, SchemeItem, Scorecard
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory, UserFactory

# One judged line and one that the records measure.
LINES = [
    {
        "code": "judged",
        "title": "工作创新",
        "category": "组织生活",
        "rules": [
            {
                "kind": "options",
                "code": "1",
                "options": [{"points": "5", "when": "有"}, {"points": "0", "when": "没有"}],
            }
        ],
    },
    {
        "code": "measured",
        "title": "主题党日",
        "category": "组织生活",
        "rules": [
            {
                "kind": "frequency",
                "code": "1",
                "indicator": "activities.party_days",
                "rungs": [
                    {"points": "5", "when": "每月 1 次", "per": "month"},
                    {"points": "0", "when": "没有召开", "per": "never", "times": "0"},
                ],
            }
        ],
    },
]


class SchemeFactory(HouseFactory):
    class Meta:
        model = Scheme

    code = factory.Sequence(lambda number: f"scheme-{number}")
    title = factory.Sequence(lambda number: f"党支部考核方案{number}")
    subject = Scheme.Subject.BRANCH
    per = "year"
    document = factory.LazyAttribute(
        lambda scheme: {
            "format": "scheme/1",
            "code": scheme.code,
            "title": scheme.title,
            "lines": LINES,
        }
    )


class SchemeItemFactory(HouseFactory):
    """The judged line of the scheme, unless told otherwise."""

    class Meta:
        model = SchemeItem

    scheme = factory.SubFactory(SchemeFactory)
    number = 1
    code = "judged"
    category = "组织生活"
    title = "工作创新"


class MarkFactory(HouseFactory):
    class Meta:
        model = Mark

    class Params:
        points = 5

    item = factory.SubFactory(SchemeItemFactory)
    organization = factory.SubFactory(PartyOrganizationFactory)
    period = "2026"
    values = factory.LazyAttribute(lambda mark: {"1": {"points": str(mark.points)}})
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
