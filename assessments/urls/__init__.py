"""Addresses of assessments."""

from django.urls import URLPattern

from assessments.urls import scorecards

app_name = "assessments"
urlpatterns: list[URLPattern] = [
    # Last: its addresses begin with a scheme.
    *scorecards.urlpatterns,
]
