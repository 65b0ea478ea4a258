"""What a unit is told of the rating about itself, and a campaign on one page for its committee."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.models import PollTally
from assessments.queries.briefs import Held, Inspected, brief_of
from assessments.queries.polls import own_result
from assessments.services.awards import give_award
from assessments.services.inspections import answer_finding, check_finding
from assessments.services.polls import end_poll, make_public_links, rate
from branches.roles import Role
from partybuild.scoping import everything
from tests.assessments.campaigns.conftest import accepted, applied, found
from tests.cast import account
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.campaigns import many_campaigns

pytestmark = pytest.mark.usefixtures("today", "everywhere")
TODAY = dt.date(2026, 11, 21)
UNTIL = dt.date(2026, 12, 31)
RESULT, HIDDEN = "评议结果", "为免猜出谁评了什么"


@pytest.fixture
def applications(campaign, li, wang, first_branch, second_branch):
    """What both branches handed in."""
    return applied(campaign, first_branch, li), applied(campaign, second_branch, wang)


def rated(zhao, campaign, *ballots, spare=0):
    """Let a link answer each of the ballots (unit -> word), and leave some links unused."""
    made = make_public_links(
        actor=zhao, campaign=campaign, count=len(ballots) + spare, expires_on=UNTIL
    )
    for (link, _), said in zip(made, ballots, strict=False):
        rate(link=link, answers={unit.public_id: word for unit, word in said.items()})


def page(user, address):
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def text(html):
    """Return the words of a page in one line, without the spaces that templates leave."""
    return " ".join(html.split())


# --- the unit's own result -------------------------------------------------------------------


def test_a_unit_reads_its_own_result_once_the_rating_has_ended(
    campaign, applications, zhao, li, wang, first_branch, second_branch
):
    own, other = applications
    both = [
        {first_branch: word, second_branch: "dissatisfied"}
        for word in ("satisfied", "mostly", "dissatisfied")
    ]
    rated(zhao, campaign, *both, spare=1)
    before = page(li, own.get_absolute_url())
    end_poll(actor=zhao, campaign=campaign)
    after = text(page(li, own.get_absolute_url()))

    assert RESULT not in before
    assert '满意率 <b>66.7%</b><span class="hint"> 收到 3 份</span>' in after
    assert "满意 1，基本满意 1，不满意 1，不了解 0。" in after
    assert "满意率 <b>0.0%</b>" in page(wang, other.get_absolute_url())
    client = Client()
    client.force_login(li)
    assert client.get(other.get_absolute_url()).status_code == 404
    assert "0.0%</b>" not in after


def test_two_answers_tell_a_unit_nothing_and_neither_does_the_rest_of_the_whole(
    campaign, applications, zhao, li, wang, first_branch, second_branch
):
    own, other = applications
    ballots = [{first_branch: "satisfied", second_branch: "satisfied"}] * 2
    rated(zhao, campaign, *ballots, {second_branch: "dissatisfied"})
    pages = [page(li, own.get_absolute_url()), page(wang, other.get_absolute_url())]

    # Three spoke of the second branch; beside the whole its figure would tell of the first.
    assert [(HIDDEN in one, "%</b>" in one) for one in pages] == [(True, False)] * 2
    assert [own_result(one).rate for one in applications] == ["", ""]


def test_superiors_in_between_are_not_told(campaign, zhao, committee):
    general = PartyOrganizationFactory(name="机关党总支", kind="general_branch", superior=committee)
    branch = PartyOrganizationFactory(name="第三党支部", superior=general)
    secretary = account("xu", "许望舒", Role.SECRETARY, branch)
    between = account("lv", "吕见山", Role.SECRETARY, general)
    application = applied(campaign, branch, secretary)
    rated(zhao, campaign, *[{branch: "satisfied"}] * 3)
    address = application.get_absolute_url()

    assert [RESULT in page(user, address) for user in (secretary, between, zhao)] == [
        True,
        False,
        True,
    ]


def test_who_has_not_handed_in_is_told_nothing(campaign, applications, zhao, first_branch):
    own, _ = applications
    rated(zhao, campaign, *[{first_branch: "satisfied"}] * 3)
    own.state = "returned"

    assert own_result(own) is None


# --- the brief -------------------------------------------------------------------------------


def test_a_brief_tells_the_whole_campaign_in_the_order_of_the_tree(
    campaign, zhao, li, wang, first_branch, second_branch
):
    accepted(campaign, first_branch, li, zhao)
    accepted(campaign, second_branch, wang, zhao)
    late = found(campaign, second_branch, zhao, due_on=dt.date(2026, 11, 20))
    settled = found(campaign, first_branch, zhao, kind="announced")
    answer_finding(actor=li, finding=settled, answer="已公示", version=settled.version)
    settled.refresh_from_db()
    check_finding(actor=zhao, finding=settled, verdict="closed", version=settled.version)
    # The second branch is the happier one, and still stands second.
    words = ("satisfied", "satisfied", "dissatisfied")
    rated(zhao, campaign, *[{first_branch: one, second_branch: "satisfied"} for one in words])
    judge = account("tao", "陶允中", Role.OFFICE_HEAD, campaign.organization)
    for unit in (second_branch, first_branch):
        give_award(
            actor=judge,
            campaign=campaign,
            grade=campaign.grades.first(),
            organization=unit,
            on=dt.date(2026, 11, 20),
            reason="达到标准",
        )

    brief = brief_of(campaign, TODAY)

    assert late.state == "open"
    assert brief.inspected == Inspected(1, 1, 2, issued=2, closed=1, answered=0, open=1, late=1)
    assert (brief.figures.handed_in, brief.figures.accepted, brief.answers) == (2, 2, 3)
    assert [(one.unit, one.rate) for one in brief.units] == [
        ("第一党支部", "66.7%"),
        ("第二党支部", "100.0%"),
    ]
    assert brief.whole.rate == "83.3%"
    assert [one.whose for one in brief.awards] == ["第一党支部", "第二党支部"]
    assert isinstance(brief.awards[0], Held)
    shown = text(page(zhao, f"{campaign.get_absolute_url()}brief/"))
    assert "已申报 2 个，其中已受理 2 个。" in shown
    assert "检查 2 次（明查 1 次，暗访 1 次），涉及 2 个单位。下发问题 2 个：已销号 1 个" in shown
    assert "待整改 1 个（1 个过了期限）。" in shown
    assert "第一党支部 66.7%；第二党支部 100.0%。" in shown
    assert "css/official.css" in shown


def test_a_brief_tells_no_result_while_somebody_can_still_rate(
    campaign, applications, zhao, first_branch
):
    rated(zhao, campaign, *[{first_branch: "satisfied"}] * 3, spare=1)
    shown = page(zhao, f"{campaign.get_absolute_url()}brief/")

    assert "评议还没有结束，已收到 3 份，结束以后才列结果。" in shown
    assert "100.0%" not in shown


def test_a_brief_names_a_unit_with_few_answers_without_a_figure(
    campaign, applications, zhao, first_branch, second_branch
):
    rated(zhao, campaign, *[{first_branch: "satisfied"}] * 2, *[{second_branch: "mostly"}] * 4)
    shown = text(page(zhao, f"{campaign.get_absolute_url()}brief/"))

    assert "第一党支部 不显示；第二党支部 不显示。" in shown


def test_a_phase_that_ends_in_another_year_says_so(campaign, zhao):
    shown = text(page(zhao, f"{campaign.get_absolute_url()}brief/"))

    assert re.search(r"检查整改：2026年\d+月\d+日至2027年", shown)
    assert re.search(r"动员部署：2026年\d+月\d+日至\d+月", shown)


def test_a_branch_does_not_open_the_brief(campaign, li):
    client = Client()
    client.force_login(li)

    assert client.get(f"{campaign.get_absolute_url()}brief/").status_code == 403


def test_a_brief_costs_the_same_for_few_units_and_many(zhao, committee):
    def queries(count):
        units = [
            PartyOrganizationFactory(name=f"第{count}-{at}支部", superior=committee)
            for at in range(count)
        ]
        first = many_campaigns(1, committee, units, zhao)[0]
        with everything(reason="the test arranges its rows"):
            PollTally.objects.bulk_create(
                PollTally(campaign=first, organization=unit, rater="public", satisfied=5)
                for unit in units
            )
        with CaptureQueriesContext(connection) as asked:
            brief_of(first, TODAY)
        return len(asked)

    assert queries(2) == queries(30)
