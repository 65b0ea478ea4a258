"""Addresses of leading posts."""

from django.urls import path

from members.views import leading

urlpatterns = [
    path("leading-posts/<str:public_id>/", leading.LeadingPostView.as_view(), name="leading_post"),
    path(
        "<str:public_id>/leading-posts/new/",
        leading.NewLeadingPostView.as_view(),
        name="new_leading_post",
    ),
]
