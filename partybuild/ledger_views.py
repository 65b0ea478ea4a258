"""The pages of a ledger: on the screen, narrowed, on paper, as text to copy, as a file."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from partybuild import jobs, ledgerfiles
from partybuild.ledgers import Column, Ledger, heading_rows, ledgers
from partybuild.models import LedgerFile
from partybuild.narrowing import (
    BY_KIND,
    HIDE,
    Selection,
    SelectionProblem,
    address_of,
    asked_selection,
    filters_of,
    records,
    shown_columns,
)
from partybuild.packages import ask_for_all
from partybuild.paging import page_of, pager_urls
from partybuild.periods import Period, PeriodProblem
from partybuild.places import name_as_of
from partybuild.savedqueries import saved_queries
from partybuild.scoping import scoped_to, within_as_of
from partybuild.submissions import KEY_MAX_LENGTH, new_key, once
from partybuild.textfiles import tab_separated

PREVIEW_ROWS = 50
# A page that holds the whole ledger, for paper or for the clipboard, and how far totals are added up.
WHOLE = 2000
OWN_FILES, ARCHIVE_FILES = 100, 200
CONTENT_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
    ".zip": "application/zip",
}
CHOSEN, SHOWN = "columns", "show"
# What the address of a ledger's page says beside its selection.
FIXED = (
    *("organization", "period", "cursor", "form", "submission_key"),
    *("name", "shared", "keep_period"),
)
FIELD_LABELS = {"is": "为", "not": "不是", "has": "含有", "from": "从", "to": "到"}


class LedgerListView(TemplateView):
    """All ledgers the user may read, and the files made of them."""

    permission_required = "partybuild.view_ledgerfile"
    template_name = "partybuild/ledgers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        files = ledgerfiles.files_for(user).select_related("job").order_by("-asked_at", "-pk")
        places = list(ledgerfiles.places_in_scope())
        period, problem = asked_period(self.request)
        return super().get_context_data(
            ledgers=[ledger for ledger in ledgers if user.has_perm(ledger.permission)],
            own_files=files.filter(owner=user)[:OWN_FILES],
            archive=files.filter(owner=None)[:ARCHIVE_FILES],
            places=places,
            place=asked_place(self.request, places) if places else None,
            period=period,
            period_problem=problem,
            may_export=user.has_perm("partybuild.add_ledgerfile"),
            submission_key=new_key(),
            **kwargs,
        )


@dataclass(frozen=True)
class Asked:
    """Which part of a ledger is asked for: by whom it was kept, for when, which rows and columns."""

    ledger: Ledger
    period: Period
    period_problem: str
    places: list[Any]
    place: Any
    selection: Selection

    @property
    def columns(self) -> tuple[Column, ...]:
        return shown_columns(self.ledger, self.selection)

    @property
    def day(self) -> dt.date:
        return self.ledger.day(self.period)

    def address(self, selection: Selection | None = None) -> str:
        """Return the query that asks for the same, or for the same place and time otherwise."""
        others = [("organization", self.place.public_id), ("period", self.period.code)]
        return address_of(self.selection if selection is None else selection, others)

    def chips(self) -> list[tuple[str, str]]:
        """Return each condition in words, and the query without it."""
        return [
            (str(one), self.address(self.selection.without(one)))
            for one in self.selection.conditions
        ]


class LedgerPage(TemplateView):
    """What the pages of one ledger have in common: the reader, the scope, what is asked for."""

    permission_required = "partybuild.view_ledgerfile"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.ledger = readable_ledger(request, kwargs["code"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page; an address that was put together by a form is written out first."""
        clean = _clean_query(request, self.ledger)
        if clean is not None:
            return redirect(f"{request.path}?{clean}")
        user: Any = request.user
        try:
            with scoped_to(user.scope_for(self.ledger.permission)):
                asked = self.asked()
                with within_as_of(asked.place.path, asked.day):
                    rows = records(self.ledger, asked.period, asked.selection)
                    return self.answer(asked, rows)
        except SelectionProblem:
            filters = reverse("partybuild:ledger_filter", args=[self.ledger.code])
            return redirect(f"{filters}?{request.GET.urlencode()}")

    def asked(self) -> Asked:
        """Return what the address asks for; raise SelectionProblem where it cannot be understood."""
        period, problem = asked_period(self.request)
        places = list(ledgerfiles.places_in_scope())
        place = asked_place(self.request, places)
        selection = asked_selection(self.ledger, asked_pairs(self.request))
        return Asked(self.ledger, period, problem, places, place, selection)

    def answer(self, asked: Asked, rows: QuerySet) -> HttpResponse:
        """Return the page about the records that are asked for, inside their scope."""
        raise NotImplementedError


class LedgerView(LedgerPage):
    """One ledger on the screen: the same columns as its Excel file."""

    template_name = "partybuild/ledger.html"

    def answer(self, asked: Asked, rows: QuerySet) -> HttpResponse:
        ledger, columns, user = self.ledger, asked.columns, self.request.user
        page = page_of(
            rows,
            order=ledger.order,
            cursor=self.request.GET.get("cursor", ""),
            size=PREVIEW_ROWS,
            values=ledger.lookups(columns),
        )
        totals = _totals(ledger, columns, rows, page.count)
        context = self.get_context_data(
            asked=asked,
            ledger=ledger,
            columns=columns,
            head=heading_rows(columns),
            rows=ledger.cells(page.rows, columns),
            totals=totals,
            totals_left_out=not totals and any(column.total for column in columns) and page.count,
            page=page,
            pager=pager_urls(self.request, page),
            submission_key=new_key(),
            may_export=user.has_perm("partybuild.add_ledgerfile"),
            queries=list(saved_queries(user, ledger)),
        )
        return self.render_to_response(context)


class LedgerPrintView(LedgerPage):
    """The whole ledger on paper: A3 landscape, headings on every page, signatures at the end."""

    template_name = "partybuild/ledger_print.html"

    def answer(self, asked: Asked, rows: QuerySet) -> HttpResponse:
        ledger, columns = self.ledger, asked.columns
        count = rows.order_by().count()
        found = ledger.written(rows, columns) if count <= WHOLE else ()
        context = self.get_context_data(
            asked=asked,
            ledger=ledger,
            unit=name_as_of(asked.place, asked.day),
            columns=columns,
            head=heading_rows(columns),
            rows=[("", row) for row in found],
            totals=_totals(ledger, columns, rows, count),
            count=count,
            too_many=count > WHOLE,
            most=WHOLE,
            signatures=ledgerfiles.SIGNATURES,
        )
        return self.render_to_response(context)


class LedgerTextView(LedgerPage):
    """The whole ledger as text, which a spreadsheet takes from the clipboard cell by cell."""

    permission_required = "partybuild.add_ledgerfile"

    def answer(self, asked: Asked, rows: QuerySet) -> HttpResponse:
        count = rows.order_by().count()
        kind = "text/plain; charset=utf-8"
        if count > WHOLE:
            problem = f"这本台账有 {count} 行，一次最多复制 {WHOLE} 行。请先筛选，或者导出 Excel。"
            return HttpResponse(problem, status=422, content_type=kind)
        text = tab_separated(asked.columns, self.ledger.written(rows, asked.columns))
        ledgerfiles.note_copied(
            actor=self.request.user,
            ledger=self.ledger,
            place=asked.place,
            period=asked.period,
            selection=asked.selection,
            rows=count,
        )
        return HttpResponse(text, content_type=kind)


@dataclass(frozen=True)
class FilterField:
    """One field of a condition: its name in the address, its word, what stands in it."""

    name: str
    label: str
    value: str
    problem: str


@dataclass(frozen=True)
class FilterLine:
    """One column of a ledger on the page of its filters."""

    key: str
    title: str
    is_shown: bool
    kind: str
    choices: tuple[str, ...]
    fields: tuple[FilterField, ...]


class LedgerFilterView(TemplateView):
    """Which rows and columns of a ledger are wanted: one line for each column."""

    permission_required = "partybuild.view_ledgerfile"
    template_name = "partybuild/ledger_filter.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ledger = readable_ledger(self.request, kwargs["code"])
        user: Any = self.request.user
        period, _ = asked_period(self.request)
        with scoped_to(user.scope_for(ledger.permission)):
            place = asked_place(self.request, list(ledgerfiles.places_in_scope()))
            with within_as_of(place.path, ledger.day(period)):
                known = {key: kind for key, _, kind in filters_of(ledger, ledger.rows(period))}
                problems = _problems(self.request, ledger, period)
        hidden = set(self.request.GET.getlist(HIDE))
        lines = [
            FilterLine(
                key=key,
                title=ledger.labels[key],
                is_shown=key not in hidden,
                kind=known.get(key, ""),
                choices=tuple(dict.fromkeys(label for _, label in column.choices if label)),
                fields=tuple(
                    FilterField(
                        name=f"{operator}.{key}",
                        label=FIELD_LABELS[operator],
                        value=self.request.GET.get(f"{operator}.{key}", ""),
                        problem=problems.pop(f"{operator}.{key}", ""),
                    )
                    for operator in BY_KIND[known.get(key, "")]
                ),
            )
            for key, column in ledger.by_key.items()
        ]
        kept = {"organization", "period", *ledger.conditions}
        return super().get_context_data(
            ledger=ledger,
            lines=lines,
            kept=[
                (name, value) for name, value in asked_pairs(self.request) if value and name in kept
            ],
            other_problems=list(problems.values()),
            **kwargs,
        )


class AskForLedgerView(View):
    """Have a ledger built in the background."""

    permission_required = "partybuild.add_ledgerfile"

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        ledger = readable_ledger(request, code)
        period, problem = asked_period(request)
        if problem:
            messages.error(request, problem)
            return redirect("partybuild:ledger", code=code)
        user: Any = request.user
        as_text = request.POST.get("form") == LedgerFile.Form.TEXT
        form = LedgerFile.Form.TEXT if as_text else LedgerFile.Form.EXCEL
        try:
            selection = asked_selection(ledger, asked_pairs(request))
        except SelectionProblem as refused:
            messages.error(request, str(refused))
            return redirect("partybuild:ledger", code=code)
        with scoped_to(user.scope_for(ledger.permission)):
            place = asked_place(request, list(ledgerfiles.places_in_scope()))

            def ask() -> str:
                ledger_file = ledgerfiles.ask_for_ledger(
                    actor=user,
                    ledger=ledger,
                    period=period,
                    place=place,
                    selection=selection,
                    form=form,
                )
                if ledger_file.job:
                    jobs.ring(ledger_file.job)
                return reverse("partybuild:ledger_file", args=[ledger_file.public_id])

            # One page may offer many ledgers with one key.
            key = f"{request.POST.get('submission_key') or new_key()}.{code}"
            answer = once(user=user, key=key[:KEY_MAX_LENGTH], act=ask)
        return redirect(answer)


class AskForAllView(View):
    """Have all ledgers of one organisation and period put into one archive."""

    permission_required = "partybuild.add_ledgerfile"

    def post(self, request: HttpRequest) -> HttpResponse:
        period, problem = asked_period(request)
        if problem:
            messages.error(request, problem)
            return redirect("partybuild:ledgers")
        place = asked_place(request, list(ledgerfiles.places_in_scope()))

        def ask() -> str:
            ledger_file = ask_for_all(actor=request.user, period=period, place=place)
            if ledger_file.job:
                jobs.ring(ledger_file.job)
            return reverse("partybuild:ledger_file", args=[ledger_file.public_id])

        key = f"{request.POST.get('submission_key') or new_key()}.all"
        return redirect(once(user=request.user, key=key[:KEY_MAX_LENGTH], act=ask))


class LedgerFileView(TemplateView):
    """One file: how far its building is, and the way to fetch it."""

    permission_required = "partybuild.view_ledgerfile"
    template_name = "partybuild/ledger_file.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ledger_file = find_file(self.request, kwargs["public_id"])
        return super().get_context_data(
            file=ledger_file,
            job=ledger_file.job,
            file_url=ledger_file.file_url,
            may_compare=ledger_file.stored_as.endswith(".xlsx") and ledger_file.code in ledgers,
            status_url=reverse("partybuild:job_status", args=[ledger_file.job.public_id])
            if ledger_file.job
            else "",
            **kwargs,
        )


class DownloadView(View):
    """The file itself, only for its owner or, from the archive, for readers of that ledger."""

    permission_required = "partybuild.view_ledgerfile"

    def get(self, request: HttpRequest, public_id: str) -> FileResponse:
        ledger_file = find_file(request, public_id)
        path = ledgerfiles.directory() / ledger_file.stored_as
        if not ledger_file.stored_as or not path.is_file():
            raise Http404
        ledgerfiles.note_download(actor=request.user, ledger_file=ledger_file)
        return FileResponse(
            path.open("rb"),
            as_attachment=True,
            filename=f"{ledger_file.title}{path.suffix}",
            content_type=CONTENT_TYPES[path.suffix],
        )


def readable_ledger(request: HttpRequest, code: str) -> Ledger:
    """Return a ledger the user may read; 404 when there is none, 403 when it is not theirs."""
    ledger = ledgers.get(code)
    if ledger is None:
        raise Http404
    if not request.user.has_perm(ledger.permission):
        raise PermissionDenied(ledger.permission)
    return ledger


def asked_period(request: HttpRequest) -> tuple[Period, str]:
    """Return the period of the address or the form, the running year else, and what was wrong."""
    text = request.POST.get("period") or request.GET.get("period") or ""
    running = Period.year(timezone.localdate().year)
    try:
        return (Period.parse(text) if text else running), ""
    except PeriodProblem as problem:
        return running, str(problem)


def asked_place(request: HttpRequest, places: list[Any]) -> Any:
    """Return the organisation of the address or the form, the first in scope else; 404 if none."""
    public_id = request.POST.get("organization") or request.GET.get("organization")
    for place in places:
        if not public_id or place.public_id == public_id:
            return place
    raise Http404


def find_file(request: HttpRequest, public_id: str) -> LedgerFile:
    """Return a file the user may fetch; 404 otherwise."""
    return get_object_or_404(
        ledgerfiles.files_for(request.user).select_related("job"), public_id=public_id
    )


def asked_pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """Return all that an address or a form says, repeated names included."""
    said = request.POST if request.method == "POST" else request.GET
    return [(name, str(value)) for name, values in said.lists() for value in values]


def _clean_query(request: HttpRequest, ledger: Ledger) -> str | None:
    """Return what the page of the filters asks for as a short address; None for other questions."""
    if CHOSEN not in request.GET:
        return None
    asked = asked_pairs(request)
    kept = [(name, value) for name, value in asked if value and name not in {CHOSEN, SHOWN}]
    shown = set(request.GET.getlist(SHOWN))
    return urlencode([*kept, *((HIDE, key) for key in ledger.by_key if key not in shown)])


def _problems(request: HttpRequest, ledger: Ledger, period: Period) -> dict[str, str]:
    """Return what cannot be understood, by the name of its parameter."""
    try:
        records(ledger, period, asked_selection(ledger, asked_pairs(request)))
    except SelectionProblem as problem:
        return problem.problems
    return {}


def _totals(
    ledger: Ledger, columns: Sequence[Column], rows: QuerySet, count: int
) -> list[Any] | None:
    """Return the cells of the row 合计; None where nothing is added up, or too much would be."""
    if not 0 < count <= WHOLE or not any(column.total for column in columns):
        return None
    sums = ledger.totals(rows, columns)
    return [sums.get(at, "") for at in range(len(columns))]
