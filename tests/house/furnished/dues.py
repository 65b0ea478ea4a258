"""Dues and funds: what a member owes and paid, what was handed up, published, asked for, spent."""

import datetime as dt

from members.models import FundRequest
from tests.factories import dues


def furnish(place, member):
    organization = place.organization
    asked = dues.FundRequestFactory(
        organization=organization,
        requested_by=None,
        state=FundRequest.State.APPROVED,
    )
    return [
        dues.DuesStandingFactory(member=member),
        dues.DuesPaymentFactory(member=member, organization=organization),
        dues.DuesRemittanceFactory(organization=organization),
        dues.DuesPublicationFactory(organization=organization, year=2025),
        asked,
        dues.FundItemFactory(request=asked),
        dues.FundSignatureFactory(request=asked),
        dues.FundIncomeFactory(organization=organization),
        dues.FundSpendingFactory(request=asked, spent_on=dt.date(2026, 11, 15)),
    ]
