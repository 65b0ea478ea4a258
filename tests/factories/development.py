"""Development of members: cases, steps, reviews, sponsors, papers."""

import datetime as dt

import factory

from members.models import (
    DevelopmentCase,
    DevelopmentPaper,
    DevelopmentReview,
    DevelopmentSponsor,
    DevelopmentStep,
)
from tests.factories.base import HouseFactory
from tests.factories.members import MemberFactory


class DevelopmentCaseFactory(HouseFactory):
    class Meta:
        model = DevelopmentCase

    member = factory.SubFactory(
        MemberFactory, category="applicant", joined_on=None, confirmed_on=None
    )
    organization = factory.SelfAttribute("member.branch")
    opened_on = dt.date(2025, 3, 3)


class DevelopmentStepFactory(HouseFactory):
    class Meta:
        model = DevelopmentStep

    case = factory.SubFactory(DevelopmentCaseFactory)
    code = "application"
    done_on = dt.date(2025, 3, 3)


class DevelopmentReviewFactory(HouseFactory):
    class Meta:
        model = DevelopmentReview

    case = factory.SubFactory(DevelopmentCaseFactory)
    reviewed_on = dt.date(2026, 3, 10)
    conclusion = "表现较好"


class DevelopmentSponsorFactory(HouseFactory):
    class Meta:
        model = DevelopmentSponsor

    case = factory.SubFactory(DevelopmentCaseFactory)
    role = DevelopmentSponsor.Role.MENTOR
    name = "赵明漪"


class DevelopmentPaperFactory(HouseFactory):
    class Meta:
        model = DevelopmentPaper

    case = factory.SubFactory(DevelopmentCaseFactory)
    code = "application"
    name = "入党申请书"
