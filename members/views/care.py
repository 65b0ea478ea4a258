"""Pages of care: the list, one record, visits."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from members.forms.care import CareFilterForm, CareVisitForm, CorrectCareForm, NewCareForm
from members.models import CareRecord, Member
from members.queries.care import care_list
from members.services.care import CareRefused, begin_care, correct_care, record_visit
from members.views.writing import WriteView
from partybuild.lists import Link
from partybuild.merging import StaleVersion
from partybuild.paging import page_of, pager_urls

MAX_DIGITS = 9
CHANGED = "别人刚刚改了这条记录，这次没有保存。下面是现在的内容，请再改一次。"


class CareListView(TemplateView):
    """Whom the branch looks after, with the last visit."""

    permission_required = "members.view_care"
    template_name = "members/care_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = CareFilterForm(self.request.GET or None)
        page = page_of(
            care_list(**form.conditions(), day=timezone.localdate()),
            order=("member__branch__path", "member__pinyin", "pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        return super().get_context_data(
            form=form,
            page=page,
            pager=pager_urls(self.request, page),
            rows=[
                (
                    Link(record.member.name, record.get_absolute_url()),
                    record.get_category_display(),
                    record.started_on,
                    record.helper.name if record.helper else None,
                    record.visited_last or "还没有",
                    record.member.branch.label,
                )
                for record in page.rows
            ],
            **kwargs,
        )


class CareRecordView(TemplateView):
    """One care record with its visits."""

    permission_required = "members.view_care"
    template_name = "members/care_record.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record = _record(kwargs["public_id"])
        return super().get_context_data(
            record=record,
            visits=record.visits.all(),
            may_change=self.request.user.has_perm("members.change_care"),
            **kwargs,
        )


class NewCareView(WriteView):
    """Put somebody on the care list."""

    permission_required = "members.change_care"
    form_class = NewCareForm
    refusals = (CareRefused,)
    heading = "列入关怀名单"

    @cached_property
    def member(self) -> Member:
        return get_object_or_404(
            Member.objects.select_related("branch"), public_id=self.kwargs["public_id"]
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_initial(self) -> dict[str, Any]:
        return {"started_on": timezone.localdate()}

    def lead(self) -> str:
        return f"{self.member.name}。健康和困难情况加密保存，只有书记和上级党委能看。"

    def back(self) -> str:
        return self.member.get_absolute_url()

    def act(self, form: NewCareForm) -> str:
        record = begin_care(actor=self.request.user, member=self.member, **form.cleaned_data)
        return record.get_absolute_url()


class CareWriteView(WriteView):
    """A form about one care record."""

    permission_required = "members.change_care"
    refusals = (CareRefused,)

    @cached_property
    def record(self) -> CareRecord:
        return _record(self.kwargs["public_id"])

    def lead(self) -> str:
        return f"{self.record.member.name}，{self.record.get_category_display()}"

    def back(self) -> str:
        return self.record.get_absolute_url()


class CorrectCareView(CareWriteView):
    """Correct a care record or end it."""

    form_class = CorrectCareForm
    heading = "更正关怀记录"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.record.member}

    def get_initial(self) -> dict[str, Any]:
        helper = self.record.helper
        names = ("health", "need", "helper_since", "ended_on")
        return {name: getattr(self.record, name) for name in names} | {
            "helper": helper.public_id if helper else ""
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        posted = self.request.POST.get("version")
        return super().get_context_data(**kwargs) | {"version": posted or self.record.version}

    def act(self, form: CorrectCareForm) -> str:
        version = self.request.POST.get("version", "")
        known = version.isdecimal() and len(version) < MAX_DIGITS
        correct_care(
            actor=self.request.user,
            record=self.record,
            version=int(version) if known else 0,
            **form.cleaned_data,
        )
        return self.back()

    def form_valid(self, form: CorrectCareForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except StaleVersion:
            messages.warning(self.request, CHANGED)
            return redirect(self.request.path)


class CareVisitView(CareWriteView):
    """Record a visit."""

    form_class = CareVisitForm
    heading = "登记慰问"
    saved = "已登记，慰问台账同时更新。"

    def get_initial(self) -> dict[str, Any]:
        return {"visited_on": timezone.localdate()}

    def act(self, form: CareVisitForm) -> str:
        record_visit(actor=self.request.user, record=self.record, **form.cleaned_data)
        return self.back()


def _record(public_id: str) -> CareRecord:
    return get_object_or_404(
        CareRecord.objects.select_related("member__branch", "helper"), public_id=public_id
    )
