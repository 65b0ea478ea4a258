"""Addresses of disciplinary decisions and organisational measures."""

from django.urls import path

from members.views import discipline

urlpatterns = [
    path("disciplines/", discipline.DisciplineListView.as_view(), name="disciplines"),
    path("disciplines/measures/", discipline.MeasureListView.as_view(), name="measures"),
    path(
        "disciplines/measures/<str:public_id>/",
        discipline.MeasureView.as_view(),
        name="measure",
    ),
    path(
        "disciplines/measures/<str:public_id>/correct/",
        discipline.CorrectMeasureView.as_view(),
        name="correct_measure",
    ),
    path(
        "disciplines/honours/<str:public_id>/check/",
        discipline.CheckHonourView.as_view(),
        name="check_honour",
    ),
    path(
        "disciplines/of/<str:public_id>/new/",
        discipline.NewDisciplineView.as_view(),
        name="new_discipline",
    ),
    path(
        "disciplines/of/<str:public_id>/new-measure/",
        discipline.NewMeasureView.as_view(),
        name="new_measure",
    ),
    path("disciplines/<str:public_id>/", discipline.DecisionView.as_view(), name="discipline"),
    path(
        "disciplines/<str:public_id>/correct/",
        discipline.CorrectDisciplineView.as_view(),
        name="correct_discipline",
    ),
]
