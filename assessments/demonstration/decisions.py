"""What meetings decided and left to be done, and how the committee looked at the records."""

import datetime as dt
from typing import Any

from activities.models import Activity, Meeting, Review
from activities.queries.votes import Ballots, voters_of
from activities.services.action_items import close_matter, raise_matter
from activities.services.reviews import review_activity
from activities.services.votes import record_vote
from branches.models import PartyOrganization, User
from branches.roles import Role

MATTERS = ("更新党务公开栏", "走访困难党员", "整理党员活动室", "征求窗口服务意见")


def tell(demo: Any, committee: PartyOrganization, branches: list[PartyOrganization]) -> None:
    """Let members' meetings vote, committee meetings leave matters, and the committee review."""
    _vote(branches)
    _leave_matters(demo, branches)
    _review(demo, committee)


def _vote(branches: list[PartyOrganization]) -> None:
    meetings = Meeting.objects.filter(
        kind=Meeting.Kind.GENERAL_MEETING, activity__organization__in=branches
    ).select_related("activity__organization")
    for meeting in meetings.order_by("activity__held_on", "pk")[:6]:
        present = voters_of(meeting).present
        record_vote(
            actor=None,
            meeting=meeting,
            subject="resolution",
            title="通过下季度工作安排",
            ballots=Ballots(present - 1, 0, 1),
        )


def _leave_matters(demo: Any, branches: list[PartyOrganization]) -> None:
    month_ago = demo.today - dt.timedelta(days=45)
    held = Activity.objects.filter(
        organization__in=branches,
        meetings__kind=Meeting.Kind.COMMITTEE_MEETING,
        held_on__gte=month_ago,
    )
    for number, activity in enumerate(held.select_related("organization").order_by("pk")[:4]):
        matter = raise_matter(
            actor=None,
            activity=activity,
            text=MATTERS[number],
            due_on=activity.held_on + dt.timedelta(days=20),
        )
        if number % 2:
            close_matter(
                actor=None,
                matter=matter,
                version=1,
                closed_on=min(activity.held_on + dt.timedelta(days=12), demo.today),
                outcome="已办好，下次会议通报。",
            )


def _review(demo: Any, committee: PartyOrganization) -> None:
    """Pass what was held last month, and give the newest of it back."""
    staff = User.objects.filter(
        grants__role=Role.OFFICE_STAFF, grants__organization=committee
    ).first()
    if staff is None:
        return
    last_month = demo.today.replace(day=1) - dt.timedelta(days=1)
    held = Activity.objects.filter(
        held_on__range=(last_month.replace(day=1), last_month)
    ).select_related("organization")
    for number, activity in enumerate(held.order_by("-held_on", "-pk")):
        returned = number == 0
        review_activity(
            actor=staff,
            activity=activity,
            version=activity.version,
            verdict=Review.Verdict.RETURNED if returned else Review.Verdict.PASSED,
            field=Review.Field.MINUTES if returned else "",
            reason="请补充讨论发言的要点。" if returned else "",
        )
