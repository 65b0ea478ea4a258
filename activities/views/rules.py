"""Pages of the rules: what holds here, by which document, and the agency's own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from activities.forms.rules import FrequencyForm, LocalRuleForm, PartyDayForm, WorkdayForm
from activities.queries.rules import local_rules, rules_here, upcoming_workdays
from branches.queries.organizations import organizations_in_scope
from partybuild.localrules import end_rule, lay_over, set_workday
from partybuild.models import LocalRegulation
from partybuild.saving import SavingView
from partybuild.scoping import active_scope

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


class OnRulesView(SavingView):
    """A form that writes a rule of the agency's own."""

    permission_required = CHANGE
    lead = "写明依据的文件。以前的记录仍按当时的规定计算。"

    def back_url(self) -> str:
        return reverse("activities:rules")


class LocalRuleView(OnRulesView):
    """Lay a local rule over a shipped one."""

    done = "已保存本级规定，应办和提醒从那一天起按它计算。"

    def get_initial(self) -> dict[str, Any]:
        return {"in_force_from": timezone.localdate()}

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
        return self.back_url()


class FrequencyView(LocalRuleView):
    form_class = FrequencyForm
    heading = "本级规定：开会次数"


class PartyDayView(LocalRuleView):
    form_class = PartyDayForm
    heading = "本级规定：党员活动日"


class WorkdayView(OnRulesView):
    """Enter a published day of rest or work."""

    form_class = WorkdayForm
    heading = "登记放假和调休"
    done = "已登记，推算工作日时按它计算。"

    def save(self, form: WorkdayForm) -> str:
        set_workday(actor=self.request.user, **form.cleaned_data)
        return self.back_url()


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
