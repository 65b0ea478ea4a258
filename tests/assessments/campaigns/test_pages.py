"""Campaigns through their pages, from the template to the award."""

import datetime as dt

import pytest
from django.test import Client

from assessments.models import (
    Application,
    Campaign,
    CampaignAward,
    CampaignCriterion,
    Finding,
    Inspection,
    PollTally,
)
from assessments.services.applications import evidence_field, opinion_field
from partybuild.scoping import everything
from tests.assessments.campaigns.conftest import accepted, applied, found
from tests.forms import as_shown

pytestmark = pytest.mark.usefixtures("today", "everywhere")


def as_user(user):
    client = Client()
    client.force_login(user)
    return client


def post(client, url, **typed):
    """Post the form of a page as it is shown, with what is typed over it."""
    page = client.get(url)
    return client.post(url, as_shown(page, **typed), follow=True)


def texts(response):
    return [str(message) for message in response.context["messages"]]


def test_from_template_to_award(zhao, li, committee, first_branch, second_branch):
    office, unit = as_user(zhao), as_user(li)
    post(
        office,
        "/assessments/campaigns/new/",
        outline="ready:satisfying_agency",
        title="2026年满意机关创建",
        begins_on="2026-10-01",
        document="青档党〔2026〕3号",
    )
    campaign = Campaign.objects.get()
    assert unit.get(campaign.get_absolute_url()).status_code == 404
    office.post(f"{campaign.get_absolute_url()}announce/", {"version": campaign.version})
    assert "2026年满意机关创建" in unit.get("/assessments/campaigns/").content.decode()

    answers = {}
    for one in CampaignCriterion.objects.all():
        answers |= {opinion_field(one): "met", evidence_field(one): "已经做到"}
    post(unit, f"{campaign.get_absolute_url()}apply/", hand_in="yes", **answers)
    application = Application.objects.get()
    assert (application.organization, application.state) == (first_branch, "handed_in")
    office.post(f"{application.get_absolute_url()}accept/", {"version": application.version})

    post(
        office,
        f"{campaign.get_absolute_url()}inspect/",
        organization=first_branch.public_id,
        kind="unannounced",
        inspectors="赵明漪",
    )
    inspection = Inspection.objects.get()
    post(
        office,
        f"{inspection.get_absolute_url()}issue/",
        text="窗口没有公示流程",
        due_on="2026-12-01",
    )
    finding = Finding.objects.get()
    post(unit, f"{finding.get_absolute_url()}answer/", answer="已经公示")
    post(office, f"{finding.get_absolute_url()}check/", verdict="closed")
    finding.refresh_from_db()
    assert finding.state == Finding.State.CLOSED

    made = post(
        office, f"{campaign.get_absolute_url()}poll/public/", count="3", expires_on="2026-12-31"
    )
    phone = Client()
    for one in made.context["links"]:
        path = one["address"].removeprefix("http://testserver")
        shown = phone.get(path)
        assert first_branch.name in shown.content.decode()
        phone.post(path, {first_branch.public_id: "satisfied"})
    assert PollTally.objects.get().satisfied == 3

    post(
        office,
        f"{campaign.get_absolute_url()}award/",
        subject=first_branch.public_id,
        reason="八条标准全部达到，群众满意",
        document="青档党〔2026〕9号",
    )
    award = CampaignAward.objects.get()
    assert (award.application, award.grade.name) == (application, "满意单位")
    assert "有效到 2028-11-20" in unit.get(award.get_absolute_url()).content.decode()


def test_the_reason_of_a_return_stands_beside_its_criterion(campaign, zhao, li, first_branch):
    application = applied(campaign, first_branch, li)
    third = campaign.criteria.get(number=3)

    post(
        as_user(zhao),
        f"{application.get_absolute_url()}return/",
        criterion=third.public_id,
        reason="没有写怎样一次告知",
    )

    page = as_user(li).get(f"{application.get_absolute_url()}write/").content.decode()
    place = page.index("没有写怎样一次告知")
    assert page.index("3. 服务质量") < place < page.index("4. 办事效率")


def test_an_application_that_lacks_answers_says_so_at_each_of_them(campaign, li, first_branch):
    unit = as_user(li)
    first = campaign.criteria.get(number=1)

    response = post(
        unit,
        f"{campaign.get_absolute_url()}apply/",
        hand_in="yes",
        **{opinion_field(first): "met", evidence_field(first): "做到"},
    )

    errors = response.context["form"].errors
    assert opinion_field(first) not in errors
    assert len(errors) == 14
    assert not Application.objects.exists()


def test_half_an_application_can_be_kept_and_handed_in_later(campaign, li, first_branch):
    unit = as_user(li)
    first = campaign.criteria.get(number=1)
    url = f"{campaign.get_absolute_url()}apply/"

    response = post(unit, url, **{opinion_field(first): "partly"})

    assert texts(response) == ["已保存，还没有申报。"]
    kept = Application.objects.get()
    shown = unit.get(f"{kept.get_absolute_url()}write/").context["form"]
    assert shown[opinion_field(first)].value() == "partly"
    assert kept.state == Application.State.WRITING


def test_two_copies_of_an_application_make_one(campaign, li, first_branch):
    unit, url = as_user(li), f"{campaign.get_absolute_url()}apply/"
    form = as_shown(unit.get(url))

    answers = [unit.post(url, form) for _ in range(2)]

    assert [one.headers["Location"] for one in answers] == [
        Application.objects.get().get_absolute_url()
    ] * 2


def test_a_unit_sees_nothing_of_a_visit_before_a_finding_is_issued(
    campaign, zhao, li, first_branch
):
    application = applied(campaign, first_branch, li)
    office, unit = as_user(zhao), as_user(li)
    post(
        office,
        f"{campaign.get_absolute_url()}inspect/",
        organization=first_branch.public_id,
        kind="unannounced",
        inspectors="赵明漪",
        place="一楼大厅",
    )
    before = unit.get(application.get_absolute_url()).content.decode()

    inspection = Inspection.objects.get()
    assert unit.get(inspection.get_absolute_url()).status_code == 403
    post(office, f"{inspection.get_absolute_url()}issue/", text="没有公示", due_on="2026-12-01")

    after = unit.get(application.get_absolute_url()).content.decode()
    assert ("暗访" in before, "一楼大厅" in before) == (False, False)
    assert ("暗访" in after, "没有公示" in after) == (True, True)


def test_a_unit_sees_neither_the_application_nor_the_findings_of_another(
    campaign, zhao, li, wang, first_branch, second_branch
):
    application = applied(campaign, first_branch, li)
    finding = found(campaign, first_branch, zhao)
    other = as_user(wang)

    page = other.get(campaign.get_absolute_url()).content.decode()

    assert (first_branch.name in page, finding.text in page) == (False, False)
    assert other.get(application.get_absolute_url()).status_code == 404
    assert other.get(finding.get_absolute_url()).status_code == 404


def test_another_agency_sees_no_announced_campaign(campaign, qian):
    other = as_user(qian)

    assert campaign.title not in other.get("/assessments/campaigns/").content.decode()
    assert other.get(campaign.get_absolute_url()).status_code == 404


def test_the_page_of_an_award_form_tells_evidence_quota_and_open_findings(
    campaign, zhao, li, first_branch
):
    accepted(campaign, first_branch, li, zhao)
    found(campaign, first_branch, zhao)
    url = f"{campaign.get_absolute_url()}award/?subject={first_branch.public_id}"

    page = as_user(zhao).get(url).content.decode()

    assert "已受理的申报" in page
    assert "还有 1 个检查问题没有销号" in page


def test_two_who_correct_a_phase_at_once_both_keep_their_work(campaign, zhao):
    phase = campaign.phases.first()
    office, url = as_user(zhao), f"/assessments/campaigns/phase/{phase.public_id}/"
    mine, theirs = as_shown(office.get(url)), as_shown(office.get(url))

    office.post(url, theirs | {"name": "动员"})
    office.post(url, mine | {"ended_on": "2026-11-05"})

    phase.refresh_from_db()
    assert (phase.name, phase.ended_on) == ("动员", dt.date(2026, 11, 5))


def test_a_criterion_that_was_answered_is_not_removed(campaign, zhao, li, first_branch):
    applied(campaign, first_branch, li)
    criterion = campaign.criteria.first()

    response = post(
        as_user(zhao), f"/assessments/campaigns/criterion/{criterion.public_id}/remove/"
    )

    assert campaign.criteria.count() == 8
    assert "不能删去" in response.content.decode()


def test_an_award_shows_on_the_page_of_who_holds_it(campaign, zhao, li, first_branch):
    accepted(campaign, first_branch, li, zhao)
    office = as_user(zhao)
    post(
        office,
        f"{campaign.get_absolute_url()}award/",
        subject=first_branch.public_id,
        reason="达到标准",
    )

    page = office.get(first_branch.get_absolute_url()).content.decode()

    assert ("创建命名" in page, "满意单位" in page) == (True, True)
    with everything(reason="the test looks"):
        assert CampaignAward.objects.count() == 1
