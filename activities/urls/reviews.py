"""Addresses of the committee's review, closed months, leave to correct, make-up lessons."""

from django.urls import path

from activities.views import reviews

urlpatterns = [
    path("activities/review/", reviews.ReviewView.as_view(), name="review"),
    path("activities/closed/", reviews.AmendmentListView.as_view(), name="amendments"),
    path("activities/closed/new/", reviews.CloseMonthView.as_view(), name="close_month"),
    path(
        "activities/closed/<str:public_id>/reopen/",
        reviews.ReopenMonthView.as_view(),
        name="reopen_month",
    ),
    path(
        "activities/amendments/<str:public_id>/answer/",
        reviews.AnswerView.as_view(),
        name="answer_amendment",
    ),
    path("activities/<str:public_id>/review/", reviews.ReviewActView.as_view(), name="review_act"),
    path("activities/<str:public_id>/amend/", reviews.AskView.as_view(), name="ask_to_amend"),
    path("activities/<str:public_id>/make-up/", reviews.MakeUpView.as_view(), name="make_up"),
]
