"""Pages on which a new body takes office and approvals are entered."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.views.generic import View

from branches.models import Term
from members.forms.offices import SeatFormSet, ShiftForm, TermCorrectionForm, TermForm
from members.models import Office
from members.queries.leaders import advice_on, proposal_for
from members.queries.offices import body_of, names_offered, strangers_among
from members.queries.terms import in_office, standing_of
from members.services.terms import (
    approve_shift,
    correct_term,
    open_term,
    undo_term,
    withdraw_shift,
)
from members.views.bodies import BodyMixin
from partybuild.cells import partial_date
from partybuild.saving import ButtonView, EditingView, SavingView

Post = Office.Post
ALWAYS = (Post.SECRETARY, Post.DEPUTY_SECRETARY)
IN_COMMITTEES = (
    Post.ORGANIZATION_MEMBER,
    Post.PUBLICITY_MEMBER,
    Post.DISCIPLINE_INSPECTION_MEMBER,
)


class TermMixin(BodyMixin):
    """The page is about the term in office; without one it is not found."""

    @cached_property
    def term(self) -> Term:
        return self.term_now()

    def term_now(self) -> Term:
        """Return the term as it is stored now."""
        term = in_office(self.organization.terms.all(), self.today)
        if term is None:
            raise Http404
        return term


class TermCreateView(BodyMixin, SavingView):
    """换届: a new body takes office, with its members and their duties."""

    permission_required = "members.change_office"
    form_class = TermForm
    template_name = "members/term_form.html"
    heading = "换届"
    done = "已登记换届，原班子届满离任，新的到期时间已算好。"

    @cached_property
    def proposal(self) -> Any:
        return proposal_for(self.organization, self.today)

    @cached_property
    def seats(self) -> Any:
        return SeatFormSet(
            self.request.POST or None,
            prefix="seats",
            organization=self.organization,
            initial=None if self.request.POST else self._sitting(),
        )

    def _sitting(self) -> list[dict[str, str]]:
        """Start from who sits now and the posts that are usually filled: confirm and correct."""
        rows = [
            {"post": office.post, "name": office.holder_name, "duties": office.duties}
            for office in body_of(self.organization, self.today)
        ]
        wanted = (*ALWAYS, *(IN_COMMITTEES if self.proposal.has_committee else ()))
        held = {row["post"] for row in rows}
        return [*rows, *({"post": post.value} for post in wanted if post not in held)]

    def get_initial(self) -> dict[str, Any]:
        return {"years": self.proposal.years, "has_committee": self.proposal.has_committee}

    def get_lead(self) -> str:
        return f"{self.organization.name}。保存后原班子届满离任，下面的人从当选那天起任职。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            seats=self.seats,
            reasons=self.proposal.reasons,
            names=names_offered(self.organization),
            **kwargs,
        )

    def form_valid(self, form: TermForm) -> HttpResponse:
        if not self.seats.is_valid():
            for problem in self.seats.non_form_errors():
                form.add_error(None, problem)
            return self.form_invalid(form)
        return super().form_valid(form)

    def save(self, form: TermForm) -> str:
        open_term(
            actor=self.request.user,
            organization=self.organization,
            holders=self.seats.holders,
            **form.cleaned_data,
        )
        return self.back_url()

    def say_done(self) -> None:
        super().say_done()
        standing = standing_of(self.organization, self.today)
        for sentence in advice_on(
            self.organization, standing, body_of(self.organization, self.today), self.today
        ):
            messages.warning(self.request, sentence)
        strangers = strangers_among(self.seats.holders, self.organization, self.today)
        if strangers:
            names = "、".join(strangers)
            messages.warning(self.request, f"{names}不在本组织的党员名册里，请核对。")


class TermCorrectView(TermMixin, EditingView):
    """Correct the term in office."""

    permission_required = "members.change_office"
    form_class = TermCorrectionForm
    template_name = "members/term_correct.html"
    heading = "更正本届"
    lead = "日期不全的可以只写年月或年份，到期时间按最晚的一天算。"
    done = "已更正，到期时间同时更新。"

    def record(self) -> Term:
        return self.term_now()

    def values_of(self, record: Term) -> dict[str, Any]:
        return {
            "elected_on": partial_date(record.elected_on, record.elected_precision),
            "years": record.years,
            "has_committee": record.has_committee,
            "document": record.document,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(term=self.term, **kwargs)

    def edit(self, form: TermCorrectionForm, record: Term, version: int) -> str:
        said = form.cleaned_data
        elected = said["elected_on"]
        correct_term(
            actor=self.request.user,
            term=record,
            version=version,
            elected_on=elected.date if elected else None,
            elected_precision=elected.precision if elected else "day",
            years=said["years"],
            has_committee=said["has_committee"],
            document=said["document"],
        )
        return self.back_url()


class TermUndoView(TermMixin, ButtonView):
    """Take back a 换届 that was entered by mistake."""

    permission_required = "members.change_office"
    done = "已撤销这次换届登记，原班子恢复在任。"

    def act(self, version: int) -> None:
        undo_term(actor=self.request.user, term=self.term, version=version)


class ShiftView(TermMixin, SavingView):
    """Enter the superior's approval of an earlier or later election."""

    permission_required = "members.approve_term"
    form_class = ShiftForm
    heading = "登记换届提前或延期批复"
    done = "已登记批复，到期时间按批复计算。"

    def get_lead(self) -> str:
        standing = standing_of(self.organization, self.today)
        due = f"本届 {standing.due_on} 到期。" if standing.due_on else "本届到期时间不详。"
        return f"{self.organization.name}：{due}提前或延期要有上级党委批复，一般不超过一年。"

    def save(self, form: ShiftForm) -> str:
        said = form.cleaned_data
        approve_shift(
            actor=self.request.user,
            term=self.term,
            shifted_to=said["due_on"],
            approved_on=said["approved_on"],
            document=said["document"],
            reason=said["reason"],
        )
        return self.back_url()


class ShiftWithdrawView(TermMixin, View):
    """Take back the approval that was entered last."""

    permission_required = "members.approve_term"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        shift = self.term.shifts.order_by("-approved_on", "-pk").first()
        if shift is None:
            raise Http404
        withdraw_shift(actor=request.user, shift=shift)
        messages.success(request, "已撤销这条批复登记，到期时间重新计算。")
        return redirect(self.back_url())
