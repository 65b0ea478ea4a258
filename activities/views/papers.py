"""Pages of papers: what is still missing in one first, then the Word file; the print view; the binder."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView

from activities.forms.papers import PreparationForm
from activities.models import Activity, Meeting
from activities.queries.editing import values_for_new
from activities.queries.meeting_forms import guides_at
from activities.queries.papers import (
    BEFOREHAND,
    MINUTES,
    PAPERS,
    Paper,
    Values,
    admission_paper,
    admissions_at,
    form_name,
    forms_of,
    gaps_among,
    gaps_in,
    occasion_of,
    occasions_in,
    prepared_values,
)
from activities.queries.party_days import party_day_of
from activities.queries.plans import kinds_of, open_plans
from activities.services.papers import ask_for_binder, note_paper_written
from activities.views.places import BranchMixin
from branches.models import PartyOrganization
from branches.queries.organizations import groups_of
from members.models import DevelopmentCase
from partybuild import jobs
from partybuild.documents import fill, word_response
from partybuild.ledger_views import asked_period
from partybuild.ledgerfiles import places_in_scope
from partybuild.periods import Period
from partybuild.scoping import scoped_to
from partybuild.submissions import new_key, once

# Of a prepared occasion, what the address may say beforehand.
ASKED = ("held_on", "started_at", "place", "topic")
DEMANDS = "请准时参加。因故不能参加的，请提前向党支部请假。"


class OccasionMixin:
    """Finds the occasion of a page and which of its forms is asked for: one, or 0 for all."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def activity(self) -> Activity:
        rows = Activity.objects.select_related("organization", "chair", "recorder")
        return get_object_or_404(rows, public_id=self.kwargs["public_id"])

    @cached_property
    def choices(self) -> list[tuple[int, str]]:
        """Return what a paper may be about: all forms together, or one of several."""
        names = [form_name(meeting) for meeting in forms_of(self.activity)]
        return [(0, "合为一份"), *enumerate(names, start=1)] if len(names) > 1 else []

    @cached_property
    def chosen(self) -> int:
        asked = self.request.POST.get("form") or self.request.GET.get("form", "")
        for number, _ in self.choices:
            if asked == str(number):
                return number
        return self.choices[0][0] if self.choices else 0


class PaperView(OccasionMixin, TemplateView):
    """A paper of an occasion: what is still missing in it first, then the Word file."""

    permission_required = "activities.view_activity"
    template_name = "activities/paper.html"
    code = MINUTES

    @cached_property
    def paper(self) -> Paper:
        return PAPERS[self.code]

    @cached_property
    def values(self) -> Values:
        return self.paper.fill(occasion_of(self.activity, form=self.chosen))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        gaps = gaps_in(self.paper, self.values)
        plain = [(name, said) for name, said in self.values.items() if said and name != "多项"]
        return super().get_context_data(
            activity=self.activity,
            paper=self.paper,
            choices=self.choices,
            chosen=self.chosen,
            gaps=gaps,
            filled=[(name, said) for name, said in plain if not isinstance(said, list)],
            parts=self.values.get("各项", ()),
            names=self.values.get("名单", ()),
            back_url=self.activity.get_absolute_url(),
            **kwargs,
        )

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        content = fill(self.paper.template, self.values)
        note_paper_written(
            actor=request.user,
            subject=self.activity,
            place=self.activity.organization,
            title=self.paper.title,
        )
        name = f"{self.paper.title} {self.activity.held_on} {self.activity.organization.label}"
        return word_response(content, f"{name}.docx")


class AdmissionView(PaperView):
    """接收预备党员会议记录 of a meeting that decided on somebody's admission."""

    @cached_property
    def cases(self) -> list[DevelopmentCase]:
        """Return the cases decided on that day, as far as one may see them; 404 without any."""
        user: Any = self.request.user
        may = user.has_perm("members.view_development")
        found: list[DevelopmentCase] = []
        if may:
            with scoped_to(user.scope_for("members.view_development")):
                found = admissions_at(self.activity)
        if not found:
            raise Http404
        return found

    @cached_property
    def choices(self) -> list[tuple[int, str]]:
        return list(enumerate([case.member.name for case in self.cases], start=1))

    @cached_property
    def paper(self) -> Paper:
        user: Any = self.request.user
        case = self.cases[self.chosen - 1]
        with scoped_to(user.scope_for("members.view_development")):
            return admission_paper(case)

    @cached_property
    def values(self) -> Values:
        return self.paper.fill(occasion_of(self.activity))


class PrintView(OccasionMixin, TemplateView):
    """The record of an occasion as it goes to the printer, in the measures of GB/T 9704-2012."""

    permission_required = "activities.view_activity"
    template_name = "activities/print.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        values = PAPERS[MINUTES].fill(occasion_of(self.activity, form=self.chosen))
        return super().get_context_data(
            activity=self.activity,
            choices=self.choices,
            chosen=self.chosen,
            gaps=gaps_in(PAPERS[MINUTES], values),
            values=values,
            **kwargs,
        )


class PreparationView(BranchMixin, FormView):
    """签到表 and 会议通知 of an occasion that is to come; nothing of it is stored."""

    permission_required = "activities.add_activity"
    form_class = PreparationForm
    template_name = "activities/prepare_papers.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        guides = guides_at(self.branch, timezone.localdate())
        return super().get_form_kwargs() | {
            "groups": groups_of(self.branch),
            "kinds": [guide.kind for guide in guides],
        }

    def get_initial(self) -> dict[str, Any]:
        """Fill in what the plan, the rules and last time say, over it what the address says."""
        today, asked = timezone.localdate(), self.request.GET
        guides = {guide.kind: guide for guide in guides_at(self.branch, today)}
        usual = Meeting.Kind.PARTY_DAY if Meeting.Kind.PARTY_DAY in guides else next(iter(guides))
        kind = asked["kind"] if asked.get("kind") in guides else usual
        planned = None
        if asked.get("planned"):
            planned = get_object_or_404(open_plans(self.branch), public_id=asked["planned"])
            kind = next((one for one in kinds_of(planned) if one in guides), kind)
        initial = values_for_new(
            self.branch, kind=kind, today=today, group=asked.get("group", ""), planned=planned
        )
        initial |= {"agenda": initial["minutes"] or guides[kind].agenda, "demands": DEMANDS}
        if planned:
            initial["held_on"] = planned.planned_on.isoformat()
        elif kind == Meeting.Kind.PARTY_DAY:
            fixed, _ = party_day_of(Period.containing(today, "month"), self.branch.path)
            initial["held_on"] = max(fixed, today).isoformat()
        return initial | {name: asked[name] for name in ASKED if asked.get(name)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(branch=self.branch, branches=self.branches, **kwargs)

    def form_valid(self, form: PreparationForm) -> HttpResponse:
        said = form.said()
        values = prepared_values(self.branch, said=said, today=timezone.localdate())
        asked = self.request.POST.get("paper", "")
        code = asked if asked in BEFOREHAND else next(iter(BEFOREHAND))
        title, template = BEFOREHAND[code]
        content = fill(template, values[code])
        note_paper_written(
            actor=self.request.user, subject=self.branch, place=self.branch, title=title
        )
        return word_response(content, f"{title} {said['held_on']} {self.branch.label}.docx")


class BinderView(BranchMixin, TemplateView):
    """A year's records of one organisation as one file: what is missing first, then the order."""

    permission_required = "activities.view_activity"
    template_name = "activities/binder.html"

    @cached_property
    def branches(self) -> list[PartyOrganization]:
        return list(places_in_scope())

    @cached_property
    def year(self) -> Period:
        return Period.year(asked_period(self.request)[0].start.year)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        occasions = occasions_in(self.branch, self.year)
        return super().get_context_data(
            branch=self.branch,
            branches=self.branches,
            period=self.year,
            count=occasions.count(),
            gaps=gaps_among(occasions),
            submission_key=new_key(),
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if not user.has_perm("partybuild.add_ledgerfile"):
            raise PermissionDenied("partybuild.add_ledgerfile")

        if not occasions_in(self.branch, self.year).exists():
            messages.error(request, f"{self.year.title}没有会议记录，没有可汇编的。")
            return redirect("activities:binder")

        def ask() -> str:
            ledger_file = ask_for_binder(
                actor=user, organization=self.branch, year=self.year.start.year
            )
            if ledger_file.job:
                jobs.ring(ledger_file.job)
            return reverse("partybuild:ledger_file", args=[ledger_file.public_id])

        key = request.POST.get("submission_key") or new_key()
        return redirect(once(user=user, key=key, act=ask))
