"""The ledger of terms: when each body was elected, when it is due, how the next election went."""

import datetime as dt

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from branches.models import Term
from branches.queries.placements import placed
from branches.queries.terms import usual_years
from members.models import Election, Office, TermShift
from members.queries.terms import due_on, kinds_electing_nobody
from partybuild.ledgers import Column as LedgerColumn
from partybuild.ledgers import Date, Gathered, Integer, Ledger, Text
from partybuild.periods import Period, add_months
from partybuild.regulations import NoRegulation, regulation

FACTS = ("elected_on", "elected_precision", "years", "organization__kind", "place__name")
DAWN = dt.date(1, 1, 1)


def years_of(
    elected_on: dt.date | None, precision: str, years: int | None, kind: str, name: str
) -> int | None:
    """Return for how many years a body was elected: as written down, else the usual ones."""
    if years or elected_on is None:
        return years
    try:
        return usual_years(kind, name, regulation("branches.term_of_office", on=elected_on))
    except NoRegulation:
        return None


def due(
    elected_on: dt.date | None, precision: str, years: int | None, kind: str, name: str
) -> dt.date | None:
    """Return the last day of a term by its years."""
    term = Term(elected_on=elected_on, elected_precision=precision)
    return due_on(term, years_of(elected_on, precision, years, kind, name))


def remind(
    elected_on: dt.date | None, precision: str, years: int | None, kind: str, name: str
) -> dt.date | None:
    """Return from when the superior reminds of the end of a term."""
    last = due(elected_on, precision, years, kind, name)
    if last is None:
        return None
    try:
        return add_months(last, -regulation("members.term_reminder", on=last).values["months"])
    except NoRegulation:
        return None


def approval(document: str | None, shifted_to: dt.date | None) -> str:
    """Return the approval that moved the end of a term, as it stood at the end of the period."""
    return f"{document}（至 {shifted_to}）" if document else ""


def elected(terms: list[int | None]) -> dict[int | None, str]:
    """Return per term who was elected with it."""
    names: dict[int | None, list[str]] = {}
    rows = Office.objects.filter(
        term__in=[term for term in terms if term], started_by=Office.Start.ELECTED
    )
    for term, post, name in rows.order_by("pk").values_list("term", "post", "holder_name"):
        names.setdefault(term, []).append(f"{Office.Post(post).label}{name}")
    return {term: "、".join(words) for term, words in names.items()}


class TermLedger(Ledger):
    code = "members.terms"
    title = "换届台账"
    permission = "members.view_office"
    about = "期间内在任的每一届，一届一行；已经换届的，后面几列写下一届的选举。"
    periodic = True
    record = "organization__public_id"
    record_page = "members:body"
    order = ("place__path", "pk")
    columns = (
        Text("党组织", "place__name", width=28),
        Date("本届当选时间", "elected_on", "elected_precision"),
        LedgerColumn("任期", FACTS, kind="integer", render=years_of),
        LedgerColumn("应换届时间", FACTS, kind="date", render=due),
        LedgerColumn("提醒时间", FACTS, kind="date", render=remind),
        LedgerColumn(
            "延期或提前批文",
            ("shift_document", "shift_due_on"),
            render=approval,
            width=24,
            wrap=True,
        ),
        Date("实际换届时间", "next_elected_on", "next_precision"),
        Integer("应到", "due_electors"),
        Integer("实到", "present_electors"),
        Gathered("当选名单", ("next_pk",), gather=elected, width=40, wrap=True),
        Text("批复文号", "next_document", width=20),
    )

    def rows(self, period: Period) -> QuerySet[Term]:
        later = Term.objects.filter(
            organization=OuterRef("organization"),
            elected_on__lte=period.end,
            elected_on__gt=Coalesce(OuterRef("elected_on"), Value(DAWN)),
        ).order_by("elected_on", "pk")
        shift = TermShift.objects.filter(term=OuterRef("pk"), approved_on__lte=period.end).order_by(
            "-approved_on", "-pk"
        )
        vote = Election.objects.filter(
            term=OuterRef("next_pk"), is_by_election=False, ballot_number=1
        ).order_by("held_on", "pk")
        running = Term.objects.filter(
            Q(elected_on__isnull=True) | Q(elected_on__lte=period.end),
            Q(organization__dissolved_on__isnull=True)
            | Q(organization__dissolved_on__gt=period.start),
        ).exclude(organization__kind__in=kinds_electing_nobody(period.end))
        rows = running.annotate(
            next_pk=Subquery(later.values("pk")[:1]),
            next_elected_on=Subquery(later.values("elected_on")[:1]),
            next_precision=Coalesce(Subquery(later.values("elected_precision")[:1]), Value("day")),
            next_document=Subquery(later.values("document")[:1]),
        ).filter(Q(next_elected_on__isnull=True) | Q(next_elected_on__gte=period.start))
        rows = rows.annotate(
            shift_document=Subquery(shift.values("document")[:1]),
            shift_due_on=Subquery(shift.values("due_on")[:1]),
            due_electors=Subquery(vote.values("due_electors")[:1]),
            present_electors=Subquery(vote.values("present_electors")[:1]),
        )
        return placed(rows, "organization", self.day(period))
