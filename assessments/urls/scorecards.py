"""Addresses of schemes and their scorecards."""

from django.urls import path

from assessments.views import comparisons, lines, scorecards

urlpatterns = [
    path("", scorecards.SchemeListView.as_view(), name="schemes"),
    path("<str:scheme>/", scorecards.ScorecardListView.as_view(), name="scorecards"),
    path("<str:scheme>/compute/", scorecards.ComputeView.as_view(), name="compute"),
    path("<str:scheme>/compare/", comparisons.CompareView.as_view(), name="compare"),
    path("<str:scheme>/<str:organization>/", scorecards.ScorecardView.as_view(), name="scorecard"),
    path("<str:scheme>/<str:organization>/<int:number>/", lines.LineView.as_view(), name="line"),
    path(
        "<str:scheme>/<str:organization>/<int:number>/mark/",
        scorecards.MarkView.as_view(),
        name="mark",
    ),
]
