"""Addresses of writing a person's file."""

from django.urls import path

from members.views import files

urlpatterns = [
    path("new/", files.NewFileView.as_view(), name="new_file"),
    path("<str:public_id>/correct/", files.CorrectFileView.as_view(), name="correct_file"),
    path("<str:public_id>/exemption/", files.ExemptionView.as_view(), name="exemption"),
    path("<str:public_id>/exemption/end/", files.EndExemptionView.as_view(), name="end_exemption"),
]
