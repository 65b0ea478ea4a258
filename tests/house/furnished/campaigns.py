"""A campaign that is not announced yet, with an application, an inspection, a rating, an award."""

from assessments.models import Application, Finding
from assessments.queries.polls import digest_of
from tests.factories.campaigns import (
    ApplicationFactory,
    ApplicationStatementFactory,
    AwardEventFactory,
    CampaignAwardFactory,
    CampaignCriterionFactory,
    CampaignFactory,
    CampaignGradeFactory,
    CampaignPhaseFactory,
    FindingFactory,
    InspectionFactory,
    PollLinkFactory,
    PollRemarkFactory,
    PollTallyFactory,
    RectificationFactory,
)
from tests.factories.plans import KNOWN_TOKEN


def furnish(place, member):
    organization, by = place.organization, place.secretary
    campaign = CampaignFactory(organization=organization)
    criterion = CampaignCriterionFactory(campaign=campaign, number=1)
    grade = CampaignGradeFactory(campaign=campaign, number=1)
    application = ApplicationFactory(campaign=campaign, organization=organization, written_by=by)
    returned = ApplicationFactory(
        campaign=campaign,
        organization=organization,
        member=member,
        written_by=by,
        state=Application.State.RETURNED,
        return_reason="写得太少",
    )
    inspection = InspectionFactory(campaign=campaign, organization=organization, recorded_by=by)
    finding = FindingFactory(inspection=inspection, criterion=criterion)
    answered = FindingFactory(inspection=inspection, state=Finding.State.ANSWERED)
    award = CampaignAwardFactory(campaign=campaign, grade=grade, organization=organization)
    finest = CampaignAwardFactory(
        campaign=campaign, grade=grade, organization=organization, member=member
    )
    link = PollLinkFactory(
        campaign=campaign,
        organization=organization,
        token_digest=digest_of(KNOWN_TOKEN if place.name == "own" else place.name),
    )
    return (
        campaign,
        CampaignPhaseFactory(campaign=campaign),
        criterion,
        grade,
        application,
        returned,
        ApplicationStatementFactory(application=application, criterion=criterion),
        inspection,
        finding,
        answered,
        RectificationFactory(finding=answered, answered_by=by),
        link,
        PollTallyFactory(campaign=campaign, organization=organization),
        PollRemarkFactory(campaign=campaign),
        award,
        AwardEventFactory(award=award, decided_by=by),
        finest,
        AwardEventFactory(award=finest, decided_by=by),
    )
