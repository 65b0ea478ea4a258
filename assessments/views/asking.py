"""What the pages of assessments ask for in their address, and the addresses they lead to."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from assessments.cards import Card, CardLine, Subject
from assessments.models import Scheme
from assessments.points import in_words
from assessments.queries.evidence import conditions_of, ledger_behind
from assessments.queries.scorecards import scorecards
from assessments.queries.subjects import as_subjects, subjects_seen
from partybuild.indicators import indicators
from partybuild.periods import Period, PeriodProblem


def asked_period(request: HttpRequest, scheme: Scheme) -> Period:
    """Return the period asked for, the running one when none is; 404 for what is no period."""
    text = request.GET.get("period", "")
    if not text:
        return scheme.period_on(timezone.localdate())
    try:
        period = Period.parse(text)
    except PeriodProblem as problem:
        raise Http404(str(problem)) from problem
    if period.kind != scheme.per:
        raise Http404("The scheme has another kind of period.")
    return period


def asked_card(scheme: Scheme, period: Period, subject: str) -> Card:
    one = subjects_seen(scheme, period).filter(public_id=subject)
    cards = scorecards(scheme, one, period, as_of=timezone.localdate())
    if not cards:
        raise Http404("No such subject in scope.")
    return cards[0]


def one_subject(scheme: Scheme, row: Any, period: Period) -> Subject:
    """Return a row of `subjects_of` as the subject it is; 404 when it has just ceased to be one."""
    found = as_subjects(scheme, [row], period)
    if not found:
        raise Http404("No such subject.")
    return found[0]


def measured(line: CardLine) -> str:
    """Return how much the records measure: 3 次, 12.5 学时."""
    return f"{in_words(Decimal(line.records))} {indicators[line.indicator].unit}"


def ledger_url(line: CardLine, card: Card, period: Period, reader: Any) -> str:
    """Return where the records behind a line are listed; '' for who may not read that ledger."""
    ledger = ledger_behind(line.indicator)
    scope = reader.scope_for(ledger.permission)
    if not (reader.has_perm(ledger.permission) and scope.covers(card.organization.path)):
        return ""
    place = {"organization": card.organization.public_id, "period": period.code}
    asked = place | conditions_of(line.indicator, card.subject)
    return f"{reverse('partybuild:ledger', args=[ledger.code])}?{urlencode(asked)}"


def line_url(scheme: Scheme, subject: Subject, line: CardLine, period: Period) -> str:
    """Return where one line of a scorecard is explained."""
    url = reverse("assessments:line", args=[scheme.public_id, subject.public_id, line.number])
    asked = {"period": period.code} | ({"side": line.side.code} if line.side.code else {})
    return f"{url}?{urlencode(asked)}"
