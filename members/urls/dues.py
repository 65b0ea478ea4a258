"""Addresses of dues."""

from django.urls import path

from members.views import dues

urlpatterns = [
    path("dues/", dues.DuesView.as_view(), name="dues"),
    path("dues/enter/", dues.EnterDuesView.as_view(), name="enter_dues"),
    path("dues/payment/", dues.RecordPaymentView.as_view(), name="record_dues_payment"),
    path("dues/standing/", dues.FixStandingView.as_view(), name="fix_dues_standing"),
    path("dues/handing-up/", dues.HandingUpView.as_view(), name="handing_up"),
    path("dues/rules/", dues.DuesRuleView.as_view(), name="dues_rule"),
    path("dues/organizations/<str:public_id>/", dues.BranchDuesView.as_view(), name="branch_dues"),
    path(
        "dues/organizations/<str:public_id>/publication/",
        dues.PublicationView.as_view(),
        name="dues_publication",
    ),
    path(
        "dues/organizations/<str:public_id>/publish/",
        dues.PublishView.as_view(),
        name="publish_dues",
    ),
]
