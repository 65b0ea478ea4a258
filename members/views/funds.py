"""Pages of funds: requests, the three levels that sign, what came in and was spent."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from members.forms.funds import (
    IncomeForm,
    OpinionForm,
    RequestForm,
    SpendingForm,
    initial_of,
)
from members.models import FundRequest
from members.queries.funds import (
    SIGNING,
    balances_of,
    levels_of,
    requests_in_scope,
    spent_on,
    waiting_at,
)
from members.services.funds import (
    book_spending,
    record_income,
    request_again,
    request_funds,
    sign_request,
    withdraw_request,
)
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.paging import page_of, pager_urls
from partybuild.saving import ButtonView, SavingView, VersionedView
from partybuild.scoping import scoped_to


class FundListView(TemplateView):
    """What waits for this user's signature, then every request in scope."""

    permission_required = "members.view_funds"
    template_name = "members/funds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(
            requests_in_scope(),
            order=("-requested_on", "-pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        return super().get_context_data(
            page=page,
            pager=pager_urls(self.request, page),
            waiting=self._waiting(),
            may_request=self.request.user.has_perm("members.request_funds"),
            **kwargs,
        )

    def _waiting(self) -> list[FundRequest]:
        user: Any = self.request.user
        found: list[FundRequest] = []
        for state in levels_of(user):
            with scoped_to(user.scope_for(SIGNING[FundRequest.State(state)])):
                found += waiting_at(state).exclude(requested_by=user)
        return found


class FundRequestMixin:
    """Finds the request that a page is about."""

    kwargs: dict[str, Any]

    @cached_property
    def fund_request(self) -> FundRequest:
        return found_request(self.kwargs["public_id"])

    def back_url(self) -> str:
        return self.fund_request.get_absolute_url()


class FundRequestView(FundRequestMixin, TemplateView):
    """One request: its lines, who has signed, what was spent; and what may be done now."""

    permission_required = "members.view_funds"
    template_name = "members/fund_request.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked, user = self.fund_request, self.request.user
        may_request = user.has_perm("members.request_funds")
        level = asked.state if asked.state in levels_of(user) else ""
        own = asked.requested_by_id == user.pk
        return super().get_context_data(
            fund_request=asked,
            items=asked.items.all(),
            signatures=asked.signatures.all(),
            spendings=asked.spendings.all(),
            balances=balances_of(asked.organization),
            spent=spent_on(asked),
            steps=steps_of(history_of(asked)),
            sign_url=reverse(f"members:sign_funds_{level}", args=[asked.public_id])
            if level and not own
            else "",
            opinion=OpinionForm(initial={"version": asked.version}),
            may_withdraw=may_request and asked.state in FundRequest.WAITING,
            may_request_again=may_request
            and asked.state in {FundRequest.State.RETURNED, FundRequest.State.WITHDRAWN},
            may_spend=may_request and asked.state == FundRequest.State.APPROVED,
            **kwargs,
        )


class SignView(FundRequestMixin, ButtonView):
    """Agree to a request, or send it back."""

    permission_required = ""

    @property
    def is_agreed(self) -> bool:
        return self.request.POST.get("answer") == "agree"

    def get_done(self) -> str:
        return "已同意。" if self.is_agreed else "已退回，申请人可以修改后重新提交。"

    def act(self, version: int) -> None:
        sign_request(
            actor=self.request.user,
            request=self.fund_request,
            version=version,
            is_agreed=self.is_agreed,
            reason=self.request.POST.get("reason", "").strip()[:300],
        )


class SignFirstView(SignView):
    """科室负责人 signs."""

    permission_required = "members.sign_funds_first"


class SignSecondView(SignView):
    """分管领导 signs."""

    permission_required = "members.sign_funds_second"


class SignThirdView(SignView):
    """主要领导 signs."""

    permission_required = "members.sign_funds_third"


class WithdrawView(FundRequestMixin, ButtonView):
    """Take a waiting request back."""

    permission_required = "members.request_funds"
    done = "已撤回，内容都在，可以修改后重新提交。"

    def act(self, version: int) -> None:
        withdraw_request(actor=self.request.user, request=self.fund_request, version=version)


class RequestFundsView(SavingView):
    """Ask to use money."""

    permission_required = "members.request_funds"
    form_class = RequestForm
    template_name = "members/fund_request_form.html"
    heading = "申请经费"
    button = "提交审批"
    done = "已提交，等科室负责人审批。"

    def get_initial(self) -> dict[str, Any]:
        return {"wanted_on": timezone.localdate()}

    def back_url(self) -> str:
        return reverse("members:funds")

    def save(self, form: RequestForm) -> str:
        return request_funds(actor=self.request.user, **form.cleaned_data).get_absolute_url()


class RequestAgainView(VersionedView):
    """Hand a returned or withdrawn request in once more; what was written is filled in."""

    permission_required = "members.request_funds"
    form_class = RequestForm
    template_name = "members/fund_request_form.html"
    heading = "修改后重新提交"
    button = "提交审批"
    done = "已提交，等科室负责人审批。"

    def record(self) -> FundRequest:
        return found_request(self.kwargs["public_id"])

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["organization"].disabled = True
        return form

    def get_initial(self) -> dict[str, Any]:
        return initial_of(self.record())

    def edit(self, form: RequestForm, record: FundRequest, version: int) -> str:
        cleaned = dict(form.cleaned_data)
        cleaned.pop("organization")
        asked = request_again(actor=self.request.user, request=record, version=version, **cleaned)
        return asked.get_absolute_url()


class RecordIncomeView(SavingView):
    """Record money that came in."""

    permission_required = "members.request_funds"
    form_class = IncomeForm
    heading = "登记经费收入"
    done = "已登记，收支台账同时更新。"

    def get_initial(self) -> dict[str, Any]:
        return {"received_on": timezone.localdate()}

    def back_url(self) -> str:
        return reverse("members:funds")

    def save(self, form: IncomeForm) -> str:
        record_income(actor=self.request.user, **form.cleaned_data)
        return self.back_url()


class BookSpendingView(FundRequestMixin, SavingView):
    """Book what was spent on an approved request."""

    permission_required = "members.request_funds"
    form_class = SpendingForm
    heading = "登记支出"
    done = "已登记，收支台账同时更新。"

    def get_initial(self) -> dict[str, Any]:
        return {"spent_on_day": timezone.localdate()}

    def get_lead(self) -> str:
        asked = self.fund_request
        return f"{asked.organization.label}：{asked.purpose}，批准 {asked.amount} 元"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        left = balances_of(self.fund_request.organization)
        hint = "，".join(f"{balance.title}结余 {balance.left} 元" for balance in left)
        return super().get_context_data(**{"hint": hint} | kwargs)

    def save(self, form: SpendingForm) -> str:
        book_spending(actor=self.request.user, request=self.fund_request, **form.cleaned_data)
        return self.back_url()


def found_request(public_id: str) -> FundRequest:
    """Return a request in scope; 404 for any other."""
    return get_object_or_404(
        FundRequest.objects.select_related("organization"), public_id=public_id
    )
