"""Addresses of people."""

from django.urls import path

from members import views

app_name = "members"
urlpatterns = [
    path("", views.MemberListView.as_view(), name="members"),
    path("own/", views.OwnFileView.as_view(), name="own_file"),
    path("vanguard-posts/", views.VanguardPostListView.as_view(), name="vanguard_posts"),
    path("vanguard-posts/new/", views.VanguardPostCreateView.as_view(), name="new_vanguard_post"),
    path("vanguard-posts/<str:public_id>/", views.VanguardPostView.as_view(), name="vanguard_post"),
    path("<str:public_id>/", views.MemberView.as_view(), name="member"),
    path("<str:public_id>/account/", views.LinkAccountView.as_view(), name="link_account"),
    path("<str:public_id>/reveal/", views.RevealView.as_view(), name="reveal"),
]
