"""Addresses of alliances."""

from django.urls import path

from branches.views import alliances

urlpatterns = [
    path("alliances/", alliances.AllianceListView.as_view(), name="alliances"),
    path("alliances/new/", alliances.AllianceCreateView.as_view(), name="new_alliance"),
    path("alliances/<str:public_id>/", alliances.AllianceView.as_view(), name="alliance"),
    path(
        "alliances/<str:public_id>/edit/",
        alliances.AllianceEditView.as_view(),
        name="edit_alliance",
    ),
    path("alliances/<str:public_id>/join/", alliances.JoinView.as_view(), name="join_alliance"),
    path(
        "alliances/<str:public_id>/members/<str:alliancemember>/leave/",
        alliances.LeaveView.as_view(),
        name="leave_alliance",
    ),
    path("alliances/<str:public_id>/pledge/", alliances.PledgeView.as_view(), name="pledge"),
    path(
        "alliances/<str:public_id>/pledges/<str:alliancepledge>/",
        alliances.KeepPledgeView.as_view(),
        name="keep_pledge",
    ),
]
