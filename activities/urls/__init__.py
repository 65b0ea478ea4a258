"""Addresses of organisation life."""

from django.urls import URLPattern

from activities.urls import (
    boards,
    decisions,
    occasions,
    papers,
    plans,
    reviews,
    rules,
)

app_name = "activities"
urlpatterns: list[URLPattern] = [
    *boards.urlpatterns,
    *papers.urlpatterns,
    *rules.urlpatterns,
    *plans.urlpatterns,
    *decisions.urlpatterns,
    *reviews.urlpatterns,
    *occasions.urlpatterns,
]
