"""What a branch owes: a vector of periods, never a yearly total."""

import datetime as dt

import pytest

from activities.models import Meeting
from activities.queries.obligations import State, obligations
from branches.models import PartyOrganization, Term
from partybuild.models import LocalRegulation
from partybuild.periods import Period
from tests.factories.activities import ActivityFactory, ExplanationFactory, MeetingFactory
from tests.factories.branches import PartyOrganizationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]

AS_OF = dt.date(2026, 11, 21)
YEAR = Period.year(2026)


def hold(branch, kind, *days, group=None, **details):
    for day in days:
        activity = ActivityFactory(
            organization=branch, held_on=dt.date.fromisoformat(day), **details
        )
        MeetingFactory(activity=activity, kind=kind, group=group)


def states(branch, kind, as_of=AS_OF):
    places = PartyOrganization.objects.filter(pk=branch.pk)
    return [o.state for o in obligations(places, YEAR, as_of=as_of) if o.kind == kind]


def test_four_meetings_in_one_month_serve_one_quarter_only(first_branch):
    hold(first_branch, "general_meeting", "2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23")

    assert states(first_branch, "general_meeting") == [
        State.HELD,
        State.MISSING,
        State.MISSING,
        State.OPEN,
    ]


def test_the_last_of_january_does_not_serve_february(first_branch):
    hold(first_branch, "party_day", "2026-01-31")

    assert states(first_branch, "party_day")[:3] == [State.HELD, State.MISSING, State.MISSING]


def test_a_moved_party_day_counts_for_the_month_it_is_declared_for(first_branch):
    hold(
        first_branch,
        "party_day",
        "2026-02-05",
        counts_for=dt.date(2026, 1, 28),
        counts_for_reason="春节放假顺延",
    )

    assert states(first_branch, "party_day")[:2] == [State.HELD, State.MISSING]


def test_a_branch_founded_on_20_may_first_owes_june_and_the_third_quarter(committee):
    branch = PartyOrganizationFactory(superior=committee, founded_on=dt.date(2026, 5, 20))

    assert states(branch, "party_day")[3:7] == [
        State.NOT_DUE,
        State.NOT_DUE,
        State.MISSING,
        State.MISSING,
    ]
    assert states(branch, "general_meeting") == [
        State.NOT_DUE,
        State.NOT_DUE,
        State.MISSING,
        State.OPEN,
    ]


def test_the_running_period_is_never_missing_and_later_ones_have_not_begun(first_branch):
    assert states(first_branch, "party_day")[9:] == [State.MISSING, State.OPEN, State.LATER]


def test_without_a_committee_no_committee_meeting_is_owed(first_branch):
    Term.objects.create(
        organization=first_branch, elected_on=dt.date(2025, 1, 1), has_committee=False
    )

    assert set(states(first_branch, "committee_meeting")) == {State.NOT_DUE}


def test_a_committee_elected_in_june_owes_from_june(first_branch):
    Term.objects.create(
        organization=first_branch, elected_on=dt.date(2026, 6, 10), has_committee=True
    )

    assert states(first_branch, "committee_meeting")[4:6] == [State.NOT_DUE, State.MISSING]


def test_each_group_owes_its_own_meeting(first_branch):
    groups = [
        PartyOrganizationFactory(superior=first_branch, kind=PartyOrganization.Kind.GROUP)
        for _ in range(3)
    ]
    hold(first_branch, "group_meeting", "2026-10-12", "2026-10-19", group=groups[0])
    hold(first_branch, "group_meeting", "2026-10-13", group=groups[1])

    places = PartyOrganization.objects.filter(pk=first_branch.pk)
    october = next(
        o
        for o in obligations(places, YEAR, as_of=AS_OF)
        if o.kind == "group_meeting" and o.period.code == "2026-10"
    )

    assert (october.held, october.needed, october.state) == (2, 3, State.MISSING)
    assert october.missing_groups == (groups[2],)


def test_an_explanation_takes_the_place_of_a_gap(first_branch):
    ExplanationFactory(
        organization=first_branch, kind="general_meeting", period_start=dt.date(2026, 7, 1)
    )

    assert states(first_branch, "general_meeting")[2] is State.EXPLAINED


def test_a_stricter_local_rule_is_laid_over_the_shipped_one(first_branch, committee):
    LocalRegulation.objects.create(
        code="activities.meeting_frequency",
        place=committee.path,
        in_force_from=dt.date(2026, 7, 1),
        document="青岚档党〔2026〕5号",
        values={"party_lecture": {"per": "month", "times": 1, "general": False}},
    )

    found = states(first_branch, "party_lecture")

    # Two quarters before July, then July, August, September, October.
    assert found.count(State.MISSING) == 6
    assert found[-2:] == [State.OPEN, State.LATER]


def test_a_local_rule_is_cited_for_its_own_form_and_keeps_who_owes_it(first_branch, committee):
    LocalRegulation.objects.create(
        code="activities.meeting_frequency",
        place=committee.path,
        in_force_from=dt.date(2026, 1, 1),
        document="青岚档党〔2026〕5号",
        article="第三条",
        values={"committee_meeting": {"times": 2}},
    )
    places = PartyOrganization.objects.filter(pk=first_branch.pk)

    owed = {o.kind: o for o in obligations(places, YEAR, as_of=AS_OF)}

    assert owed["committee_meeting"].citation == "青岚档党〔2026〕5号第三条"
    assert owed["committee_meeting"].state is State.NOT_DUE  # no committee is in office
    assert owed["general_meeting"].citation == "《中国共产党支部工作条例（试行）》第十一条"
    assert owed["party_lecture"].citation == "本级要求（可调整）"


def test_before_the_regulation_nothing_is_owed(first_branch):
    places = PartyOrganization.objects.filter(pk=first_branch.pk)

    assert list(obligations(places, Period.year(2017), as_of=AS_OF)) == []


def test_a_deleted_activity_serves_nothing(first_branch):
    hold(first_branch, "party_day", "2026-03-27")
    Meeting.objects.get().activity.__class__.objects.update(deleted_at="2026-04-01T00:00:00Z")

    assert states(first_branch, "party_day")[2] is State.MISSING


@pytest.mark.parametrize("branch_count", [1, 40])
def test_what_all_branches_owe_costs_the_same_queries(
    committee, branch_count, django_assert_num_queries
):
    by = UserFactory()
    for _ in range(branch_count):
        branch = PartyOrganizationFactory(superior=committee)
        MeetingFactory(activity=ActivityFactory(organization=branch, recorded_by=by))

    with django_assert_num_queries(7):
        owed = list(obligations(PartyOrganization.objects.all(), YEAR, as_of=AS_OF))

    assert len({o.organization for o in owed}) == branch_count


def test_the_list_of_what_is_owed_is_cut_into_pages_that_add_up(client, zhao, committee, today):
    for _ in range(9):
        PartyOrganizationFactory(superior=committee)
    client.force_login(zhao)

    first = client.get("/activities/due/?state=missing&kind=party_day").context
    second = client.get("/activities/due/?state=missing&kind=party_day&page=2").context

    assert first["count"] == 90
    assert [len(first["rows"]), len(second["rows"])] == [50, 40]
    assert first["pager"] == {
        "previous": "",
        "next": "?state=missing&kind=party_day&page=2",
    }
    assert second["pager"]["next"] == ""


def test_every_figure_of_the_committees_page_opens_a_list_of_that_length(
    client, zhao, committee, today
):
    branches = [PartyOrganizationFactory(superior=committee) for _ in range(3)]
    hold(branches[0], "party_day", "2026-11-20", "2026-10-20")
    hold(branches[1], "party_day", "2026-11-19")
    client.force_login(zhao)

    board = client.get("/committee/").context["board"]

    opened = {}
    for form in board.forms:
        for state in ("held", "open", "missing", "explained"):
            listed = client.get(getattr(form, f"{state}_url")).context["count"]
            opened[form.kind, state] = (getattr(form, state), listed)
    assert all(shown == listed for shown, listed in opened.values())
    assert opened["party_day", "held"] == (2, 2)
    for bar in board.missing_bars:
        assert client.get(bar["url"]).context["count"] == bar["value"]
