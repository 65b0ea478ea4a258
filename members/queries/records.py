"""Reading election records: what was voted, who is elected by it, what is to be looked at."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from branches.models import PartyOrganization
from members.models import Election, ElectionCandidate, Membership
from members.queries.elections import (
    Ballots,
    Result,
    Tally,
    candidates_needed,
    count,
    election_rule,
    rule_words,
)
from members.queries.roll import on_roll, voter_on
from partybuild import paths
from partybuild.dated import covering
from partybuild.regulations import Regulation, RuleBook


def ballots_of(election: Election) -> Ballots:
    """Return the counts of a record as the arithmetic wants them."""
    return Ballots(
        due=election.due_electors,
        present=election.present_electors,
        issued=election.issued,
        received=election.received,
        valid=election.valid,
        invalid=election.invalid,
    )


def tally_of(row: ElectionCandidate) -> Tally:
    """Return one candidate's votes as the arithmetic wants them."""
    return Tally(row.name, row.yes, row.no, row.abstain, row.is_written_in)


@dataclass(frozen=True)
class Counted:
    """An election with its result, the rule in words, and what is to be looked at."""

    election: Election
    candidates: Sequence[ElectionCandidate]
    result: Result
    rule: str
    remarks: tuple[str, ...] = ()

    @property
    def winners(self) -> str:
        return "、".join(self.result.winners)

    @property
    def rows(self) -> list[tuple[ElectionCandidate, str]]:
        """The candidates, the most votes first, each with a word on how it went."""
        words = dict.fromkeys(self.result.winners, "当选")
        words |= dict.fromkeys(self.result.tied, "得票相等")
        ordered = sorted(self.candidates, key=lambda row: (-row.yes, row.pk))
        return [(row, words.get(row.name, "")) for row in ordered]


def counted(election: Election) -> Counted:
    """Count one record by the rule of its day."""
    rule = election_rule(election.held_on, election.organization.path)
    rows = list(election.candidates.all())
    return _counted(election, rows, rule)


def _counted(election: Election, rows: Sequence[ElectionCandidate], rule: Regulation) -> Counted:
    result = count(ballots_of(election), [tally_of(row) for row in rows], election.seats, rule)
    remarks = _remarks(election, rows, rule)
    return Counted(election, rows, result, rule_words(rule), remarks)


def _remarks(
    election: Election, rows: Sequence[ElectionCandidate], rule: Regulation
) -> tuple[str, ...]:
    named = sum(not row.is_written_in for row in rows)
    needed = candidates_needed(election.seats, rule)
    is_first = election.seat == Election.Seat.COMMITTEE_MEMBER and election.ballot_number == 1
    if is_first and named < needed:
        share = rule.values["surplus_percent"]
        said = f"候选人 {named} 名，应选 {election.seats} 名；委员候选人一般要比应选名额多"
        return (
            f"{said}百分之 {share}，至少 {needed} 名（{rule.citation}）。请在“说明”里写明原因。",
        )
    return ()


def elections_of(organization: PartyOrganization) -> list[Counted]:
    """Return a body's election records, the newest first, each counted; constant queries."""
    elections = list(
        Election.objects.filter(organization=organization)
        .select_related("organization")
        .prefetch_related("candidates")
        .order_by("-held_on", "-pk")
    )
    book = RuleBook("members.elections")
    return [
        _counted(one, list(one.candidates.all()), book.on(one.held_on, place=organization.path))
        for one in elections
    ]


def electors_on(organization: PartyOrganization, day: dt.date) -> int:
    """Return how many full members with a vote the subtree of an organisation has on a day."""
    voters = Membership.objects.filter(
        covering(day),
        voter_on(day, "member__"),
        on_roll(day, "member__"),
        kind=Membership.Kind.FORMAL,
        organization__path__gte=organization.path,
        organization__path__lt=paths.next_path(organization.path),
    )
    return voters.count()


def roll_remark(election: Election, left_out: int) -> str:
    """Say where the electors due differ from the roll of that day, "" where they agree."""
    on_roll_then = electors_on(election.organization, election.held_on)
    if on_roll_then - left_out == election.due_electors:
        return ""
    said = f"花名册上当天有选举权的 {on_roll_then} 人"
    minus = f"，减去不计入的 {left_out} 人是 {on_roll_then - left_out} 人" if left_out else ""
    return f"{said}{minus}，与填写的应到 {election.due_electors} 人不同，请核对。"
