"""The pages of an import: upload, preview, confirm, result, wrong rows back, undo."""

from io import BytesIO
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView, View

from partybuild import batches
from partybuild.imports import SHOWN_ROWS, ImportRefused, import_tables, tables_in_order
from partybuild.models import ImportBatch
from partybuild.scoping import scoped_to
from partybuild.submissions import new_key, once
from partybuild.workbooks import RemarkedSheet, write_remarked_copy

PERMISSION = "partybuild.add_importbatch"
LISTED_BATCHES = 50
MEBIBYTE = 1 << 20
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    """上传名册: which table, which file, judged as of which day."""

    table = forms.ChoiceField(label="导入什么", widget=forms.RadioSelect)
    file = forms.FileField(
        label="文件",
        help_text="Excel 或 CSV 文件。表头可以是一至三层，列的先后不限；合计、备注、签名行会自动略过。",
        error_messages={"required": "请选择要导入的文件", "empty": "这个文件是空的"},
    )
    as_of = forms.DateField(
        label="以哪天为准",
        help_text="用来判断日期是否已到、任期和预备期是否已满。一般不用改。",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tables = [table for table in tables_in_order() if user.has_perm(table.permission)]
        field: Any = self.fields["table"]
        field.choices = [(table.code, table.title) for table in self.tables]
        field.error_messages["required"] = "请选择导入什么"

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // MEBIBYTE
            raise forms.ValidationError(f"文件超过 {limit} MB，请拆成几个文件后再上传")
        return file


class ImportListView(FormView):
    """Upload a file, and see what was brought in before."""

    permission_required = PERMISSION
    template_name = "partybuild/imports.html"
    form_class = UploadForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        first = tables_in_order()[0].code
        return {"table": self.request.GET.get("table", first), "as_of": timezone.localdate()}

    def form_valid(self, form: UploadForm) -> HttpResponse:
        user: Any = self.request.user
        table = import_tables[form.cleaned_data["table"]]
        file = form.cleaned_data["file"]

        key = self.request.POST.get("submission_key") or new_key()
        try:
            with scoped_to(user.scope_for(table.permission)):
                batch, data = batches.preview(
                    actor=user,
                    table=table,
                    data=file.read(),
                    file_name=file.name,
                    as_of=form.cleaned_data["as_of"] or timezone.localdate(),
                )

                def act() -> str:
                    kept = batches.keep(batch, data)
                    return reverse("partybuild:import", args=[kept.public_id])

                return redirect(once(user=user, key=key, act=act))
        except ImportRefused as refused:
            form.add_error("file", str(refused))
            return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        done = ImportBatch.objects.exclude(state=ImportBatch.State.PREVIEWED)
        titles = {table.code: table.title for table in import_tables}
        recent = [
            (batch, titles.get(batch.table, batch.table))
            for batch in done.select_related("owner")[:LISTED_BATCHES]
        ]
        return super().get_context_data(batches=recent, submission_key=new_key(), **kwargs)


class BatchView(TemplateView):
    """One batch: what it would do, or what it did."""

    permission_required = PERMISSION
    template_name = "partybuild/import.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch = find_batch(self.request, kwargs["public_id"])
        outcome = batch.outcome
        return super().get_context_data(
            batch=batch,
            table=batches.table_of(batch),
            outcome=outcome,
            good=outcome["created"] + outcome["changed"] + outcome["unchanged"],
            writes=outcome["created"] + outcome["changed"],
            remark_parts=_remark_parts(outcome),
            shown=SHOWN_ROWS,
            **kwargs,
        )


class ConfirmView(View):
    """Bring a previewed file in."""

    permission_required = PERMISSION

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        batch = find_batch(request, public_id)
        user: Any = request.user
        try:
            with scoped_to(user.scope_for(batches.table_of(batch).permission)):
                done = batches.confirm(actor=user, batch=batch)
        except ImportRefused as refused:
            messages.error(request, str(refused))
        except batches.BatchOver:
            messages.info(request, "这个文件已经处理过，没有重复导入。")
        else:
            messages.success(
                request,
                f"已导入：新增 {done.outcome['created']} 条，更新 {done.outcome['changed']} 条。",
                extra_tags=f"undo:{reverse('partybuild:undo_import', args=[public_id])}",
            )
        return redirect("partybuild:import", public_id)


class UndoView(View):
    """Take a batch back."""

    permission_required = PERMISSION

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        batch = find_batch(request, public_id)
        user: Any = request.user
        try:
            with scoped_to(user.scope_for(batches.table_of(batch).permission)):
                report = batches.undo(actor=user, batch=batch)
        except batches.BatchOver:
            messages.info(request, "这次导入已经撤销过，没有重复操作。")
        else:
            if report.kept:
                messages.warning(
                    request,
                    f"已撤销，但有 {len(report.kept)} 条保留不动，是什么、为什么，见下面的清单。",
                )
            else:
                messages.success(request, "已撤销，数据恢复到导入之前。")
        return redirect("partybuild:import", public_id)


class DiscardView(View):
    """Forget a preview."""

    permission_required = PERMISSION

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        try:
            batches.discard(find_batch(request, public_id))
        except batches.BatchOver:
            messages.info(request, "这个文件已经导入，不能再放弃；需要时可以撤销这次导入。")
            return redirect("partybuild:import", public_id)
        messages.info(request, "已放弃，没有导入任何内容。")
        return redirect("partybuild:imports")


class ProblemRowsView(View):
    """The rejected rows as a workbook, each with what is to be put right."""

    permission_required = PERMISSION

    def get(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        batch = find_batch(request, public_id)
        try:
            sheets = batches.problem_rows(batch)
        except ImportRefused as refused:
            messages.error(request, str(refused))
            return redirect("partybuild:import", public_id)
        batches.note_problem_rows(actor=request.user, batch=batch)
        book = BytesIO()
        write_remarked_copy(book, [RemarkedSheet(*sheet) for sheet in sheets])
        book.seek(0)
        stem = batch.file_name.rpartition(".")[0] or batch.file_name
        return FileResponse(
            book,
            as_attachment=True,
            filename=f"{stem}（需要处理的行）.xlsx",
            content_type=SPREADSHEET,
        )


def find_batch(request: HttpRequest, public_id: str) -> ImportBatch:
    """Return a batch in the open scope whose table the user may import; 404 or 403 else."""
    batch: ImportBatch = get_object_or_404(ImportBatch, public_id=public_id)
    user: Any = request.user
    if not user.has_perm(batches.table_of(batch).permission):
        raise PermissionDenied(batch.table)
    return batch


def _remark_parts(outcome: dict[str, Any]) -> list[dict[str, Any]]:
    titles = (
        ("rejected", "退回的行", "这些行没有导入。下载后按“处理意见”改好，可以直接再导入。"),
        ("warned", "需要核对的行", "这些行可以导入，但有地方可能写错。"),
        ("noted", "请留意", "这些行照常导入。"),
    )
    return [
        {
            "code": code,
            "title": title,
            "note": note,
            "remarks": outcome[code][:SHOWN_ROWS],
            "count": len(outcome[code]),
        }
        for code, title, note in titles
        if outcome[code]
    ]
