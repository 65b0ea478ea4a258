"""Addresses of vanguard posts."""

from django.urls import path

from members.views import posts

ONE = "vanguard-posts/<str:public_id>/"

urlpatterns = [
    path("vanguard-posts/", posts.VanguardPostListView.as_view(), name="vanguard_posts"),
    path("vanguard-posts/new/", posts.VanguardPostCreateView.as_view(), name="new_vanguard_post"),
    path("vanguard-posts/statistics/", posts.StatisticsView.as_view(), name="post_statistics"),
    path("vanguard-posts/reviews/", posts.ReviewCalendarView.as_view(), name="post_reviews"),
    path(
        "vanguard-posts/reviews/<str:half>/save/",
        posts.ReviewBatchView.as_view(),
        name="save_reviews",
    ),
    path("vanguard-posts/reviews/<str:public_id>/", posts.ReviewView.as_view(), name="post_review"),
    path("plates/<str:public_token>/", posts.public_plate, name="public_plate"),
    path(ONE, posts.VanguardPostView.as_view(), name="vanguard_post"),
    path(f"{ONE}publicise/", posts.PubliciseView.as_view(), name="publicise_post"),
    path(f"{ONE}award/", posts.AwardView.as_view(), name="award_post"),
    path(f"{ONE}refuse/", posts.RefuseView.as_view(), name="refuse_post"),
    path(f"{ONE}withdraw/", posts.WithdrawView.as_view(), name="withdraw_post"),
    path(f"{ONE}hand-over/", posts.HandOverView.as_view(), name="hand_over_post"),
    path(f"{ONE}pledge/", posts.PledgeView.as_view(), name="pledge_post"),
    path(f"{ONE}correct/", posts.CorrectPostView.as_view(), name="correct_post"),
    path(f"{ONE}self-review/", posts.SelfReviewView.as_view(), name="self_review_post"),
    path(f"{ONE}plate/", posts.PlateView.as_view(), name="post_plate"),
    path(f"{ONE}publish/", posts.PublishPlateView.as_view(), name="publish_plate"),
]
