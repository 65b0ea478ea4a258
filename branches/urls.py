"""Addresses of accounts and organisations."""

from django.urls import path

from branches import views

app_name = "branches"
urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign_in"),
    path("sign-out/", views.SignOutView.as_view(), name="sign_out"),
    path("account/", views.AccountView.as_view(), name="account"),
    path("account/password/", views.ChangePasswordView.as_view(), name="change_password"),
    path("organizations/", views.OrganizationTreeView.as_view(), name="organizations"),
    path("organizations/<str:public_id>/", views.OrganizationView.as_view(), name="organization"),
]
