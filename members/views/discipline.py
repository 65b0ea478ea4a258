"""Pages of disciplinary decisions and organisational measures; opening one leaves a trace."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from members.forms import discipline as forms
from members.models import Discipline, Honour, OrganizationalMeasure
from members.queries import discipline as queries
from members.queries.files import search_members
from members.services import discipline as services
from members.views.on_member import OnMember
from partybuild.lists import Link, addresses, table_rows
from partybuild.paging import page_of, pager_urls
from partybuild.saving import EditingView, SavingView

VIEW, CHANGE = "members.view_discipline", "members.change_discipline"
SHOWN = 10


class DisciplineListView(TemplateView):
    """The decisions in scope; opening the list is written down."""

    permission_required = VIEW
    template_name = "members/disciplines.html"
    is_measures = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        rows = queries.measures_in_scope() if self.is_measures else queries.disciplines_in_scope()
        page = page_of(rows, order=("-decided_on", "pk"), cursor=self.request.GET.get("cursor", ""))
        address = addresses("members:measure" if self.is_measures else "members:discipline")
        form = forms.PersonFilter(self.request.GET or None)
        text = form.cleaned_data["q"] if form.is_valid() else ""
        may_change = user.has_perm(CHANGE)
        tops = user.scope_for(VIEW).tops  # type: ignore[union-attr]
        services.note_listing(actor=user, place=tops[0] if tops else "")
        return super().get_context_data(
            page=page,
            rows=table_rows(
                (
                    Link(row.member.name, address(row.public_id)),
                    row.member.branch.label,
                    row.get_kind_display(),
                    row.decided_on,
                    _state_of(row),
                )
                for row in page.rows
            ),
            pager=pager_urls(self.request, page),
            is_measures=self.is_measures,
            may_change=may_change,
            filter_form=form,
            people=search_members(text)[:SHOWN] if text and may_change else (),
            text=text,
            **kwargs,
        )


class MeasureListView(DisciplineListView):
    is_measures = True


def _state_of(row: Any) -> str:
    """Say in a word how a decision stands today."""
    today = timezone.localdate()
    if isinstance(row, OrganizationalMeasure):
        if row.closed_on:
            return "已结束"
        return "期满未结束" if row.due_on and row.due_on <= today else "执行中"
    if row.revoked_on:
        return "已撤销"
    if row.kind == Discipline.Kind.PROBATION and not row.restored_on:
        ended = row.probation_ends_on and row.probation_ends_on <= today
        return "期满待决定" if ended else "察看中"
    return "影响期已满" if row.effect_ends_on and row.effect_ends_on <= today else "影响期内"


class DecisionView(TemplateView):
    """One decision; whoever opens it is written down first."""

    permission_required = VIEW
    template_name = "members/discipline.html"
    rows: Any = staticmethod(queries.disciplines_in_scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record = get_object_or_404(self.rows(), public_id=kwargs["public_id"])
        services.note_opening(actor=self.request.user, record=record)
        is_measure = isinstance(record, OrganizationalMeasure)
        rule = None if is_measure else queries.rule_on(record.decided_on)
        name = "correct_measure" if is_measure else "correct_discipline"
        return super().get_context_data(
            record=record,
            is_measure=is_measure,
            state=_state_of(record),
            cite=rule.citation if rule else "",
            correct_url=reverse(f"members:{name}", args=[record.public_id])
            if self.request.user.has_perm(CHANGE)
            else "",
            **kwargs,
        )


class MeasureView(DecisionView):
    rows = staticmethod(queries.measures_in_scope)


class NewDecisionView(OnMember, SavingView):
    """A new decision about one member."""

    permission_required = CHANGE

    def back_url(self) -> str:
        return reverse("members:disciplines")


class NewDisciplineView(NewDecisionView):
    form_class = forms.DisciplineForm
    heading, done = "登记处分", "已登记。"

    def save(self, form: Any) -> str:
        made = services.record_discipline(
            actor=self.request.user, member=self.member, **form.cleaned_data
        )
        return made.get_absolute_url()


class NewMeasureView(NewDecisionView):
    form_class = forms.MeasureForm
    heading = "登记组织处置"
    done = "已登记。党籍有变动的，请另外办理党籍变动。"

    def save(self, form: Any) -> str:
        made = services.record_measure(
            actor=self.request.user, member=self.member, **form.cleaned_data
        )
        return made.get_absolute_url()


class CorrectDisciplineView(EditingView):
    """Correct a decision; whoever opens it is written down first."""

    permission_required = CHANGE
    form_class: Any = forms.DisciplineCorrection
    heading, done = "更正处分", "已更正。"
    rows: Any = staticmethod(queries.disciplines_in_scope)

    def record(self) -> Any:
        return get_object_or_404(self.rows(), public_id=self.kwargs["public_id"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        services.note_opening(actor=request.user, record=self.record())
        return super().get(request, *args, **kwargs)

    def edit(self, form: Any, record: Any, version: int) -> str:
        services.correct_discipline(
            actor=self.request.user, discipline=record, version=version, **form.cleaned_data
        )
        url: str = record.get_absolute_url()
        return url


class CorrectMeasureView(CorrectDisciplineView):
    form_class = forms.MeasureCorrection
    heading = "更正组织处置"
    rows = staticmethod(queries.measures_in_scope)

    def edit(self, form: Any, record: Any, version: int) -> str:
        services.correct_measure(
            actor=self.request.user, measure=record, version=version, **form.cleaned_data
        )
        url: str = record.get_absolute_url()
        return url


class CheckHonourView(SavingView):
    """Decide about an honour that was given within the effect of a 处分."""

    permission_required = CHANGE
    form_class = forms.HonourCheckForm
    heading, done = "核对荣誉", "已登记。"

    @cached_property
    def honour(self) -> Honour:
        return get_object_or_404(
            Honour.objects.select_related("organization", "member"),
            public_id=self.kwargs["public_id"],
        )

    def get_lead(self) -> str:
        day = self.honour.awarded_on
        return (
            f"{self.honour.winner} · {self.honour.title} · {day} 授予。"
            f"处分影响期内的表彰，按{queries.rule_on(day).citation}核对。"
        )

    def back_url(self) -> str:
        return reverse("members:disciplines")

    def save(self, form: Any) -> str:
        services.check_honour(
            actor=self.request.user,
            honour=self.honour,
            on=timezone.localdate(),
            **form.cleaned_data,
        )
        return self.back_url()
