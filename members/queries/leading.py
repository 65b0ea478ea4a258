"""Who is a 党员领导干部 on a day: by a seat above the branches, or by a post in the agency."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from branches.queries.kinds import BODIES
from members.models import LeadingPost, Member, Office
from partybuild.dated import covering
from partybuild.scoping import everything


def seats_above() -> QuerySet[Office]:
    """Return the offices in leading bodies above the branches, beyond the scope of a branch."""
    with everything(reason="seats above a branch say which of its members lead"):
        offices = Office.objects.filter(organization__kind__in=BODIES, member__isnull=False)
        return offices.exclude(post=Office.Post.GROUP_LEADER)


def leads_on(day: Any, member: str = "member") -> Q:
    """Return the condition that the person under the lookup `member` leads on a day.

    `day` is a day, or the lookup of one.
    """
    when = OuterRef(day) if isinstance(day, str) else day
    held = {"member": OuterRef(member)}
    seats = seats_above().filter(covering(when), **held)
    return Q(Exists(seats)) | Q(Exists(LeadingPost.objects.filter(covering(when), **held)))


def leading_posts_of(member: Member) -> QuerySet[LeadingPost]:
    """Return the leading posts of one person, the newest first."""
    return LeadingPost.objects.filter(member=member).order_by("-started_on", "-pk")
