"""Reading what raters have left to do: whom of their cycles they have not rated."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, Model, OuterRef, Q

from assessments.models import Ballot, Rater
from assessments.queries.ballots import own_places, ratings_waiting
from assessments.queries.cycles import below_of
from assessments.queries.subjects import scored_in, secretaries_in
from branches.models import PartyOrganization, User
from members.models import Member
from partybuild.scoping import everything


@dataclass(frozen=True)
class OpenRating:
    """A cycle in which somebody is asked to rate, and how many subjects wait for his word."""

    rater: Rater
    left: int


def ratings_open(user: User) -> list[OpenRating]:
    """Return where a user has not rated everybody, what ends first in front.

    Whom he has to leave to others, because he belongs to the branch, does not wait for him.
    One query without an appointment, four at most, however many cycles and subjects there are.
    """
    raters = ratings_waiting(user)
    if not raters:
        return []
    own = own_places(user)
    left: dict[str, int] = {}
    for model, kind, by_member in (
        (PartyOrganization, "organization", False),
        (Member, "member", True),
    ):
        mine = [one for one in raters if one.cycle.scheme.scores_members == by_member]
        if mine:
            left |= _left(mine, model, kind, own)
    open_ones = [OpenRating(one, left[_name(one)]) for one in raters if left[_name(one)]]
    return sorted(open_ones, key=_urgency)


def _left(raters: Iterable[Rater], model: type[Model], kind: str, own: set[str]) -> dict[str, int]:
    """Count the subjects of each rater's cycle without a word of his, with one query."""
    place = "branch__path" if kind == "member" else "path"
    with everything(reason="a rater is told how many of those he rates wait for him"):
        waiting = {
            one: scored_in(one.cycle.scheme, one.cycle.span) & below_of(one.cycle) for one in raters
        }
        counts = {
            _name(one): Count(
                "pk",
                filter=condition & ~Q(**{f"{place}__in": own}) & ~Q(Exists(_given(one, kind))),
            )
            for one, condition in waiting.items()
        }
        rows = model._default_manager.filter(reduce(or_, waiting.values()))
        counted: dict[str, int] = rows.order_by().aggregate(**counts)
    return counted


def _given(rater: Rater, kind: str) -> Any:
    said = Ballot.objects.filter(~Q(votes={}) | Q(recusal__gt=""), rater=rater)
    if rater.cycle.scheme.scores_secretaries:
        # Of the one who leads the branch now; what was said of a former one is of another subject.
        held = secretaries_in(rater.cycle.span).order_by()
        said = said.filter(member__offices__in=held, member__offices__organization=OuterRef("pk"))
    elif kind == "organization":
        said = said.filter(member=None)
    return said.filter(**{kind: OuterRef("pk")})


def _name(rater: Rater) -> str:
    return f"rater_{rater.pk}"


def _urgency(one: OpenRating) -> tuple[dt.date, int]:
    return one.rater.cycle.review_until or dt.date.max, one.rater.pk
