"""Addresses of people."""

from django.urls import URLPattern

from members.urls import (
    care,
    development,
    discipline,
    dues,
    files,
    funds,
    honours,
    leading,
    liaison,
    mobility,
    offices,
    people,
    posts,
    rehearsal,
    roster_checks,
    second,
    social_roles,
    structure,
    transfers,
)

app_name = "members"
urlpatterns: list[URLPattern] = [
    *development.urlpatterns,
    *dues.urlpatterns,
    *funds.urlpatterns,
    *posts.urlpatterns,
    *liaison.urlpatterns,
    *offices.urlpatterns,
    *honours.urlpatterns,
    *discipline.urlpatterns,
    *transfers.urlpatterns,
    *rehearsal.urlpatterns,
    *second.urlpatterns,
    *structure.urlpatterns,
    *social_roles.urlpatterns,
    *leading.urlpatterns,
    *care.urlpatterns,
    *mobility.urlpatterns,
    *roster_checks.urlpatterns,
    *files.urlpatterns,
    *people.urlpatterns,
]
