"""Pages of liaison: who is assigned where, who has been there, what is missing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from branches.models import ServicePlatform
from members.forms.liaison import (
    LiaisonEditForm,
    LiaisonFilterForm,
    LiaisonForm,
    PlatformLiaisonForm,
    StaffingFilterForm,
    VisitForm,
)
from members.models import Liaison, LiaisonVisit
from members.queries.liaison import (
    RULE,
    liaison_list,
    staffing_on,
    unvisited_on,
    visits_until,
    wanted_by,
)
from members.services.liaison import (
    assign_liaison,
    correct_liaison,
    place_of,
    record_visit,
    withdraw_visit,
)
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.lists import Link, Ratio
from partybuild.paging import page_of, pager_urls, slice_of
from partybuild.regulations import regulation
from partybuild.saving import EditingView, SavingView

VIEW, CHANGE = "members.view_liaison", "members.change_liaison"


class LiaisonListView(TemplateView):
    """Who is assigned where as of a day, and when they were last there."""

    permission_required = VIEW
    template_name = "members/liaisons.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = LiaisonFilterForm(self.request.GET or None)
        conditions = form.conditions()
        page = page_of(
            liaison_list(**conditions),
            order=("organization__path", "kind", "pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        visits = visits_until(page.rows, conditions["day"])
        return super().get_context_data(
            form=form,
            day=conditions["day"],
            page=page,
            pager=pager_urls(self.request, page),
            rows=[liaison_cells(one, visits.get(one.pk, [])) for one in page.rows],
            folded=("day",),
            may_change=self.request.user.has_perm(CHANGE),
            **kwargs,
        )


class StaffingView(TemplateView):
    """Which branches have the instructor, first secretary and liaison officers of “112”."""

    permission_required = VIEW
    template_name = "members/liaison_staffing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        form = StaffingFilterForm(self.request.GET or None)
        lines = staffing_on(today)
        lacking = [line for line in lines if line.missing]
        chosen = lacking if self.request.GET.get("show") == "missing" else lines
        shown, pager = slice_of(chosen, self.request)
        rule = regulation(RULE, on=today)
        return super().get_context_data(
            form=form,
            head=[Liaison.Kind(kind).label for kind in Liaison.STAFFING],
            wanted=[(Liaison.Kind(k).label, n) for k, n in wanted_by(rule).items()],
            rule=rule,
            count=len(chosen),
            total=len(lines),
            lacking=len(lacking),
            pager=pager,
            rows=[
                (
                    Link(line.organization.label, line.organization.get_absolute_url()),
                    *(Ratio(line.counts[kind], line.wanted[kind]) for kind in line.wanted),
                    line.missing,
                )
                for line in shown
            ],
            **kwargs,
        )


class UnvisitedView(TemplateView):
    """Who has not been where they are assigned for as long as the rule allows."""

    permission_required = VIEW
    template_name = "members/liaison_unvisited.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        found = unvisited_on(today)
        shown, pager = slice_of(found, self.request)
        return super().get_context_data(
            rule=regulation(RULE, on=today),
            count=len(found),
            pager=pager,
            rows=[
                (
                    Link(one.liaison.name, one.liaison.get_absolute_url()),
                    one.liaison.get_kind_display(),
                    place_of(one.liaison),
                    one.last_on or "还没有走访",
                    one.due_on,
                    f"{one.months} 个月（{one.rule.citation}）",
                )
                for one in shown
            ],
            **kwargs,
        )


class LiaisonView(TemplateView):
    """One assignment with its visits."""

    permission_required = VIEW
    template_name = "members/liaison.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        liaison = liaison_or_404(kwargs["public_id"])
        today = timezone.localdate()
        by_hand = list(liaison.visits.order_by("-visited_on", "-pk"))
        others = [
            visit for visit in visits_until([liaison], today).get(liaison.pk, []) if visit.url
        ]
        return super().get_context_data(
            liaison=liaison,
            place=place_of(liaison),
            visits=by_hand,
            others=others,
            steps=steps_of(history_of(liaison)),
            may_change=self.request.user.has_perm(CHANGE),
            **kwargs,
        )


class LiaisonCreateView(SavingView):
    """Assign somebody to an organisation, or with `?platform=` to a platform."""

    permission_required = CHANGE
    heading = "安排联系指导"
    done = "已登记，联系点台账同时更新。"

    @cached_property
    def platform(self) -> ServicePlatform | None:
        wanted = self.request.GET.get("platform")
        if not wanted:
            return None
        return get_object_or_404(
            ServicePlatform.objects.select_related("organization"), public_id=wanted
        )

    def get_form_class(self) -> type[LiaisonForm]:
        return PlatformLiaisonForm if self.platform else LiaisonForm

    def get_initial(self) -> dict[str, Any]:
        return {
            "started_on": timezone.localdate(),
            "organization": self.request.GET.get("organization", ""),
            "kind": self.request.GET.get("kind", Liaison.Kind.CONTACT),
        }

    def get_lead(self) -> str:
        return self.platform.name if self.platform else ""

    def back_url(self) -> str:
        return self.platform.get_absolute_url() if self.platform else reverse("members:liaisons")

    def save(self, form: LiaisonForm) -> str:
        said = dict(form.cleaned_data)
        if self.platform:
            said |= {"platform": self.platform, "organization": self.platform.organization}
        return assign_liaison(actor=self.request.user, **said).get_absolute_url()


class LiaisonEditView(EditingView):
    """Correct an assignment or end it."""

    permission_required = CHANGE
    form_class = LiaisonEditForm
    heading = "更正或结束"
    done = "已更正。"

    def record(self) -> Liaison:
        return liaison_or_404(self.kwargs["public_id"])

    def edit(self, form: LiaisonEditForm, record: Liaison, version: int) -> str:
        liaison = correct_liaison(
            actor=self.request.user, liaison=record, version=version, **form.cleaned_data
        )
        return liaison.get_absolute_url()


class RecordVisitView(SavingView):
    """Write down a visit."""

    permission_required = CHANGE
    form_class = VisitForm
    heading = "登记走访"
    done = "已登记走访。"

    @cached_property
    def liaison(self) -> Liaison:
        return liaison_or_404(self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"visited_on": timezone.localdate()}

    def get_lead(self) -> str:
        return f"{self.liaison} → {place_of(self.liaison)}"

    def back_url(self) -> str:
        return self.liaison.get_absolute_url()

    def save(self, form: VisitForm) -> str:
        record_visit(actor=self.request.user, liaison=self.liaison, **form.cleaned_data)
        return self.back_url()


class WithdrawVisitView(View):
    """Take back a visit that was written down by mistake."""

    permission_required = CHANGE

    def post(self, request: HttpRequest, public_id: str, liaisonvisit: int) -> HttpResponse:
        liaison = liaison_or_404(public_id)
        visit = get_object_or_404(
            LiaisonVisit.objects.select_related("liaison__organization", "liaison__platform"),
            liaison=liaison,
            pk=liaisonvisit,
        )
        withdraw_visit(actor=request.user, visit=visit)
        messages.success(request, "已撤回这次走访登记。")
        return redirect(liaison)


def liaison_or_404(public_id: str) -> Liaison:
    """Return an assignment in scope with what is visited."""
    return get_object_or_404(
        Liaison.objects.select_related("organization", "platform", "member"), public_id=public_id
    )


def liaison_cells(liaison: Liaison, visits: list[Any]) -> tuple[Any, ...]:
    """Return the cells of one line of the list."""
    return (
        Link(liaison.name, liaison.get_absolute_url()),
        liaison.get_kind_display(),
        liaison.duty,
        liaison.organization.label,
        liaison.platform.name if liaison.platform else "",
        liaison.started_on,
        len(visits),
        visits[0].visited_on if visits else None,
    )
