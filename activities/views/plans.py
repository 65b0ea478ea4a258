"""Pages of plans: a committee's year, a branch's year, one planned activity, all branches at once."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from activities.forms.plans import (
    CancelPlannedForm,
    OpenYearPlanForm,
    PlanFilterForm,
    PlannedForm,
    YearPlanForm,
    tick_of,
    year_of,
    years,
)
from activities.models import Meeting, PlannedActivity, YearPlan
from activities.queries.boards import plan_rows
from activities.queries.meeting_forms import kinds_of_branches
from activities.queries.plans import (
    items_by_month,
    items_of_form,
    items_to_read,
    kinds_of,
    plan_line,
    plan_lines,
    proposals_for,
    taken_counts,
    year_plans,
)
from activities.services.plans import (
    arrange_year,
    cancel_planned,
    change_planned,
    open_year_plan,
    plan_activity,
    send_year_plan,
    write_year_plan,
)
from activities.views.places import BranchMixin
from branches.models import PartyOrganization
from branches.queries.organizations import branches_in_scope
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.paging import slice_of
from partybuild.periods import Period
from partybuild.refusals import Refused
from partybuild.saving import ButtonView, EditingView, SavingView, VersionedView
from partybuild.submissions import new_key, once

SEE, ARRANGE = "activities.view_activity", "activities.add_activity"
WRITE = "activities.change_yearplan"


# A committee's year.


class YearPlansView(SavingView):
    """The year plans of the committees in scope; a new one is begun here."""

    permission_required = WRITE
    form_class = OpenYearPlanForm
    template_name = "activities/year_plans.html"
    done = "可以写各月的主题了，写好以后下发。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(plans=list(year_plans()), **kwargs)

    def back_url(self) -> str:
        return reverse("activities:year_plans")

    def save(self, form: OpenYearPlanForm) -> str:
        return open_year_plan(actor=self.request.user, **form.cleaned_data).get_absolute_url()


class YearPlanView(TemplateView):
    """One year plan month by month, and how many branches have arranged it."""

    permission_required = WRITE
    template_name = "activities/year_plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = year_plan_or_404(kwargs["public_id"])
        taken, below = taken_counts(plan)
        return super().get_context_data(
            plan=plan,
            months=items_by_month(plan).items(),
            kinds=kinds_of_branches(plan.organization.path, timezone.localdate()),
            taken=taken,
            below=below,
            steps=steps_of(history_of(plan)),
            **kwargs,
        )


class WriteYearPlanView(EditingView):
    """Write the twelve themes of one form; a column of a spreadsheet may be pasted."""

    permission_required = WRITE
    form_class = YearPlanForm
    template_name = "activities/year_plan_form.html"

    @cached_property
    def kind(self) -> Meeting.Kind:
        try:
            return Meeting.Kind(self.kwargs["kind"])
        except ValueError:
            raise Http404 from None

    def record(self) -> YearPlan:
        return year_plan_or_404(self.kwargs["public_id"])

    def values_of(self, record: YearPlan) -> dict[str, str]:
        items = items_of_form(record, self.kind)
        values: dict[str, str] = {}
        for month in range(1, 13):
            item = items.get(month)
            values[f"theme_{month}"] = item.theme if item else ""
            values[f"required_{month}"] = item.required_materials if item else ""
            values[f"optional_{month}"] = item.optional_materials if item else ""
        return values

    def get_heading(self) -> str:
        return f"{self.record().year}年{self.kind.label}"

    def get_draft_key(self) -> str:
        return f"year-plan-{self.kwargs['public_id']}-{self.kind}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = {"plan": self.record(), "kind": self.kind}
        return super().get_context_data(**kept | kwargs)

    def edit(self, form: YearPlanForm, record: YearPlan, version: int) -> str:
        plan = write_year_plan(
            actor=self.request.user,
            plan=record,
            version=version,
            kind=self.kind,
            months=form.months(),
        )
        return plan.get_absolute_url()


class SendYearPlanView(ButtonView):
    """Send a year plan down to the branches below."""

    permission_required = WRITE
    done = "已下发，下面的党支部在“全年安排”里看得到。"

    @cached_property
    def plan(self) -> YearPlan:
        return year_plan_or_404(self.kwargs["public_id"])

    def act(self, version: int) -> None:
        send_year_plan(actor=self.request.user, plan=self.plan)

    def back_url(self) -> str:
        return self.plan.get_absolute_url()


# A branch's year.


class BranchYearView(BranchMixin, TemplateView):
    """A branch's year: what is planned, what is suggested, what became of it."""

    permission_required = SEE
    template_name = "activities/branch_year.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, year = timezone.localdate(), year_of(self.request.GET.get("year"))
        lines = plan_lines(self.branch, Period.year(year), today=today)
        user: Any = self.request.user
        return super().get_context_data(
            branch=self.branch,
            branches=self.branches,
            year=year,
            years=years(),
            lines=lines,
            may_arrange=user.has_perm(ARRANGE),
            proposals=proposals_for(self.branch, year, today=today),
            materials=items_to_read(self.branch, year, today=today),
            submission_key=new_key(),
            **kwargs,
        )


class ArrangeYearView(View):
    """Arrange the rest of a branch's year as proposed, in one act."""

    permission_required = ARRANGE

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        branch = get_object_or_404(branches_in_scope(), public_id=organization)
        year = year_of(request.POST.get("year"))
        try:
            answer = once(
                user=request.user,
                key=request.POST.get("submission_key") or new_key(),
                act=lambda: self.arrange(branch, year),
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            answer = branch_year_url(branch, year)
        return redirect(answer)

    def arrange(self, branch: PartyOrganization, year: int) -> str:
        made = arrange_year(actor=self.request.user, organization=branch, year=year)
        messages.success(
            self.request, f"已安排 {len(made)} 项，日期、时间、地点都可以改，也可以取消。"
        )
        return branch_year_url(branch, year)


class PlanView(BranchMixin, SavingView):
    """Plan one activity of a branch."""

    permission_required = ARRANGE
    form_class = PlannedForm
    template_name = "activities/planned_form.html"
    heading = "增加一项安排"
    done = "已安排。"

    def get_initial(self) -> dict[str, Any]:
        return {tick_of(Meeting.Kind.PARTY_DAY): True}

    def get_lead(self) -> str:
        return self.branch.name

    def get_draft_key(self) -> str:
        return f"plan-{self.branch.public_id}"

    def carried(self) -> dict[str, Any]:
        return {"organization": self.branch.public_id}

    def get_form_kwargs(self) -> dict[str, Any]:
        kinds = kinds_of_branches(self.branch.path, timezone.localdate())
        return super().get_form_kwargs() | {"kinds": kinds}

    def back_url(self) -> str:
        return branch_year_url(self.branch, timezone.localdate().year)

    def save(self, form: PlannedForm) -> str:
        planned = plan_activity(actor=self.request.user, organization=self.branch, **form.details())
        return branch_year_url(self.branch, planned.planned_on.year)


class PlannedView(TemplateView):
    """One planned activity: what is meant, what became of it, how it was changed."""

    permission_required = SEE
    template_name = "activities/planned.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        planned = planned_or_404(kwargs["public_id"])
        user: Any = self.request.user
        return super().get_context_data(
            planned=planned,
            line=plan_line(planned, today=timezone.localdate()),
            may_arrange=user.has_perm(ARRANGE),
            steps=steps_of(history_of(planned)),
            **kwargs,
        )


class ChangePlannedView(EditingView):
    """Change or move a planned activity."""

    permission_required = ARRANGE
    form_class = PlannedForm
    template_name = "activities/planned_form.html"
    heading = "改这一项安排"
    done = "已保存，日历里也会跟着改。"

    def record(self) -> PlannedActivity:
        return planned_or_404(self.kwargs["public_id"])

    def values_of(self, record: PlannedActivity) -> dict[str, Any]:
        kinds = kinds_of(record)
        ticks = {tick_of(kind): kind in kinds for kind in Meeting.Kind}
        return {
            "theme": record.theme,
            "planned_on": record.planned_on.isoformat(),
            "starts_at": f"{record.starts_at:%H:%M}" if record.starts_at else "",
            "place": record.place,
            "agenda": record.agenda,
            "counts_for": f"{record.counts_for:%Y-%m}" if record.counts_for else "",
            "counts_for_reason": record.counts_for_reason,
            **ticks,
        }

    def get_lead(self) -> str:
        return self.record().organization.name

    def get_draft_key(self) -> str:
        return f"planned-{self.kwargs['public_id']}"

    def get_form_kwargs(self) -> dict[str, Any]:
        planned = self.record()
        offered = kinds_of_branches(planned.organization.path, timezone.localdate())
        kinds = dict.fromkeys([*offered, *map(Meeting.Kind, kinds_of(planned))])
        return super().get_form_kwargs() | {"kinds": list(kinds)}

    def edit(self, form: PlannedForm, record: PlannedActivity, version: int) -> str:
        planned = change_planned(
            actor=self.request.user, planned=record, version=version, **form.details()
        )
        return planned.get_absolute_url()


class CancelPlannedView(VersionedView):
    """Cancel a planned activity and say why."""

    permission_required = ARRANGE
    form_class = CancelPlannedForm
    heading = "取消这一项安排"
    button = "取消这一项"
    done = "已取消，日历里也会标明。"

    def record(self) -> PlannedActivity:
        return planned_or_404(self.kwargs["public_id"])

    def get_lead(self) -> str:
        return str(self.record())

    def edit(self, form: CancelPlannedForm, record: PlannedActivity, version: int) -> str:
        planned = cancel_planned(
            actor=self.request.user, planned=record, version=version, **form.cleaned_data
        )
        return planned.get_absolute_url()


# All branches at once.


class PlanMatrixView(TemplateView):
    """The year of one form, branch by branch: held, planned, missing."""

    permission_required = "activities.view_committee_page"
    template_name = "activities/plan_matrix.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = PlanFilterForm(self.request.GET or None)
        conditions = form.conditions()
        branches = list(branches_in_scope())
        shown, pager = slice_of(branches, self.request)
        return super().get_context_data(
            form=form,
            year=conditions["year"],
            kind=Meeting.Kind(conditions["kind"]).label,
            rows=plan_rows(
                list(shown),
                Period.year(conditions["year"]),
                conditions["kind"],
                today=timezone.localdate(),
            ),
            months=range(1, 13),
            count=len(branches),
            pager=pager,
            **kwargs,
        )


def branch_year_url(branch: PartyOrganization, year: int) -> str:
    """Return the address of a branch's year."""
    return f"{reverse('activities:branch_year')}?organization={branch.public_id}&year={year}"


def year_plan_or_404(public_id: str) -> YearPlan:
    """Return a year plan in scope."""
    return get_object_or_404(YearPlan.objects.select_related("organization"), public_id=public_id)


def planned_or_404(public_id: str) -> PlannedActivity:
    """Return a planned activity in scope with its forms and records."""
    return get_object_or_404(
        PlannedActivity.objects.select_related(
            "organization", "item__plan__organization"
        ).prefetch_related("forms", "activities"),
        public_id=public_id,
    )
