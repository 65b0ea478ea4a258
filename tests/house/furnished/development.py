"""Development: an open case with its steps, a review, sponsors and a paper."""

import datetime as dt

from tests.factories.development import (
    DevelopmentCaseFactory,
    DevelopmentPaperFactory,
    DevelopmentReviewFactory,
    DevelopmentSponsorFactory,
    DevelopmentStepFactory,
)
from tests.factories.members import MemberFactory, MembershipFactory

STEPS = {
    "confirmation": dt.date(2026, 11, 9),
    "activist": dt.date(2024, 9, 2),
    "candidate_filed": dt.date(2025, 9, 20),
    "candidate": dt.date(2025, 9, 12),
    "admission": dt.date(2025, 11, 3),
    "talk": dt.date(2024, 3, 20),
}


def furnish(place, member):
    person = MemberFactory(
        branch=place.organization,
        category="probationary",
        joined_on=dt.date(2025, 11, 3),
        confirmed_on=None,
    )
    case = DevelopmentCaseFactory(member=member, opened_on=dt.date(2024, 3, 3))
    return (
        person,
        MembershipFactory(member=person, started_on=dt.date(2025, 11, 3)),
        case,
        *(DevelopmentStepFactory(case=case, code=code, done_on=on) for code, on in STEPS.items()),
        DevelopmentReviewFactory(case=case),
        DevelopmentSponsorFactory(case=case, member=member),
        DevelopmentPaperFactory(case=case),
    )
