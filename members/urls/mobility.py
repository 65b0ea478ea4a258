"""Addresses of mobile and lost members."""

from django.urls import path

from members.views import mobility

urlpatterns = [
    path("mobile/", mobility.MobileListView.as_view(), name="mobile_members"),
    path("mobile/out/", mobility.NewOutflowView.as_view(), name="new_outflow"),
    path("mobile/in/", mobility.NewInflowView.as_view(), name="new_inflow"),
    path("mobile/<str:public_id>/", mobility.MobileView.as_view(), name="mobile_member"),
    path(
        "mobile/<str:public_id>/correct/",
        mobility.CorrectMobileView.as_view(),
        name="correct_mobile",
    ),
    path("mobile/<str:public_id>/contact/", mobility.ContactView.as_view(), name="mobile_contact"),
    path("lost/", mobility.LostListView.as_view(), name="lost_members"),
    path("lost/<str:public_id>/", mobility.LostView.as_view(), name="lost_member"),
    path("lost/<str:public_id>/found/", mobility.FoundView.as_view(), name="found_member"),
    path("<str:public_id>/lost/", mobility.NewLostView.as_view(), name="report_lost"),
]
