"""Pages of funds: requests, the three levels that sign, what came in and was spent."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView, View

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
    FundsRefused,
    book_spending,
    record_income,
    request_again,
    request_funds,
    sign_request,
    withdraw_request,
)
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.merging import StaleVersion
from partybuild.paging import page_of, pager_urls
from partybuild.scoping import scoped_to
from partybuild.submissions import SavedBefore, content_of, new_key, once

CHANGED = "别人刚刚处理了这份申请，请看现在的状态。"
SAVED_BEFORE = "这张表刚才已经保存过，内容与现在的不同。请核对后再保存一次。"
MAX_DIGITS = 9


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
    request: HttpRequest

    @cached_property
    def fund_request(self) -> FundRequest:
        return get_object_or_404(
            FundRequest.objects.select_related("organization"), public_id=self.kwargs["public_id"]
        )

    def posted_version(self) -> int:
        """Return the version the page was filled from; 0, which is always stale, without one."""
        posted = self.request.POST.get("version", "")
        return int(posted) if posted.isdecimal() and len(posted) < MAX_DIGITS else 0


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


class SignView(FundRequestMixin, View):
    """Agree to a request, or send it back."""

    permission_required = ""

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        is_agreed = request.POST.get("answer") == "agree"
        try:
            sign_request(
                actor=request.user,
                request=self.fund_request,
                version=self.posted_version(),
                is_agreed=is_agreed,
                reason=request.POST.get("reason", "").strip()[:300],
            )
        except FundsRefused as refusal:
            messages.error(request, str(refusal))
        except StaleVersion:
            messages.error(request, CHANGED)
        else:
            messages.success(
                request, "已同意。" if is_agreed else "已退回，申请人可以修改后重新提交。"
            )
        return redirect(self.fund_request)


class SignFirstView(SignView):
    """科室负责人 signs."""

    permission_required = "members.sign_funds_first"


class SignSecondView(SignView):
    """分管领导 signs."""

    permission_required = "members.sign_funds_second"


class SignThirdView(SignView):
    """主要领导 signs."""

    permission_required = "members.sign_funds_third"


class WithdrawView(FundRequestMixin, View):
    """Take a waiting request back."""

    permission_required = "members.request_funds"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        try:
            withdraw_request(
                actor=request.user, request=self.fund_request, version=self.posted_version()
            )
        except FundsRefused as refusal:
            messages.error(request, str(refusal))
        except StaleVersion:
            messages.error(request, CHANGED)
        else:
            messages.success(request, "已撤回，内容都在，可以修改后重新提交。")
        return redirect(self.fund_request)


class SavingFormView(FormView):
    """Saves a form once, however often it is sent, and shows a refusal at its field."""

    request: HttpRequest
    heading = ""
    back = ""
    said = "已保存。"
    fresh_key = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        posted = self.request.POST.get("submission_key")
        key = posted if posted and not self.fresh_key else new_key()
        return super().get_context_data(
            heading=self.heading,
            back=self.back or reverse("members:funds"),
            submission_key=key,
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer = once(
                user=self.request.user,
                key=self.request.POST.get("submission_key") or new_key(),
                act=lambda: self.save(form),
                content=content_of(self.request),
            )
        except FundsRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return self.form_invalid(form)
        except SavedBefore:
            self.fresh_key = True
            form.add_error(None, SAVED_BEFORE)
            return self.form_invalid(form)
        except StaleVersion:
            form.add_error(None, CHANGED)
            return self.form_invalid(form)
        messages.success(self.request, self.said)
        return redirect(answer)

    def save(self, form: Any) -> str:
        raise NotImplementedError


class RequestFundsView(SavingFormView):
    """Ask to use money."""

    permission_required = "members.request_funds"
    form_class = RequestForm
    template_name = "members/fund_request_form.html"
    heading = "申请经费"
    said = "已提交，等科室负责人审批。"

    def get_initial(self) -> dict[str, Any]:
        return {"wanted_on": timezone.localdate()}

    def save(self, form: RequestForm) -> str:
        return request_funds(actor=self.request.user, **form.cleaned_data).get_absolute_url()


class RequestAgainView(FundRequestMixin, RequestFundsView):
    """Hand a returned or withdrawn request in once more; what was written is filled in."""

    heading = "修改后重新提交"

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["organization"].disabled = True
        return form

    def get_initial(self) -> dict[str, Any]:
        return initial_of(self.fund_request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = self.request.POST.get("version") or self.fund_request.version
        return super().get_context_data(version=version, **kwargs)

    def save(self, form: RequestForm) -> str:
        cleaned = dict(form.cleaned_data)
        cleaned.pop("organization")
        return request_again(
            actor=self.request.user,
            request=self.fund_request,
            version=self.posted_version(),
            **cleaned,
        ).get_absolute_url()


class RecordIncomeView(SavingFormView):
    """Record money that came in."""

    permission_required = "members.request_funds"
    form_class = IncomeForm
    template_name = "members/fund_form.html"
    heading = "登记经费收入"
    said = "已登记，收支台账同时更新。"

    def get_initial(self) -> dict[str, Any]:
        return {"received_on": timezone.localdate()}

    def save(self, form: IncomeForm) -> str:
        record_income(actor=self.request.user, **form.cleaned_data)
        return reverse("members:funds")


class BookSpendingView(FundRequestMixin, SavingFormView):
    """Book what was spent on an approved request."""

    permission_required = "members.request_funds"
    form_class = SpendingForm
    template_name = "members/fund_form.html"
    heading = "登记支出"
    said = "已登记，收支台账同时更新。"

    def get_initial(self) -> dict[str, Any]:
        return {"spent_on_day": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            fund_request=self.fund_request,
            balances=balances_of(self.fund_request.organization),
            **kwargs,
        )

    def save(self, form: SpendingForm) -> str:
        book_spending(actor=self.request.user, request=self.fund_request, **form.cleaned_data)
        return self.fund_request.get_absolute_url()
