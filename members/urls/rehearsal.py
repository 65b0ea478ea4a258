"""Addresses of the yearly comparison."""

from django.urls import path

from members.views import rehearsal

urlpatterns = [
    path("rehearsal/", rehearsal.RehearsalView.as_view(), name="rehearsal"),
    path("rehearsal/excel/", rehearsal.RehearsalFileView.as_view(), name="rehearsal_file"),
    path("<str:public_id>/reasons/", rehearsal.ReasonView.as_view(), name="membership_reasons"),
]
