"""Addresses of the development of members."""

from django.urls import path

from members.views import development

urlpatterns = [
    path("development/", development.DevelopmentBoardView.as_view(), name="development"),
    path(
        "development/cases/",
        development.DevelopmentCaseListView.as_view(),
        name="development_cases",
    ),
    path("development/new/", development.OpenCaseView.as_view(), name="new_development_case"),
    path(
        "development/stalled/",
        development.StalledBranchesView.as_view(),
        name="stalled_branches",
    ),
    path(
        "development/<str:public_id>/",
        development.DevelopmentCaseView.as_view(),
        name="development_case",
    ),
    path(
        "development/<str:public_id>/steps/<str:code>/",
        development.StepView.as_view(),
        name="development_step",
    ),
    path(
        "development/<str:public_id>/approvals/<str:code>/",
        development.ApprovalView.as_view(),
        name="development_approval",
    ),
    path(
        "development/<str:public_id>/papers/<str:code>/",
        development.PaperView.as_view(),
        name="development_paper",
    ),
    path(
        "development/<str:public_id>/reviews/new/",
        development.ReviewView.as_view(),
        name="development_review",
    ),
    path(
        "development/<str:public_id>/extension/",
        development.ExtensionView.as_view(),
        name="development_extension",
    ),
    path(
        "development/<str:public_id>/leaving/",
        development.LeavingView.as_view(),
        name="development_leaving",
    ),
    path(
        "development/<str:public_id>/ending/",
        development.EndingView.as_view(),
        name="development_ending",
    ),
    path(
        "development/<str:public_id>/revocation/",
        development.RevocationView.as_view(),
        name="development_revocation",
    ),
]
