"""Addresses of honours."""

from django.urls import path

from members.views import honours

urlpatterns = [
    path("honours/", honours.HonourListView.as_view(), name="honours"),
    path("honours/new/", honours.NewHonourView.as_view(), name="new_honour"),
    path("honours/statistics/", honours.HonourStatisticsView.as_view(), name="honour_statistics"),
    path("honours/<str:public_id>/", honours.HonourView.as_view(), name="honour"),
    path(
        "honours/<str:public_id>/correct/",
        honours.CorrectHonourView.as_view(),
        name="correct_honour",
    ),
    path(
        "honours/<str:public_id>/revoke/", honours.RevokeHonourView.as_view(), name="revoke_honour"
    ),
]
