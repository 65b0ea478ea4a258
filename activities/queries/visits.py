"""Who from outside took part in an organisation's occasions: present, listed as guest, or lecturing."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from activities.models import Activity, Attendance, Meeting
from partybuild.periods import Period
from partybuild.values import clean_name
from partybuild.visits import Pair

HERE = (Attendance.Status.PRESENT, Attendance.Status.GUEST)
BETWEEN = re.compile(r"[、,，;；/\n]+")
DUTY = re.compile(r"[（(].*$")

# Key of the organisation, and the key or the name of the person.
Part = tuple[int, int | str]


def taken_part(pairs: Sequence[Pair], period: Period) -> dict[Part, dict[int, Activity]]:
    """Return the activities in which somebody took part at a place, each once by its key.

    Three queries however many pairs there are.
    """
    found: dict[Part, dict[int, Activity]] = defaultdict(dict)
    for place, who, activity in _parts(pairs, period):
        found[place, who][activity.pk] = activity
    return found


def _parts(pairs: Sequence[Pair], period: Period) -> Iterator[tuple[int, int | str, Activity]]:
    held = Activity.objects.filter(
        organization__in={pair.organization for pair in pairs},
        held_on__range=(period.start, period.end),
    )
    people = {pair.person for pair in pairs if pair.person}
    there = Attendance.objects.filter(activity__in=held, member__in=people, status__in=HERE)
    for row in there.select_related("activity"):
        yield row.activity.organization_id, row.member_id, row.activity
    for activity in held.exclude(guests=""):
        for name in names_in(activity.guests):
            yield activity.organization_id, name, activity
    for meeting in (
        Meeting.objects.filter(activity__in=held).exclude(lecturer="").select_related("activity")
    ):
        for name in names_in(meeting.lecturer):
            yield meeting.activity.organization_id, name, meeting.activity


def names_in(text: str) -> list[str]:
    """Return the names of a list of people, without the duties in brackets behind them."""
    return [name for part in BETWEEN.split(text) if (name := clean_name(DUTY.sub("", part)))]
