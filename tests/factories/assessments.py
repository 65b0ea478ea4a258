"""How good: schemes, marks, scorecards."""

import datetime as dt
from decimal import Decimal

import factory

from assessments.models import (
    Adjustment,
    Appeal,
    Ballot,
    BandDecision,
    Cycle,
    Mark,
    Rater,
    Scheme,
    SchemeDraft,
    SchemeItem,
    Scorecard,
    SealedScorecard,
)
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


# The subject scores one line itself, its committee the other; raters choose words; 加减分 are allowed.
CYCLE_LINES = [
    {
        "code": "own",
        "title": "自评",
        "category": "own",
        "rules": [{"kind": "judged", "code": "1", "low": "0", "high": "10", "plain": True}],
    },
    {
        "code": "sup",
        "title": "上级评",
        "category": "sup",
        "rules": [{"kind": "judged", "code": "1", "low": "0", "high": "10", "plain": True}],
    },
    {
        "code": "talk",
        "title": "述职",
        "category": "sup",
        "rules": [{"kind": "marks", "code": "1", "high": "10"}],
    },
]


class CycleSchemeFactory(SchemeFactory):
    """A scheme with everything that a cycle leads through, and its items."""

    class Meta:
        skip_postgeneration_save = True

    document = factory.LazyAttribute(
        lambda scheme: {
            "format": "scheme/1",
            "code": scheme.code,
            "title": scheme.title,
            "categories": [
                {"code": "own", "name": "自评", "by": "self"},
                {"code": "sup", "name": "上级评"},
            ],
            "lines": CYCLE_LINES,
            "bands": [{"name": "好", "gte": "20"}, {"name": "一般", "lt": "20"}],
            "adjusting": {"allowed": True, "high": "5"},
        }
    )

    @factory.post_generation
    def items(self, create, extracted, **kwargs):
        for number, line in enumerate(CYCLE_LINES, start=1):
            SchemeItemFactory(
                scheme=self,
                number=number,
                code=line["code"],
                category=line["category"],
                title=line["title"],
            )


class CycleFactory(HouseFactory):
    class Meta:
        model = Cycle

    organization = factory.SubFactory(PartyOrganizationFactory)
    scheme = factory.SubFactory(CycleSchemeFactory)
    period = "2026"
    title = "2026年度考核"
    stage = Cycle.Stage.REVIEW
    publicity_days = 5
    launched_by = factory.SubFactory(UserFactory)


class RaterFactory(HouseFactory):
    class Meta:
        model = Rater

    cycle = factory.SubFactory(CycleFactory)
    user = factory.SubFactory(UserFactory)
    added_by = factory.SubFactory(UserFactory)


class BallotFactory(HouseFactory):
    class Meta:
        model = Ballot

    rater = factory.SubFactory(RaterFactory)
    organization = factory.SelfAttribute("rater.cycle.organization")
    votes = factory.LazyFunction(lambda: {"talk/1": "8"})


class AppealFactory(HouseFactory):
    class Meta:
        model = Appeal

    cycle = factory.SubFactory(CycleFactory)
    organization = factory.SelfAttribute("cycle.organization")
    text = "漏计一次党课"
    filed_by = factory.SubFactory(UserFactory)


class BandDecisionFactory(HouseFactory):
    class Meta:
        model = BandDecision

    cycle = factory.SubFactory(CycleFactory)
    organization = factory.SelfAttribute("cycle.organization")
    band = "好"
    reason = "党委会议定"
    decided_by = factory.SubFactory(UserFactory)


class SealedScorecardFactory(HouseFactory):
    class Meta:
        model = SealedScorecard

    cycle = factory.SubFactory(CycleFactory)
    position = factory.Sequence(lambda number: number + 1)
    organization = factory.SelfAttribute("cycle.organization")
    label = factory.LazyAttribute(lambda sealed: sealed.organization.label)
    inputs = factory.LazyFunction(lambda: {"given": [], "records": {}, "adjustments": []})
    fingerprint = "0" * 64


class AdjustmentFactory(HouseFactory):
    class Meta:
        model = Adjustment

    scheme = factory.SubFactory(CycleSchemeFactory)
    organization = factory.SubFactory(PartyOrganizationFactory)
    period = "2026"
    points = Decimal(2)
    reason = "抢险救灾"
    paper = "青档党〔2026〕7 号"
    proposed_by = factory.SubFactory(UserFactory)


class SchemeDraftFactory(HouseFactory):
    class Meta:
        model = SchemeDraft

    organization = factory.SubFactory(PartyOrganizationFactory)
    drafted_by = factory.SubFactory(UserFactory)
    document = factory.Sequence(
        lambda number: {
            "format": "scheme/1",
            "code": f"draft-{number}",
            "title": f"党支部考核方案草稿{number}",
            "categories": [{"code": "A", "name": "组织生活", "max": "10"}],
            "lines": [line | {"category": "A"} for line in LINES],
        }
    )


def many_ratings(places, users):
    """Make two cycles at each place, of branches and of members, that all of the users rate."""
    schemes = [CycleSchemeFactory(subject=subject) for subject in ("branch", "member")]
    cycles = Cycle.objects.bulk_create(
        Cycle(
            scheme=scheme,
            organization=place,
            period="2026",
            title=f"考核{number}",
            stage=Cycle.Stage.REVIEW,
            publicity_days=5,
            launched_by=users[0],
        )
        for number, place in enumerate(places)
        for scheme in schemes
    )
    Rater.objects.bulk_create(
        Rater(cycle=cycle, user=user, added_by=users[0]) for cycle in cycles for user in users
    )
