"""Pages of care: the list, one record, visits."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from members.forms.care import CareFilterForm, CareVisitForm, CorrectCareForm, NewCareForm
from members.models import CareRecord
from members.queries.care import care_list
from members.services.care import begin_care, correct_care, record_visit
from members.views.on_member import OnMember
from partybuild.lists import Link
from partybuild.paging import page_of, pager_urls
from partybuild.saving import EditingView, SavingView


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


class NewCareView(OnMember, SavingView):
    """Put somebody on the care list."""

    permission_required = "members.change_care"
    form_class = NewCareForm
    heading = "列入关怀名单"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_initial(self) -> dict[str, Any]:
        return {"started_on": timezone.localdate()}

    def get_lead(self) -> str:
        return f"{self.member.name}。健康和困难情况加密保存，只有书记和上级党委能看。"

    def save(self, form: NewCareForm) -> str:
        record = begin_care(actor=self.request.user, member=self.member, **form.cleaned_data)
        return record.get_absolute_url()


class CorrectCareView(EditingView):
    """Correct a care record or end it."""

    permission_required = "members.change_care"
    form_class = CorrectCareForm
    heading = "更正关怀记录"

    def record(self) -> CareRecord:
        return _record(self.kwargs["public_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.record().member}

    def get_lead(self) -> str:
        return _lead(self.record())

    def edit(self, form: CorrectCareForm, record: CareRecord, version: int) -> str:
        correct_care(actor=self.request.user, record=record, version=version, **form.cleaned_data)
        return record.get_absolute_url()


class CareVisitView(SavingView):
    """Record a visit."""

    permission_required = "members.change_care"
    form_class = CareVisitForm
    heading = "登记慰问"
    done = "已登记，慰问台账同时更新。"

    @cached_property
    def record(self) -> CareRecord:
        return _record(self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"visited_on": timezone.localdate()}

    def get_lead(self) -> str:
        return _lead(self.record)

    def back_url(self) -> str:
        return self.record.get_absolute_url()

    def save(self, form: CareVisitForm) -> str:
        record_visit(actor=self.request.user, record=self.record, **form.cleaned_data)
        return self.back_url()


def _lead(record: CareRecord) -> str:
    return f"{record.member.name}，{record.get_category_display()}"


def _record(public_id: str) -> CareRecord:
    return get_object_or_404(
        CareRecord.objects.select_related("member__branch", "helper"), public_id=public_id
    )
