"""Addresses of reminders."""

from django.urls import path

from activities.views import reminders

urlpatterns = [
    path("reminders/", reminders.RemindersView.as_view(), name="reminders"),
    path("reminders/new/", reminders.RemindView.as_view(), name="remind"),
    path(
        "reminders/<str:public_id>/seen/", reminders.AcknowledgeView.as_view(), name="acknowledge"
    ),
]
