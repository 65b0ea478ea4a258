"""Addresses of meetings and activities."""

from django.urls import path

from activities.views import attachments, occasions, recording

urlpatterns = [
    path("activities/", occasions.ActivityListView.as_view(), name="activities"),
    path("activities/new/", recording.RecordView.as_view(), name="record"),
    path("activities/new/people/", recording.PeopleView.as_view(), name="people"),
    path("activities/bodies/new/", recording.BodyRecordView.as_view(), name="record_body"),
    path("activities/bodies/new/people/", recording.BodyPeopleView.as_view(), name="body_people"),
    path(
        "activities/bodies/<str:public_id>/correct/",
        recording.BodyCorrectView.as_view(),
        name="correct_body",
    ),
    path(
        "activities/bodies/<str:public_id>/delete/",
        occasions.BodyDeleteView.as_view(),
        name="delete_body",
    ),
    path(
        "activities/bodies/<str:public_id>/restore/",
        occasions.BodyRestoreView.as_view(),
        name="restore_body",
    ),
    path("activities/bodies/trash/", occasions.BodyTrashView.as_view(), name="trash_body"),
    path("activities/trash/", occasions.TrashView.as_view(), name="trash"),
    path(
        "activities/attachments/<str:attachment>/",
        attachments.AttachmentView.as_view(),
        name="attachment",
    ),
    path(
        "activities/attachments/<str:attachment>/detach/",
        attachments.DetachView.as_view(),
        name="detach",
    ),
    path("activities/<str:public_id>/attach/", attachments.AttachView.as_view(), name="attach"),
    path("activities/photos/<str:public_id>/", occasions.PhotoView.as_view(), name="photo"),
    path("activities/<str:public_id>/", occasions.ActivityView.as_view(), name="activity"),
    path("activities/<str:public_id>/correct/", recording.CorrectView.as_view(), name="correct"),
    path("activities/<str:public_id>/history/", occasions.HistoryView.as_view(), name="history"),
    path("activities/<str:public_id>/delete/", occasions.DeleteView.as_view(), name="delete"),
    path("activities/<str:public_id>/restore/", occasions.RestoreView.as_view(), name="restore"),
]
