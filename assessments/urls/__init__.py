"""Addresses of assessments."""

from django.urls import URLPattern

from assessments.urls import adjustments, cycles, drafts, scorecards

app_name = "assessments"
urlpatterns: list[URLPattern] = [
    *cycles.urlpatterns,
    *adjustments.urlpatterns,
    *drafts.urlpatterns,
    # Last: its addresses begin with a scheme.
    *scorecards.urlpatterns,
]
