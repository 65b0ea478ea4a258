"""Vanguard posts: their events, pledges, a review, and a plate that is published."""

from members.models import VanguardPost
from partybuild.scoping import everything
from tests.factories.posts import PostReviewFactory


def furnish(place, member):
    post = place.rows[VanguardPost][0]
    with everything(reason="the plate is published"):
        post.public_token = f"plate-of-{place.name}"
        post.window = "综合窗口"
        post.save()
        return [*post.events.all(), *post.pledges.all(), PostReviewFactory(post=post)]
