"""Addresses of plans and calendars."""

from django.urls import path

from activities.views import feeds, plans

urlpatterns = [
    path("plans/", plans.BranchYearView.as_view(), name="branch_year"),
    path("plans/<str:organization>/arrange/", plans.ArrangeYearView.as_view(), name="arrange_year"),
    path("plans/new/", plans.PlanView.as_view(), name="plan"),
    path("plans/matrix/", plans.PlanMatrixView.as_view(), name="plan_matrix"),
    path("plans/<str:public_id>/", plans.PlannedView.as_view(), name="planned"),
    path("plans/<str:public_id>/change/", plans.ChangePlannedView.as_view(), name="change_planned"),
    path("plans/<str:public_id>/cancel/", plans.CancelPlannedView.as_view(), name="cancel_planned"),
    path("year-plans/", plans.YearPlansView.as_view(), name="year_plans"),
    path("year-plans/<str:public_id>/", plans.YearPlanView.as_view(), name="year_plan"),
    path(
        "year-plans/<str:public_id>/send/", plans.SendYearPlanView.as_view(), name="send_year_plan"
    ),
    path(
        "year-plans/<str:public_id>/<str:kind>/",
        plans.WriteYearPlanView.as_view(),
        name="write_year_plan",
    ),
    path("calendar/", feeds.FeedsView.as_view(), name="feeds"),
    path("calendar/<str:token>.ics", feeds.calendar_feed, name="feed"),
    path("calendar/<str:public_id>/revoke/", feeds.RevokeFeedView.as_view(), name="revoke_feed"),
]
