"""Counting elections: quorum, surplus of candidates, ballots, winners, ties."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.queries.elections import (
    Ballots,
    Outcome,
    Tally,
    candidates_needed,
    count,
    election_rule,
    has_quorum,
    is_elected,
    mistakes_in,
)

RULE = election_rule(dt.date(2026, 11, 21))
ALL_CAME = Ballots(due=25, present=25, issued=25, received=25, valid=25, invalid=0)


def changed(**values):
    return dataclasses.replace(RULE, values=RULE.values | values)


def votes(*yes, valid=25):
    return [Tally(f"候选人{at}", given, valid - given) for at, given in enumerate(yes)]


def test_the_rule_is_cited():
    assert RULE.citation == "《中国共产党基层组织选举工作条例》"


@pytest.mark.parametrize(("seats", "needed"), [(3, 4), (5, 6), (7, 9)])
def test_a_fifth_more_candidates_than_seats(seats, needed):
    assert candidates_needed(seats, RULE) == needed


@given(st.integers(1, 500))
def test_a_fifth_more_is_the_arithmetic_of_the_rule(seats):
    assert candidates_needed(seats, RULE) == (seats * 12 + 9) // 10


def test_exactly_four_fifths_are_enough_unless_the_agency_reads_it_otherwise():
    assert has_quorum(present=20, due=25, rule=RULE)
    assert not has_quorum(present=20, due=25, rule=changed(quorum="gt"))
    assert has_quorum(present=21, due=25, rule=changed(quorum="gt"))
    assert not has_quorum(present=19, due=25, rule=RULE)
    assert not has_quorum(present=0, due=0, rule=RULE)


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_the_quorum_is_the_arithmetic_of_the_rule(present, due):
    assert has_quorum(present=present, due=due, rule=RULE) == (
        present * 5 >= due * 4 and present > 0
    )


def test_half_of_those_present_is_not_enough():
    twenty = dataclasses.replace(ALL_CAME, present=20, issued=20, received=20, valid=20)

    assert not is_elected(10, ballots=twenty, rule=RULE)
    assert is_elected(11, ballots=twenty, rule=RULE)
    assert not is_elected(12, ballots=twenty, rule=changed(of="due"))


def test_the_most_votes_win_where_more_pass_than_there_are_seats():
    result = count(ALL_CAME, votes(20, 24, 14, 22), 3, RULE)

    assert (result.outcome, result.winners) == (Outcome.ELECTED, ("候选人1", "候选人3", "候选人0"))


def test_a_tie_for_the_last_seat_is_voted_on_again():
    result = count(ALL_CAME, votes(20, 24, 18, 18), 3, RULE)

    assert result.outcome is Outcome.REVOTE
    assert result.winners == ("候选人1", "候选人0")
    assert result.tied == ("候选人2", "候选人3")
    assert result.vacant == 1


def test_a_tie_above_the_last_seat_changes_nothing():
    assert count(ALL_CAME, votes(20, 20, 18, 13), 3, RULE).outcome is Outcome.ELECTED


def test_seats_nobody_won_are_voted_on_again():
    result = count(ALL_CAME, votes(20, 12, 12, 24), 3, RULE)

    assert (result.outcome, result.vacant) == (Outcome.INCOMPLETE, 1)
    assert result.reasons == ("得赞成票过半数的 2 人，应选 3 人。",)


def test_more_ballots_than_were_issued_make_it_void():
    ballots = dataclasses.replace(ALL_CAME, issued=24)

    result = count(ballots, votes(20, 24, 18, 16), 3, RULE)

    assert (result.outcome, result.winners) == (Outcome.VOID, ())
    assert mistakes_in(ballots, votes(20, 24, 18, 13), 3) == []


def test_too_few_electors_elect_nobody():
    ballots = Ballots(due=25, present=19, issued=19, received=19, valid=19, invalid=0)

    result = count(ballots, votes(19, 19, 19, 0, valid=19), 3, RULE)

    assert (result.outcome, result.winners) == (Outcome.NO_QUORUM, ())


def test_somebody_written_in_may_win():
    tallies = [*votes(20, 9), Tally("陈一苇", 16, is_written_in=True)]

    assert count(ALL_CAME, tallies, 2, RULE).winners == ("候选人0", "陈一苇")
    assert mistakes_in(ALL_CAME, tallies, 2) == []


@pytest.mark.parametrize(
    ("ballots", "field"),
    [
        (Ballots(25, 26, 25, 25, 25, 0), "present_electors"),
        (Ballots(25, 20, 21, 20, 20, 0), "issued"),
        (Ballots(25, 25, 25, 25, 24, 0), "valid"),
    ],
)
def test_sums_that_cannot_be_are_told_at_their_field(ballots, field):
    assert [name for name, _ in mistakes_in(ballots, [], 3)] == [field]


def test_votes_that_do_not_add_up_to_the_valid_ballots_are_told():
    assert mistakes_in(ALL_CAME, [Tally("陈一苇", 20, 3, 1)], 3) == [
        ("candidates", "陈一苇赞成、反对、弃权合计 24 票，不等于有效票 25 张。")
    ]
    assert mistakes_in(ALL_CAME, [Tally("陈一苇", 5, 1, is_written_in=True)], 3) == [
        ("candidates", "另选的陈一苇只填赞成票。")
    ]
    assert mistakes_in(ALL_CAME, votes(25, 25), 1)[0][0] == "candidates"


@st.composite
def elections(draw):
    due = draw(st.integers(1, 60))
    present = draw(st.integers(0, due))
    valid = draw(st.integers(0, present))
    tallies = [
        Tally(f"候选人{at}", yes, valid - yes)
        for at, yes in enumerate(draw(st.lists(st.integers(0, valid), max_size=9)))
    ]
    ballots = Ballots(due, present, present, present, valid, present - valid)
    return ballots, tallies, draw(st.integers(1, 7))


@given(elections())
def test_whatever_is_voted_the_result_adds_up(election):
    ballots, tallies, seats = election
    given_to = {tally.name: tally.yes for tally in tallies}

    result = count(ballots, tallies, seats, RULE)

    assert len(result.winners) + result.vacant == seats
    assert set(result.winners).isdisjoint(result.tied)
    assert all(given_to[name] * 2 > ballots.present for name in (*result.winners, *result.tied))
    lowest = min((given_to[name] for name in result.winners), default=None)
    others = [yes for name, yes in given_to.items() if name not in result.winners]
    assert lowest is None or max(others, default=0) <= lowest
    assert not result.tied or len(result.tied) > result.vacant
    assert (result.vacant == 0) == (result.outcome is Outcome.ELECTED)


@given(elections())
def test_the_order_of_the_candidates_changes_no_winner(election):
    ballots, tallies, seats = election

    forth, back = count(ballots, tallies, seats, RULE), count(ballots, tallies[::-1], seats, RULE)

    assert (set(forth.winners), set(forth.tied)) == (set(back.winners), set(back.tied))
