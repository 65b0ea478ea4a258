"""Addresses of transfers and of changes of standing."""

from django.urls import path

from members.views import standing, transfers

urlpatterns = [
    path("transfers/", transfers.TransferListView.as_view(), name="transfers"),
    path("transfers/new/", transfers.PickView.as_view(), name="pick_for_transfer"),
    path("transfers/unit/", transfers.WholeUnitView.as_view(), name="transfer_unit"),
    path("transfers/arrival/", transfers.ArrivalView.as_view(), name="arrival"),
    path("transfers/<str:public_id>/", transfers.TransferView.as_view(), name="transfer"),
    path(
        "transfers/<str:public_id>/letter/",
        transfers.LetterView.as_view(),
        name="transfer_letter",
    ),
    path(
        "transfers/<str:public_id>/review/",
        transfers.ReviewView.as_view(),
        name="review_transfer",
    ),
    path(
        "transfers/<str:public_id>/accept/",
        transfers.AcceptView.as_view(),
        name="accept_transfer",
    ),
    path(
        "transfers/<str:public_id>/return/",
        transfers.ReturnView.as_view(),
        name="return_transfer",
    ),
    path(
        "transfers/<str:public_id>/came-back/",
        transfers.CameBackView.as_view(),
        name="transfer_came_back",
    ),
    path(
        "transfers/<str:public_id>/confirm/",
        transfers.ConfirmView.as_view(),
        name="confirm_transfer",
    ),
    path(
        "transfers/<str:public_id>/resend/",
        transfers.ResendView.as_view(),
        name="resend_transfer",
    ),
    path(
        "transfers/<str:public_id>/withdraw/",
        transfers.WithdrawView.as_view(),
        name="withdraw_transfer",
    ),
    path("standing/", standing.StandingListView.as_view(), name="standing_changes"),
    path("standing/new/", standing.PickView.as_view(), name="pick_for_standing"),
    path("standing/<str:public_id>/", standing.StandingView.as_view(), name="standing_change"),
    path(
        "standing/<str:public_id>/correct/",
        standing.CorrectView.as_view(),
        name="correct_standing",
    ),
    path(
        "standing/<str:public_id>/take-back/",
        standing.TakeBackView.as_view(),
        name="take_back_standing",
    ),
    path("<str:public_id>/transfer/", transfers.StartView.as_view(), name="start_transfer"),
    path("<str:public_id>/standing/", standing.ChangeView.as_view(), name="change_standing"),
]
