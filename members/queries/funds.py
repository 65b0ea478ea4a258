"""Reading funds: requests and who is to sign them, what came in, what was spent, what is left."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from branches.models import PartyOrganization
from members.models import FundIncome, FundRequest, FundSignature, FundSpending
from members.models.funds import Pot, Source
from members.queries.amounts import yuan

ZERO = Decimal("0.00")
# Who signs which level; the state of a request names the level it waits for.
SIGNING = {
    FundRequest.State.FIRST: "members.sign_funds_first",
    FundRequest.State.SECOND: "members.sign_funds_second",
    FundRequest.State.THIRD: "members.sign_funds_third",
}
NEXT = {
    FundRequest.State.FIRST: FundRequest.State.SECOND,
    FundRequest.State.SECOND: FundRequest.State.THIRD,
    FundRequest.State.THIRD: FundRequest.State.APPROVED,
}


def requests_in_scope(state: str = "") -> QuerySet[FundRequest]:
    """Return the requests in scope, the newest first, only those in a state if one is named."""
    found = FundRequest.objects.select_related("organization")
    return found.filter(state=state) if state else found


def waiting_at(state: str) -> QuerySet[FundRequest]:
    """Return the requests in scope that wait for one level, the oldest first."""
    return requests_in_scope(state).order_by("requested_on", "pk")


def levels_of(user: Any) -> list[str]:
    """Return the states whose requests a user may sign."""
    return [state for state, permission in SIGNING.items() if user.has_perm(permission)]


@dataclass(frozen=True)
class Balance:
    """One pot of one organisation: what came in, what was spent, what is left."""

    source: str
    pot: str
    income: Decimal
    spent: Decimal

    @property
    def left(self) -> Decimal:
        return self.income - self.spent

    @property
    def title(self) -> str:
        return f"{Source(self.source).label}·{Pot(self.pot).label}"


def balances_of(organization: PartyOrganization) -> list[Balance]:
    """Return every pot of an organisation in which money ever was: two queries."""
    came: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    went: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    incomes = FundIncome.objects.filter(organization=organization).order_by()
    for source, pot, total in incomes.values_list("source", "pot").annotate(total=Sum("amount")):
        came[source, pot] = yuan(total)
    spendings = FundSpending.objects.filter(request__organization=organization).order_by()
    for source, pot, total in spendings.values_list("request__source", "pot").annotate(
        total=Sum("amount")
    ):
        went[source, pot] = yuan(total)
    return [
        Balance(source, pot, came[source, pot], went[source, pot])
        for source in Source.values
        for pot in Pot.values
        if (source, pot) in came or (source, pot) in went
    ]


def left_of(organization: PartyOrganization, source: str, pot: str = "") -> Decimal:
    """Return what is left of one source, or of one pot of it."""
    return sum(
        (
            balance.left
            for balance in balances_of(organization)
            if balance.source == source and pot in {"", balance.pot}
        ),
        ZERO,
    )


def spent_on(request: FundRequest) -> Decimal:
    """Return what was spent on a request so far."""
    return yuan(request.spendings.aggregate(total=Sum("amount"))["total"])


def promised(organization: PartyOrganization, source: str) -> Decimal:
    """Return what was approved out of a source and is not spent yet."""
    approved = FundRequest.objects.filter(
        organization=organization, source=source, state=FundRequest.State.APPROVED
    )
    spent = FundSpending.objects.filter(request__in=approved).aggregate(total=Sum("amount"))
    whole = approved.aggregate(total=Sum("amount"))
    return yuan(whole["total"]) - yuan(spent["total"])


def signed_in_round(request: FundRequest) -> list[FundSignature]:
    """Return the signatures that count for the present round."""
    return list(request.signatures.filter(round=request.round))


def spendings_between(start: dt.date, end: dt.date) -> QuerySet[FundSpending]:
    """Return what was spent between two days, both included."""
    return FundSpending.objects.filter(spent_on__range=(start, end))
