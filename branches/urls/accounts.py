"""Addresses of accounts."""

from django.urls import path

from branches.views import accounts

urlpatterns = [
    path("sign-in/", accounts.SignInView.as_view(), name="sign_in"),
    path("sign-out/", accounts.SignOutView.as_view(), name="sign_out"),
    path("account/", accounts.AccountView.as_view(), name="account"),
    path("account/password/", accounts.ChangePasswordView.as_view(), name="change_password"),
    path("accounts/", accounts.AccountListView.as_view(), name="accounts"),
    path("accounts/new/", accounts.OpenAccountView.as_view(), name="open_account"),
    path("accounts/<str:public_id>/", accounts.SwitchAccountView.as_view(), name="switch_account"),
    path("accounts/<str:public_id>/grants/", accounts.GrantView.as_view(), name="grants"),
    path(
        "accounts/<str:public_id>/grants/<str:grant>/withdraw/",
        accounts.WithdrawGrantView.as_view(),
        name="withdraw_grant",
    ),
]
