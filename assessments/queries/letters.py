"""Reading responsibility letters: who signs, who still has to, what is done, what the scorecard says."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from assessments.cards import Card, CardLine, Subject
from assessments.models import Goal, ResponsibilityLetter, Scheme, SchemeItem
from assessments.models.letters import ONE_DAY
from assessments.points import shown
from assessments.queries.scorecards import card_url, scorecards
from assessments.queries.subjects import subjects_of
from branches.models import PartyOrganization
from branches.queries.history import living
from branches.queries.organizations import organizations_in_scope
from members.models import Office
from members.queries.offices import offices_on
from partybuild import paths
from partybuild.periods import Period
from partybuild.regulations import RuleBook
from partybuild.scoping import active_scope

State = Goal.State


def letters() -> QuerySet[Any]:
    """Return the letters in scope with `goals_all`, `goals_done`, `goals_confirmed`."""
    rows = ResponsibilityLetter.objects.select_related("organization", "issuer")
    return _counted(rows).order_by("-started_on", "-pk")


def _counted(rows: QuerySet[ResponsibilityLetter]) -> QuerySet[Any]:
    return rows.annotate(
        goals_all=Count("goals"),
        goals_done=Count("goals", filter=Q(goals__state=State.DONE)),
        goals_confirmed=Count("goals", filter=Q(goals__is_confirmed=True)),
    )


def letters_issued_here() -> QuerySet[ResponsibilityLetter]:
    """Return the letters in scope that a committee in scope has issued: those it may decide about."""
    rows = ResponsibilityLetter.objects.select_related("organization", "issuer", "secretary")
    return rows.filter(active_scope().as_q("issuer__path"))


def deleted_letters() -> QuerySet[ResponsibilityLetter]:
    """Return the letters in the trash that a committee in scope has issued, the last deleted first."""
    rows = ResponsibilityLetter.trashed.filter(active_scope().as_q("issuer__path"))
    return rows.select_related("organization", "issuer").order_by("-deleted_at")


def overlapping(start: dt.date, end: dt.date) -> Q:
    """Return the condition that a letter holds on some day from `start` to before `end`."""
    return Q(started_on__lt=end, ended_on__gt=start)


def letters_during(period: Period) -> QuerySet[Any]:
    """Return the letters in scope that hold at some time of a period, with their counts."""
    within = overlapping(period.start, period.end + ONE_DAY)
    return _counted(ResponsibilityLetter.objects.filter(within))


def letters_in(year: int | None, kind: str, state: str) -> QuerySet[Any]:
    """Return the letters of a list, narrowed by year, kind and whether they are signed."""
    rows = letters()
    if year:
        rows = rows.filter(overlapping(dt.date(year, 1, 1), dt.date(year + 1, 1, 1)))
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(signed_on__isnull=state == "unsigned")
    return rows


def kinds_in_scope() -> list[str]:
    """Return the kinds of the letters in scope, by name."""
    found = ResponsibilityLetter.objects.order_by("kind").values_list("kind", flat=True)
    return list(found.distinct())


def taken_among(
    places: Iterable[PartyOrganization], kind: str, start: dt.date, end: dt.date
) -> set[int]:
    """Return which organisations have a letter of this kind for some of these days."""
    found = ResponsibilityLetter.objects.filter(
        overlapping(start, end), organization__in=[one.pk for one in places], kind=kind
    )
    return set(found.values_list("organization", flat=True))


def organizations_below(issuers: Iterable[PartyOrganization]) -> QuerySet[PartyOrganization]:
    """Return the living organisations in scope below committees, in the order of the tree."""
    below = Q(pk__in=[])
    for one in issuers:
        below |= Q(path__gt=one.path, path__lt=paths.next_path(one.path))
    return organizations_in_scope().filter(below).order_by("path")


def running_where(where: Q, since: dt.date) -> QuerySet[ResponsibilityLetter]:
    """Return the letters at the places of a condition that hold on a day or later."""
    return ResponsibilityLetter.objects.filter(where, ended_on__gt=since)


# Who signs.


def secretaries_on(day: dt.date, places: Iterable[PartyOrganization]) -> dict[int, Office]:
    """Return the office of secretary of each organisation on a day, in one query."""
    held = offices_on(day).filter(
        organization__in=[one.pk for one in places], post=Office.Post.SECRETARY
    )
    return {office.organization_id: office for office in held.order_by("pk")}


@dataclass(frozen=True)
class Change:
    """That somebody else is secretary than the one a letter names: since when, and who if anybody."""

    on: dt.date | None
    office: Office | None

    @property
    def name(self) -> str:
        return self.office.holder_name if self.office else ""


def change_of(letter: ResponsibilityLetter, day: dt.date) -> Change | None:
    """Return how the secretary changed since a letter that still holds was issued, None if not."""
    if not letter.secretary_name or letter.ended_on <= day:
        return None
    office = secretaries_on(day, [letter.organization]).get(letter.organization_id)
    if office and is_named(letter, office):
        return None
    if office:
        return Change(office.started_on, office)
    ended = Office.objects.filter(
        organization=letter.organization, post=Office.Post.SECRETARY, ended_on__lte=day
    )
    return Change(ended.order_by("-ended_on").values_list("ended_on", flat=True).first(), None)


def is_named(letter: ResponsibilityLetter, office: Office) -> bool:
    """Tell whether a letter names the holder of an office."""
    if letter.secretary_id and office.member_id:
        return letter.secretary_id == office.member_id
    return letter.secretary_name == office.holder_name


def successor_of(letter: ResponsibilityLetter) -> ResponsibilityLetter | None:
    """Return the letter that goes on after this one, None without one."""
    return ResponsibilityLetter.objects.filter(succeeds=letter).first()


# What waits.


def _current(day: dt.date) -> QuerySet[ResponsibilityLetter]:
    rows = ResponsibilityLetter.objects.filter(living(day, "organization__"))
    return rows.select_related("organization")


@dataclass(frozen=True)
class Unsigned:
    """A letter that nobody has signed in time, and until when it should have been."""

    letter: ResponsibilityLetter
    due_on: dt.date
    cite: str


def unsigned_past_due(day: dt.date) -> list[Unsigned]:
    """Return the letters in scope that hold still and should have been signed, the oldest first."""
    book = RuleBook("assessments.responsibility")
    found = []
    waiting = _current(day).filter(signed_on=None, ended_on__gt=day)
    for letter in waiting.order_by("issued_on", "organization__path", "pk"):
        rule = book.on(day, place=letter.organization.path)
        due_on = letter.issued_on + dt.timedelta(days=rule.values["sign_within_days"])
        if due_on < day:
            found.append(Unsigned(letter, due_on, rule.citation))
    return found


def _goals(day: dt.date) -> QuerySet[Goal]:
    """Return the goals in scope of signed letters that no other letter goes on after."""
    followed = ResponsibilityLetter.objects.filter(succeeds__isnull=False).values("succeeds")
    rows = Goal.objects.filter(living(day, "letter__organization__"))
    rows = rows.filter(letter__signed_on__isnull=False).exclude(letter__in=followed)
    return rows.select_related("letter__organization")


def overdue_goals(day: dt.date) -> QuerySet[Goal]:
    """Return the goals in scope whose day has passed and that are not reported done, the oldest first."""
    late = _goals(day).filter(due_on__lt=day).exclude(state=State.DONE)
    return late.order_by("due_on", "letter__organization__path", "pk")


def goals_to_confirm(day: dt.date) -> QuerySet[Goal]:
    """Return the goals that are reported done to a committee in scope, the longest waiting first."""
    waiting = _goals(day).filter(active_scope().as_q("letter__issuer__path"))
    waiting = waiting.filter(state=State.DONE, is_confirmed=None)
    return waiting.order_by("reported_at", "pk")


# What the scorecard says.


def lines_offered() -> dict[str, SchemeItem]:
    """Return the lines of the running schemes of branches, by the words in which they are chosen."""
    found = SchemeItem.objects.filter(
        scheme__is_running=True, scheme__subject=Scheme.Subject.BRANCH, number__gt=0
    ).select_related("scheme")
    rows = found.order_by("scheme__title", "-scheme__edition", "number")
    offered: dict[str, SchemeItem] = {}
    for item in rows:
        offered.setdefault(line_words(item), item)
    return offered


def line_words(item: SchemeItem) -> str:
    """Return a line of a scheme as it is chosen and shown."""
    return f"{item.number}. {item.title}（{item.scheme.title}）"


@dataclass(frozen=True)
class Standing:
    """What the scorecard has for a line now, in words, and where it is explained."""

    words: str
    url: str


def standings_of(
    letter: ResponsibilityLetter, goals: Iterable[Goal], day: dt.date
) -> dict[int, Standing]:
    """Return what the scorecard has on a day for each goal that is linked to a line, by its key.

    Read with the edition that counts on that day, however old the link is; computed once a scheme.
    """
    linked = [goal for goal in goals if goal.item]
    found: dict[int, Standing] = {}
    for code in dict.fromkeys(goal.item.scheme.code for goal in linked if goal.item):
        scheme = _edition_on(code, day)
        card = _card(letter.organization, scheme, day) if scheme else None
        for goal in linked:
            if goal.item and goal.item.scheme.code == code:
                found[goal.pk] = _standing(card, scheme, goal.item.code, day)
    return found


def _edition_on(code: str, day: dt.date) -> Scheme | None:
    editions = list(Scheme.objects.filter(code=code).order_by("-edition"))
    return next((one for one in editions if one.counts_in(one.period_on(day))), None)


def _card(place: PartyOrganization, scheme: Scheme, day: dt.date) -> Card | None:
    period = scheme.period_on(day)
    subject = subjects_of(scheme, period).filter(pk=place.pk)
    return next(iter(scorecards(scheme, subject, period, as_of=day)), None)


def _standing(card: Card | None, scheme: Scheme | None, code: str, day: dt.date) -> Standing:
    if card is None or scheme is None:
        return Standing("现在没有这一项的评分", "")
    lines = [line for line in card.lines if line.line.code == code]
    if not lines:
        return Standing("现行的方案里没有这一项", "")
    period = scheme.period_on(day)
    url = card_url(scheme, Subject(card.organization), period)
    words = "；".join(_points(line) for line in lines)
    return Standing(f"{period.title}考核现在 {words}", f"{url}#line-{lines[0].number}")


def _points(line: CardLine) -> str:
    side = f"{line.side.name} " if line.side.name else ""
    if line.points is None:
        return f"{side}{line.state.label}"
    full = f"（满分 {shown(line.full_score)} 分）" if line.full_score else ""
    return f"{side}{shown(line.points)} 分{full}"
