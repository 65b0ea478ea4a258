"""Addresses of organisation life."""

from django.urls import URLPattern

from activities.urls import (
    boards,
    decisions,
    occasions,
    rules,
)

app_name = "activities"
urlpatterns: list[URLPattern] = [
    *boards.urlpatterns,
    *rules.urlpatterns,
    *decisions.urlpatterns,
    *occasions.urlpatterns,
]
