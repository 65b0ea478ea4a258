"""Addresses of the double organisation life of leaders."""

from django.urls import path

from activities.views import leaders

urlpatterns = [
    path("leaders/", leaders.LeadersView.as_view(), name="leaders"),
    path("leaders/<str:public_id>/", leaders.LeaderView.as_view(), name="leader"),
]
