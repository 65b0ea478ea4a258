"""Addresses of assessments."""

from django.urls import URLPattern

from assessments.urls import adjustments, cycles, scorecards

app_name = "assessments"
urlpatterns: list[URLPattern] = [
    *cycles.urlpatterns,
    *adjustments.urlpatterns,
    # Last: its addresses begin with a scheme.
    *scorecards.urlpatterns,
]
