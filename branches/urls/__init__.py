"""Addresses of places and accounts."""

from django.urls import URLPattern

from branches.urls import accounts, alliances, organizations, platforms

app_name = "branches"
urlpatterns: list[URLPattern] = [
    *accounts.urlpatterns,
    *organizations.urlpatterns,
    *platforms.urlpatterns,
    *alliances.urlpatterns,
]
