"""Addresses of the rules."""

from django.urls import path

from activities.views import rules

urlpatterns = [
    path("rules/", rules.RulesView.as_view(), name="rules"),
    path("rules/frequency/", rules.FrequencyView.as_view(), name="local_frequency"),
    path("rules/party-day/", rules.PartyDayView.as_view(), name="local_party_day"),
    path("rules/workdays/", rules.WorkdayView.as_view(), name="workday"),
    path("rules/<str:public_id>/end/", rules.EndRuleView.as_view(), name="end_rule"),
]
