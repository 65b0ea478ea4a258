"""Pages of what there is to do: home, a branch's board, what is owed, the committee's view."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView, View

from activities.forms.occasions import (
    DueFilterForm,
    ExplanationForm,
)
from activities.queries.boards import committee_board, due_rows, find_obligation, year_board
from activities.queries.occasions import (
    activities_with_turnout,
    activity_list,
)
from activities.queries.reminders import can_be_reminded, outstanding_for, pick_of
from activities.services.explanations import explain_absence
from activities.views.places import BranchMixin
from members.queries.roll import headcount
from partybuild.paging import slice_of
from partybuild.periods import Period, PeriodProblem
from partybuild.permissions import SIGNED_IN

# Where each kind of user begins: the first permission they hold decides.
FIRST_PAGES = (
    ("activities.add_activity", "activities:board"),
    ("activities.view_committee_page", "activities:committee"),
    ("members.sign_funds_first", "members:funds"),
    ("members.sign_funds_second", "members:funds"),
    ("members.sign_funds_third", "members:funds"),
    ("members.view_discipline", "members:disciplines"),
    ("members.view_own_file", "members:own_file"),
)


class HomeView(View):
    """The first page after signing in: what there is to do for this very person."""

    permission_required = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        for permission, page in FIRST_PAGES:
            if user.has_perm(permission):
                return redirect(page)
        return redirect("partybuild:welcome")


class BoardView(BranchMixin, TemplateView):
    """A branch's home: this month's tasks, the year's matrix, its people."""

    permission_required = "activities.add_activity"
    template_name = "activities/board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            board=year_board(self.branch, today=today),
            today=today,
            month=Period.containing(today, "month"),
            months=range(1, 13),
            branch=self.branch,
            branches=self.branches,
            people=headcount(self.branch, today),
            reminded=outstanding_for(self.branches, timezone.now()),
            recent=activities_with_turnout(
                activity_list(Period.containing(today, "month"), branch=self.branch)
            ),
            **kwargs,
        )


class DueView(TemplateView):
    """Which branch owes what in which period; every figure of the committee's page opens this."""

    permission_required = "activities.view_activity"
    template_name = "activities/due.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = DueFilterForm(self.request.GET or None)
        conditions = form.conditions()
        owed = due_rows(today=timezone.localdate(), **conditions)
        rows, pager = slice_of(owed, self.request)
        may_remind = self.request.user.has_perm("activities.send_reminder")
        picks = [pick_of(row) if may_remind and can_be_reminded(row) else "" for row in rows]
        return super().get_context_data(
            form=form,
            rows=rows,
            lines=list(zip(rows, picks, strict=True)),
            may_remind=may_remind,
            may_pick=any(picks),
            remind_count=sum(can_be_reminded(row) for row in owed),
            query=self.request.GET.urlencode(),
            count=len(owed),
            pager=pager,
            period=conditions["period"],
            **kwargs,
        )


class ExplainView(BranchMixin, FormView):
    """Say why a form was not held in a period."""

    permission_required = "activities.add_activity"
    form_class = ExplanationForm
    template_name = "activities/explain.html"

    @cached_property
    def gap(self) -> Any:
        try:
            period = Period.parse(self.kwargs["period"])
        except PeriodProblem:
            raise Http404 from None
        today = timezone.localdate()
        gap = find_obligation(self.branch, self.kwargs["kind"], period, today=today)
        if gap is None:
            raise Http404
        return gap

    def get_initial(self) -> dict[str, Any]:
        return {"reason": self.gap.explanation}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(gap=self.gap, branch=self.branch, **kwargs)

    def form_valid(self, form: ExplanationForm) -> HttpResponse:
        explain_absence(
            actor=self.request.user,
            organization=self.branch,
            kind=self.gap.kind,
            period_start=self.gap.period.start,
            reason=form.cleaned_data["reason"],
        )
        messages.success(self.request, "已保存说明，这一格不再记为缺。")
        query = urlencode({"organization": self.branch.public_id})
        return redirect(f"{reverse('activities:board')}?{query}")


class CommitteeView(TemplateView):
    """The committee's page: who needs help, each figure opening its list."""

    permission_required = "activities.view_committee_page"
    template_name = "activities/committee.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            board=committee_board(today=today),
            today=today,
            months=range(1, 13),
            may_remind=self.request.user.has_perm("activities.send_reminder"),
            **kwargs,
        )
