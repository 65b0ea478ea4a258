"""Writing the record of an election."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from branches.models import PartyOrganization, Term
from members.models import Election, ElectionCandidate, ElectionExclusion, Member
from members.queries.elections import Tally, election_rule, mistakes_in
from members.queries.records import ballots_of
from members.queries.terms import kinds_electing_nobody
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused
from partybuild.regulations import NoRegulation


class ElectionRefused(Refused):
    """An election cannot be written; it tells every mistake that was found."""

    def __init__(self, mistakes: Sequence[tuple[str, str]]) -> None:
        super().__init__("；".join(sentence for _, sentence in mistakes))
        self._mistakes = mistakes

    @property
    def mistakes(self) -> Sequence[tuple[str, str]]:
        return self._mistakes


@dataclass(frozen=True)
class Exclusion:
    """Somebody left out of the electors due, and why."""

    name: str
    reason: str
    member: Member | None = None


@transaction.atomic
def record_election(
    *,
    actor: Any,
    organization: PartyOrganization,
    term: Term | None,
    tallies: Sequence[Tally],
    exclusions: Sequence[Exclusion],
    people: dict[str, Member],
    **fields: Any,
) -> Election:
    """Record one vote with its candidates; ElectionRefused when its sums cannot be true.

    `people` are the files of the names that are clear, `fields` the plain columns.
    """
    election = Election(organization=organization, term=term, **fields)
    _check(election, tallies, exclusions)
    election.save()
    _write_rows(election, tallies, exclusions, people)
    audit.record(
        actor=actor,
        action="members.election.recorded",
        subject=election,
        place=organization.path,
        summary=f"{organization.label} {election}",
        after=facts_of(election),
    )
    return election


@transaction.atomic
def correct_election(
    *,
    actor: Any,
    election: Election,
    version: int,
    tallies: Sequence[Tally],
    exclusions: Sequence[Exclusion],
    people: dict[str, Member],
    **fields: Any,
) -> Election:
    """Correct the record of a vote; StaleVersion when it has changed since `version`."""
    before = facts_of(election)
    take(election, version)
    for name, value in fields.items():
        setattr(election, name, value)
    _check(election, tallies, exclusions)
    election.save()
    election.candidates.all().delete()
    election.exclusions.all().delete()
    _write_rows(election, tallies, exclusions, people)
    audit.record(
        actor=actor,
        action="members.election.corrected",
        subject=election,
        place=election.organization.path,
        summary=f"更正 {election.organization.label} {election}",
        before=before,
        after=facts_of(election),
    )
    return election


def _check(election: Election, tallies: Sequence[Tally], exclusions: Sequence[Exclusion]) -> None:
    mistakes = mistakes_in(ballots_of(election), tallies, election.seats)
    organization = election.organization
    if organization.kind in kinds_electing_nobody(election.held_on):
        mistakes.append(("held_on", f"{organization.get_kind_display()}不进行换届选举。"))
    if organization.founded_on and election.held_on < organization.founded_on:
        mistakes.append(("held_on", f"党组织 {organization.founded_on} 才成立。"))
    if organization.dissolved_on and election.held_on > organization.dissolved_on:
        mistakes.append(("held_on", f"党组织已于 {organization.dissolved_on} 撤销。"))
    for rows, title in ((tallies, "candidates"), (exclusions, "exclusions")):
        names = [row.name for row in rows]
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        mistakes += [(title, f"{name}写了两次。") for name in twice]
    if not tallies:
        mistakes.append(("candidates", "请至少写一名候选人。"))
    try:
        election_rule(election.held_on, organization.path)
    except NoRegulation:
        early = "2020年7月13日选举工作条例印发以前的选举不在这里登记。"
        mistakes.append(("held_on", early))
    if mistakes:
        raise ElectionRefused(mistakes)


def _write_rows(
    election: Election,
    tallies: Sequence[Tally],
    exclusions: Sequence[Exclusion],
    people: dict[str, Member],
) -> None:
    ElectionCandidate.objects.bulk_create(
        ElectionCandidate(
            election=election,
            name=tally.name,
            member=people.get(tally.name),
            is_written_in=tally.is_written_in,
            yes=tally.yes,
            no=tally.no,
            abstain=tally.abstain,
        )
        for tally in tallies
    )
    ElectionExclusion.objects.bulk_create(
        ElectionExclusion(election=election, name=one.name, member=one.member, reason=one.reason)
        for one in exclusions
    )


def facts_of(election: Election) -> dict[str, Any]:
    """Return what an election's record says, for the audit."""
    votes = election.candidates.all()
    return {
        "选举日期": election.held_on,
        "选举职务": election.get_seat_display(),
        "应选名额": election.seats,
        "应到": election.due_electors,
        "实到": election.present_electors,
        "发出": election.issued,
        "收回": election.received,
        "有效": election.valid,
        "无效": election.invalid,
        "得票": [f"{row.name} {row.yes}/{row.no}/{row.abstain}" for row in votes],
        "不计入应到": [
            f"{row.name} {row.get_reason_display()}" for row in election.exclusions.all()
        ],
    }
