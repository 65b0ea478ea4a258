"""Rolls of many days read at once say what the roll of each day says."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.models import Meeting
from activities.queries.editing import expected_people, expected_then
from branches.models import PartyOrganization
from members.models import Member, Membership
from members.queries.offices import committee_on
from members.queries.roll import roll_on
from members.queries.rolls import Rolls
from partybuild.scoping import everything
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import (
    AttendanceExemptionFactory,
    MemberFactory,
    MembershipFactory,
    OfficeFactory,
)
from tests.members.samples import taken_back

pytestmark = pytest.mark.django_db
DAYS = [dt.date(2024, 12, 31), dt.date(2025, 1, 1), dt.date(2025, 6, 30), dt.date(2026, 1, 1)]
days = st.none() | st.sampled_from(DAYS)
people = st.lists(
    st.fixed_dictionaries(
        {
            "category": st.sampled_from(Member.Category.values),
            "state": st.sampled_from(Member.State.values),
            "state_since": days,
            "joined_on": days,
            "kind": st.sampled_from(Membership.Kind.values),
            "span": st.tuples(days, days),
            "exempt": st.none() | st.tuples(days, days),
            "office": st.none() | st.tuples(days, days),
            "grouped": st.booleans(),
        }
    ),
    max_size=4,
)


@pytest.fixture
def branch(first_branch):
    """A branch with one group."""
    PartyOrganizationFactory(
        name="第一党小组", kind=PartyOrganization.Kind.GROUP, superior=first_branch
    )
    return first_branch


def enrol(person, branch, group):
    columns = ("category", "state", "state_since", "joined_on")
    member = MemberFactory(branch=branch, **{name: person[name] for name in columns})
    started, ended = ordered(person["span"])
    MembershipFactory(
        member=member,
        kind=person["kind"],
        started_on=started,
        ended_on=ended,
        group=group if person["grouped"] else None,
    )
    if person["exempt"]:
        AttendanceExemptionFactory(member=member, **span(person["exempt"]))
    if person["office"]:
        OfficeFactory(organization=branch, member=member, **span(person["office"]))


def ordered(pair):
    return (pair[0], pair[1]) if None in pair else (min(pair), max(pair))


def span(pair):
    started, ended = ordered(pair)
    return {"started_on": started, "ended_on": ended}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=people)
def test_a_roll_read_for_many_days_is_the_roll_of_each_day(branch, found):
    with everything(reason="test"), taken_back():
        group = branch.subordinates.get()
        for person in found:
            enrol(person, branch, group)
        rolls = Rolls([branch])

        for day in DAYS:
            read = [(one.member.pk, one.group, one.is_exempt) for one in rolls.on(day, branch)]
            asked = roll_on(day, branch).values_list("member", "group", "is_exempt")
            seated = set(committee_on(day, branch).values_list("member", flat=True))

            assert read == list(asked)
            assert rolls.committee_on(day, branch) == seated
            for kinds in (
                [Meeting.Kind.PARTY_DAY],
                [Meeting.Kind.COMMITTEE_MEETING],
                [Meeting.Kind.GROUP_MEETING],
            ):
                then = expected_then(rolls, branch, day, kinds=kinds, groups=[group])
                people_then = expected_people(branch, day, kinds=kinds, groups=[group])
                assert [one.member.pk for one in then] == [one.member.pk for one in people_then]


def test_reading_costs_the_same_for_one_person_and_for_many(
    branch, everywhere, django_assert_num_queries
):
    costs = []
    for count in (1, 30):
        for member in MemberFactory.create_batch(count, branch=branch):
            MembershipFactory(member=member)
        with django_assert_num_queries(3):
            costs.append(len(Rolls([branch]).on(DAYS[1], branch)))

    assert costs == [1, 31]
