"""Pages of the development of members."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from members.forms.development import (
    CaseFilterForm,
    EndingForm,
    ExtensionForm,
    LeavingForm,
    OpenCaseForm,
    ReviewForm,
    RevocationForm,
    StepForm,
    values_of,
)
from members.models import DevelopmentCase
from members.queries import development_papers
from members.queries.development import (
    OLD,
    board,
    cards_of,
    case_list,
    facts_of,
    reviews_of,
    stalled_branches,
    step_lines,
    step_of,
)
from members.queries.development_rules import Rules, StepRule, extension_span, probation_end
from members.services.development import (
    correct_step,
    end_case,
    extend_probation,
    note_leaving,
    note_paper_written,
    open_case,
    open_case_of_new_applicant,
    record_review,
    record_step,
    revoke_probation,
)
from partybuild.audit import history_of
from partybuild.documents import fill, missing, word_response
from partybuild.history import steps_of
from partybuild.paging import page_of, pager_urls
from partybuild.saving import SavingView, VersionedView
from partybuild.submissions import new_key

CHANGE, APPROVE = "members.change_development", "members.approve_development"
SUPERIOR = "superior"
ORDER = ("organization__path", "opened_on", "pk")


class DevelopmentBoardView(TemplateView):
    """The open cases by stage."""

    permission_required = "members.view_development"
    template_name = "members/development_board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(
            stages=board(timezone.localdate()),
            may_change=user.has_perm(CHANGE),
            **kwargs,
        )


class DevelopmentCaseListView(TemplateView):
    """The cases that meet conditions."""

    permission_required = "members.view_development"
    template_name = "members/development_cases.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = CaseFilterForm(self.request.GET or None)
        page = page_of(
            case_list(**form.conditions()),
            order=ORDER,
            cursor=self.request.GET.get("cursor", ""),
        )
        return super().get_context_data(
            form=form,
            page=page,
            pager=pager_urls(self.request, page),
            cards=cards_of(page.rows, timezone.localdate()),
            **kwargs,
        )


class StalledBranchesView(TemplateView):
    """The branches that have developed nobody for years."""

    permission_required = "members.view_development"
    template_name = "members/development_stalled.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(
            stalled_branches(timezone.localdate()),
            order=("path",),
            cursor=self.request.GET.get("cursor", ""),
        )
        return super().get_context_data(
            page=page, pager=pager_urls(self.request, page), never=OLD, **kwargs
        )


class OpenCaseView(SavingView):
    """Open the case of an applicant."""

    permission_required = CHANGE
    form_class = OpenCaseForm
    heading = "登记入党申请人"
    done = "已建立培养档案，请在一个月内派人谈话。"

    def get_initial(self) -> dict[str, Any]:
        return {"applied_on": timezone.localdate()}

    def back_url(self) -> str:
        return reverse("members:development")

    def save(self, form: OpenCaseForm) -> str:
        said = form.cleaned_data
        shared = {
            "actor": self.request.user,
            "organization": said["organization"],
            "applied_on": said["applied_on"],
            "papers": ["入党申请书"] if said["papers"] else [],
        }
        if said["member"]:
            return open_case(member=said["member"], **shared).get_absolute_url()
        case = open_case_of_new_applicant(
            name=said["name"], gender=said["gender"], born_on=said["born_on"], **shared
        )
        return case.get_absolute_url()


def found_case(public_id: str) -> DevelopmentCase:
    """Return a case in scope; 404 for any other."""
    return get_object_or_404(
        DevelopmentCase.objects.select_related("member", "organization__superior"),
        public_id=public_id,
    )


class DevelopmentCaseView(TemplateView):
    """One case: its steps, reviews, sponsors, papers and history."""

    permission_required = "members.view_development"
    template_name = "members/development_case.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case, user = found_case(kwargs["public_id"]), self.request.user
        today, rules = timezone.localdate(), Rules()
        lines, facts = step_lines(case, today), facts_of([case])[case.pk]
        may = {"branch": user.has_perm(CHANGE), SUPERIOR: user.has_perm(APPROVE)}
        upcoming = next((line for line in lines if line.is_next), None)
        form = None
        if upcoming and may[upcoming.rule.by]:
            form = StepForm(rule=upcoming.rule, case=case, initial=values_of(case, upcoming.rule))
        return super().get_context_data(
            case=case,
            card=cards_of([case], today)[0],
            rows=[
                (line, _step_url(case, line.rule) if may[line.rule.by] else "") for line in lines
            ],
            upcoming=upcoming,
            upcoming_url=_step_url(case, upcoming.rule) if upcoming else "",
            form=form,
            submission_key=new_key(),
            sponsors=facts.sponsors,
            reviews=reviews_of(case),
            probation_end=probation_end(facts, rules),
            may_extend=extension_span(facts, rules) is not None and case.extended_until is None,
            papers=[(code, paper.title) for code, paper in development_papers.PAPERS.items()],
            steps=steps_of(history_of(case)),
            may_change=may["branch"],
            may_approve=may[SUPERIOR],
            **kwargs,
        )


def _step_url(case: DevelopmentCase, rule: StepRule) -> str:
    name = "development_approval" if rule.by == SUPERIOR else "development_step"
    return reverse(f"members:{name}", args=[case.public_id, rule.code])


class CaseFormView(VersionedView):
    """A form about one case."""

    @cached_property
    def case(self) -> DevelopmentCase:
        return self.record()

    def record(self) -> DevelopmentCase:
        return found_case(self.kwargs["public_id"])

    def get_lead(self) -> str:
        return f"{self.case.member.name} · {self.case.organization.name}"


class StepView(CaseFormView):
    """Record or correct a step that is the branch's to take."""

    permission_required = CHANGE
    form_class = StepForm
    by = "branch"

    @cached_property
    def rule(self) -> StepRule:
        edition = Rules().on(timezone.localdate(), self.case.organization.path)
        rule = edition.step(self.kwargs["code"]) if edition else None
        if rule is None or rule.by != self.by:
            raise Http404
        return rule

    @cached_property
    def is_recorded(self) -> bool:
        return step_of(self.case, self.rule.code) is not None

    def get_heading(self) -> str:
        return f"{'更正' if self.is_recorded else '记录'}：{self.rule.name}"

    def get_lead(self) -> str:
        cite = f" · {self.rule.cite}" if self.rule.cite else ""
        return f"{super().get_lead()}{cite}"

    def say_done(self) -> None:
        messages.success(self.request, f"已保存“{self.rule.name}”。")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"rule": self.rule, "case": self.case}

    def get_initial(self) -> dict[str, Any]:
        return values_of(self.case, self.rule)

    def edit(self, form: StepForm, record: DevelopmentCase, version: int) -> str:
        store: Callable[..., Any] = correct_step if self.is_recorded else record_step
        store(
            actor=self.request.user,
            case=record,
            version=version,
            code=self.rule.code,
            sponsors=list(form.cleaned_data.get("sponsors", ())),
            papers=form.cleaned_data.get("papers", ()),
            **form.plain_fields(),
        )
        return record.get_absolute_url()


class ApprovalView(StepView):
    """Record or correct a step that is the superior's to take."""

    permission_required = APPROVE
    by = SUPERIOR


class ActView(CaseFormView):
    """A small act beside the steps: one form, one service."""

    service: ClassVar[Callable[..., Any]]

    def edit(self, form: Any, record: DevelopmentCase, version: int) -> str:
        type(self).service(
            actor=self.request.user, case=record, version=version, **form.cleaned_data
        )
        return record.get_absolute_url()


class ReviewView(ActView):
    permission_required = CHANGE
    form_class = ReviewForm
    heading = "记录半年考察"
    done = "已记录考察。"
    service = staticmethod(record_review)

    def get_initial(self) -> dict[str, Any]:
        return {"reviewed_on": timezone.localdate()}


class ExtensionView(ActView):
    permission_required = CHANGE
    form_class = ExtensionForm
    heading = "延长预备期"
    done = "已延长预备期。"
    service = staticmethod(extend_probation)


class LeavingView(ActView):
    permission_required = CHANGE
    form_class = LeavingForm
    heading = "登记预计离开日期"
    done = "已登记。"
    service = staticmethod(note_leaving)

    def get_initial(self) -> dict[str, Any]:
        return {"leaving_on": self.case.leaving_on}


class EndingView(ActView):
    permission_required = CHANGE
    form_class = EndingForm
    heading = "结束培养"
    done = "已结束培养。"
    service = staticmethod(end_case)


class RevocationView(ActView):
    permission_required = APPROVE
    form_class = RevocationForm
    heading = "取消预备党员资格"
    done = "已取消预备党员资格。"
    service = staticmethod(revoke_probation)


class PaperView(TemplateView):
    """A paper about a case: what is still missing in it first, then the Word file."""

    permission_required = "members.view_development"
    template_name = "members/development_paper.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case, paper = found_case(kwargs["public_id"]), found_paper(kwargs["code"])
        values = development_papers.values_of(paper, case)
        gaps = missing(paper.template, values)
        return super().get_context_data(
            case=case,
            paper=paper,
            gaps=gaps,
            filled=[(name, value) for name, value in values.items() if name not in gaps],
            may_reveal="身份证号码" in values
            and self.request.user.has_perm("members.reveal_number"),
            **kwargs,
        )

    def post(self, request: HttpRequest, public_id: str, code: str) -> HttpResponse:
        case, paper = found_case(public_id), found_paper(code)
        reason = request.POST.get("reason", "").strip()
        reveal = bool(reason) and request.user.has_perm("members.reveal_number")
        content = fill(paper.template, development_papers.values_of(paper, case, reveal=reveal))
        note_paper_written(
            actor=request.user, case=case, title=paper.title, reason=reason if reveal else ""
        )
        return word_response(content, f"{paper.title} {case.member.name}.docx")


def found_paper(code: str) -> development_papers.Paper:
    """Return the paper of a step; 404 for a step without one."""
    if code not in development_papers.PAPERS:
        raise Http404
    return development_papers.PAPERS[code]
