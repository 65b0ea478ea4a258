"""The page that explains one number: its rule and source, its records, its arithmetic, what lifts it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views import View

from assessments.cards import Card, CardLine
from assessments.models import Scheme
from assessments.queries.evidence import MOST_SHOWN, ledger_behind, pieces_of
from assessments.queries.scorecards import card_url
from assessments.views.asking import asked_card, asked_period, ledger_url, measured
from partybuild.indicators import indicators


class LineView(View):
    """Why a line of a scorecard has the points it has."""

    permission_required = "assessments.view_scorecard"

    def get(
        self, request: HttpRequest, scheme: str, organization: str, number: int
    ) -> HttpResponse:
        found = get_object_or_404(Scheme, public_id=scheme)
        period = asked_period(request, found)
        card = asked_card(found, period, organization)
        line = _line(card, number, request.GET.get("side", ""))
        reader: Any = request.user
        is_measured = line.indicator in indicators
        url = ledger_url(line, card, period, reader) if is_measured else ""
        pieces = []
        if url:
            scope = reader.scope_for(ledger_behind(line.indicator).permission)
            pieces = pieces_of(line.indicator, card.subject, period, scope)
        return render(
            request,
            "assessments/line.html",
            {
                "scheme": found,
                "period": period,
                "card": card,
                "line": line,
                "measured": measured(line) if is_measured else "",
                "ledger_url": url,
                "pieces": pieces,
                "late": sum(piece.is_late for piece in pieces),
                "is_cut": len(pieces) == MOST_SHOWN,
                "card_url": card_url(found, card.subject, period),
            },
        )


def _line(card: Card, number: int, side: str) -> CardLine:
    for line in card.lines:
        if (line.number, line.side.code) == (number, side):
            return line
    raise Http404("The scorecard has no such line.")
