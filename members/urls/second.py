"""Addresses of second memberships."""

from django.urls import path

from members.views import second

urlpatterns = [
    path("<str:public_id>/second/", second.JoinSecondView.as_view(), name="join_second"),
    path("<str:public_id>/second/end/", second.LeaveSecondView.as_view(), name="leave_second"),
]
