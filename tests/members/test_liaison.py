"""联系与指导: who is assigned where, who has been there, what is missing by the agency's own rule."""

import datetime as dt

import pytest
from django.urls import reverse

from members.models import Liaison, LiaisonVisit
from members.queries.liaison import staffing_on, unvisited_on, visits_until
from members.services.liaison import (
    assign_liaison,
    correct_liaison,
    record_visit,
    withdraw_visit,
)
from partybuild.alerts import alerts
from partybuild.audit import history_of
from partybuild.ledgers import ledgers
from partybuild.localrules import lay_over
from partybuild.merging import StaleVersion
from partybuild.panels import panels_for
from partybuild.periods import Period
from partybuild.refusals import Refused
from partybuild.scoping import everything, scoped_to
from partybuild.visits import Visit, VisitSource, visit_sources
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.liaison import LiaisonFactory, LiaisonVisitFactory
from tests.factories.platforms import ServicePlatformFactory

pytestmark = pytest.mark.usefixtures("today")
DAY = dt.date(2026, 11, 21)


def assigned(zhao, organization, **changes):
    facts = {"kind": "contact", "name": "陈局长", "started_on": dt.date(2026, 1, 5), **changes}
    return assign_liaison(actor=zhao, organization=organization, **facts)


def test_a_leader_is_assigned_to_a_branch_in_the_browser(client, zhao, committee, first_branch):
    leader = enrolled("陈局长", committee)
    client.force_login(zhao)

    answer = client.post(
        reverse("members:new_liaison"),
        {
            "kind": "contact",
            "organization": first_branch.public_id,
            "name": "陈局长",
            "started_on": "2026-01-05",
            "submission_key": "k1",
        },
    )

    with everything(reason="the test looks"):
        liaison = Liaison.objects.get()
        steps = [entry.action for entry in history_of(liaison)]
    assert answer.headers["Location"] == liaison.get_absolute_url()
    assert (liaison.member, liaison.organization) == (leader, first_branch)
    assert steps == ["members.liaison.assigned"]


def test_a_platform_gets_an_instructor_from_its_own_page(client, zhao, first_branch):
    platform = ServicePlatformFactory(organization=first_branch)
    client.force_login(zhao)

    answer = client.post(
        f"{reverse('members:new_liaison')}?platform={platform.public_id}",
        {
            "kind": "instructor",
            "name": "外单位的人",
            "started_on": "2026-01-05",
            "submission_key": "k1",
        },
    )

    with everything(reason="the test looks"):
        liaison = Liaison.objects.get()
    assert answer.status_code == 302
    assert (liaison.platform, liaison.organization, liaison.member) == (
        platform,
        first_branch,
        None,
    )
    with scoped_to(zhao.scope_for("members.view_liaison")):
        shown = {panel["title"]: panel["rows"] for panel in panels_for(platform, zhao)}
    assert [cells[0] for _, cells in shown["联系与指导"]] == ["外单位的人"]


def test_of_two_people_with_one_name_none_is_linked(everywhere, zhao, committee, first_branch):
    enrolled("陈局长", committee)
    enrolled("陈局长", first_branch)

    assert assigned(zhao, first_branch).member is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"started_on": dt.date(2027, 1, 1)}, "started_on"),
        ({"name": "  "}, "name"),
        ({"name": "老指导", "kind": "instructor"}, "name"),
    ],
)
def test_an_assignment_that_cannot_be_is_refused(everywhere, zhao, first_branch, changes, field):
    LiaisonFactory(organization=first_branch, kind="instructor", name="老指导")

    with pytest.raises(Refused) as refusal:
        assigned(zhao, first_branch, **changes)

    assert refusal.value.field == field
    assert Liaison.objects.count() == 1


def test_who_was_relieved_may_be_assigned_again_later(everywhere, zhao, first_branch):
    first = assigned(zhao, first_branch)
    correct_liaison(actor=zhao, liaison=first, version=1, ended_on=dt.date(2026, 6, 1))

    again = assigned(zhao, first_branch, started_on=dt.date(2026, 6, 1))

    assert (first.ended_on, again.started_on) == (dt.date(2026, 6, 1), dt.date(2026, 6, 1))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ended_on": dt.date(2026, 1, 1)}, "ended_on"),
        ({"ended_on": dt.date(2026, 3, 1)}, "started_on"),
        ({"started_on": dt.date(2026, 4, 1)}, "started_on"),
    ],
)
def test_a_correction_that_leaves_visits_outside_is_refused(
    everywhere, zhao, first_branch, fields, field
):
    liaison = LiaisonFactory(organization=first_branch)
    LiaisonVisitFactory(liaison=liaison)

    with pytest.raises(Refused) as refusal:
        correct_liaison(actor=zhao, liaison=liaison, version=1, **fields)

    assert refusal.value.field == field
    assert Liaison.objects.get().version == 1


def test_a_correction_over_somebody_elses_is_stale(everywhere, zhao, first_branch):
    liaison = LiaisonFactory(organization=first_branch, version=2)

    with pytest.raises(StaleVersion):
        correct_liaison(actor=zhao, liaison=liaison, version=1, duty="处长")


def test_a_visit_and_what_it_left_behind_are_written_down(client, zhao, first_branch):
    liaison = LiaisonFactory(organization=first_branch)
    client.force_login(zhao)

    client.post(
        reverse("members:record_visit", args=[liaison.public_id]),
        {"visited_on": "2026-11-20", "outcome": "解决经费问题", "submission_key": "k1"},
    )

    page = client.get(liaison.get_absolute_url())
    assert [(v.visited_on, v.outcome) for v in page.context["visits"]] == [
        (dt.date(2026, 11, 20), "解决经费问题")
    ]


@pytest.mark.parametrize("day", [dt.date(2026, 1, 4), dt.date(2026, 11, 22)])
def test_a_visit_outside_the_assignment_is_refused(everywhere, zhao, first_branch, day):
    liaison = LiaisonFactory(organization=first_branch)

    with pytest.raises(Refused) as refusal:
        record_visit(actor=zhao, liaison=liaison, visited_on=day, outcome="走访")

    assert refusal.value.field == "visited_on"
    assert LiaisonVisit.objects.count() == 0


def test_a_visit_written_down_by_mistake_is_taken_back(everywhere, zhao, first_branch):
    liaison = LiaisonFactory(organization=first_branch)
    visit = record_visit(actor=zhao, liaison=liaison, visited_on=DAY, outcome="写错了")

    withdraw_visit(actor=zhao, visit=visit)

    assert LiaisonVisit.objects.count() == 0
    assert [entry.action for entry in history_of(liaison)] == [
        "members.liaison.visit_withdrawn",
        "members.liaison.visited",
    ]


def names(found):
    return [(one.liaison.name, str(one.last_on), str(one.due_on)) for one in found]


def test_who_has_not_visited_for_three_months_is_told(everywhere, first_branch):
    at = {"organization": first_branch}
    LiaisonFactory(**at, name="从没去过", started_on=dt.date(2026, 8, 21))
    LiaisonFactory(**at, name="刚刚安排", started_on=dt.date(2026, 8, 22))
    LiaisonFactory(**at, name="已经结束", ended_on=dt.date(2026, 10, 1))
    long_ago = LiaisonFactory(**at, name="很久没去")
    LiaisonVisitFactory(liaison=long_ago, visited_on=dt.date(2026, 3, 6))
    lately = LiaisonFactory(**at, name="上月去过")
    LiaisonVisitFactory(liaison=lately, visited_on=dt.date(2026, 3, 6))
    LiaisonVisitFactory(liaison=lately, visited_on=dt.date(2026, 10, 6))

    assert names(unvisited_on(DAY)) == [
        ("很久没去", "2026-03-06", "2026-06-06"),
        ("从没去过", "None", "2026-11-21"),
    ]


def test_an_agency_lays_its_own_number_of_months_over_the_rule(
    everywhere, zhao, first_branch, second_branch
):
    for place in (first_branch, second_branch):
        LiaisonFactory(organization=place, name=place.name, started_on=dt.date(2026, 9, 1))

    lay_over(
        actor=zhao,
        place=second_branch,
        code="members.liaison",
        values={"visit_months": 1},
        in_force_from=dt.date(2026, 1, 1),
        document="《联系点办法》",
    )

    (notice,) = alerts["members.unvisited"].notices(DAY)
    assert notice.text == "党建联系点 第二党支部联系第二党支部，2026-09-01 起还没有走访"
    assert (notice.cite, notice.due_on) == ("《联系点办法》", dt.date(2026, 10, 1))


def test_visits_of_other_apps_count_as_well(everywhere, first_branch, monkeypatch):
    liaison = LiaisonFactory(organization=first_branch)
    LiaisonVisitFactory(liaison=liaison)
    monkeypatch.setattr(visit_sources, "_entries", dict(visit_sources._entries))

    class Occasions(VisitSource):
        code = "test.occasions"

        def visits(self, pairs, period):
            return [Visit(pair.key, dt.date(2026, 11, 1), "主题党日", "/x/") for pair in pairs]

    found = visits_until([liaison], DAY)[liaison.pk]

    assert [(visit.visited_on, visit.text) for visit in found] == [
        (dt.date(2026, 11, 1), "主题党日"),
        (dt.date(2026, 3, 6), "收集意见两条"),
    ]
    assert unvisited_on(DAY) == []


def test_the_branches_that_lack_somebody_of_112_are_listed(
    client, zhao, committee, first_branch, second_branch
):
    PartyOrganizationFactory(name="临时党支部", superior=committee, kind="temporary_branch")
    for kind in ("instructor", "first_secretary", "liaison_officer", "liaison_officer"):
        LiaisonFactory(organization=first_branch, kind=kind)
    LiaisonFactory(organization=second_branch, kind="liaison_officer")
    client.force_login(zhao)

    with scoped_to(zhao.scope_for("members.view_liaison")):
        missing = {line.organization.name: line.missing for line in staffing_on(DAY)}
    page = client.get(reverse("members:liaison_staffing"), {"show": "missing"})

    assert missing == {
        "第一党支部": "",
        "第二党支部": "指导员缺 1 名、第一书记缺 1 名、联络员缺 1 名",
    }
    assert (page.context["total"], page.context["lacking"], page.context["count"]) == (2, 1, 1)


def test_pages_and_alert_cost_the_same_for_two_and_for_three_hundred(
    client, zhao, first_branch, django_assert_num_queries
):
    client.force_login(zhao)
    addresses = [
        reverse(f"members:{name}") for name in ("liaisons", "liaison_staffing", "liaison_unvisited")
    ]
    client.get(addresses[0])
    for count in (2, 300):
        for _ in range(count):
            liaison = LiaisonFactory(organization=first_branch)
            LiaisonVisitFactory(liaison=liaison)
        for address, queries in zip(addresses, (9, 6, 8), strict=True):
            with django_assert_num_queries(queries):
                client.get(address)


def test_a_branch_reads_its_own_and_writes_nothing(client, li, first_branch, second_branch):
    own = LiaisonFactory(organization=first_branch)
    other = LiaisonFactory(organization=second_branch)
    client.force_login(li)

    assert client.get(own.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get(reverse("members:record_visit", args=[own.public_id])).status_code == 403
    assert client.get(reverse("members:liaisons")).context["page"].count == 1


def test_the_ledgers_tell_who_was_assigned_then_and_what_was_visited(everywhere, first_branch):
    liaison = LiaisonFactory(
        organization=first_branch,
        name="陈局长",
        started_on=dt.date(2025, 1, 5),
        ended_on=dt.date(2026, 6, 1),
    )
    LiaisonVisitFactory(liaison=liaison)

    people = [
        [row[3] for row in ledgers["members.liaisons"].table(Period.year(year))]
        for year in (2024, 2025, 2026)
    ]
    visits = [
        [row[3:] for row in ledgers["members.liaison_visits"].table(Period.year(year))]
        for year in (2025, 2026)
    ]
    assert people == [[], ["陈局长"], []]
    assert visits == [[], [("陈局长", dt.date(2026, 3, 6), "收集意见两条")]]


def test_the_file_of_a_leader_shows_the_contact_points(client, zhao, committee, first_branch):
    leader = enrolled("陈局长", committee)
    LiaisonFactory(organization=first_branch, member=leader, name="陈局长")
    client.force_login(zhao)

    panels = {p["title"]: p for p in client.get(leader.get_absolute_url()).context["panels"]}

    assert [cells[2] for _, cells in panels["联系与指导"]["rows"]] == ["第一党支部"]
