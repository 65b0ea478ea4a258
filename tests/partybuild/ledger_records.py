"""One record of every kind that some ledger tells of, in one branch and in chosen words."""

import datetime as dt

from activities.models import Attendance
from tests.factories.activities import ActivityFactory, AttendanceFactory, MeetingFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import (
    MemberFactory,
    MembershipFactory,
    PostHolderFactory,
    VanguardPostFactory,
)

ID_NUMBER = "999001198504120021"
PHONE = "15400001234"


def life_of(branch, word):
    """Give a branch a group, a person, a meeting with an absence and a post, all named `word`."""
    group = PartyOrganizationFactory(
        name=word, short_name=word, superior=branch, kind="group", code=f"G-{branch.pk}"
    )
    member = MemberFactory(
        branch=branch,
        name=word,
        ethnicity=word,
        native_place=word,
        education=word,
        job_title=word,
        note=word,
        id_number=ID_NUMBER,
        phone=PHONE,
        born_precision="month",
    )
    MembershipFactory(member=member, group=group)
    activity = ActivityFactory(
        organization=branch,
        held_on=dt.date(2026, 3, 6),
        place=word,
        topic=word,
        chair=member,
        recorder=member,
    )
    MeetingFactory(
        activity=activity,
        kind="group_meeting",
        group=group,
        minutes=word,
        resolution=word,
        lecturer=word,
    )
    AttendanceFactory(
        activity=activity, member=member, status=Attendance.Status.ON_LEAVE, reason="illness"
    )
    AttendanceFactory(activity=activity)
    post = VanguardPostFactory(
        organization=branch, title=word, pledge=word, awarded_on=dt.date(2026, 3, 5)
    )
    PostHolderFactory(post=post, member=member, started_on=dt.date(2026, 3, 5))
    return member
