"""One record of every kind that some ledger tells of, in one branch and in chosen words."""

import datetime as dt

from activities.models import Attendance
from tests.factories.activities import ActivityFactory, AttendanceFactory, MeetingFactory
from tests.factories.alliances import (
    AllianceFactory,
    AllianceMemberFactory,
    AlliancePledgeFactory,
)
from tests.factories.appraisals import AppraisalEntryFactory
from tests.factories.branches import OrganizationEventFactory, PartyOrganizationFactory
from tests.factories.campaigns import (
    ApplicationFactory,
    AwardEventFactory,
    CampaignAwardFactory,
    CampaignFactory,
    CampaignGradeFactory,
    FindingFactory,
    InspectionFactory,
)
from tests.factories.development import (
    DevelopmentCaseFactory,
    DevelopmentSponsorFactory,
    DevelopmentStepFactory,
)
from tests.factories.discipline import DisciplineFactory, OrganizationalMeasureFactory
from tests.factories.dues import (
    DuesPaymentFactory,
    FundIncomeFactory,
    FundRequestFactory,
    FundSpendingFactory,
)
from tests.factories.honours import HonourFactory
from tests.factories.letters import GoalFactory, ResponsibilityLetterFactory
from tests.factories.liaison import LiaisonFactory, LiaisonVisitFactory
from tests.factories.members import (
    MemberFactory,
    MembershipFactory,
    PostHolderFactory,
    VanguardPostFactory,
)
from tests.factories.offices import body_with_a_life
from tests.factories.people import (
    CareRecordFactory,
    CareVisitFactory,
    LeadingPostFactory,
    LostMemberFactory,
    MobileMemberFactory,
    SocialRoleFactory,
)
from tests.factories.plans import PlanItemFactory, plan
from tests.factories.platforms import CoverageFactory, ServicePlatformFactory
from tests.factories.talks import TalkFactory, TalkPersonFactory
from tests.factories.transfers import give_transfers_to
from tests.factories.votes import ActionItemFactory

ID_NUMBER = "999001198504120021"
PHONE = "15400001234"


def life_of(branch, word):
    """Give a branch a group, a person, a meeting with an absence and a post, all named `word`."""
    group = PartyOrganizationFactory(
        name=word, short_name=word, superior=branch, kind="group", code=f"G-{branch.pk}"
    )
    member = MemberFactory(
        branch=branch,
        name=word,
        ethnicity=word,
        native_place=word,
        education=word,
        job_title=word,
        note=word,
        id_number=ID_NUMBER,
        phone=PHONE,
        born_precision="month",
    )
    MembershipFactory(member=member, group=group)
    activity = ActivityFactory(
        organization=branch,
        held_on=dt.date(2026, 3, 6),
        place=word,
        topic=word,
        chair=member,
        recorder=member,
    )
    MeetingFactory(
        activity=activity,
        kind="group_meeting",
        group=group,
        minutes=word,
        resolution=word,
        lecturer=word,
    )
    AttendanceFactory(
        activity=activity, member=member, status=Attendance.Status.ON_LEAVE, reason="illness"
    )
    AttendanceFactory(activity=activity)
    plan(
        branch,
        "2026-03-27",
        theme=word,
        place=word,
        cancel_reason=word,
        item=PlanItemFactory(plan__organization=branch, theme=word),
    )
    ActionItemFactory(
        organization=branch,
        raised_in=activity,
        raised_on=dt.date(2026, 3, 6),
        text=word,
        responsible=word,
    )
    post = VanguardPostFactory(
        organization=branch, title=word, pledge=word, awarded_on=dt.date(2026, 3, 5)
    )
    PostHolderFactory(post=post, member=member, started_on=dt.date(2026, 3, 5))
    money_of(branch, member, word)
    platform = ServicePlatformFactory(organization=branch, name=word, area=word, note=word)
    CoverageFactory(platform=platform, instructor=word)
    alliance = AllianceFactory(lead=branch, name=word, pattern=word, purpose=word)
    AllianceMemberFactory(alliance=alliance, organization=None, unit_name=word)
    liaison = LiaisonFactory(organization=branch, name=word, duty=word, platform=platform)
    LiaisonVisitFactory(liaison=liaison, outcome=word)
    AlliancePledgeFactory(alliance=alliance, title=word, responsible=word, outcome=word)
    body_with_a_life(branch, member, word)
    LeadingPostFactory(member=member, title=word)
    HonourFactory(member=member, title=word, awarded_by=word, document=word)
    DisciplineFactory(member=member, document=word)
    OrganizationalMeasureFactory(member=member, document=word)
    give_transfers_to(member, word)
    OrganizationEventFactory(
        organization=branch,
        kind="renamed",
        happened_on=dt.date(2026, 3, 4),
        name=word,
        document=word,
        note=word,
    )
    development_of(branch, word)
    care_of(branch, word)
    campaigns_of(branch, word)
    letter_of(branch, member, word)
    talks_of(branch, member, word)
    AppraisalEntryFactory(appraisal__organization=branch, member=member, note=word)
    return member


def letter_of(branch, member, word):
    """Give a branch a signed letter with a goal."""
    letter = ResponsibilityLetterFactory(
        organization=branch,
        kind=word,
        title=word,
        secretary=member,
        secretary_name=word,
        signed_on=dt.date(2026, 2, 2),
    )
    GoalFactory(letter=letter, text=word)


def talks_of(branch, member, word):
    """Give a branch a heart-to-heart talk and an integrity talk."""
    for kind in ("heart_to_heart", "integrity"):
        said = dict.fromkeys(
            ("reason", "content", "suggestions", "follow_up", "stance", "note"), word
        )
        talk = TalkFactory(organization=branch, kind=kind, place=word, **said)
        TalkPersonFactory(talk=talk, role="talker", member=None, name=word)
        TalkPersonFactory(talk=talk, member=member)


def development_of(branch, word):
    """Give a branch somebody on probation, with the case that led there."""
    person = MemberFactory(
        branch=branch,
        name=word,
        education=word,
        category="probationary",
        joined_on=dt.date(2026, 3, 6),
        confirmed_on=None,
    )
    MembershipFactory(member=person, started_on=dt.date(2026, 3, 6))
    case = DevelopmentCaseFactory(member=person)
    DevelopmentStepFactory(case=case, code="talk", done_on=dt.date(2025, 3, 20), note=word)
    DevelopmentStepFactory(case=case, code="admission", done_on=dt.date(2026, 3, 6), yes=9)
    DevelopmentSponsorFactory(case=case, name=word)


def money_of(branch, member, word):
    """Give a branch a branch below it, dues and funds, all named `word`."""
    below = PartyOrganizationFactory(name=word, superior=branch, code=f"M-{branch.pk}")
    DuesPaymentFactory(member=member, organization=branch, note=word, amount=50)
    FundIncomeFactory(organization=below, amount=900)
    asked = FundRequestFactory(
        organization=branch, requested_by=None, purpose=word, amount=300, state="approved"
    )
    FundSpendingFactory(request=asked, voucher=word, amount=120)


def care_of(branch, word):
    """Give a branch somebody who is cared for, away, lost, serves the neighbourhood, joined long ago."""
    person = MemberFactory(
        branch=branch,
        name=word,
        born_on=dt.date(1946, 2, 3),
        joined_on=dt.date(1970, 7, 1),
        confirmed_on=dt.date(1971, 7, 1),
        phone=PHONE,
        id_number="",
        address=word,
    )
    MembershipFactory(member=person)
    record = CareRecordFactory(member=person, need=word)
    CareVisitFactory(record=record, visited_on=dt.date(2026, 3, 2), visitors=word, goods=word)
    MobileMemberFactory(member=person, organization=branch, name=word, destination=word)
    LostMemberFactory(member=person, lost_on=dt.date(2026, 3, 1))
    SocialRoleFactory(member=person, area=word)


def campaigns_of(branch, word):
    """Let a branch apply in two campaigns, be inspected in both, and be awarded in both."""
    for number in range(2):
        title = f"{word}{number}" if number else word
        campaign = CampaignFactory(organization=branch, title=title)
        grade = CampaignGradeFactory(campaign=campaign, number=1)
        ApplicationFactory(campaign=campaign, organization=branch)
        visit = InspectionFactory(campaign=campaign, organization=branch)
        FindingFactory(inspection=visit, text=word)
        award = CampaignAwardFactory(
            campaign=campaign, grade=grade, organization=branch, ground=word
        )
        AwardEventFactory(award=award)
