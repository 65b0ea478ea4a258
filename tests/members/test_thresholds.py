"""Thresholds of 支部工作条例 and others: counted in full members, once each, told with the rule."""

import datetime as dt

import pytest

from branches.models import PartyOrganization
from members.models import Member, Membership
from members.queries.thresholds import findings_on, sizes_on
from partybuild.alerts import alerts
from partybuild.localrules import lay_over
from partybuild.scoping import everything, scoped_to
from tests.factories.branches import PartyOrganizationFactory, TermFactory
from tests.factories.members import MembershipFactory

pytestmark = pytest.mark.usefixtures("today", "everywhere")
DAY = dt.date(2026, 11, 21)
BRANCH = "《中国共产党支部工作条例（试行）》第四条"
COMMITTEE = "《中国共产党支部工作条例（试行）》第二十条"


def populate(branch, full, probationary=0):
    """Give a branch so many members by their formal membership."""
    members = Member.objects.bulk_create(
        Member(
            branch=branch,
            name=f"党员{number}",
            category="full" if number < full else "probationary",
            joined_on=dt.date(2015, 6, 1),
            confirmed_on=dt.date(2016, 6, 1) if number < full else None,
        )
        for number in range(full + probationary)
    )
    Membership.objects.bulk_create(
        Membership(member=member, organization=branch, started_on=dt.date(2016, 6, 1))
        for member in members
    )
    return members


def branch_of(committee, full, probationary=0, **facts):
    branch = PartyOrganizationFactory(name="甲支部", superior=committee, **facts)
    populate(branch, full, probationary)
    return branch


def told(place, day=DAY):
    return [(f.text, f.citation) for f in findings_on(day) if f.size.pk == place.pk]


@pytest.fixture
def top(db):
    """A working committee: no threshold is meant for it."""
    return PartyOrganizationFactory(name="机关工委", kind="working_committee")


@pytest.mark.parametrize(
    ("full", "probationary", "text"),
    [
        (2, 5, "甲支部有正式党员 2 名，不足 3 名，提请研究与其他单位联合设置，或者调整"),
        (3, 0, None),
        (50, 3, None),
        (51, 0, "甲支部有正式党员 51 名，一般不超过 50 名，提请研究分设"),
    ],
)
def test_a_branch_has_three_to_fifty_full_members(top, full, probationary, text):
    branch = branch_of(top, full, probationary)

    assert told(branch) == ([(text, BRANCH)] if text else [])


@pytest.mark.parametrize(
    ("full", "has_committee", "text"),
    [
        (6, True, "甲支部有正式党员 6 名，不足 7 名，本届设有支委会，提请研究是否调整"),
        (7, True, None),
        (6, False, None),
        (7, False, "甲支部有正式党员 7 名，已有 7 名以上，本届没有设支委会，提请研究选举支委会"),
    ],
)
def test_a_committee_goes_with_seven_full_members(top, full, has_committee, text):
    branch = branch_of(top, full, probationary=4)
    TermFactory(organization=branch, has_committee=has_committee)

    assert told(branch) == ([(text, COMMITTEE)] if text else [])


def test_the_term_in_office_that_day_decides(top):
    branch = branch_of(top, 9)
    TermFactory(organization=branch, elected_on=dt.date(2022, 6, 1), has_committee=False)
    TermFactory(organization=branch, elected_on=dt.date(2025, 6, 1), has_committee=True)

    assert (len(told(branch, dt.date(2025, 5, 31))), told(branch)) == (1, [])


@pytest.mark.parametrize(
    ("full", "text"),
    [
        (49, "党总支有正式党员 49 名，党总支一般 50 至 100 名，提请研究；因工作需要设立的不用处理"),
        (50, None),
        (100, None),
        (101, "党总支有正式党员 101 名，党总支一般 50 至 100 名，提请研究是否设立党委"),
    ],
)
def test_a_general_branch_counts_its_branches_together(top, full, text):
    general = PartyOrganizationFactory(name="党总支", superior=top, kind="general_branch")
    branch_of(general, 20)
    branch_of(general, full - 20)

    assert [each for each, _ in told(general)] == ([text] if text else [])


@pytest.mark.parametrize(
    ("full", "probationary", "texts"),
    [
        (100, 9, ["党委有正式党员 100 名，党委一般超过 100 名，提请研究；已经上级批准的不用处理"]),
        (101, 0, []),
        (490, 9, []),
        (
            490,
            10,
            ["党委有党员 500 名，500 名以上一般召开党员代表大会，提请研究"],
        ),
    ],
)
def test_a_committee_has_more_than_a_hundred_and_a_congress_from_five_hundred(
    top, full, probationary, texts
):
    committee = PartyOrganizationFactory(name="党委", superior=top, kind="committee")
    branch_of(committee, full, probationary)

    assert [each for each, _ in told(committee)] == texts


def test_a_second_membership_is_never_counted_again(top):
    home = branch_of(top, 3)
    general = PartyOrganizationFactory(name="党总支", superior=top, kind="general_branch")
    other = branch_of(general, 2)
    for member in Member.objects.filter(branch=home):
        MembershipFactory(member=member, organization=other, kind="second")

    counts = {size.pk: (size.full, size.members) for size in sizes_on(DAY)}

    assert [counts[place.pk] for place in (home, other, general, top)] == [
        (3, 3),
        (2, 2),
        (2, 2),
        (5, 5),
    ]


@pytest.mark.parametrize("kind", ["temporary_branch", "functional_branch"])
def test_temporary_and_functional_branches_have_no_thresholds(top, kind):
    assert told(branch_of(top, 1, kind=kind)) == []


def test_who_left_or_is_suspended_is_not_counted_from_that_day(top):
    branch = branch_of(top, 3)
    membership = Membership.objects.filter(organization=branch).first()
    membership.ended_on = dt.date(2026, 5, 1)
    membership.save()

    assert (told(branch, dt.date(2026, 4, 30)), len(told(branch, dt.date(2026, 5, 1)))) == ([], 1)


def test_an_agency_may_lay_its_own_number_over_the_rule(top, zhao):
    branch = branch_of(top, 31)

    lay_over(
        actor=zhao,
        place=top,
        code="branches.branch_size",
        values={"most": 30},
        in_force_from=dt.date(2026, 1, 1),
        document="《本市支部设置办法》",
    )

    assert told(branch) == [
        ("甲支部有正式党员 31 名，一般不超过 30 名，提请研究分设", "《本市支部设置办法》")
    ]


def test_before_a_rule_was_in_force_it_finds_nothing(top):
    branch = branch_of(top, 2)

    assert told(branch, dt.date(2018, 10, 27)) == []


def test_nothing_changes_by_being_found(top, zhao):
    branch = branch_of(top, 2)
    before = list(PartyOrganization.objects.values_list()), list(Membership.objects.values_list())

    list(alerts["members.organization_size"].notices(DAY))

    after = list(PartyOrganization.objects.values_list()), list(Membership.objects.values_list())
    assert after == before
    assert branch.terms.count() == 0


def test_the_alert_leads_to_the_organisation_and_asks_the_same_for_many(
    client, zhao, committee, first_branch, django_assert_num_queries
):
    alert = alerts["members.organization_size"]
    with scoped_to(zhao.scope_for(alert.permission)), django_assert_num_queries(7):
        few = list(alert.notices(DAY))
    with everything(reason="a test arranges its rows"):
        for _ in range(60):
            branch_of(committee, 2)
    with scoped_to(zhao.scope_for(alert.permission)), django_assert_num_queries(7):
        many = list(alert.notices(DAY))

    assert [len(few), len(many)] == [2, 61]  # with 120 the committee is large enough
    assert {notice.is_late for notice in many} == {False}
    client.force_login(zhao)
    assert client.get(many[0].url).status_code == 200
