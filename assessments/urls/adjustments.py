"""Addresses of 加减分."""

from django.urls import path

from assessments.views import adjustments

urlpatterns = [
    path("adjustments/<str:adjustment>/", adjustments.AdjustmentView.as_view(), name="adjustment"),
    path(
        "adjustments/<str:adjustment>/decide/",
        adjustments.DecideView.as_view(),
        name="decide_adjustment",
    ),
    path(
        "adjustments/<str:adjustment>/withdraw/",
        adjustments.WithdrawView.as_view(),
        name="withdraw_adjustment",
    ),
    path("<str:scheme>/adjustments/", adjustments.AdjustmentListView.as_view(), name="adjustments"),
    path(
        "<str:scheme>/<str:organization>/adjust/",
        adjustments.ProposeView.as_view(),
        name="propose_adjustment",
    ),
]
