"""Addresses of cycles: stages, raters, appeals, what was sealed."""

from django.urls import path

from assessments.views import appeals, cycles, ratings, scorecards, stages

urlpatterns = [
    path("cycles/", cycles.CycleListView.as_view(), name="cycles"),
    path("cycles/new/<str:scheme>/", cycles.LaunchView.as_view(), name="launch"),
    path("ratings/", ratings.RatingsView.as_view(), name="ratings"),
    path("cycles/<str:cycle>/", cycles.CycleView.as_view(), name="cycle"),
    path("cycles/<str:cycle>/correct/", cycles.CorrectCycleView.as_view(), name="correct_cycle"),
    path("cycles/<str:cycle>/self/", stages.BeginSelfView.as_view(), name="begin_self"),
    path("cycles/<str:cycle>/review/", stages.BeginReviewView.as_view(), name="begin_review"),
    path(
        "cycles/<str:cycle>/publicity/",
        stages.BeginPublicityView.as_view(),
        name="begin_publicity",
    ),
    path("cycles/<str:cycle>/reopen/", stages.ReopenView.as_view(), name="reopen_review"),
    path("cycles/<str:cycle>/seal/", stages.SealView.as_view(), name="seal"),
    path("cycles/<str:cycle>/archive/", stages.ArchiveView.as_view(), name="archive"),
    path("cycles/<str:cycle>/check/", stages.CheckView.as_view(), name="check"),
    path("cycles/<str:cycle>/raters/", cycles.RatersView.as_view(), name="raters"),
    path(
        "cycles/<str:cycle>/raters/<str:rater>/dismiss/",
        cycles.DismissRaterView.as_view(),
        name="dismiss_rater",
    ),
    path("cycles/<str:cycle>/marks/", ratings.MarkGridView.as_view(), name="mark_grid"),
    path("cycles/<str:cycle>/rate/", ratings.RateListView.as_view(), name="rate"),
    path("cycles/<str:cycle>/rate/grid/", ratings.RateGridView.as_view(), name="rate_grid"),
    path(
        "cycles/<str:cycle>/rate/<str:organization>/",
        ratings.RateView.as_view(),
        name="rate_subject",
    ),
    path("cycles/<str:cycle>/sealed/<str:sealed>/", stages.SealedView.as_view(), name="sealed"),
    path(
        "cycles/<str:cycle>/subjects/<str:organization>/own/",
        cycles.OwnLinesView.as_view(),
        name="own_lines",
    ),
    path(
        "cycles/<str:cycle>/subjects/<str:organization>/own/<int:number>/",
        scorecards.AssessView.as_view(),
        name="assess",
    ),
    path(
        "cycles/<str:cycle>/subjects/<str:organization>/band/",
        stages.BandView.as_view(),
        name="decide_band",
    ),
    path(
        "cycles/<str:cycle>/subjects/<str:organization>/appeal/",
        appeals.FileAppealView.as_view(),
        name="file_appeal",
    ),
    path(
        "cycles/<str:cycle>/units/<str:organization>/own/",
        cycles.UnitLinesView.as_view(),
        name="unit_lines",
    ),
    path(
        "cycles/<str:cycle>/units/<str:organization>/own/<int:number>/",
        scorecards.AssessUnitView.as_view(),
        name="assess_unit",
    ),
    path(
        "cycles/<str:cycle>/units/<str:organization>/appeal/",
        appeals.UnitAppealView.as_view(),
        name="unit_appeal",
    ),
    path("appeals/<str:appeal>/", appeals.AppealView.as_view(), name="appeal"),
    path("appeals/<str:appeal>/answer/", appeals.AnswerView.as_view(), name="answer_appeal"),
]
