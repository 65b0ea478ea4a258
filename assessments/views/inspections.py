"""Pages of inspections and findings: recorded, issued, answered by the unit, re-checked."""

from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView

from assessments.forms import inspections as forms
from assessments.models import Campaign, Finding, Inspection
from assessments.queries.campaigns import campaigns_run
from assessments.queries.inspections import inspections_of
from assessments.services import inspections as services
from assessments.views.campaigns import APPLY, RUN, VIEW, find_campaign_run, may
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.lists import Link, addresses, table_rows
from partybuild.paging import page_of, pager_urls
from partybuild.saving import EditingView, SavingView, VersionedView


def find_inspection(public_id: str) -> Inspection:
    """Return an inspection of a campaign that is run in scope; Http404 without one."""
    rows = Inspection.objects.select_related("campaign__organization", "organization")
    return get_object_or_404(rows, public_id=public_id)


def find_finding(public_id: str) -> Finding:
    """Return an issued finding in scope; Http404 without one."""
    rows = Finding.objects.select_related(
        "inspection__campaign__organization", "organization", "criterion"
    )
    return get_object_or_404(rows, public_id=public_id)


def find_finding_run(public_id: str) -> Finding:
    """Return a finding of a campaign that is run by a committee in scope, not by one above it."""
    finding = find_finding(public_id)
    get_object_or_404(campaigns_run(), pk=finding.inspection.campaign_id)
    return finding


class InspectionListView(TemplateView):
    """The inspections of one campaign, for its committee."""

    permission_required = RUN
    template_name = "assessments/inspections.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign = find_campaign_run(kwargs["campaign"])
        page = page_of(
            inspections_of(campaign),
            order=("-inspected_on", "-pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        address = addresses("assessments:inspection")
        cells = (
            (
                Link(str(one.inspected_on), address(one.public_id)),
                one.get_kind_display(),
                one.organization.label,
                one.inspectors,
                one.place,
                f"{one.found} 个" if one.found else "没有下发",
            )
            for one in page.rows
        )
        return super().get_context_data(
            **kwargs | {"campaign": campaign},
            page=page,
            rows=table_rows(cells, "nowrap,nowrap,,,,nowrap"),
            pager=pager_urls(self.request, page),
        )


class RecordView(SavingView):
    """Record an inspection of a unit."""

    permission_required = RUN
    form_class = forms.InspectionForm
    heading, done = "登记检查", "已登记。要单位整改的问题，请在这里逐条下发。"

    @cached_property
    def campaign(self) -> Campaign:
        return find_campaign_run(self.kwargs["campaign"])

    def get_lead(self) -> str:
        return str(self.campaign)

    def get_draft_key(self) -> str:
        return f"campaign-inspection-{self.campaign.public_id}"

    def get_initial(self) -> dict[str, Any]:
        chosen = self.request.GET.get("organization", "")
        return {"inspected_on": timezone.localdate(), "organization": chosen}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"campaign": self.campaign}

    def back_url(self) -> str:
        return self.campaign.get_absolute_url()

    def save(self, form: Any) -> str:
        inspection = services.record_inspection(
            actor=self.request.user, campaign=self.campaign, **form.cleaned_data
        )
        return inspection.get_absolute_url()


class InspectionView(TemplateView):
    """One inspection with the findings that were issued."""

    permission_required = RUN
    template_name = "assessments/inspection.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        inspection = find_inspection(kwargs["public_id"])
        return super().get_context_data(
            **kwargs,
            inspection=inspection,
            findings=inspection.findings.select_related("criterion", "organization"),
            today=timezone.localdate(),
            steps=steps_of(history_of(inspection)),
        )


class CorrectInspectionView(EditingView):
    """Correct when, how and by whom was inspected."""

    permission_required = RUN
    form_class = forms.VisitForm
    heading, done = "更正检查", "已更正。"

    def record(self) -> Inspection:
        return find_inspection(self.kwargs["public_id"])

    def get_lead(self) -> str:
        return str(self.record())

    def edit(self, form: Any, record: Inspection, version: int) -> str:
        services.correct_inspection(
            actor=self.request.user, inspection=record, version=version, **form.cleaned_data
        )
        return record.get_absolute_url()


class IssueView(SavingView):
    """Issue one finding to the inspected unit."""

    permission_required = RUN
    form_class = forms.FindingForm
    heading, button = "下发问题", "下发"
    hint = "下发以后，单位马上看得到这个问题和这次检查。"
    done = "已下发，单位可以答复整改了。"

    @cached_property
    def inspection(self) -> Inspection:
        return find_inspection(self.kwargs["public_id"])

    def get_lead(self) -> str:
        return str(self.inspection)

    def get_draft_key(self) -> str:
        return f"campaign-finding-{self.kwargs['public_id']}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"campaign": self.inspection.campaign}

    def back_url(self) -> str:
        return self.inspection.get_absolute_url()

    def save(self, form: Any) -> str:
        services.issue_finding(
            actor=self.request.user, inspection=self.inspection, **form.cleaned_data
        )
        return self.back_url()


class FindingView(TemplateView):
    """One finding: what is to be put right by when, and every round of answer and re-check."""

    permission_required = VIEW
    template_name = "assessments/finding.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        finding = find_finding(kwargs["public_id"])
        user, campaign = self.request.user, finding.inspection.campaign
        may_run = may(user, RUN, campaign)
        today = timezone.localdate()
        return super().get_context_data(
            **kwargs,
            finding=finding,
            campaign=campaign,
            rounds=finding.rounds.select_related("answered_by", "checked_by"),
            is_late=finding.state == Finding.State.OPEN and finding.due_on < today,
            may_answer=finding.state == Finding.State.OPEN and user.has_perm(APPLY),
            may_check=finding.state == Finding.State.ANSWERED and may_run,
            may_postpone=finding.state != Finding.State.CLOSED and may_run,
            may_run=may_run,
            steps=steps_of(history_of(finding)),
        )


class OnFindingView(VersionedView):
    """A form about one finding."""

    def record(self) -> Finding:
        return find_finding_run(self.kwargs["public_id"])

    def get_lead(self) -> str:
        finding = self.record()
        return f"{finding.organization.label} · {finding.text} · 期限 {finding.due_on}"


class AnswerView(OnFindingView):
    """The unit tells how a finding was put right."""

    permission_required = APPLY
    form_class = forms.AnswerForm
    heading, button, done = "答复整改", "报送复查", "已报送，等检查人复查。"

    def record(self) -> Finding:
        return find_finding(self.kwargs["public_id"])

    def get_draft_key(self) -> str:
        return f"campaign-answer-{self.kwargs['public_id']}"

    def edit(self, form: Any, record: Finding, version: int) -> str:
        services.answer_finding(
            actor=self.request.user, finding=record, version=version, **form.cleaned_data
        )
        return record.get_absolute_url()


class CheckView(OnFindingView):
    """The committee looks again: closed, or given back with a reason."""

    permission_required = RUN
    form_class = forms.CheckForm
    heading, done = "复查", "复查意见已登记。"

    def edit(self, form: Any, record: Finding, version: int) -> str:
        services.check_finding(
            actor=self.request.user, finding=record, version=version, **form.cleaned_data
        )
        return record.get_absolute_url()


class PostponeView(OnFindingView):
    """Another deadline for a finding."""

    permission_required = RUN
    form_class = forms.PostponeForm
    heading, done = "改整改期限", "期限已改。"

    def edit(self, form: Any, record: Finding, version: int) -> str:
        services.postpone_finding(
            actor=self.request.user, finding=record, version=version, **form.cleaned_data
        )
        return record.get_absolute_url()
