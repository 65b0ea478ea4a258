"""A change today leaves yesterday as it was: ledgers, what is owed, scores of former periods."""

import datetime as dt
import itertools

import pytest

from activities.queries.boards import due_rows
from assessments.cards import card_as_data
from assessments.queries.scorecards import scorecards
from assessments.queries.subjects import subjects_of
from branches.models import PartyOrganization
from branches.services.events import (
    dissolve_organization,
    rename_organization,
    reparent_organization,
    take_back_event,
)
from partybuild import ledgerfiles
from partybuild.ledgers import ledgers
from partybuild.localrules import lay_over
from partybuild.periods import Period
from partybuild.scoping import Scope, everything, scoped_to
from tests.assessments.conftest import hold
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory, TermFactory
from tests.partybuild.ledger_records import life_of

MOVED_ON = dt.date(2026, 11, 20)
TODAY = dt.date(2026, 11, 21)
LAST_QUARTER, LAST_YEAR = Period.parse("2026Q3"), Period.year(2025)


@pytest.fixture
def east(committee):
    return PartyOrganizationFactory(name="东区党总支", kind="general_branch", superior=committee)


@pytest.fixture
def west(committee):
    return PartyOrganizationFactory(name="西区党总支", kind="general_branch", superior=committee)


@pytest.fixture
def mover(east, west, li):
    """A branch of the east with people and meetings, and one beside it on either side."""
    branch = PartyOrganizationFactory(name="行走党支部", superior=east)
    for place in (branch, *(PartyOrganizationFactory(superior=side) for side in (east, west))):
        life_of(place, place.name)
        enrolled(f"{place.name}的人", place)
        TermFactory(organization=place)
        hold(place, "party_day", "2025-03-12", "2026-07-10", "2026-08-14")
        hold(place, "general_meeting", "2025-06-12", "2026-09-10")
    return branch


@pytest.fixture
def build(today, tmp_path):
    """Return a function that builds every ledger of a place and period and returns the bytes."""
    numbers = itertools.count()

    def build(place, period):
        place = PartyOrganization._base_manager.get(pk=place.pk)
        built = {}
        with scoped_to(Scope.of([place.path])):
            for ledger in ledgers:
                target = tmp_path / f"{next(numbers)}.xlsx"
                ledgerfiles.export(
                    actor=None, ledger=ledger, period=period, place=place, target=target
                )
                built[ledger.code] = target.read_bytes()
        return built

    return build


def move(branch, superior):
    with everything(reason="the organisation department acts"):
        return reparent_organization(
            actor=None,
            organization=branch,
            superior=superior,
            on=MOVED_ON,
            document="组〔2026〕9号",
        )


def test_a_branch_that_moves_leaves_last_quarters_ledgers_byte_for_byte(
    build, mover, east, west, committee
):
    before = [build(place, LAST_QUARTER) for place in (committee, east, west, mover)]

    move(mover, west)

    after = [build(place, LAST_QUARTER) for place in (committee, east, west, mover)]
    for then, now in zip(before, after, strict=True):
        assert [code for code in then if then[code] != now[code]] == []


def test_todays_ledgers_follow_the_move(build, mover, east, west):
    before = {place: build(place, Period.year(2026)) for place in (east, west)}

    move(mover, west)

    for place in (east, west):
        assert build(place, Period.year(2026))["members.roster"] != before[place]["members.roster"]


def test_a_new_name_stands_in_no_ledger_of_a_time_before_it(build, mover, committee):
    before = [build(place, LAST_QUARTER) for place in (committee, mover)]

    with everything(reason="the organisation department acts"):
        rename_organization(actor=None, organization=mover, name="定居党支部", on=MOVED_ON)

    after = [build(place, LAST_QUARTER) for place in (committee, mover)]
    for then, now in zip(before, after, strict=True):
        assert [code for code in then if then[code] != now[code]] == []


def test_a_move_that_is_taken_back_leaves_all_ledgers_as_they_were(build, mover, east, west):
    before = [build(place, Period.year(2026)) for place in (east, west)]

    event = move(mover, west)
    with everything(reason="the organisation department acts"):
        take_back_event(actor=None, event=event, reason="文号写错")

    after = [build(place, Period.year(2026)) for place in (east, west)]
    for then, now in zip(before, after, strict=True):
        # What happened to organisations is told in the trail, not in the ledger, once taken back.
        assert [code for code in then if then[code] != now[code]] == []


def owed(period):
    with everything(reason="the test looks at all branches"):
        rows = due_rows(today=TODAY, period=period, branch=None, kind="", state="")
        return [(row.organization.pk, row.kind, row.period, row.needed, row.state) for row in rows]


def test_what_was_owed_follows_the_rules_of_the_former_superior(mover, east, west):
    with everything(reason="the committee of the east has a rule of its own"):
        lay_over(
            actor=None,
            place=east,
            code="activities.meeting_frequency",
            values={"party_day": {"times": 2, "per": "month", "general": False}},
            in_force_from=dt.date(2026, 1, 1),
            document="东区规定",
        )
    before = owed(LAST_QUARTER)
    twice = [row for row in before if row[0] == mover.pk and row[1] == "party_day"]
    assert {row[3] for row in twice} == {2}

    move(mover, west)

    assert sorted(owed(LAST_QUARTER), key=str) == sorted(before, key=str)
    with everything(reason="the test looks at the month after the move"):
        later = due_rows(
            today=dt.date(2026, 12, 31),
            period=Period.parse("2026-12"),
            branch=mover,
            kind="party_day",
            state="",
        )
    assert [row.needed for row in later] == [1]


def scores(rubric, year):
    with everything(reason="the test scores everything"):
        cards = scorecards(rubric, subjects_of(rubric, year), year, as_of=TODAY)
        return sorted((card_as_data(card) for card in cards), key=str)


def test_last_years_scores_stay_when_a_branch_moves_or_is_dissolved(rubric, mover, west, committee):
    gone = PartyOrganizationFactory(name="撤销党支部", superior=committee)
    hold(gone, "party_day", "2025-05-12")
    before = scores(rubric, LAST_YEAR)

    move(mover, west)
    with everything(reason="the organisation department acts"):
        dissolve_organization(actor=None, organization=gone, on=MOVED_ON)

    assert scores(rubric, LAST_YEAR) == before
