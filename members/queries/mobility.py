"""Reading who lives away, who came, and who cannot be reached."""

import datetime as dt

from django.db.models import F, Max, QuerySet

from members.models import LostMember, Member, MobileMember
from partybuild.dated import covering


def mobile_on(day: dt.date) -> QuerySet[MobileMember]:
    """Return who lives away or came, as of a day, with `contacted_last` (up to any day)."""
    return (
        MobileMember.objects.filter(covering(day))
        .select_related("organization", "member")
        .annotate(contacted_last=Max("contacts__contacted_on"))
    )


def mobile_list(*, day: dt.date, direction: str = "", kind: str = "") -> QuerySet[MobileMember]:
    """Return those of a day, of one direction or kind if asked."""
    asked = {"direction": direction, "kind": kind}
    return mobile_on(day).filter(**{name: value for name, value in asked.items() if value})


def away_on(day: dt.date) -> QuerySet[MobileMember]:
    """Return our members who live away on `day`, the longest first.

    They are in good standing and their relation has not moved to another branch.
    """
    return (
        mobile_on(day)
        .filter(
            direction=MobileMember.Direction.OUT,
            member__state=Member.State.NORMAL,
            member__branch=F("organization"),
        )
        .order_by("started_on", "pk")
    )


def lost_on(day: dt.date) -> QuerySet[LostMember]:
    """Return whom nobody can reach on `day`, the longest first."""
    return (
        LostMember.objects.filter(lost_on__lte=day)
        .exclude(found_on__lte=day)
        .select_related("member__branch")
        .order_by("lost_on", "pk")
    )
