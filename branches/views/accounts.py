"""Pages of accounts."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView, View

from branches.forms.accounts import AccountForm, GrantForm, NewPasswordForm, SignInForm
from branches.models import Grant, User
from branches.queries.accounts import accounts
from branches.services.accounts import (
    change_password,
    close_account,
    grant_role,
    note_failed_sign_in,
    note_sign_in,
    open_account,
    reopen_account,
    reset_password,
    starting_password,
    withdraw_role,
)
from partybuild.paging import page_of, pager_urls
from partybuild.permissions import PUBLIC, SIGNED_IN


class SignInView(LoginView):
    """Sign in; a half-written page shows the same form in a dialog of its own."""

    permission_required = PUBLIC
    authentication_form = SignInForm
    template_name = "branches/sign_in.html"
    redirect_authenticated_user = False

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        note_sign_in(user=self.request.user)  # type: ignore[arg-type]
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        note_failed_sign_in(username=self.request.POST.get("username", ""))
        response = super().form_invalid(form)
        response.status_code = 422
        return response


@method_decorator(login_not_required, name="dispatch")
class SignOutView(View):
    """Sign out; the browser is asked to forget what it kept."""

    permission_required = PUBLIC

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        response = redirect(settings.LOGOUT_REDIRECT_URL)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class ChangePasswordView(FormView):
    """Set one's own password; asked for at the first sign-in."""

    permission_required = SIGNED_IN
    form_class = NewPasswordForm
    template_name = "branches/change_password.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        change_password(actor=user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, user)
        messages.success(self.request, "口令已修改。")
        return redirect(settings.LOGIN_REDIRECT_URL)


class AccountView(TemplateView):
    """One's own account: name, roles, where they hold."""

    permission_required = SIGNED_IN
    template_name = "branches/account.html"


class AccountListView(TemplateView):
    """All accounts: who may sign in, which roles they hold."""

    permission_required = "branches.view_user"
    template_name = "branches/accounts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        page = page_of(
            accounts(), order=("username", "pk"), cursor=self.request.GET.get("cursor", "")
        )
        return super().get_context_data(
            page=page,
            pager=pager_urls(self.request, page),
            may_open=user.has_perm("branches.add_user"),
            may_grant=user.has_perm("branches.change_grant"),
            **kwargs,
        )


class OpenAccountView(FormView):
    """Open an account; its password to start with is shown once."""

    permission_required = "branches.add_user"
    form_class = AccountForm
    template_name = "partybuild/saving.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back_url = reverse("branches:accounts")
        return super().get_context_data(
            heading="开设账号", button="开设", back_url=back_url, **kwargs
        )

    def form_valid(self, form: AccountForm) -> HttpResponse:
        password = starting_password()
        user = open_account(
            actor=self.request.user,
            username=form.cleaned_data["username"],
            name=form.cleaned_data["name"],
            password=password,
        )
        return show_password(self.request, user, password)


class SwitchAccountView(View):
    """Close an account, open it again, or give it a new password to start with."""

    permission_required = "branches.add_user"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        user = get_object_or_404(User, public_id=public_id)
        wish = request.POST.get("wish")
        if wish == "close" and user != request.user:
            close_account(actor=request.user, user=user)
            messages.success(request, f"已停用账号 {user.username}。")
        elif wish == "reopen":
            reopen_account(actor=request.user, user=user)
            messages.success(request, f"已启用账号 {user.username}。")
        elif wish == "reset" and user != request.user:
            password = starting_password()
            reset_password(actor=request.user, user=user, password=password)
            return show_password(request, user, password)
        else:
            messages.error(request, "没有改动：不能停用或重设自己的账号。")
        return redirect("branches:accounts")


class GrantView(FormView):
    """The roles of one account: given and withdrawn by the security administrator."""

    permission_required = "branches.change_grant"
    form_class = GrantForm
    template_name = "branches/grants.html"

    @cached_property
    def account(self) -> User:
        return get_object_or_404(User, public_id=self.kwargs["public_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.account}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            account=self.account,
            grants=self.account.grants.select_related("organization"),
            **kwargs,
        )

    def form_valid(self, form: GrantForm) -> HttpResponse:
        if self.account == self.request.user:
            messages.error(self.request, "不能给自己授权，请由另一位安全管理员办理。")
        else:
            grant_role(actor=self.request.user, user=self.account, **form.cleaned_data)
            messages.success(self.request, "已授权，对方下一次操作起生效。")
        return redirect("branches:grants", public_id=self.account.public_id)


class WithdrawGrantView(View):
    """Withdraw one role."""

    permission_required = "branches.change_grant"

    def post(self, request: HttpRequest, public_id: str, grant: str) -> HttpResponse:
        found = get_object_or_404(Grant, user__public_id=public_id, public_id=grant)
        if found.user == request.user:
            messages.error(request, "不能撤销自己的角色。")
        else:
            withdraw_role(actor=request.user, grant=found)
            messages.success(request, "已撤销，对方下一次操作起生效。")
        return redirect("branches:grants", public_id=public_id)


def show_password(request: HttpRequest, user: User, password: str) -> HttpResponse:
    """Show a password to start with, once, on a page that nothing keeps."""
    context = {"account": user, "password": password}
    response = render(request, "branches/password_once.html", context)
    response["Cache-Control"] = "no-store"
    return response


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any) -> HttpResponse:
    """Answer the sixth wrong password: how long to wait, whom to ask."""
    return render(request, "branches/locked_out.html", status=429)
