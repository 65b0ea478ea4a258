"""Pages of the goals of a letter: written before it is signed, reported and confirmed afterwards."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from assessments.forms import letters as forms
from assessments.forms.campaigns import RemoveForm
from assessments.models import Goal
from assessments.queries.letters import standings_of
from assessments.services import goals as services
from assessments.views.letters import CONFIRM, ISSUE, SCORES, SIGN, find_letter_issued, may
from partybuild.saving import EditingView, SavingView, VersionedView
from partybuild.scoping import active_scope


class GoalMixin:
    """Finds the goal that a page is about."""

    kwargs: dict[str, Any]
    # Whether the letter has to be one that the reader's committee has issued.
    by_issuer = True

    def record(self) -> Goal:
        rows = Goal.objects.select_related("letter__organization", "letter__issuer", "item__scheme")
        if self.by_issuer:
            rows = rows.filter(active_scope().as_q("letter__issuer__path"))
        return get_object_or_404(rows, public_id=self.kwargs["goal"])

    def get_lead(self) -> str:
        goal = self.record()
        return f"{goal.letter.organization.label} · {goal.letter} · {goal}"

    def back_url(self) -> str:
        return self.record().get_absolute_url()


class AddGoalView(SavingView):
    """Add a goal to a letter that is not signed yet."""

    permission_required = ISSUE
    form_class = forms.GoalForm
    template_name = "assessments/goal_form.html"
    heading, done = "增加目标", "已增加。"

    def get_lead(self) -> str:
        letter = find_letter_issued(self.kwargs["letter"])
        return f"{letter.organization.label} · {letter}"

    def back_url(self) -> str:
        return find_letter_issued(self.kwargs["letter"]).get_absolute_url()

    def save(self, form: Any) -> str:
        letter = find_letter_issued(self.kwargs["letter"])
        goal = services.add_goal(
            actor=self.request.user, letter=letter, values=dict(form.cleaned_data)
        )
        return goal.get_absolute_url()


class CorrectGoalView(GoalMixin, EditingView):
    """Correct a goal of a letter that is not signed yet, or remove it."""

    permission_required = ISSUE
    form_class = forms.GoalForm
    template_name = "assessments/goal_form.html"
    heading, done = "更正目标", "已更正。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"linked": self.record().item}

    def values_of(self, record: Goal) -> dict[str, Any]:
        return {name: getattr(record, name) for name in ("text", "target", "due_on", "item")}

    def edit(self, form: Any, record: Goal, version: int) -> str:
        services.correct_goal(
            actor=self.request.user, goal=record, version=version, values=dict(form.cleaned_data)
        )
        return record.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        remove = reverse("assessments:remove_goal", args=[self.kwargs["goal"]])
        return super().get_context_data(**{"remove_url": remove} | kwargs)


class RemoveGoalView(GoalMixin, VersionedView):
    """Remove a goal after one has looked at it once more."""

    permission_required = ISSUE
    form_class = RemoveForm
    heading, button, done = "删去目标", "删去", "已删去。"

    def edit(self, form: Any, record: Goal, version: int) -> str:
        services.remove_goal(actor=self.request.user, goal=record, version=version)
        return record.letter.get_absolute_url()


class ReportGoalView(GoalMixin, EditingView):
    """The secretary says how far a goal is."""

    permission_required = SIGN
    form_class = forms.ReportForm
    template_name = "assessments/goal_step.html"
    heading, done = "填写进展", "已保存。报“已完成”的，等下发单位确认。"
    by_issuer = False

    def edit(self, form: Any, record: Goal, version: int) -> str:
        services.report_goal(
            actor=self.request.user, goal=record, version=version, **form.cleaned_data
        )
        return record.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**_shown(self.record(), self.request.user) | kwargs)


class ConfirmGoalView(GoalMixin, VersionedView):
    """The committee confirms a goal, or says why not."""

    permission_required = CONFIRM
    form_class = forms.ConfirmForm
    template_name = "assessments/goal_step.html"
    heading, button, done = "确认目标", "确定", "已办理，支部现在看得到。"

    def edit(self, form: Any, record: Goal, version: int) -> str:
        services.confirm_goal(
            actor=self.request.user, goal=record, version=version, **form.cleaned_data
        )
        return record.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**_shown(self.record(), self.request.user) | kwargs)


def _shown(goal: Goal, reader: Any) -> dict[str, Any]:
    """Return what a page shows of a goal beside its form."""
    day, standings = timezone.localdate(), {}
    if may(reader, SCORES, goal.letter.organization):
        standings = standings_of(goal.letter, [goal], day)
    return {"goal": goal, "standing": standings.get(goal.pk), "day": day}
