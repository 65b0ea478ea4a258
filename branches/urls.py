"""Addresses of accounts and organisations."""

from django.urls import path

from branches import views

app_name = "branches"
urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign_in"),
    path("sign-out/", views.SignOutView.as_view(), name="sign_out"),
    path("account/", views.AccountView.as_view(), name="account"),
    path("account/password/", views.ChangePasswordView.as_view(), name="change_password"),
    path("accounts/", views.AccountListView.as_view(), name="accounts"),
    path("accounts/new/", views.OpenAccountView.as_view(), name="open_account"),
    path("accounts/<str:public_id>/", views.SwitchAccountView.as_view(), name="switch_account"),
    path("accounts/<str:public_id>/grants/", views.GrantView.as_view(), name="grants"),
    path(
        "accounts/<str:public_id>/grants/<str:grant>/withdraw/",
        views.WithdrawGrantView.as_view(),
        name="withdraw_grant",
    ),
    path("organizations/", views.OrganizationTreeView.as_view(), name="organizations"),
    path("organizations/<str:public_id>/", views.OrganizationView.as_view(), name="organization"),
]
