"""Addresses of the home pages and of what is due."""

from django.urls import path

from activities.views import boards

urlpatterns = [
    path("", boards.HomeView.as_view(), name="home"),
    path("board/", boards.BoardView.as_view(), name="board"),
    path("committee/", boards.CommitteeView.as_view(), name="committee"),
    path("activities/due/", boards.DueView.as_view(), name="due"),
    path(
        "activities/due/<str:kind>/<str:period>/explain/",
        boards.ExplainView.as_view(),
        name="explain",
    ),
]
