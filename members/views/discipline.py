"""Pages of disciplinary decisions and organisational measures; opening one leaves a trace."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from members.forms import discipline as forms
from members.models import Discipline, Honour, Member, OrganizationalMeasure
from members.queries import discipline as queries
from members.queries.files import search_members
from members.services import discipline as services
from members.services.discipline import DisciplineRefused
from partybuild.lists import Link, addresses, table_rows
from partybuild.merging import StaleVersion
from partybuild.paging import page_of, pager_urls
from partybuild.submissions import SavedBefore, content_of, new_key, once

VIEW, CHANGE = "members.view_discipline", "members.change_discipline"
SHOWN = 10
STALE = "别人刚才改过，这次没有保存。请先打开原来的页面看现在的内容，确认后再保存一次。"


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


class DecisionFormView(FormView):
    """A form behind the permission: saved once, refusals at their field."""

    permission_required = CHANGE
    template_name = "members/vanguard_post_form.html"
    heading = ""
    about = ""
    done = "已登记。"

    def act(self, form: Any) -> str:
        """Call the service; return the address to go to."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            submission_key=self.request.POST.get("submission_key") or new_key(),
            heading=self.heading,
            about=self.about,
            back_url=reverse("members:disciplines"),
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer = once(
                user=self.request.user,
                key=self.request.POST.get("submission_key") or new_key(),
                act=lambda: self.act(form),
                content=content_of(self.request),
            )
        except DisciplineRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return self.form_invalid(form)
        except StaleVersion:
            form.add_error(None, STALE)
            return self.form_invalid(form)
        except SavedBefore:
            form.add_error(None, "这张表刚才已经保存。")
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(answer)


class MemberDecisionView(DecisionFormView):
    """A new decision about one member."""

    @cached_property
    def member(self) -> Member:
        return get_object_or_404(
            Member.objects.select_related("branch"), public_id=self.kwargs["public_id"]
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.about = f"{self.member.name} · {self.member.branch.label}"
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.about = f"{self.member.name} · {self.member.branch.label}"
        return super().post(request, *args, **kwargs)


class NewDisciplineView(MemberDecisionView):
    form_class = forms.DisciplineForm
    heading = "登记处分"

    def act(self, form: Any) -> str:
        made = services.record_discipline(
            actor=self.request.user, member=self.member, **form.cleaned_data
        )
        return made.get_absolute_url()


class NewMeasureView(MemberDecisionView):
    form_class = forms.MeasureForm
    heading = "登记组织处置"
    done = "已登记。党籍有变动的，请另外办理党籍变动。"

    def act(self, form: Any) -> str:
        made = services.record_measure(
            actor=self.request.user, member=self.member, **form.cleaned_data
        )
        return made.get_absolute_url()


class CorrectDisciplineView(DecisionFormView):
    form_class: Any = forms.DisciplineCorrection
    heading, done = "更正处分", "已更正。"

    @cached_property
    def record(self) -> Any:
        return get_object_or_404(queries.disciplines_in_scope(), public_id=self.kwargs["public_id"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        services.note_opening(actor=request.user, record=self.record)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.record, name) for name in self.form_class.base_fields}

    def act(self, form: Any) -> str:
        services.correct_discipline(
            actor=self.request.user, discipline=self.record, **form.cleaned_data
        )
        return self.record.get_absolute_url()


class CorrectMeasureView(CorrectDisciplineView):
    form_class = forms.MeasureCorrection
    heading = "更正组织处置"

    @cached_property
    def record(self) -> Any:
        return get_object_or_404(queries.measures_in_scope(), public_id=self.kwargs["public_id"])

    def act(self, form: Any) -> str:
        services.correct_measure(actor=self.request.user, measure=self.record, **form.cleaned_data)
        return self.record.get_absolute_url()


class CheckHonourView(DecisionFormView):
    """Decide about an honour that was given within the effect of a 处分."""

    form_class = forms.HonourCheckForm
    heading = "核对荣誉"

    @cached_property
    def honour(self) -> Honour:
        return get_object_or_404(
            Honour.objects.select_related("organization", "member"),
            public_id=self.kwargs["public_id"],
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = self.honour.awarded_on
        self.about = (
            f"{self.honour.winner} · {self.honour.title} · {day} 授予。"
            f"处分影响期内的表彰，按{queries.rule_on(day).citation}核对。"
        )
        return super().get_context_data(**kwargs)

    def act(self, form: Any) -> str:
        services.check_honour(
            actor=self.request.user,
            honour=self.honour,
            on=timezone.localdate(),
            **form.cleaned_data,
        )
        return reverse("members:disciplines")
