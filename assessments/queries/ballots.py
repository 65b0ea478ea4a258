"""Reading ballots: what raters said, gathered so that nobody can be told apart."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from assessments.engine.document import Document, Line
from assessments.engine.rules.panels import Rated
from assessments.models import Ballot, Cycle, Rater, Scheme
from assessments.models.schemes import SubjectKey
from branches.models import PartyOrganization, User
from members.models import Member
from members.queries.offices import offices_on
from partybuild import paths
from partybuild.periods import Period
from partybuild.scoping import everything

Given = dict[tuple[str, str], dict[str, dict[str, str]]]
# Of a subject: its group and what one rater chose, by LINE/RULE.
Vote = tuple[SubjectKey, str, dict[str, str]]


@dataclass(frozen=True)
class RatedRule:
    """A rule that many people score, with its line."""

    line: Line
    rule: Rated

    @property
    def key(self) -> str:
        """Its name in the votes of a ballot."""
        return f"{self.line.code}/{self.rule.code}"

    @property
    def title(self) -> str:
        when = f"：{self.rule.when}" if self.rule.when else ""
        return f"{self.line.title}{when}"


def rated_lines(document: Document) -> tuple[RatedRule, ...]:
    """Return what raters are asked for, in the order of the scheme."""
    return tuple(
        RatedRule(line, rule)
        for line in document.lines
        for rule in line.rules
        if isinstance(rule, Rated) and not rule.indicator
    )


def groups_of(document: Document) -> list[str]:
    """Return the names of the groups that a scheme's raters belong to, in its order."""
    named = (group.name for one in rated_lines(document) for group in one.rule.groups)
    return list(dict.fromkeys(named))


def votes_of(scheme: Scheme, period: Period, subjects: QuerySet[Any]) -> list[Vote]:
    """Return the ballots of these subjects, without whose they are, with one query."""
    by_member = scheme.scores_members
    wanted = subjects.order_by().values("pk")
    with everything(reason="a branch's score counts ballots that only its committee may read"):
        rows = Ballot.objects.filter(
            rater__cycle__scheme=scheme, rater__cycle__period=period.code, recusal=""
        )
        rows = rows.filter(member__in=wanted) if by_member else rows.filter(organization__in=wanted)
        found = rows.order_by().values_list("organization_id", "member_id", "rater__group", "votes")
        return [
            (scheme.key_of(place, member), group, votes) for place, member, group, votes in found
        ]


def add_ballots(given: dict[SubjectKey, Given], document: Document, votes: Iterable[Vote]) -> None:
    """Put what raters said in the place of what was typed, on every side that is not the subject's own."""
    rated = rated_lines(document)
    by_subject: dict[SubjectKey, list[tuple[str, dict[str, str]]]] = {}
    for key, group, told in votes:
        by_subject.setdefault(key, []).append((group, told))
    for key, ballots in by_subject.items():
        for one in rated:
            forms = [(group, told[one.key]) for group, told in ballots if told.get(one.key)]
            for side in document.all_sides if forms else ():
                if document.is_scored(side, one.line) and not document.is_own(side, one.line):
                    lines = given.setdefault(key, {})
                    typed = lines.get((side.code, one.line.code), {})
                    gathered = {one.rule.code: one.rule.gathered(forms)}
                    lines[side.code, one.line.code] = {**typed, **gathered}


@dataclass(frozen=True)
class Spread:
    """How far the forms of one subject and rule lie apart; hints, no penalty."""

    rated: RatedRule
    forms: int
    lowest: Decimal
    highest: Decimal

    @property
    def range(self) -> Decimal:
        return self.highest - self.lowest


def spreads(rated: Iterable[RatedRule], ballots: Iterable[dict[str, str]]) -> Iterator[Spread]:
    """Yield how far the ballots of one subject lie apart, rule by rule."""
    told = list(ballots)
    for one in rated:
        values = [one.rule.value_of(votes[one.key]) for votes in told if votes.get(one.key)]
        known = [value for value in values if value is not None]
        if known:
            yield Spread(one, len(known), min(known), max(known))


def raters_of(cycle: Cycle) -> QuerySet[Rater]:
    """Return the raters of a cycle, group by group."""
    return Rater.objects.filter(cycle=cycle).select_related("user").order_by("group", "pk")


def accounts_of_the_agency(committee: PartyOrganization) -> QuerySet[User]:
    """Return who may be appointed: the accounts with business in the tree of a committee."""
    top = [*paths.ancestors(committee.path), committee.path][0]
    inside = Q(
        grants__organization__path__gte=top, grants__organization__path__lt=paths.next_path(top)
    )
    return User.objects.filter(inside, is_active=True).distinct()


def group_size(rater: Rater) -> int:
    """Return how many rate in a rater's group."""
    with everything(reason="a rater is told whether his group's mean is his own vote"):
        return Rater.objects.filter(cycle=rater.cycle, group=rater.group).count()


def rater_for(user: Any, public_id: str) -> Rater | None:
    """Return a user's place among the raters of a cycle, wherever the committee is; None without one."""
    with everything(reason="who was appointed rates subjects beyond his own scope"):
        found = Rater.objects.filter(user=user, cycle__public_id=public_id)
        return found.select_related("cycle__scheme", "cycle__organization").first()


def ratings_waiting(user: Any) -> list[Rater]:
    """Return where a user is asked to rate now."""
    with everything(reason="who was appointed rates subjects beyond his own scope"):
        found = Rater.objects.filter(user=user, cycle__stage=Cycle.Stage.REVIEW)
        return list(found.select_related("cycle__scheme", "cycle__organization"))


def own_places(user: User) -> set[str]:
    """Return the paths of what somebody leaves to other raters.

    Where he is a member, holds an office or a role, and the units in which that lies.
    """
    with everything(reason="whether a rater belongs to the branch he rates"):
        files = Member.objects.filter(user=user).order_by().values_list("branch__path")
        held = offices_on(timezone.localdate()).filter(member__user=user).order_by()
        own = {path for (path,) in files.union(held.values_list("organization__path"))}
    own |= {grant.organization.path for grant in user.current_grants if grant.organization}
    return own | {above for path in own for above in paths.ancestors(path)}
