"""Reading changes of standing."""

from django.db.models import QuerySet

from members.models import Member, StandingChange
from partybuild.periods import Period


def changes_in_scope() -> QuerySet[StandingChange]:
    """Return the changes of standing in scope, those that were taken back, too."""
    return StandingChange.objects.select_related("member", "member__branch", "organization")


def changes_of(member: Member) -> QuerySet[StandingChange]:
    """Return what was recorded of one person and still holds, the newest first."""
    found = StandingChange.objects.filter(member=member, taken_back_at=None)
    return found.select_related("organization").order_by("-happened_on", "-pk")


def endings_in(period: Period) -> QuerySet[StandingChange]:
    """Return the changes of a period by which somebody left the roll, transfers left out."""
    states = Member.State
    return StandingChange.objects.filter(
        happened_on__range=(period.start, period.end), taken_back_at=None
    ).exclude(state__in=(states.NORMAL, states.TRANSFERRED))
