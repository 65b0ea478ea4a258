"""Applications, inspections and what they found, step by step."""

import datetime as dt

import pytest
from django.db.models import Q

from assessments.alerts.campaigns import (
    AnsweredFindingAlert,
    ApplicationAlert,
    EndingAwardAlert,
    OverdueFindingAlert,
)
from assessments.belongings.campaigns import CampaignBelonging
from assessments.models import Application, Campaign, Finding
from assessments.queries.campaigns import apply_until, is_late, phases_of
from assessments.queries.inspections import unsettled_where
from assessments.services.applications import (
    ApplicationRefused,
    accept_application,
    correct_application,
    hand_in,
    return_application,
)
from assessments.services.campaigns import CampaignRefused, correct_campaign
from assessments.services.inspections import (
    InspectionRefused,
    answer_finding,
    check_finding,
    issue_finding,
    postpone_finding,
)
from partybuild.merging import StaleVersion
from partybuild.models import AuditEntry
from partybuild.scoping import scoped_to
from tests.assessments.campaigns.conftest import applied, found, said_of, started
from tests.factories.campaigns import AwardEventFactory, CampaignAwardFactory

pytestmark = pytest.mark.usefixtures("today", "everywhere")


def test_late_is_told_and_not_lost(campaign, li, first_branch, time_machine_to):
    time_machine_to(dt.datetime(2027, 1, 5, 2, 0, tzinfo=dt.UTC))
    application = applied(campaign, first_branch, li)

    assert application.state == Application.State.HANDED_IN
    assert is_late(application, apply_until(phases_of(campaign)))
    assert (
        "已过申报期限"
        in AuditEntry.objects.filter(action="assessments.application.handed_in").get().summary
    )


def test_a_returned_application_comes_back_and_forgets_the_reason(campaign, zhao, li, first_branch):
    application = applied(campaign, first_branch, li)
    return_application(actor=zhao, application=application, version=2, reason="太短")
    assert (application.state, application.return_reason) == ("returned", "太短")

    correct_application(
        actor=li, application=application, version=3, summary="", statements=said_of(campaign)
    )
    hand_in(actor=li, application=application, version=4)

    assert (application.state, application.return_reason) == ("handed_in", "")


def test_what_was_handed_in_is_not_changed_behind_the_committees_back(campaign, li, first_branch):
    application = applied(campaign, first_branch, li)

    with pytest.raises(ApplicationRefused, match="已经申报"):
        correct_application(actor=li, application=application, version=2, summary="", statements={})


def test_nobody_accepts_the_own_application(campaign, li, first_branch):
    application = applied(campaign, first_branch, li)

    with pytest.raises(ApplicationRefused, match="自己填写的申报"):
        accept_application(actor=li, application=application, version=2)


def test_who_decides_over_an_old_version_is_told(campaign, zhao, li, first_branch):
    application = applied(campaign, first_branch, li)

    with pytest.raises(StaleVersion):
        accept_application(actor=zhao, application=application, version=1)


def test_nobody_applies_before_the_announcement(zhao, li, committee, first_branch):
    campaign = started(zhao, committee)

    with pytest.raises(ApplicationRefused, match="还没有发布"):
        applied(campaign, first_branch, li)


def test_what_a_campaign_selects_stays_once_somebody_applied(campaign, zhao, li, first_branch):
    applied(campaign, first_branch, li)

    with pytest.raises(CampaignRefused, match="评选对象不能再改"):
        correct_campaign(
            actor=zhao,
            campaign=campaign,
            version=campaign.version,
            subject=Campaign.Subject.MEMBER,
        )


def test_a_finding_goes_back_and_forth_until_it_is_closed(campaign, zhao, li, first_branch):
    finding = found(campaign, first_branch, zhao)
    answer_finding(actor=li, finding=finding, version=1, answer="贴了一张")
    check_finding(actor=zhao, finding=finding, version=2, verdict="returned", reason="不全")
    assert finding.state == Finding.State.OPEN
    answer_finding(actor=li, finding=finding, version=3, answer="都贴了")
    check_finding(actor=zhao, finding=finding, version=4, verdict="closed")

    rounds = [(one.answer, one.verdict, one.reason) for one in finding.rounds.all()]
    assert finding.state == Finding.State.CLOSED
    assert rounds == [("贴了一张", "returned", "不全"), ("都贴了", "closed", "")]


def test_a_return_needs_its_reason_and_another_person(campaign, zhao, li, first_branch):
    finding = found(campaign, first_branch, zhao)
    answer_finding(actor=li, finding=finding, version=1, answer="好了")

    with pytest.raises(InspectionRefused, match="退回的原因"):
        check_finding(actor=zhao, finding=finding, version=2, verdict="returned")
    with pytest.raises(InspectionRefused, match="自己的整改"):
        check_finding(actor=li, finding=finding, version=2, verdict="closed")


def test_a_deadline_before_the_inspection_is_refused(campaign, zhao, first_branch):
    inspection = found(campaign, first_branch, zhao).inspection

    with pytest.raises(InspectionRefused, match="检查日期以前"):
        issue_finding(actor=zhao, inspection=inspection, text="问题", due_on=dt.date(2026, 11, 2))


def test_a_deadline_is_moved_for_a_reason_that_is_kept(campaign, zhao, first_branch):
    finding = found(campaign, first_branch, zhao)

    postpone_finding(
        actor=zhao, finding=finding, version=1, due_on=dt.date(2027, 1, 5), reason="等施工"
    )

    entry = AuditEntry.objects.get(action="assessments.finding.postponed")
    assert (entry.before, entry.after) == (
        {"整改期限": "2026-12-01"},
        {"整改期限": "2027-01-05", "原因": "等施工"},
    )


def test_alerts_name_what_waits_and_what_is_late(
    campaign, today, zhao, li, first_branch, second_branch
):
    applied(campaign, first_branch, li)
    found(campaign, first_branch, zhao, due_on=dt.date(2026, 11, 20))
    found(campaign, second_branch, zhao)
    answered = found(campaign, second_branch, zhao)
    answer_finding(actor=li, finding=answered, version=1, answer="好了")
    award = CampaignAwardFactory(campaign=campaign, grade=campaign.grades.get())
    AwardEventFactory(award=award, valid_until=dt.date(2027, 1, 10))

    late, waiting, asked, ending = (
        [(one.place, one.due_on, one.is_late) for one in alert().notices(today)]
        for alert in (
            OverdueFindingAlert,
            AnsweredFindingAlert,
            ApplicationAlert,
            EndingAwardAlert,
        )
    )

    assert late == [("第一党支部", dt.date(2026, 11, 20), True)]
    assert waiting == [("第二党支部", dt.date(2026, 12, 1), False)]
    assert asked == [("第一党支部", None, False)]
    assert ending == [(award.organization.label, dt.date(2027, 1, 10), False)]


def test_a_secretary_is_reminded_of_the_own_findings_alone(
    campaign, today, zhao, wang, first_branch
):
    found(campaign, first_branch, zhao, due_on=dt.date(2026, 11, 20))

    with scoped_to(wang.scope_for("assessments.view_campaign")):
        assert list(OverdueFindingAlert().notices(today)) == []


def test_open_findings_go_on_with_the_organisation_theirs_is_merged_into(
    campaign, today, zhao, li, first_branch, second_branch
):
    open_one, closed = (found(campaign, first_branch, zhao) for _ in range(2))
    answer_finding(actor=li, finding=closed, version=1, answer="好了")
    check_finding(actor=zhao, finding=closed, version=2, verdict="closed")
    hangs = CampaignBelonging()
    facts = {
        "actor": zhao,
        "source": first_branch,
        "target": second_branch,
        "on": today,
        "event": "a-merge",
    }

    moved = hangs.merge(**facts)

    assert moved == [("没有销号的检查问题", 1)]
    assert list(unsettled_where(Q(organization=second_branch))) == [open_one]
    closed.refresh_from_db()
    assert closed.organization == first_branch
    hangs.unmerge(**facts)
    assert list(unsettled_where(Q(organization=first_branch))) == [open_one]


def test_a_branch_with_open_findings_is_not_dissolved(campaign, today, zhao, first_branch):
    found(campaign, first_branch, zhao)

    assert CampaignBelonging().bars_dissolution(first_branch, today) == (
        "“第一党支部”还有 1 个检查问题没有销号，请先办理。"
    )
