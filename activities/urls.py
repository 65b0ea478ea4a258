"""Addresses of organisation life."""

from django.urls import path

from activities import views

app_name = "activities"
urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("board/", views.BoardView.as_view(), name="board"),
    path("committee/", views.CommitteeView.as_view(), name="committee"),
    path("activities/", views.ActivityListView.as_view(), name="activities"),
    path("activities/new/", views.RecordView.as_view(), name="record"),
    path("activities/new/people/", views.PeopleView.as_view(), name="people"),
    path("activities/trash/", views.TrashView.as_view(), name="trash"),
    path("activities/due/", views.DueView.as_view(), name="due"),
    path(
        "activities/due/<str:kind>/<str:period>/explain/",
        views.ExplainView.as_view(),
        name="explain",
    ),
    path("activities/photos/<str:public_id>/", views.PhotoView.as_view(), name="photo"),
    path("activities/<str:public_id>/", views.ActivityView.as_view(), name="activity"),
    path("activities/<str:public_id>/correct/", views.CorrectView.as_view(), name="correct"),
    path("activities/<str:public_id>/history/", views.HistoryView.as_view(), name="history"),
    path("activities/<str:public_id>/delete/", views.DeleteView.as_view(), name="delete"),
    path("activities/<str:public_id>/restore/", views.RestoreView.as_view(), name="restore"),
]
