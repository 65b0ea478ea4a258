"""Addresses of assessments."""

from django.urls import URLPattern

from assessments.urls import adjustments, campaigns, cycles, drafts, letters, scorecards

app_name = "assessments"
urlpatterns: list[URLPattern] = [
    *adjustments.urlpatterns,
    *campaigns.urlpatterns,
    *cycles.urlpatterns,
    *drafts.urlpatterns,
    *letters.urlpatterns,
    # Last: its addresses begin with a scheme.
    *scorecards.urlpatterns,
]
