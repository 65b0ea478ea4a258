"""Addresses of care."""

from django.urls import path

from members.views import care

urlpatterns = [
    path("care/", care.CareListView.as_view(), name="care"),
    path("care/<str:public_id>/", care.CareRecordView.as_view(), name="care_record"),
    path("care/<str:public_id>/correct/", care.CorrectCareView.as_view(), name="correct_care"),
    path("care/<str:public_id>/visit/", care.CareVisitView.as_view(), name="care_visit"),
    path("<str:public_id>/care/", care.NewCareView.as_view(), name="new_care"),
]
