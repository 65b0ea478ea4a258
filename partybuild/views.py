"""The kernel's own pages: health, drafts, ledgers, files, runs, search, audit, help."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import TemplateView, View

from partybuild import health, jobs, ledgerfiles
from partybuild.audit import verify
from partybuild.drafts import MAX_CHARACTERS, drop_draft, find_draft, save_draft
from partybuild.finders import finders
from partybuild.ledgers import Ledger, heading_rows, ledgers
from partybuild.models import AuditEntry, Job, LedgerFile
from partybuild.paging import page_of, pager_urls
from partybuild.periods import Period, PeriodProblem
from partybuild.permissions import SIGNED_IN, public, requires
from partybuild.scoping import scoped_to, within_as_of
from partybuild.submissions import new_key, once

SIZES = ("standard", "large", "largest")
THEMES = ("auto", "light", "dark")
PREVIEW_ROWS = 50
OWN_FILES, ARCHIVE_FILES = 100, 200
CONTENT_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


@public
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """Say whether database, queue and worker are alive; 503 names what is not."""
    checks = health.checks()
    alive = all(state == health.ALIVE for state in checks.values())
    return JsonResponse({"ok": alive, **checks}, status=200 if alive else 503)


@public
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "partybuild/help.html")


@public
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "partybuild/accessibility.html")


@public
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keep text size and theme, for the account if there is one, else in a cookie."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = redirect(target)
    for name, allowed in (("text_size", SIZES), ("theme", THEMES)):
        if request.POST.get(name) in allowed:
            response.set_cookie(
                name,
                request.POST[name],
                max_age=31_536_000,
                samesite="Lax",
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
            )
    return response


@requires(SIGNED_IN)
@require_GET
def welcome(request: HttpRequest) -> HttpResponse:
    """Show what an account without daily business can do here."""
    return render(request, "partybuild/welcome.html")


class DraftView(View):
    """What was typed into one form: kept, given back, forgotten."""

    permission_required = SIGNED_IN

    def get(self, request: HttpRequest, form: str) -> JsonResponse:
        draft = find_draft(user=request.user, form=form)
        if draft is None:
            return JsonResponse({})
        return JsonResponse({"content": draft.content, "saved_at": draft.saved_at.isoformat()})

    def post(self, request: HttpRequest, form: str) -> JsonResponse:
        try:
            content = json.loads(request.body[: MAX_CHARACTERS * 4])["content"]
        except (ValueError, KeyError, TypeError):
            return JsonResponse({"problem": "草稿没有保存，请再试一次。"}, status=400)
        if not isinstance(content, dict) or len(form) > 120:  # noqa: PLR2004 -- the column's length
            return JsonResponse({"problem": "草稿没有保存，请再试一次。"}, status=400)
        draft = save_draft(user=request.user, form=form, content=content)
        return JsonResponse({"saved_at": draft.saved_at.isoformat()})

    def delete(self, request: HttpRequest, form: str) -> JsonResponse:
        drop_draft(user=request.user, form=form)
        return JsonResponse({})


class LedgerListView(TemplateView):
    """All ledgers the user may read, and the files made of them."""

    permission_required = "partybuild.view_ledgerfile"
    template_name = "partybuild/ledgers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        files = ledgerfiles.files_for(user).select_related("job").order_by("-asked_at", "-pk")
        return super().get_context_data(
            ledgers=[ledger for ledger in ledgers if user.has_perm(ledger.permission)],
            own_files=files.filter(owner=user)[:OWN_FILES],
            archive=files.filter(owner=None)[:ARCHIVE_FILES],
            **kwargs,
        )


class LedgerView(TemplateView):
    """One ledger on the screen: the same columns as its Excel file."""

    permission_required = "partybuild.view_ledgerfile"
    template_name = "partybuild/ledger.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.ledger = readable_ledger(request, kwargs["code"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ledger, user = self.ledger, self.request.user
        period, problem = asked_period(self.request)
        with scoped_to(user.scope_for(ledger.permission)):  # type: ignore[union-attr]
            places = list(ledgerfiles.places_in_scope())
            place = asked_place(self.request, places)
            conditions = {name: self.request.GET.get(name, "") for name in ledger.conditions}
            with within_as_of(place.path, ledger.day(period)):
                rows = ledger.selected(period, conditions)
                page = page_of(
                    rows,
                    order=ledger.order,
                    cursor=self.request.GET.get("cursor", ""),
                    size=PREVIEW_ROWS,
                    values=ledger.lookups(),
                )
                cells = ledger.cells(page.rows)
        return super().get_context_data(
            ledger=ledger,
            period=period,
            day=ledger.day(period),
            period_problem=problem,
            place=place,
            places=places,
            conditions={name: value for name, value in conditions.items() if value},
            head=heading_rows(ledger.columns),
            rows=[
                (public_id, list(zip(ledger.columns, row, strict=True))) for public_id, row in cells
            ],
            page=page,
            pager=pager_urls(self.request, page),
            submission_key=new_key(),
            may_export=user.has_perm("partybuild.add_ledgerfile"),
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
        with scoped_to(user.scope_for(ledger.permission)):
            place = asked_place(request, list(ledgerfiles.places_in_scope()))

            def ask() -> str:
                ledger_file = ledgerfiles.ask_for_ledger(
                    actor=user, ledger=ledger, period=period, place=place
                )
                if ledger_file.job:
                    jobs.ring(ledger_file.job)
                return reverse("partybuild:ledger_file", args=[ledger_file.public_id])

            answer = once(user=user, key=request.POST.get("submission_key") or new_key(), act=ask)
        return redirect(answer)


class LedgerFileView(TemplateView):
    """One file: how far its building is, and the way to fetch it."""

    permission_required = "partybuild.view_ledgerfile"
    template_name = "partybuild/ledger_file.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ledger_file = find_file(self.request, kwargs["public_id"])
        return super().get_context_data(
            file=ledger_file,
            job=ledger_file.job,
            file_url=download_url(ledger_file),
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


@requires(SIGNED_IN)
@require_GET
def job_status(request: HttpRequest, public_id: str) -> JsonResponse:
    """Say how far a job of one's own is, for the page that waits."""
    job = get_object_or_404(Job, public_id=public_id, owner=request.user)
    ledger_file = getattr(job, "ledger_file", None) if job.state == Job.State.DONE else None
    return JsonResponse(
        {
            "state": job.get_state_display(),
            "done": job.progress_done,
            "total": job.progress_total,
            "note": job.problem,
            "over": job.is_over,
            "file_url": download_url(ledger_file) if ledger_file else "",
        }
    )


class RunsView(TemplateView):
    """What ran in the background by itself, what failed and why."""

    permission_required = "partybuild.view_runs"
    template_name = "partybuild/runs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by_themselves = Job.objects.filter(owner=None)
        failed = by_themselves.filter(state=Job.State.FAILED)
        only_failed = self.request.GET.get("show") == "failed"
        page = page_of(
            failed if only_failed else by_themselves,
            order=("-pk",),
            cursor=self.request.GET.get("cursor", ""),
        )
        return super().get_context_data(
            page=page,
            only_failed=only_failed,
            failed=failed.count(),
            pager=pager_urls(self.request, page),
            checks=health.in_words(),
            may_run_again=self.request.user.has_perm("partybuild.run_again"),
            **kwargs,
        )


class RunAgainView(View):
    """Run an ended periodic job once more."""

    permission_required = "partybuild.run_again"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        job = get_object_or_404(Job, public_id=public_id, owner=None)
        jobs.order_again(actor=request.user, job=job)
        jobs.ring(job)
        messages.success(request, f"已重新排队：{job.title}。")
        return redirect("partybuild:runs")


class SearchView(TemplateView):
    """One box finds people, organisations, activities and ledgers."""

    permission_required = SIGNED_IN
    template_name = "partybuild/search.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        text = self.request.GET.get("q", "").replace("\0", "").strip()[:60]
        groups = []
        for finder in finders if text else ():
            if user.has_perm(finder.permission):
                with scoped_to(user.scope_for(finder.permission)):
                    hits = list(finder.find(text))
                if hits:
                    groups.append({"title": finder.title, "hits": hits})
        return super().get_context_data(q=text, groups=groups, **kwargs)


class AuditView(TemplateView):
    """The audit trail, for the audit administrator alone."""

    permission_required = "partybuild.view_auditentry"
    template_name = "partybuild/audit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(
            AuditEntry.objects.all(),
            order=("-sequence",),
            cursor=self.request.GET.get("cursor", ""),
        )
        checked = verify() if "verify" in self.request.GET else None
        return super().get_context_data(
            page=page, pager=pager_urls(self.request, page), checked=checked, **kwargs
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


def download_url(ledger_file: LedgerFile) -> str:
    """Return the address of a finished file, '' while it is being built."""
    if not ledger_file.stored_as:
        return ""
    return reverse("partybuild:download", args=[ledger_file.public_id])
