"""What happened: activities, meetings, attendance."""

import datetime as dt

import factory

from activities.models import Activity, Attachment, Attendance, Explanation, Meeting, Photo
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory, UserFactory
from tests.factories.members import MemberFactory


class ActivityFactory(HouseFactory):
    class Meta:
        model = Activity

    organization = factory.SubFactory(PartyOrganizationFactory)
    held_on = dt.date(2026, 11, 16)
    place = "三楼会议室"
    topic = factory.Sequence(lambda number: f"学习条例第{number}讲")
    recorded_by = factory.SubFactory(UserFactory)


class MeetingFactory(HouseFactory):
    class Meta:
        model = Meeting

    activity = factory.SubFactory(ActivityFactory)
    kind = Meeting.Kind.PARTY_DAY
    minutes = "集体学习，交流发言。"


class AttendanceFactory(HouseFactory):
    class Meta:
        model = Attendance

    activity = factory.SubFactory(ActivityFactory)
    member = factory.SubFactory(
        MemberFactory, branch=factory.SelfAttribute("..activity.organization")
    )


class PhotoFactory(HouseFactory):
    class Meta:
        model = Photo

    activity = factory.SubFactory(ActivityFactory)
    stored_as = factory.Sequence(lambda number: f"photos/{number}.jpg")
    width = 1600
    height = 1200
    byte_count = 240_000
    sha256 = "0" * 64


class AttachmentFactory(HouseFactory):
    class Meta:
        model = Attachment

    activity = factory.SubFactory(ActivityFactory)
    file_name = factory.Sequence(lambda number: f"签到表{number}.txt")
    kind = "txt"
    stored_as = factory.Sequence(lambda number: f"attachment{number}.txt")
    byte_count = 12
    sha256 = factory.Sequence(lambda number: f"{number:064d}")


class ExplanationFactory(HouseFactory):
    class Meta:
        model = Explanation

    organization = factory.SubFactory(PartyOrganizationFactory)
    kind = Meeting.Kind.GENERAL_MEETING
    period_start = dt.date(2026, 7, 1)
    reason = "集中办公，推迟到下季度"
    given_by = factory.SubFactory(UserFactory)
