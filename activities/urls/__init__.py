"""Addresses of organisation life."""

from django.urls import URLPattern

from activities.urls import (
    boards,
    decisions,
    occasions,
    plans,
    rules,
)

app_name = "activities"
urlpatterns: list[URLPattern] = [
    *boards.urlpatterns,
    *rules.urlpatterns,
    *plans.urlpatterns,
    *decisions.urlpatterns,
    *occasions.urlpatterns,
]
