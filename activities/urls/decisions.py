"""Addresses of votes and of matters left to be done."""

from django.urls import path

from activities.views import decisions

urlpatterns = [
    path("activities/matters/", decisions.MatterListView.as_view(), name="matters"),
    path("activities/matters/<str:public_id>/", decisions.MatterView.as_view(), name="matter"),
    path(
        "activities/matters/<str:public_id>/correct/",
        decisions.MatterCorrectView.as_view(),
        name="correct_matter",
    ),
    path(
        "activities/matters/<str:public_id>/close/",
        decisions.MatterCloseView.as_view(),
        name="close_matter",
    ),
    path(
        "activities/matters/<str:public_id>/reopen/",
        decisions.MatterReopenView.as_view(),
        name="reopen_matter",
    ),
    path(
        "activities/votes/<str:public_id>/correct/",
        decisions.VoteCorrectView.as_view(),
        name="correct_vote",
    ),
    path(
        "activities/votes/<str:public_id>/remove/",
        decisions.VoteRemoveView.as_view(),
        name="remove_vote",
    ),
    path("activities/<str:public_id>/vote/", decisions.VoteCreateView.as_view(), name="vote"),
    path(
        "activities/<str:public_id>/matter/",
        decisions.MatterCreateView.as_view(),
        name="raise_matter",
    ),
]
