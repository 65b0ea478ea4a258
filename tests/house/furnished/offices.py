"""A body re-elected this year: the term before, an approval for it, the vote, a course."""

import datetime as dt

from tests.factories.branches import TermFactory
from tests.factories.members import OfficeFactory
from tests.factories.offices import (
    ElectionCandidateFactory,
    ElectionExclusionFactory,
    ElectionFactory,
    TermShiftFactory,
    TrainingRecordFactory,
)


def furnish(place, member):
    organization = place.organization
    term = TermFactory(organization=organization, elected_on=dt.date(2026, 6, 18), document="批复")
    election = ElectionFactory(organization=organization, term=term)
    return [
        term,
        TermShiftFactory(term=term),
        OfficeFactory(organization=organization, term=term, post="organization_member"),
        election,
        ElectionCandidateFactory(election=election, member=member),
        ElectionExclusionFactory(election=election, member=member),
        TrainingRecordFactory(member=member),
    ]
