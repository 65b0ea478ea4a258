"""Addresses of liaison."""

from django.urls import path

from members.views import liaison

urlpatterns = [
    path("liaison/", liaison.LiaisonListView.as_view(), name="liaisons"),
    path("liaison/new/", liaison.LiaisonCreateView.as_view(), name="new_liaison"),
    path("liaison/staffing/", liaison.StaffingView.as_view(), name="liaison_staffing"),
    path("liaison/unvisited/", liaison.UnvisitedView.as_view(), name="liaison_unvisited"),
    path("liaison/<str:public_id>/", liaison.LiaisonView.as_view(), name="liaison"),
    path("liaison/<str:public_id>/edit/", liaison.LiaisonEditView.as_view(), name="edit_liaison"),
    path(
        "liaison/<str:public_id>/visits/new/",
        liaison.RecordVisitView.as_view(),
        name="record_visit",
    ),
    path(
        "liaison/<str:public_id>/visits/<int:liaisonvisit>/withdraw/",
        liaison.WithdrawVisitView.as_view(),
        name="withdraw_visit",
    ),
]
