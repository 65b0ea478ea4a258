"""Rating by link: once, by nobody known, and honest when a link cannot be used any more."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities.services.feeds import MOST_GUESSES
from assessments.models import PollLink, PollRemark, PollTally
from assessments.queries.polls import is_over, results_of
from assessments.services.polls import (
    PollRefused,
    Supervisor,
    end_poll,
    make_public_links,
    make_supervisor_links,
    rate,
    revoke_link,
)
from partybuild.models import AuditEntry
from partybuild.scoping import everything
from tests.assessments.campaigns.conftest import applied
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.campaigns import ANNOUNCED, ApplicationFactory

pytestmark = pytest.mark.usefixtures("today")
UNTIL = dt.date(2026, 12, 31)


@pytest.fixture
def rated(campaign, li, wang, first_branch, second_branch):
    """The campaign with two units that applied."""
    applied(campaign, first_branch, li)
    applied(campaign, second_branch, wang)
    return campaign


def tokens(zhao, campaign, count=1, organization=None):
    with everything(reason="a test arranges its rows"):
        return make_public_links(
            actor=zhao,
            campaign=campaign,
            count=count,
            expires_on=UNTIL,
            organization=organization,
        )


def address(token):
    return reverse("assessments:rate_by_link", args=[token])


def tallies():
    with everything(reason="the test looks"):
        return {
            (one.organization.name, one.rater): (
                one.satisfied,
                one.mostly,
                one.dissatisfied,
                one.unknown,
            )
            for one in PollTally.objects.all()
        }


def test_whoever_holds_a_link_rates_without_an_account(zhao, rated, first_branch, second_branch):
    ((_, token),) = tokens(zhao, rated)

    answer = Client().post(
        address(token),
        {first_branch.public_id: "satisfied", second_branch.public_id: "unknown"},
    )

    assert "已经收到" in answer.content.decode()
    assert tallies() == {
        ("第一党支部", "public"): (1, 0, 0, 0),
        ("第二党支部", "public"): (0, 0, 0, 1),
    }


def test_a_repeated_post_counts_once_and_is_answered_alike(zhao, rated, first_branch):
    ((_, token),) = tokens(zhao, rated)
    form = {first_branch.public_id: "mostly"}

    pages = [Client().post(address(token), form).content.decode() for _ in range(3)]

    assert tallies() == {("第一党支部", "public"): (0, 1, 0, 0)}
    assert all("已经收到" in page for page in pages)


def test_a_used_link_says_that_it_was_used(zhao, rated, first_branch):
    ((_, token),) = tokens(zhao, rated)
    Client().post(address(token), {first_branch.public_id: "satisfied"})

    page = Client().get(address(token)).content.decode()

    assert "这个链接已经用过了" in page
    assert "radio" not in page


def test_an_expired_link_says_so_and_counts_nothing(zhao, rated, first_branch, time_machine_to):
    ((_, token),) = tokens(zhao, rated)
    time_machine_to(dt.datetime(2027, 1, 1, 2, 0, tzinfo=dt.UTC))

    pages = [
        Client().get(address(token)).content.decode(),
        Client().post(address(token), {first_branch.public_id: "satisfied"}).content.decode(),
    ]

    assert ["2026年12月31日 结束" in page for page in pages] == [True, True]
    assert tallies() == {}


def test_a_revoked_link_says_so_and_counts_nothing(zhao, rated, first_branch):
    ((link, token),) = tokens(zhao, rated)
    with everything(reason="a test arranges its rows"):
        revoke_link(actor=zhao, link=link)

    page = Client().post(address(token), {first_branch.public_id: "satisfied"})

    assert "已经停用" in page.content.decode()
    assert tallies() == {}


def test_who_chooses_nothing_is_asked_again_and_keeps_the_link(zhao, rated, first_branch):
    ((_, token),) = tokens(zhao, rated)

    page = Client().post(address(token), {"remark": "服务很好"}).content.decode()

    assert "请至少给一个单位选一项" in page
    assert "服务很好" in page
    Client().post(address(token), {first_branch.public_id: "satisfied"})
    assert tallies() == {("第一党支部", "public"): (1, 0, 0, 0)}


def test_a_link_for_one_unit_rates_no_other(zhao, rated, first_branch, second_branch):
    ((_, token),) = tokens(zhao, rated, organization=first_branch)

    Client().post(
        address(token),
        {first_branch.public_id: "satisfied", second_branch.public_id: "dissatisfied"},
    )

    assert tallies() == {("第一党支部", "public"): (1, 0, 0, 0)}


def test_the_public_page_names_no_person_and_has_no_menu(zhao, rated, li, first_branch):
    with everything(reason="a test arranges its rows"):
        ((_, token),) = make_supervisor_links(
            actor=zhao,
            campaign=rated,
            supervisors=[Supervisor("卫春和", "市第一中学")],
            expires_on=UNTIL,
        )

    answer = Client().get(address(token))
    page = answer.content.decode()

    people = [name for name in (zhao.name, li.name, "卫春和", "市第一中学") if name in page]
    assert people == []
    assert "<nav" not in page
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "same-origin")


def test_guessing_links_is_refused_for_a_while_and_a_right_one_keeps_working(
    zhao, rated, first_branch
):
    ((_, token),) = tokens(zhao, rated)
    client = Client(REMOTE_ADDR="10.1.2.3")

    guesses = [client.get(address(f"wrong-{at}")).status_code for at in range(MOST_GUESSES + 1)]

    assert guesses == [404] * MOST_GUESSES + [429]
    assert client.post(address("wrong")).status_code == 429
    assert "radio" in client.get(address(token)).content.decode()
    with everything(reason="the test looks"):
        noted = AuditEntry.objects.get(action="activities.feed.guessing")
    assert "不存在的评议链接" in noted.summary


def test_nothing_leads_from_an_answer_to_who_gave_it(zhao, rated, first_branch):
    with everything(reason="a test arranges its rows"):
        made = make_supervisor_links(
            actor=zhao,
            campaign=rated,
            supervisors=[Supervisor("卫春和"), Supervisor("沈问渠")],
            expires_on=UNTIL,
        )
        for link, _ in made:
            rate(link=link, answers={first_branch.public_id: "dissatisfied"}, remark="排队太久")
        noted = AuditEntry.objects.filter(action="assessments.poll.rated")
        columns = {field.name for model in (PollTally, PollRemark) for field in model._meta.fields}

        assert {(one.actor, one.subject_id) for one in noted} == {(None, "")}
        assert [one.after for one in noted] == [None, None]
        assert columns & {"link", "token", "answered_at", "at", "created_at"} == set()


def test_the_secret_of_a_link_is_not_kept(zhao, rated):
    ((link, token),) = tokens(zhao, rated)

    with everything(reason="the test looks"):
        kept = PollLink.objects.filter(pk=link.pk).values().get()
        trail = str(list(AuditEntry.objects.values("summary", "before", "after")))

    assert token not in str(kept) + trail


def test_results_are_told_only_when_no_link_is_left(zhao, rated, first_branch):
    made = tokens(zhao, rated, 4)
    client = Client()
    client.force_login(zhao)
    page = f"{rated.get_absolute_url()}poll/"
    for link, _ in made[:3]:
        rate(link=link, answers={first_branch.public_id: "satisfied"}, remark=f"排队久{link.pk}")

    before = client.get(page).content.decode()
    client.post(f"{page}end/")
    after = client.get(page).content.decode()

    assert ("100.0%" in before, "排队久" in before) == (False, False)
    assert "100.0%" in after
    assert f"排队久{made[0][0].pk}" in after


def test_a_unit_with_two_answers_is_not_shown(zhao, rated, first_branch, second_branch):
    made = tokens(zhao, rated, 4)
    for link, _ in made[:2]:
        rate(link=link, answers={second_branch.public_id: "dissatisfied"})
    for link, _ in made[2:]:
        rate(link=link, answers={first_branch.public_id: "satisfied"})

    with everything(reason="the test looks"):
        assert is_over(rated)
        assert [(one.unit, one.is_shown, one.rate) for one in results_of(rated)] == [
            ("第一党支部", False, ""),
            ("第二党支部", False, ""),
            ("合计", True, "50.0%"),
        ]


def test_a_supervisor_with_a_living_link_gets_no_second_one(zhao, rated):
    one = [Supervisor("卫春和", "市第一中学")]
    with everything(reason="a test arranges its rows"):
        ((link, _),) = make_supervisor_links(
            actor=zhao, campaign=rated, supervisors=one, expires_on=UNTIL
        )
        with pytest.raises(PollRefused, match="卫春和已经有链接"):
            make_supervisor_links(actor=zhao, campaign=rated, supervisors=one, expires_on=UNTIL)
        revoke_link(actor=zhao, link=link)

        assert make_supervisor_links(actor=zhao, campaign=rated, supervisors=one, expires_on=UNTIL)


def test_links_are_shown_once_and_a_copy_of_the_form_makes_no_more(zhao, rated):
    client = Client()
    client.force_login(zhao)
    url = f"{rated.get_absolute_url()}poll/public/"
    form = {"count": "5", "expires_on": "2026-12-31", "submission_key": "k" * 32}

    first, second = client.post(url, form), client.post(url, form)

    assert len(set(re.findall(r"/assessments/rate/[\w-]+/", first.content.decode()))) == 5
    assert second.headers["Location"] == f"{rated.get_absolute_url()}poll/"
    with everything(reason="the test looks"):
        assert PollLink.objects.count() == 5


def test_supervisors_are_read_from_pasted_lines(zhao, rated):
    client = Client()
    client.force_login(zhao)
    lines = "卫春和\t市第一中学\r\n\r\n沈问渠，东街社区\r\n杨怀远"

    page = client.post(
        f"{rated.get_absolute_url()}poll/supervisors/",
        {"people": lines, "expires_on": "2026-12-31"},
    )

    assert [(one["link"].name, one["link"].employer) for one in page.context["links"]] == [
        ("卫春和", "市第一中学"),
        ("沈问渠", "东街社区"),
        ("杨怀远", ""),
    ]


def test_a_secretary_opens_no_page_of_the_rating(li, rated):
    client = Client()
    client.force_login(li)

    assert client.get(f"{rated.get_absolute_url()}poll/").status_code == 403


@pytest.mark.parametrize("count", [1, 73])
def test_an_answer_costs_the_same_for_one_unit_and_for_73(zhao, campaign, committee, count):
    units = [PartyOrganizationFactory(superior=committee) for _ in range(count)]
    for unit in units:
        ApplicationFactory(campaign=campaign, organization=unit, handed_in_at=ANNOUNCED)
    ((_, token),) = tokens(zhao, campaign)
    said = {unit.public_id: "satisfied" for unit in units}

    with CaptureQueriesContext(connection) as asked:
        Client().post(address(token), said)

    assert len(asked) == 14
    assert set(tallies().values()) == {(1, 0, 0, 0)}


def test_two_thousand_answers_are_read_in_one_query(zhao, campaign, committee):
    units = [PartyOrganizationFactory(superior=committee) for _ in range(3)]
    with everything(reason="the test looks"):
        PollTally.objects.bulk_create(
            PollTally(campaign=campaign, organization=unit, rater="public", satisfied=2000)
            for unit in units
        )
        with CaptureQueriesContext(connection) as asked:
            results = results_of(campaign)

    assert (len(asked), results[-1].said.total) == (1, 6000)


def test_ending_a_rating_leaves_used_links_used(zhao, rated, first_branch):
    made = tokens(zhao, rated, 3)
    rate(link=made[0][0], answers={first_branch.public_id: "satisfied"})

    with everything(reason="a test arranges its rows"):
        assert end_poll(actor=zhao, campaign=rated) == 2
        assert is_over(rated)
    assert "已经用过了" in Client().get(address(made[0][1])).content.decode()


def test_a_page_that_lay_too_long_says_so_in_plain_words(zhao, rated, first_branch):
    ((_, token),) = tokens(zhao, rated)

    answer = Client(enforce_csrf_checks=True).post(
        address(token), {first_branch.public_id: "satisfied"}
    )

    assert "页面放得太久，需要刷新" in answer.content.decode()
    assert tallies() == {}
