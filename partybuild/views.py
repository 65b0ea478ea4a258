"""The kernel's own pages: health, drafts, ledgers, files, runs, search, audit, help."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import TemplateView, View

from partybuild import health, jobs
from partybuild.audit import verify
from partybuild.drafts import MAX_CHARACTERS, drop_draft, find_draft, save_draft
from partybuild.finders import finders
from partybuild.models import AuditEntry, Job
from partybuild.paging import page_of, pager_urls
from partybuild.permissions import SIGNED_IN, public, requires
from partybuild.scoping import scoped_to

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
            "file_url": ledger_file.file_url if ledger_file else "",
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
        groups: list[dict[str, Any]] = []
        for finder in finders if text else ():
            if user.has_perm(finder.permission):
                with scoped_to(user.scope_for(finder.permission)):
                    hits = list(finder.find(text))
                if hits:
                    groups.append({"title": finder.title, "hits": hits})
        asked = {needed for group in groups for hit in group["hits"] for *_, needed in hit.also}
        may = {permission for permission in asked if user.has_perm(permission)}
        return super().get_context_data(q=text, groups=groups, may=may, **kwargs)


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
