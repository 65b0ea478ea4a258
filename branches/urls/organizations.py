"""Addresses of organisations."""

from django.urls import path

from branches.views import organizations as views

ONE = "organizations/<str:public_id>/"

urlpatterns = [
    path("organizations/", views.OrganizationTreeView.as_view(), name="organizations"),
    path(ONE, views.OrganizationView.as_view(), name="organization"),
    path(f"{ONE}subordinates/", views.SubordinatesView.as_view(), name="subordinates"),
    path(f"{ONE}found/", views.FoundView.as_view(), name="found_organization"),
    path(f"{ONE}rename/", views.RenameView.as_view(), name="rename_organization"),
    path(f"{ONE}move/", views.MoveView.as_view(), name="move_organization"),
    path(f"{ONE}kind/", views.KindView.as_view(), name="change_kind"),
    path(f"{ONE}merge/", views.MergeView.as_view(), name="merge_organization"),
    path(f"{ONE}dissolve/", views.DissolveView.as_view(), name="dissolve_organization"),
    path(
        f"{ONE}events/<str:event>/take-back/", views.TakeBackView.as_view(), name="take_back_event"
    ),
    path(f"{ONE}units/", views.JointUnitView.as_view(), name="add_joint_unit"),
    path(
        f"{ONE}units/<str:jointunit>/end/", views.EndJointUnitView.as_view(), name="end_joint_unit"
    ),
]
