"""Addresses of study: 学时, lecturers, materials."""

from django.urls import path

from activities.views import study

urlpatterns = [
    path("study/", study.StudyView.as_view(), name="study"),
    path("study/branches/", study.StudyBranchesView.as_view(), name="study_branches"),
    path("study/lecturers/", study.LecturersView.as_view(), name="lecturers"),
    path("study/lectures/", study.LecturesView.as_view(), name="lectures"),
    path("study/members/<str:public_id>/", study.MemberHoursView.as_view(), name="study_member"),
]
