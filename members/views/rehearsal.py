"""Pages of the yearly comparison, and the form that completes what it misses."""

import io
from typing import Any

from django.core.exceptions import BadRequest
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from members.forms.rehearsal import ReasonForm, RehearsalForm
from members.models import Membership
from members.queries.files import formal_memberships
from members.queries.rehearsal import Rehearsal, rehearse
from members.services.reasons import explain_membership
from members.views.on_member import OnMember
from partybuild.saving import SavingView
from partybuild.workbooks import SheetColumn, SheetHead, write_workbook

TITLE = "年度党员数综合比较（年报演练）"


class RehearsalView(TemplateView):
    """Rows 1–15 for a subtree and a year; a row that is chosen lists its people."""

    permission_required = "members.view_member"
    template_name = "members/rehearsal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, found = read(self.request)
        wanted = self.request.GET.get("row", "")
        row = int(wanted) if wanted.isdecimal() else 0
        lines = found.lines if found else ()
        chosen = lines[row - 1] if 0 < row <= len(lines) else None
        return super().get_context_data(
            form=form, found=found, chosen=chosen, title=TITLE, **kwargs
        )


class RehearsalFileView(View):
    """The same as an Excel file."""

    permission_required = "members.view_member"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        _, found = read(request)
        if found is None:
            raise Http404
        out = io.BytesIO()
        write_workbook(
            out,
            sheet_name="党员数综合比较",
            head=SheetHead(
                title=f"{found.year} 年度党员数综合比较（演练）",
                left=f"填报单位：{found.organization.name}",
                right=f"截至 {found.day}",
                signature=("填报人：", "审核人："),
            ),
            columns=[
                SheetColumn("行次", "integer", width=6),
                SheetColumn("指标", "text", width=30),
                SheetColumn("人数", "integer", width=10),
                SheetColumn("需要核对的党员", "text", width=60, wrap=True),
            ],
            rows=[
                (
                    line.number,
                    line.title,
                    line.count,
                    "\n".join(f"{p.name}（{p.branch}）{p.why}" for p in line.people if p.why),
                )
                for line in found.lines
            ],
            numbered=False,
        )
        out.seek(0)
        return FileResponse(out, as_attachment=True, filename=f"{found.year}年党员数综合比较.xlsx")


def read(request: HttpRequest) -> tuple[RehearsalForm, Rehearsal | None]:
    """Read the form of a request and work out what it asks for; None when there is no place."""
    form = RehearsalForm()
    home: Any = request.user.home_organization  # type: ignore[union-attr]
    first = form.fields["organization"].queryset.first()  # type: ignore[attr-defined]
    initial = {
        "organization": (home or first).public_id if home or first else "",
        "year": str(timezone.localdate().year),
    }
    form = RehearsalForm({**initial, **{k: v for k, v in request.GET.items() if k in initial}})
    if not form.is_valid():
        return form, None
    return form, rehearse(form.cleaned_data["organization"], form.cleaned_data["year"])


class ReasonView(OnMember, SavingView):
    """Complete why one of somebody's memberships began or ended."""

    permission_required = "members.change_standing"
    template_name = "members/membership_reason.html"
    form_class = ReasonForm
    heading = "补写组织关系的来源和去向"
    done = "已保存，年度比较同时更新。"

    @cached_property
    def rows(self) -> list[Membership]:
        return list(formal_memberships(self.member))

    @cached_property
    def row(self) -> Membership | None:
        wanted = self.request.POST.get("membership") or self.request.GET.get("membership") or ""
        by_key = {str(row.pk): row for row in self.rows}
        return by_key.get(wanted) or (self.rows[0] if self.rows and not wanted else None)

    def get_initial(self) -> dict[str, Any]:
        names = ("started_by", "ended_by", "document") if self.row else ()
        return {name: getattr(self.row, name) for name in names}

    def get_lead(self) -> str:
        return f"{self.member.name} · {self.member.branch.name}。日期不在这里改。"

    def back_url(self) -> str:
        return reverse("members:rehearsal")

    def carried(self) -> dict[str, Any]:
        return {"membership": self.row.pk} if self.row else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=self.rows, row=self.row, **kwargs)

    def save(self, form: ReasonForm) -> str:
        if self.row is None:
            raise BadRequest("The post names no membership of this person.")
        explain_membership(actor=self.request.user, membership=self.row, **form.cleaned_data)
        return self.member.get_absolute_url()
