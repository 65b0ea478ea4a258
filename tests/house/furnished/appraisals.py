"""This year's appraisal with somebody's result."""

from tests.factories.appraisals import AppraisalEntryFactory, AppraisalFactory


def furnish(place, member):
    appraisal = AppraisalFactory(organization=place.organization, state="organisation")
    return appraisal, AppraisalEntryFactory(appraisal=appraisal, member=member)
