"""Addresses of organisation life."""

from django.urls import URLPattern

from activities.urls import (
    appraisals,
    boards,
    decisions,
    leaders,
    occasions,
    papers,
    plans,
    reminders,
    reviews,
    rules,
    study,
    talks,
)

app_name = "activities"
urlpatterns: list[URLPattern] = [
    *boards.urlpatterns,
    *papers.urlpatterns,
    *rules.urlpatterns,
    *plans.urlpatterns,
    *decisions.urlpatterns,
    *reviews.urlpatterns,
    *reminders.urlpatterns,
    *occasions.urlpatterns,
    *leaders.urlpatterns,
    *talks.urlpatterns,
    *study.urlpatterns,
    *appraisals.urlpatterns,
]
