"""Addresses of organisation life."""

from django.urls import path

from activities.views import boards, occasions, recording, rules

app_name = "activities"
urlpatterns = [
    path("", boards.HomeView.as_view(), name="home"),
    path("board/", boards.BoardView.as_view(), name="board"),
    path("committee/", boards.CommitteeView.as_view(), name="committee"),
    path("activities/", occasions.ActivityListView.as_view(), name="activities"),
    path("activities/new/", recording.RecordView.as_view(), name="record"),
    path("activities/new/people/", recording.PeopleView.as_view(), name="people"),
    path("activities/trash/", occasions.TrashView.as_view(), name="trash"),
    path("activities/due/", boards.DueView.as_view(), name="due"),
    path(
        "activities/due/<str:kind>/<str:period>/explain/",
        boards.ExplainView.as_view(),
        name="explain",
    ),
    path("rules/", rules.RulesView.as_view(), name="rules"),
    path("rules/frequency/", rules.FrequencyView.as_view(), name="local_frequency"),
    path("rules/party-day/", rules.PartyDayView.as_view(), name="local_party_day"),
    path("rules/workdays/", rules.WorkdayView.as_view(), name="workday"),
    path("rules/<str:public_id>/end/", rules.EndRuleView.as_view(), name="end_rule"),
    path("activities/photos/<str:public_id>/", occasions.PhotoView.as_view(), name="photo"),
    path("activities/<str:public_id>/", occasions.ActivityView.as_view(), name="activity"),
    path("activities/<str:public_id>/correct/", recording.CorrectView.as_view(), name="correct"),
    path("activities/<str:public_id>/history/", occasions.HistoryView.as_view(), name="history"),
    path("activities/<str:public_id>/delete/", occasions.DeleteView.as_view(), name="delete"),
    path("activities/<str:public_id>/restore/", occasions.RestoreView.as_view(), name="restore"),
]
