"""Reading the records behind a line: when they happened, and when they were entered."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from assessments.cards import Subject
from partybuild.indicators import indicators
from partybuild.ledgers import Ledger, ledgers
from partybuild.periods import Period
from partybuild.scoping import Scope, scoped_to, within_as_of

MOST_SHOWN = 200


@dataclass(frozen=True)
class Piece:
    """One record: its day, what it is about, when it was entered, its page if one may open it."""

    day: dt.date
    about: str
    entered_at: dt.datetime
    url: str

    @property
    def days_after(self) -> int:
        """How many days after it happened it was entered; less than zero for before."""
        return (timezone.localdate(self.entered_at) - self.day).days

    @property
    def is_late(self) -> bool:
        """Tell whether it was entered after its month was over (补录)."""
        return timezone.localdate(self.entered_at) > Period.containing(self.day, "month").end

    @property
    def words(self) -> str:
        """How long after it was entered, in words."""
        if self.days_after <= 0:
            return "当天登记" if self.days_after == 0 else "提前登记"
        return f"{'补录，' if self.is_late else ''}{self.days_after} 天后登记"


def ledger_behind(indicator: str) -> Ledger:
    """Return the ledger that lists what an indicator counts."""
    return ledgers[indicators[indicator].evidence[0]]


def conditions_of(indicator: str, subject: Subject) -> dict[str, str]:
    """Return what narrows the ledger to what was counted for one subject of its place."""
    conditions = dict(indicators[indicator].evidence[1])
    if subject.person:
        return conditions | {"member": subject.person.public_id}
    if subject.organization.is_branch:
        return conditions
    # Below a unit lie others, whose records are theirs.
    return conditions | {"holder": subject.organization.public_id}


def pieces_of(indicator: str, subject: Subject, period: Period, scope: Scope) -> list[Piece]:
    """Return the records that an indicator counts for a subject, as far as `scope` may read them.

    Two queries at most. Nothing where the ledger does not know when its records were entered.
    """
    ledger = ledger_behind(indicator)
    if not ledger.arrival:
        return []
    place, day = subject.organization.path, ledger.day(period)
    with scoped_to(scope), within_as_of(place, day):
        rows = ledger.selected(period, conditions_of(indicator, subject)).order_by(*ledger.order)
        told = rows.values_list(*ledger.arrival, ledger.record)[:MOST_SHOWN]
        return [_piece(ledger, *row) for row in told]


def _piece(ledger: Ledger, day: dt.date, about: Any, entered_at: Any, record: str) -> Piece:
    url = reverse(ledger.record_page, args=[record]) if record else ""
    return Piece(day, str(about or ""), entered_at, url)
