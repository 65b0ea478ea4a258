"""Addresses of the yearly appraisal."""

from django.urls import path

from activities.views import appraisals

urlpatterns = [
    path("appraisals/", appraisals.AppraisalListView.as_view(), name="appraisals"),
    path("appraisals/new/", appraisals.BeginAppraisalView.as_view(), name="begin_appraisal"),
    path(
        "appraisals/statistics/",
        appraisals.StatisticsView.as_view(),
        name="appraisal_statistics",
    ),
    path("appraisals/<str:public_id>/", appraisals.AppraisalView.as_view(), name="appraisal"),
    path(
        "appraisals/<str:public_id>/correct/",
        appraisals.CorrectAppraisalView.as_view(),
        name="correct_appraisal",
    ),
    path(
        "appraisals/<str:public_id>/results/",
        appraisals.EnterResultsView.as_view(),
        name="enter_results",
    ),
    path(
        "appraisals/<str:public_id>/results/<str:member>/",
        appraisals.ResultView.as_view(),
        name="result",
    ),
]
