"""Addresses."""

from django.urls import path

from assessments import views

app_name = "assessments"
urlpatterns = [
    path("", views.SchemeListView.as_view(), name="schemes"),
    path("<str:scheme>/", views.ScorecardListView.as_view(), name="scorecards"),
    path("<str:scheme>/compute/", views.ComputeView.as_view(), name="compute"),
    path("<str:scheme>/<str:organization>/", views.ScorecardView.as_view(), name="scorecard"),
    path(
        "<str:scheme>/<str:organization>/<int:number>/mark/",
        views.MarkView.as_view(),
        name="mark",
    ),
]
