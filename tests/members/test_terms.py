"""When terms end, and what an approval changes about it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.models import PartyOrganization
from branches.queries.terms import usual_years
from members.queries.roll import headcount
from members.queries.terms import State, due_on, standing_of, standings, state_of
from members.services.offices import OfficeRefused
from members.services.terms import approve_shift, withdraw_shift
from partybuild.models import AuditEntry
from partybuild.periods import add_years
from partybuild.regulations import regulation
from partybuild.scoping import everything
from tests.factories.branches import PartyOrganizationFactory, TermFactory
from tests.factories.offices import TermShiftFactory

DUE = dt.date(2027, 6, 18)
TODAY = dt.date(2026, 11, 21)
Kind = PartyOrganization.Kind


@pytest.fixture
def term(first_branch):
    return TermFactory(organization=first_branch)


@pytest.fixture
def acting(zhao):
    with everything(reason="the test looks at everything"):
        yield zhao


def shift(actor, term, **changes):
    facts = {
        "shifted_to": dt.date(2027, 12, 31),
        "approved_on": dt.date(2026, 11, 1),
        "document": "青档党〔2026〕9号",
        "reason": "机构改革",
    }
    return approve_shift(actor=actor, term=term, **facts | changes)


@pytest.mark.parametrize(
    ("kind", "name", "years"),
    [
        (Kind.OFFICE_COMMITTEE, "青岚市档案局机关党委", 5),
        (Kind.COMMITTEE, "青岚市档案局党委", 5),
        (Kind.GENERAL_BRANCH, "青岚市档案馆党总支", 3),
        (Kind.BRANCH, "第一党支部", 3),
        (Kind.JOINT_BRANCH, "第一联合党支部", 3),
        (Kind.BRANCH, "青石村党支部", 5),
        (Kind.GENERAL_BRANCH, "桂花社区党总支", 5),
    ],
)
def test_years_follow_the_kind_and_villages_have_five(kind, name, years):
    assert usual_years(kind, name, regulation("branches.term_of_office", on=TODAY)) == years


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (dt.date(2026, 12, 17), State.NORMAL),
        (dt.date(2026, 12, 18), State.SOON),
        (DUE, State.SOON),
        (DUE + dt.timedelta(days=1), State.OVERDUE),
    ],
)
def test_a_term_without_approval(day, state):
    assert state_of(DUE, None, day, months=6) is state


@pytest.mark.parametrize(
    ("shifted", "day", "state"),
    [
        (dt.date(2028, 6, 18), dt.date(2027, 7, 1), State.SHIFTED),
        (dt.date(2028, 6, 18), dt.date(2028, 6, 18), State.SHIFTED),
        (dt.date(2028, 6, 18), dt.date(2028, 6, 19), State.LAPSED),
        (dt.date(2026, 12, 31), dt.date(2026, 11, 21), State.SOON),
        (dt.date(2026, 12, 31), dt.date(2027, 1, 1), State.LAPSED),
    ],
)
def test_a_term_with_an_approval(shifted, day, state):
    assert state_of(DUE, shifted, day, months=6) is state


@given(st.dates(dt.date(2019, 1, 1), dt.date(2080, 1, 1)), st.integers(1, 5), st.integers(-9, 9000))
def test_a_term_is_late_exactly_after_its_last_day(elected, years, days):
    due = add_years(elected, years)
    day = elected + dt.timedelta(days=days)

    assert (state_of(due, None, day, months=6) is State.OVERDUE) == (day > due)


def test_an_election_known_to_the_month_ends_with_that_month(first_branch):
    term = TermFactory.build(organization=first_branch, elected_on=dt.date(2023, 2, 1))

    term.elected_precision = "month"
    assert due_on(term, 3) == dt.date(2026, 2, 28)
    term.elected_precision = "year"
    assert due_on(term, 3) == dt.date(2026, 12, 31)


def test_a_body_stands_by_its_term_and_the_rule_is_named(term, acting):
    standing = standing_of(term.organization, TODAY)

    assert (standing.state, standing.due_on) == (State.NORMAL, DUE)
    assert standing.citation == "《关于党的基层组织任期的意见》第一条"
    assert standing.remind_on == dt.date(2026, 12, 18)


def test_years_that_nobody_wrote_down_are_the_usual_ones(first_branch, acting):
    TermFactory(organization=first_branch, years=None)

    assert standing_of(first_branch, TODAY).due_on == DUE


def test_who_was_elected_before_the_rule_keeps_the_term_that_was_given(first_branch, acting):
    term = TermFactory(organization=first_branch, elected_on=dt.date(2018, 7, 1), years=4)

    standing = standing_of(first_branch, dt.date(2022, 7, 1))

    assert (standing.due_on, standing.is_unusual) == (dt.date(2022, 7, 1), False)
    term.years = None
    term.save()
    assert standing_of(first_branch, TODAY).state is State.UNKNOWN


def test_other_years_than_the_rule_gives_are_noticed(first_branch, acting):
    TermFactory(organization=first_branch, years=5)

    assert standing_of(first_branch, TODAY).is_unusual


def test_a_temporary_branch_elects_nobody(committee, acting):
    temporary = PartyOrganizationFactory(superior=committee, kind=Kind.TEMPORARY_BRANCH)
    TermFactory(organization=temporary, elected_on=dt.date(2019, 1, 1))

    assert standing_of(temporary, TODAY).state is State.NONE


def test_the_term_in_office_on_a_day_counts_not_a_later_one(term, acting):
    TermFactory(organization=term.organization, elected_on=dt.date(2026, 6, 18))

    before, after = (standing_of(term.organization, dt.date(2026, 6, day)) for day in (17, 18))

    assert (before.term, after.due_on) == (term, dt.date(2029, 6, 18))


def test_an_approval_moves_the_end_and_says_so_on_the_branch_home(term, acting):
    shift(acting, term)

    assert standing_of(term.organization, TODAY).state is State.SHIFTED
    assert headcount(term.organization, TODAY)["due_on"] == dt.date(2027, 12, 31)
    assert standing_of(term.organization, dt.date(2026, 10, 31)).state is State.NORMAL
    entry = AuditEntry.objects.get(action="members.termshift.approved")
    assert entry.summary == "第一党支部 换届批准延期到 2027-12-31"


def test_what_was_approved_ends_at_last(term, acting):
    shift(acting, term)

    on = {
        day: standing_of(term.organization, day)
        for day in (dt.date(2027, 6, 30), dt.date(2028, 1, 1))
    }

    assert [(one.state, one.needs_notice) for one in on.values()] == [
        (State.SHIFTED, True),
        (State.LAPSED, False),
    ]


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        (
            {"shifted_to": dt.date(2028, 6, 19)},
            "due_on",
            (
                "本届 2027-06-18 到期，提前或延期一般不超过 1 年，即 2026-06-18 至 2028-06-18"
                "（《关于党的基层组织任期的意见》第二条）。"
            ),
        ),
        ({"shifted_to": DUE}, "due_on", "本届本来就是 2027-06-18 到期。"),
        (
            {"approved_on": dt.date(2024, 6, 17)},
            "approved_on",
            "批复日期早于本届当选时间 2024-06-18。",
        ),
    ],
)
def test_an_approval_beyond_the_rule_is_refused(term, acting, change, field, reason):
    with pytest.raises(OfficeRefused) as refusal:
        shift(acting, term, **change)

    assert (refusal.value.field, str(refusal.value)) == (field, reason)
    assert term.shifts.count() == 0


def test_the_last_day_that_may_be_approved_is_a_year_later(term, acting):
    assert shift(acting, term, shifted_to=dt.date(2028, 6, 18)).due_on == dt.date(2028, 6, 18)


def test_an_approval_is_entered_once_and_can_be_taken_back(term, acting):
    approved = shift(acting, term)
    with pytest.raises(OfficeRefused):
        shift(acting, term, shifted_to=dt.date(2027, 10, 1))

    withdraw_shift(actor=acting, shift=approved)

    assert standing_of(term.organization, TODAY).state is State.NORMAL


def test_thousands_of_terms_are_read_in_a_few_queries(committee, acting, django_assert_num_queries):
    for count in (1, 30):
        for _ in range(count):
            branch = PartyOrganizationFactory(superior=committee)
            TermShiftFactory(term=TermFactory(organization=branch))
        with django_assert_num_queries(5):
            found = standings(PartyOrganization.objects.all(), TODAY)

    assert {one.state for one in found} == {State.SHIFTED, State.UNKNOWN}
