"""Visits that follow from activities: who is assigned to a branch and took part there was there."""

from collections.abc import Iterable, Sequence

from activities.queries.visits import taken_part
from partybuild.periods import Period
from partybuild.values import clean_name
from partybuild.visits import Pair, Visit, VisitSource


class VisitsByActivity(VisitSource):
    code = "activities.visits"

    def visits(self, pairs: Sequence[Pair], period: Period) -> Iterable[Visit]:
        found = taken_part(pairs, period)
        for pair in pairs:
            by_file = found.get((pair.organization, pair.person or 0), {})
            by_name = found.get((pair.organization, clean_name(pair.name)), {})
            for activity in (by_file | by_name).values():
                text, url = f"参加{activity.topic}", activity.get_absolute_url()
                yield Visit(pair.key, activity.held_on, text, url)
