"""Addresses of talks."""

from django.urls import path

from activities.views import talks

urlpatterns = [
    path("talks/", talks.TalkListView.as_view(), name="talks"),
    path("talks/new/", talks.RecordTalkView.as_view(), name="record_talk"),
    path("talks/trash/", talks.TalkTrashView.as_view(), name="talks_trash"),
    path("talks/coverage/", talks.CoverageListView.as_view(), name="talk_coverages"),
    path("talks/coverage/<str:public_id>/", talks.CoverageView.as_view(), name="talk_coverage"),
    path("talks/<str:public_id>/", talks.TalkView.as_view(), name="talk"),
    path("talks/<str:public_id>/correct/", talks.CorrectTalkView.as_view(), name="correct_talk"),
    path("talks/<str:public_id>/delete/", talks.DeleteTalkView.as_view(), name="delete_talk"),
    path("talks/<str:public_id>/restore/", talks.RestoreTalkView.as_view(), name="restore_talk"),
]
