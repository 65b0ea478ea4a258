"""Reading reminders: what may be reminded of, when it arrives, what became of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from activities.models import Reminder
from activities.queries.obligations import Obligation, State, obligations
from branches.models import PartyOrganization
from branches.queries.organizations import branches_in_scope
from partybuild.periods import Period, PeriodProblem
from partybuild.regulations import regulation

RULE = "activities.reminders"
# A reminder that nobody has answered is shown for so long.
SHOWN_FOR = dt.timedelta(days=366)
ASK = "开过的请补录；没有开的，说明原因就行。"
# Branch, form, period: what one reminder is about.
Lack = tuple[int, str, str]


def pick_of(owed: Obligation) -> str:
    """Return how a page names one thing that is owed: branch, form and period."""
    return f"{owed.organization.public_id}.{owed.kind}.{owed.period.code}"


def lacking_among(picks: Iterable[str], *, today: dt.date) -> list[Obligation]:
    """Return what is missing of the things that a page names, in the order of the tree."""
    wanted: dict[int, set[tuple[str, ...]]] = defaultdict(set)
    for pick in picks:
        place, _, rest = pick.partition(".")
        kind, _, code = rest.partition(".")
        try:
            year = Period.parse(code).start.year
        except PeriodProblem:
            continue
        wanted[year].add((place, kind, code))
    found = []
    for year, named in sorted(wanted.items()):
        places = branches_in_scope().filter(public_id__in={place for place, _, _ in named})
        found += [
            owed
            for owed in obligations(places, Period.year(year), as_of=today)
            if can_be_reminded(owed)
            and (owed.organization.public_id, owed.kind, owed.period.code) in named
        ]
    return sorted(found, key=lambda owed: owed.organization.path)


def can_be_reminded(owed: Obligation) -> bool:
    """Tell whether a branch may be reminded of something: it is missing, and the branch still lives."""
    return owed.state is State.MISSING and owed.organization.dissolved_on is None


def by_branch(lacks: Iterable[Obligation]) -> dict[PartyOrganization, list[Obligation]]:
    """Return what is missing, branch by branch."""
    found: dict[PartyOrganization, list[Obligation]] = defaultdict(list)
    for owed in lacks:
        found[owed.organization].append(owed)
    return dict(found)


def words_of(lacks: Sequence[Obligation]) -> str:
    """Return what the branch reads: which forms of which periods, and what to do; no person."""
    named = "、".join(f"{short_title(owed.period)}{owed.label}" for owed in lacks)
    return f"{named}还没有记录。{ASK}"


def short_title(period: Period) -> str:
    """Return a period in words, without the year while it runs."""
    this_year = period.start.year == timezone.localdate().year
    return (this_year and period.title.partition("年")[2]) or period.title


def delivery_of(now: dt.datetime) -> dt.datetime:
    """Return when a reminder sent now arrives: at once by day, else at the next morning's hour."""
    here = timezone.localtime(now)
    hours = regulation(RULE, on=here.date()).values["hours"]
    if hours["first"] <= here.hour < hours["last"]:
        return now
    day = here.date() if here.hour < hours["first"] else here.date() + dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hours["first"])))


def reminded_today(places: Iterable[PartyOrganization], now: dt.datetime) -> dict[int, Reminder]:
    """Return the reminder because of which each of these branches cannot be reminded again now."""
    today = timezone.localdate(now)
    midnight = timezone.make_aware(dt.datetime.combine(today, dt.time.min))
    same_day = Q(sent_at__gte=midnight) | Q(deliver_on=timezone.localdate(delivery_of(now)))
    found = Reminder.objects.filter(same_day, organization__in=list(places))
    return {one.organization_id: one for one in found.order_by("pk")}


@dataclass(frozen=True)
class Outstanding:
    """What superiors reminded somebody's branches of and is still missing: one digest."""

    reminders: list[Reminder]
    lacks: list[Obligation]

    @property
    def newest(self) -> Reminder:
        return max(self.reminders, key=lambda one: one.deliver_at)


def outstanding_for(places: Sequence[PartyOrganization], now: dt.datetime) -> Outstanding | None:
    """Return the digest for the home of whoever looks after these branches, None for nothing."""
    waiting = (
        Reminder.objects.filter(
            organization__in=[place.pk for place in places],
            seen_at=None,
            deliver_at__lte=now,
            deliver_at__gt=now - SHOWN_FOR,
        )
        .select_related("sent_by")
        .prefetch_related("items")
    )
    reminders = list(waiting)
    missing = still_missing(reminders, today=timezone.localdate(now))
    open_ones = [one for one in reminders if not lacks_of(one).isdisjoint(missing)]
    if not open_ones:
        return None
    about = set().union(*(lacks_of(one) for one in open_ones))
    return Outstanding(open_ones, [missing[lack] for lack in sorted(about & missing.keys())])


def lacks_of(reminder: Reminder) -> set[Lack]:
    """Return what a reminder is about."""
    return {(reminder.organization_id, item.kind, item.period) for item in reminder.items.all()}


def still_missing(reminders: Sequence[Reminder], *, today: dt.date) -> dict[Lack, Obligation]:
    """Return what of these reminders is neither recorded nor explained by now."""
    about = set().union(*(lacks_of(one) for one in reminders))
    found = {}
    for year in sorted({Period.parse(code).start.year for _, _, code in about}):
        places = PartyOrganization.objects.filter(pk__in={place for place, _, _ in about})
        for owed in obligations(places, Period.year(year), as_of=today):
            lack = (owed.organization.pk, owed.kind, owed.period.code)
            if owed.state is State.MISSING and lack in about:
                found[lack] = owed
    return found


def sent_reminders() -> QuerySet[Reminder]:
    """Return the reminders sent to branches in scope."""
    return Reminder.objects.select_related("organization", "sent_by", "seen_by").prefetch_related(
        "items"
    )


def fate_of(reminder: Reminder, missing: dict[Lack, Obligation], now: dt.datetime) -> str:
    """Return in words what became of a reminder."""
    if lacks_of(reminder).isdisjoint(missing):
        return "已办"
    if reminder.seen_at and reminder.seen_by:
        at = timezone.localtime(reminder.seen_at)
        return f"{reminder.seen_by.name} {at:%m-%d %H:%M} 已知道了"
    return "待送达" if reminder.deliver_at > now else "已送达"
