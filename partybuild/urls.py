"""All addresses; apps are named as strings only."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("partybuild.portal_urls")),
    path("", include("activities.urls")),
    path("", include("branches.urls")),
    path("members/", include("members.urls")),
    path("assessments/", include("assessments.urls")),
]
