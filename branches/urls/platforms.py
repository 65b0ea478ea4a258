"""Addresses of service platforms."""

from django.urls import path

from branches.views import platforms

urlpatterns = [
    path("platforms/", platforms.PlatformListView.as_view(), name="platforms"),
    path("platforms/rates/", platforms.PlatformRatesView.as_view(), name="platform_rates"),
    path("platforms/new/", platforms.PlatformCreateView.as_view(), name="new_platform"),
    path("platforms/<str:public_id>/", platforms.PlatformView.as_view(), name="platform"),
    path(
        "platforms/<str:public_id>/edit/",
        platforms.PlatformEditView.as_view(),
        name="edit_platform",
    ),
    path("platforms/<str:public_id>/coverage/", platforms.CoverageView.as_view(), name="coverage"),
    path(
        "platforms/<str:public_id>/coverage/take-back/",
        platforms.TakeBackCoverageView.as_view(),
        name="take_back_coverage",
    ),
]
