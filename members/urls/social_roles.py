"""Addresses of skills and social roles."""

from django.urls import path

from members.views import social_roles

urlpatterns = [
    path("social-roles/", social_roles.SharesView.as_view(), name="social_roles"),
    path(
        "social-roles/people/", social_roles.SocialRoleListView.as_view(), name="social_role_list"
    ),
    path("social-roles/total/", social_roles.TotalView.as_view(), name="social_role_total"),
    path(
        "social-roles/<str:public_id>/end/",
        social_roles.EndSocialRoleView.as_view(),
        name="end_social_role",
    ),
    path("<str:public_id>/skills/", social_roles.SkillsView.as_view(), name="skills"),
    path(
        "<str:public_id>/social-roles/new/",
        social_roles.NewSocialRoleView.as_view(),
        name="new_social_role",
    ),
]
