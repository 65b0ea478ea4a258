"""Pages of accounts and organisations."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views.generic import FormView, TemplateView, View

from branches.forms import NewPasswordForm, SignInForm
from branches.models import PartyOrganization
from branches.queries import organizations_in_scope, tree_rows
from branches.services.accounts import change_password, note_failed_sign_in, note_sign_in
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


class OrganizationTreeView(TemplateView):
    """The tree of organisations in scope with the size of each."""

    permission_required = "branches.view_partyorganization"
    template_name = "branches/organizations.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = tree_rows(organizations_in_scope())
        return super().get_context_data(rows=rows, count=len(rows), **kwargs)


class OrganizationView(TemplateView):
    """One organisation: its events, terms, subordinates."""

    permission_required = "branches.view_partyorganization"
    template_name = "branches/organization.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organization = get_object_or_404(
            PartyOrganization.objects.select_related("superior"), public_id=kwargs["public_id"]
        )
        return super().get_context_data(
            organization=organization,
            events=organization.events.select_related("superior"),
            terms=organization.terms.all(),
            subordinates=organization.subordinates.all(),
            **kwargs,
        )


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any) -> HttpResponse:
    """Answer the sixth wrong password: how long to wait, whom to ask."""
    return render(request, "branches/locked.html", status=429)
