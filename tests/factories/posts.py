"""Reviews of vanguard posts."""

import datetime as dt

import factory

from members.models import PostReview
from tests.factories.base import HouseFactory
from tests.factories.members import VanguardPostFactory


class PostReviewFactory(HouseFactory):
    class Meta:
        model = PostReview

    post = factory.SubFactory(VanguardPostFactory)
    year = 2026
    half = 2
    reviewed_on = dt.date(2026, 7, 20)
    result = PostReview.Result.QUALIFIED
    findings = "资料齐全"
