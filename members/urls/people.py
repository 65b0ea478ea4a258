"""Addresses of the roster and of single files; they come last, a file is addressed by its id alone."""

from django.urls import path

from members.views import people

urlpatterns = [
    path("", people.MemberListView.as_view(), name="members"),
    path("own/", people.OwnFileView.as_view(), name="own_file"),
    path("<str:public_id>/", people.MemberView.as_view(), name="member"),
    path("<str:public_id>/account/", people.LinkAccountView.as_view(), name="link_account"),
    path("<str:public_id>/reveal/", people.RevealView.as_view(), name="reveal"),
]
