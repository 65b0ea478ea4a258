"""Addresses of checking the roster."""

from django.urls import path

from members.views import roster_checks

urlpatterns = [
    path("check/", roster_checks.RosterCheckView.as_view(), name="roster_check"),
    path(
        "check/<str:public_id>/settle/",
        roster_checks.SettleRemarkView.as_view(),
        name="settle_roster_remark",
    ),
]
