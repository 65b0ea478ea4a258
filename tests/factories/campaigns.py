"""Campaigns with everything that hangs on them."""

import datetime as dt

import factory

from assessments.models import (
    Application,
    ApplicationStatement,
    AwardEvent,
    Campaign,
    CampaignAward,
    CampaignCriterion,
    CampaignGrade,
    CampaignPhase,
    Finding,
    Inspection,
    PollLink,
    PollRemark,
    PollTally,
    RaterKind,
    Rectification,
)
from assessments.queries.polls import digest_of
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory, UserFactory

ANNOUNCED = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


class CampaignFactory(HouseFactory):
    class Meta:
        model = Campaign

    organization = factory.SubFactory(PartyOrganizationFactory)
    title = "满意机关创建"
    subject = Campaign.Subject.UNIT


class CampaignPhaseFactory(HouseFactory):
    class Meta:
        model = CampaignPhase

    campaign = factory.SubFactory(CampaignFactory)
    name = "自评申报"
    purpose = CampaignPhase.Purpose.APPLY
    started_on = dt.date(2026, 10, 1)
    ended_on = dt.date(2026, 11, 30)


class CampaignCriterionFactory(HouseFactory):
    class Meta:
        model = CampaignCriterion

    campaign = factory.SubFactory(CampaignFactory)
    number = factory.Sequence(lambda number: number + 1)
    title = "服务质量"


class CampaignGradeFactory(HouseFactory):
    class Meta:
        model = CampaignGrade

    campaign = factory.SubFactory(CampaignFactory)
    number = factory.Sequence(lambda number: number + 1)
    name = factory.Sequence(lambda number: f"满意单位{number}")
    months = 24


class ApplicationFactory(HouseFactory):
    class Meta:
        model = Application

    campaign = factory.SubFactory(CampaignFactory)
    organization = factory.SubFactory(PartyOrganizationFactory)
    written_by = factory.SubFactory(UserFactory)
    state = Application.State.HANDED_IN
    handed_in_at = dt.datetime(2026, 11, 2, 1, 0, tzinfo=dt.UTC)


class ApplicationStatementFactory(HouseFactory):
    class Meta:
        model = ApplicationStatement

    application = factory.SubFactory(ApplicationFactory)
    criterion = factory.SubFactory(CampaignCriterionFactory)
    opinion = ApplicationStatement.Opinion.MET
    evidence = "窗口实行首问负责"


class InspectionFactory(HouseFactory):
    class Meta:
        model = Inspection

    campaign = factory.SubFactory(CampaignFactory)
    organization = factory.SubFactory(PartyOrganizationFactory)
    kind = Inspection.Kind.UNANNOUNCED
    inspected_on = dt.date(2026, 11, 3)
    inspectors = "赵明漪"
    recorded_by = factory.SubFactory(UserFactory)


class FindingFactory(HouseFactory):
    class Meta:
        model = Finding

    inspection = factory.SubFactory(InspectionFactory)
    organization = factory.SelfAttribute("inspection.organization")
    text = "窗口没有公示办事流程"
    due_on = dt.date(2026, 11, 20)


class RectificationFactory(HouseFactory):
    class Meta:
        model = Rectification

    finding = factory.SubFactory(FindingFactory)
    answer = "已经公示"
    answered_by = factory.SubFactory(UserFactory)


class PollLinkFactory(HouseFactory):
    class Meta:
        model = PollLink

    campaign = factory.SubFactory(CampaignFactory)
    rater = RaterKind.SUPERVISOR
    name = "监督员"
    token_digest = factory.Sequence(lambda number: digest_of(f"another-link-{number}"))
    expires_on = dt.date(2100, 1, 1)


class PollTallyFactory(HouseFactory):
    class Meta:
        model = PollTally

    campaign = factory.SubFactory(CampaignFactory)
    organization = factory.SubFactory(PartyOrganizationFactory)
    rater = RaterKind.PUBLIC
    satisfied = 5


class PollRemarkFactory(HouseFactory):
    class Meta:
        model = PollRemark

    campaign = factory.SubFactory(CampaignFactory)
    text = "排队时间长"


class CampaignAwardFactory(HouseFactory):
    class Meta:
        model = CampaignAward

    campaign = factory.SubFactory(CampaignFactory)
    grade = factory.SubFactory(CampaignGradeFactory)
    organization = factory.SubFactory(PartyOrganizationFactory)
    ground = "上年度已经建成"


class AwardEventFactory(HouseFactory):
    class Meta:
        model = AwardEvent

    award = factory.SubFactory(CampaignAwardFactory)
    kind = AwardEvent.Kind.AWARDED
    happened_on = dt.date(2026, 11, 10)
    valid_until = dt.date(2028, 11, 9)
    reason = "全部达到标准"


def many_campaigns(count, committee, units, user):
    """Make `count` campaigns; the first has every unit applied, inspected, rated and awarded."""
    campaigns = Campaign.objects.bulk_create(
        Campaign(
            organization=committee, title=f"创建{number}", subject="unit", announced_at=ANNOUNCED
        )
        for number in range(count)
    )
    first = campaigns[0]
    grade = CampaignGrade.objects.create(campaign=first, number=1, name="满意单位", months=24)
    CampaignPhase.objects.bulk_create(
        CampaignPhase(
            campaign=one,
            name="申报",
            purpose="apply",
            started_on=dt.date(2026, 10, 1),
            ended_on=dt.date(2026, 11, 30),
        )
        for one in campaigns
    )
    Application.objects.bulk_create(
        Application(
            campaign=first,
            organization=unit,
            written_by=user,
            state="handed_in",
            handed_in_at=ANNOUNCED,
        )
        for unit in units
    )
    visits = Inspection.objects.bulk_create(
        Inspection(
            campaign=first,
            organization=unit,
            kind="announced",
            inspected_on=dt.date(2026, 11, 3),
            inspectors="检查组",
            recorded_by=user,
        )
        for unit in units
    )
    for state in ("open", "answered"):
        Finding.objects.bulk_create(
            Finding(
                inspection=visit,
                organization=visit.organization,
                text="问题",
                due_on=dt.date(2026, 11, 5),
                state=state,
            )
            for visit in visits
        )
    awards = CampaignAward.objects.bulk_create(
        CampaignAward(campaign=first, grade=grade, organization=unit, ground="依据")
        for unit in units
    )
    AwardEvent.objects.bulk_create(
        AwardEvent(
            award=award,
            kind="awarded",
            happened_on=dt.date(2026, 11, 1),
            valid_until=dt.date(2026, 12, 1),
            reason="达到标准",
        )
        for award in awards
    )
    return campaigns
