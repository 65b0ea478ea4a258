"""Addresses of funds."""

from django.urls import path

from members.views import funds

urlpatterns = [
    path("funds/", funds.FundListView.as_view(), name="funds"),
    path("funds/new/", funds.RequestFundsView.as_view(), name="request_funds"),
    path("funds/income/", funds.RecordIncomeView.as_view(), name="record_fund_income"),
    path("funds/<str:public_id>/", funds.FundRequestView.as_view(), name="fund_request"),
    path(
        "funds/<str:public_id>/again/", funds.RequestAgainView.as_view(), name="request_funds_again"
    ),
    path("funds/<str:public_id>/withdraw/", funds.WithdrawView.as_view(), name="withdraw_funds"),
    path("funds/<str:public_id>/spend/", funds.BookSpendingView.as_view(), name="book_spending"),
    path(
        "funds/<str:public_id>/sign-first/",
        funds.SignFirstView.as_view(),
        name="sign_funds_first",
    ),
    path(
        "funds/<str:public_id>/sign-second/",
        funds.SignSecondView.as_view(),
        name="sign_funds_second",
    ),
    path(
        "funds/<str:public_id>/sign-third/",
        funds.SignThirdView.as_view(),
        name="sign_funds_third",
    ),
]
