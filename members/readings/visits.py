"""Visits that were written down by hand: one source of visits among others."""

from collections.abc import Iterable, Sequence

from members.queries.liaison import visits_by_hand
from partybuild.periods import Period
from partybuild.visits import Pair, Visit, VisitSource


class VisitsByHand(VisitSource):
    code = "members.visits_by_hand"

    def visits(self, pairs: Sequence[Pair], period: Period) -> Iterable[Visit]:
        rows = visits_by_hand(pairs, period).values_list("liaison", "visited_on", "outcome")
        for liaison, visited_on, outcome in rows:
            yield Visit(liaison, visited_on, outcome)
