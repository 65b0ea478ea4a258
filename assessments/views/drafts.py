"""Pages of schemes that are being written: how they begin, one as a whole, and how it ends."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from assessments.filetext import TranscriptProblem
from assessments.forms.drafts import BlankForm, CopyForm, FileForm, IssueForm, next_title
from assessments.models import Scheme, SchemeDraft
from assessments.queries.comparisons import used_before
from assessments.queries.drafts import (
    deleted_drafts,
    free_scheme_code,
    issued_elsewhere,
    open_drafts,
    periods_to_begin,
)
from assessments.queries.overview import overview_of
from assessments.queries.scorecards import newest_scheme
from assessments.schemefiles import as_file, document_in
from assessments.services.drafts import (
    blank_scheme,
    copy_scheme,
    delete_draft,
    draft_scheme,
    issue_draft,
    note_export,
    recode_draft,
    restore_draft,
)
from assessments.transcripts import told_of
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.refusals import Refused
from partybuild.saving import ButtonView, SavingView, VersionedView
from partybuild.tables import TableRefused
from partybuild.workbooks import TooMuchForExcel

CHANGE = "assessments.change_scheme"
SHOWN_TRASH, SHOWN_STEPS = 100, 20
TOO_LONG = "有一格的文字太长，Excel 装不下，请导出 YAML。"


class SchemeDraftsView(TemplateView):
    """The drafts in scope, and how to begin one."""

    permission_required = CHANGE
    template_name = "assessments/drafts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            drafts=list(open_drafts()),
            schemes=Scheme.objects.order_by("title", "-edition"),
            **kwargs,
        )


class BeginView(SavingView):
    """What the ways to begin a draft have in common."""

    permission_required = CHANGE
    button = "开始起草"
    done = "草稿已建好，只有机关党委的工作人员看得到；下发以前可以随便改。"

    def back_url(self) -> str:
        return reverse("assessments:drafts")


class BlankSchemeDraftView(BeginView):
    """Begin a scheme from nothing."""

    form_class = BlankForm
    heading = "从空白起草考核方案"
    draft_key = "scheme-blank"

    def save(self, form: BlankForm) -> str:
        said = form.cleaned_data
        draft = blank_scheme(
            actor=self.request.user,
            organization=form.place,
            title=said["title"],
            subject=said["subject"],
            period=said["period"],
        )
        return draft.get_absolute_url()


class CopySchemeDraftView(BeginView):
    """Begin a scheme like an edition that there is."""

    form_class = CopyForm

    @cached_property
    def scheme(self) -> Scheme:
        return get_object_or_404(Scheme, public_id=self.kwargs["scheme"])

    def get_heading(self) -> str:
        return "照这个方案起草"

    def get_lead(self) -> str:
        return f"{self.scheme.title}，第 {self.scheme.edition} 版"

    def get_initial(self) -> dict[str, Any]:
        return {"title": next_title(self.scheme)}

    def save(self, form: CopyForm) -> str:
        draft = copy_scheme(
            actor=self.request.user,
            organization=form.place,
            scheme=self.scheme,
            title=form.cleaned_data["title"],
        )
        return draft.get_absolute_url()


class FileSchemeDraftView(BeginView):
    """Begin a scheme from a file: our own document, a transcript, or a workbook."""

    form_class = FileForm
    heading = "从文件起草考核方案"
    hint = "文件先整个读过，有一处读不出来就什么也不存，并写明在哪里。"

    def save(self, form: FileForm) -> str:
        file = form.cleaned_data["file"]
        try:
            document = document_in(file.read(), file.name)
        except (TranscriptProblem, TableRefused) as problem:
            raise Refused(str(problem), "file") from None
        draft = draft_scheme(actor=self.request.user, organization=form.place, document=document)
        return draft.get_absolute_url()


class DraftMixin:
    """Finds the draft that an address names, as it is stored now."""

    permission_required = CHANGE
    kwargs: dict[str, Any]
    request: HttpRequest

    def record(self) -> SchemeDraft:
        return draft_or_404(self.kwargs["draft"])


class SchemeDraftView(DraftMixin, TemplateView):
    """One draft as a whole, with what the checker says beside what it speaks of."""

    template_name = "assessments/draft.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = self.record()
        shown = {
            "draft": draft,
            "plan": draft.plan,
            "overview": overview_of(draft.plan),
            "steps": steps_of(history_of(draft)[:SHOWN_STEPS]),
            "compare_url": self._compare_url(draft),
        }
        return super().get_context_data(**kwargs | shown)

    def _compare_url(self, draft: SchemeDraft) -> str:
        """Return where the draft is tried on the last period of the edition before it; '' without one."""
        user: Any = self.request.user
        used = used_before(draft) if user.has_perm("assessments.compare_scheme") else None
        if used is None:
            return ""
        last = used.period_on(timezone.localdate()).previous()
        asked = urlencode({"period": last.code, "with": draft.public_id})
        return f"{reverse('assessments:compare', args=[used.public_id])}?{asked}"


class IssueSchemeDraftView(DraftMixin, VersionedView):
    """Make a draft an edition that never changes again."""

    form_class = IssueForm
    template_name = "assessments/draft_issue.html"
    heading = "下发考核方案"
    button = "下发"
    done = "已下发。内容从现在起不能再改；要改请照它另起草一版。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"periods": periods_to_begin(self.record())}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = self.record()
        elsewhere = issued_elsewhere(draft)
        shown = {
            "draft": draft,
            "told": told_of(draft.plan),
            "other_code": free_scheme_code(draft.plan.code) if elsewhere else "",
            "has_former": not elsewhere and newest_scheme(draft.plan.code) is not None,
        }
        return super().get_context_data(**shown | kwargs)

    def edit(self, form: IssueForm, record: SchemeDraft, version: int) -> str:
        scheme = issue_draft(
            actor=self.request.user,
            draft=record,
            version=version,
            begins=form.cleaned_data["begins"],
        )
        messages.info(self.request, f"“{scheme}”现在是第 {scheme.edition} 版。")
        return reverse("assessments:schemes")


class RecodeSchemeDraftView(DraftMixin, ButtonView):
    """Give a draft a code of its own, so that it ends nobody else's edition."""

    done = "已换成本单位自己的方案，内容没有变，可以下发了。"

    def act(self, version: int) -> None:
        recode_draft(actor=self.request.user, draft=self.record(), version=version)

    def back_url(self) -> str:
        return reverse("assessments:issue_draft", args=[self.kwargs["draft"]])


class DeleteSchemeDraftView(DraftMixin, ButtonView):
    """Put a draft into the trash."""

    done = "草稿已移到回收站，可以恢复。"

    def act(self, version: int) -> None:
        delete_draft(actor=self.request.user, draft=self.record(), version=version)

    def back_url(self) -> str:
        return reverse("assessments:drafts")


class SchemeDraftTrashView(TemplateView):
    """The drafts in the trash."""

    permission_required = CHANGE
    template_name = "assessments/drafts_trash.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(drafts=list(deleted_drafts()[:SHOWN_TRASH]), **kwargs)


class RestoreSchemeDraftView(ButtonView):
    """Take a draft out of the trash."""

    permission_required = CHANGE
    done = "已恢复。"

    def act(self, version: int) -> None:
        draft = get_object_or_404(deleted_drafts(), public_id=self.kwargs["draft"])
        restore_draft(actor=self.request.user, draft=draft)

    def back_url(self) -> str:
        return reverse("assessments:drafts")


class SchemeDraftFileView(DraftMixin, View):
    """A draft as a file."""

    def get(self, request: HttpRequest, draft: str, form: str) -> HttpResponse:
        found = self.record()
        try:
            response = as_file(found.plan, form)
        except TooMuchForExcel:
            messages.error(request, TOO_LONG)
            return redirect(found.get_absolute_url())
        note_export(actor=request.user, subject=found, place=found.organization.path)
        return response


class SchemeFileView(View):
    """An edition as a file."""

    permission_required = CHANGE

    def get(self, request: HttpRequest, scheme: str, form: str) -> HttpResponse:
        found = get_object_or_404(Scheme, public_id=scheme)
        try:
            response = as_file(found.plan, form)
        except TooMuchForExcel:
            messages.error(request, TOO_LONG)
            return redirect("assessments:drafts")
        note_export(actor=request.user, subject=found)
        return response


def draft_or_404(public_id: str) -> SchemeDraft:
    """Return a draft in scope that is not issued yet."""
    return get_object_or_404(open_drafts(), public_id=public_id)
