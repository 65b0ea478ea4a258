"""When terms end: due dates, approvals that move them, and how a body stands on a day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import QuerySet

from branches.models import PartyOrganization, Term
from branches.queries.kinds import kinds_without
from branches.queries.terms import usual_years
from members.models import TermShift
from partybuild.cells import partial_date
from partybuild.periods import add_months, add_years
from partybuild.regulations import NoRegulation, Regulation, RuleBook


class State(models.TextChoices):
    """How a term stands on a day."""

    OVERDUE = "overdue", "超期"
    LAPSED = "lapsed", "批准期已过"
    SOON = "soon", "六个月内到期"
    SHIFTED = "shifted", "已批准延期"
    NORMAL = "normal", "正常"
    UNKNOWN = "unknown", "任期不详"
    NONE = "none", "不换届"


LATE = (State.OVERDUE, State.LAPSED)


@dataclass(frozen=True)
class Standing:
    """How an organisation's term stands on a day, and by which rule.

    `due_on` is the last day of the term by its years, `until` the last day with an approval;
    `remind_on` the day from which the superior reminds. `years` are those elected for, else the
    usual ones; `usual` is None where no rule was in force on the day of the election.
    """

    organization: PartyOrganization
    state: State
    term: Term | None = None
    shift: TermShift | None = None
    due_on: dt.date | None = None
    until: dt.date | None = None
    remind_on: dt.date | None = None
    years: int | None = None
    usual: int | None = None
    citation: str = ""

    @property
    def is_late(self) -> bool:
        return self.state in LATE

    @property
    def is_unusual(self) -> bool:
        """Tell whether the body was elected for other years than the rule gives its kind."""
        return bool(self.term and self.term.years and self.usual not in (None, self.term.years))

    @property
    def has_committee(self) -> bool:
        return bool(self.term and self.term.has_committee)

    @property
    def needs_notice(self) -> bool:
        """Tell whether the term, or what was approved for it, ends within the reminder's time."""
        return self.state is State.SOON or self.is_ending_late

    is_ending_late: bool = False


def kinds_electing_nobody(day: dt.date) -> tuple[str, ...]:
    """Return the kinds that have no elections of their own on a day."""
    return (PartyOrganization.Kind.GROUP, *kinds_without("election", on=day))


class TermRules:
    """The rules of terms, each read once for any number of organisations."""

    def __init__(self) -> None:
        self._years = RuleBook("branches.term_of_office")
        self._reminder = RuleBook("members.term_reminder")

    def years(self, term: Term, organization: PartyOrganization) -> tuple[int | None, str]:
        """Return the usual years by the rule in force when the body was elected, and the source.

        (None, "") before any rule: a body that was elected then keeps the term it was given.
        """
        if term.elected_on is None:
            return None, ""
        try:
            rule = self._years.on(term.elected_on, place=organization.path)
        except NoRegulation:
            return None, ""
        return usual_years(organization.kind, organization.name, rule), rule.citation

    def reminder_months(self, day: dt.date, organization: PartyOrganization) -> int:
        """Return how many months before its end a term is reminded of; 0 before any rule."""
        try:
            return int(self._reminder.on(day, place=organization.path).values["months"])
        except NoRegulation:
            return 0

    def standing(
        self,
        organization: PartyOrganization,
        term: Term | None,
        shifts: Sequence[TermShift],
        day: dt.date,
    ) -> Standing:
        """Return how an organisation stands; `shifts` are those of the term as of that day."""
        if organization.kind in kinds_electing_nobody(day):
            return Standing(organization, State.NONE, term)
        if term is None:
            return Standing(organization, State.UNKNOWN)
        usual, citation = self.years(term, organization)
        years = term.years or usual
        due = due_on(term, years)
        shift = shifts[-1] if shifts else None
        months = self.reminder_months(day, organization)
        until = shift.due_on if shift else due
        state = state_of(due, shift.due_on if shift else None, day, months=months)
        remind_on = add_months(until, -months) if until else None
        return Standing(
            organization,
            state,
            term=term,
            shift=shift,
            due_on=due,
            until=until,
            remind_on=remind_on,
            years=years,
            usual=usual,
            citation=citation,
            is_ending_late=state is State.SHIFTED and remind_on is not None and day >= remind_on,
        )


def due_on(term: Term, years: int | None) -> dt.date | None:
    """Return the last day of a term, None where it cannot be known.

    An election known to the month or year counts from the last day it may have been.
    """
    elected = partial_date(term.elected_on, term.elected_precision)
    return add_years(elected.last, years) if elected and years else None


def state_of(due: dt.date | None, shifted: dt.date | None, day: dt.date, *, months: int) -> State:
    """Return the state of a term on a day (ORG-TERM-SHIFT, ORG-TERM-REMIND).

    `due` is its last day by its years, `shifted` the last day that the superior approved, if any.
    The last day itself is still within the term.
    """
    if due is None:
        return State.UNKNOWN
    if shifted is None:
        return State.OVERDUE if day > due else _running(due, day, months)
    if day > shifted:
        return State.LAPSED
    return State.SHIFTED if shifted > due else _running(shifted, day, months)


def _running(until: dt.date, day: dt.date, months: int) -> State:
    return State.SOON if day >= add_months(until, -months) else State.NORMAL


def shift_limits(due: dt.date, rule: Regulation) -> tuple[dt.date, dt.date]:
    """Return the first and the last day to which an approval may move the end of a term."""
    years = int(rule.values["years"])
    return add_years(due, -years), add_years(due, years)


def in_office(terms: Iterable[Term], day: dt.date) -> Term | None:
    """Return the term in office on a day; one elected on an unknown day is older than any other."""
    begun = [term for term in terms if term.elected_on is None or term.elected_on <= day]
    return max(begun, key=_age, default=None)


def _age(term: Term) -> tuple[dt.date, int]:
    return term.elected_on or dt.date.min, term.pk


def standings(organizations: QuerySet[PartyOrganization], day: dt.date) -> list[Standing]:
    """Return how organisations stand on a day, in the order of the tree, in constant queries."""
    rules = TermRules()
    terms: dict[int, list[Term]] = defaultdict(list)
    for term in Term.objects.filter(organization__in=organizations.order_by()):
        terms[term.organization_id].append(term)
    shifts = _shifts(TermShift.objects.filter(term__organization__in=organizations.order_by()), day)
    found = []
    for organization in organizations.order_by("path"):
        term = in_office(terms[organization.pk], day)
        found.append(rules.standing(organization, term, shifts[term.pk] if term else [], day))
    return found


def standing_of(organization: PartyOrganization, day: dt.date) -> Standing:
    """Return how one organisation stands on a day."""
    term = in_office(organization.terms.all(), day)
    shifts = _shifts(TermShift.objects.filter(term=term), day) if term else {}
    return TermRules().standing(organization, term, shifts[term.pk] if term else [], day)


def _shifts(approved: QuerySet[TermShift], day: dt.date) -> defaultdict[int, list[TermShift]]:
    """Return the approvals given by a day: pk of the term -> approvals, the latest last."""
    found: defaultdict[int, list[TermShift]] = defaultdict(list)
    for shift in approved.filter(approved_on__lte=day).order_by("approved_on", "pk"):
        found[shift.term_id].append(shift)
    return found
