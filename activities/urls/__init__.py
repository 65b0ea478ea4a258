"""Addresses of organisation life."""

from django.urls import URLPattern

from activities.urls import (
    appraisals,
    boards,
    decisions,
    occasions,
    reviews,
    rules,
    talks,
)

app_name = "activities"
urlpatterns: list[URLPattern] = [
    *boards.urlpatterns,
    *rules.urlpatterns,
    *decisions.urlpatterns,
    *reviews.urlpatterns,
    *occasions.urlpatterns,
    *talks.urlpatterns,
    *appraisals.urlpatterns,
]
