"""Pages of the rules: what holds here, by which document, and the agency's own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView, View

from activities.forms.rules import FrequencyForm, LocalRuleForm, PartyDayForm, WorkdayForm
from activities.queries.rules import local_rules, rules_here, upcoming_workdays
from branches.queries.organizations import organizations_in_scope
from partybuild.localrules import end_rule, lay_over, set_workday
from partybuild.models import LocalRegulation
from partybuild.scoping import active_scope
from partybuild.submissions import new_key, once

CHANGE = "activities.change_rules"


class RulesView(TemplateView):
    """The rules that hold for the first organisation in scope, and the local ones."""

    permission_required = "activities.view_activity"
    template_name = "activities/rules.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        place = organizations_in_scope().order_by("path").first()
        if place is None:
            raise Http404
        today = timezone.localdate()
        return super().get_context_data(
            place=place,
            rules=rules_here(place, today),
            local=local_rules(),
            workdays=upcoming_workdays(today),
            may_change=self.request.user.has_perm(CHANGE),
            **kwargs,
        )


class LocalRuleView(FormView):
    """Lay a local rule over a shipped one."""

    permission_required = CHANGE
    template_name = "activities/rule_form.html"
    heading = ""

    def get_initial(self) -> dict[str, Any]:
        return {"in_force_from": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key = self.request.POST.get("submission_key") or new_key()
        return super().get_context_data(heading=self.heading, submission_key=key, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        key = self.request.POST.get("submission_key") or new_key()
        answer = once(user=self.request.user, key=key, act=lambda: self.save(form))
        messages.success(self.request, "已保存本级规定，应办和提醒从那一天起按它计算。")
        return redirect(answer)

    def save(self, form: Any) -> str:
        chosen: LocalRuleForm = form
        lay_over(
            actor=self.request.user,
            place=chosen.cleaned_data["organization"],
            code=form.code,
            values=form.values(),
            in_force_from=chosen.cleaned_data["in_force_from"],
            document=chosen.cleaned_data["document"],
            article=chosen.cleaned_data["article"],
        )
        return reverse("activities:rules")


class FrequencyView(LocalRuleView):
    form_class = FrequencyForm
    heading = "本级规定：开会次数"


class PartyDayView(LocalRuleView):
    form_class = PartyDayForm
    heading = "本级规定：党员活动日"


class WorkdayView(FormView):
    """Enter a published day of rest or work."""

    permission_required = CHANGE
    form_class = WorkdayForm
    template_name = "activities/rule_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(heading="登记放假和调休", **kwargs)

    def form_valid(self, form: WorkdayForm) -> HttpResponse:
        set_workday(actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "已登记，推算工作日时按它计算。")
        return redirect("activities:rules")


class EndRuleView(View):
    """Let a local rule of one's own subtree hold no longer."""

    permission_required = CHANGE

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        row = get_object_or_404(LocalRegulation, public_id=public_id)
        if not active_scope().covers(row.place):
            raise Http404
        end_rule(actor=request.user, row=row)
        messages.success(request, "已停用。以前的应办仍按当时的规定计算。")
        return redirect("activities:rules")
