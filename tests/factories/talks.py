"""Talks and who was in them."""

import datetime as dt

import factory

from activities.models import Talk, TalkPerson
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import MemberFactory


class TalkFactory(HouseFactory):
    class Meta:
        model = Talk

    organization = factory.SubFactory(PartyOrganizationFactory)
    held_on = dt.date(2026, 3, 6)
    place = "三楼会议室"
    content = "交流思想和工作。"


class TalkPersonFactory(HouseFactory):
    class Meta:
        model = TalkPerson

    talk = factory.SubFactory(TalkFactory)
    role = TalkPerson.Role.TALKED
    member = factory.SubFactory(MemberFactory, branch=factory.SelfAttribute("..talk.organization"))
    name = factory.LazyAttribute(lambda row: row.member.name if row.member else "上级领导")


def talked(branch, talker, *others, **fields):
    """Make a talk of one with others."""
    talk = TalkFactory(organization=branch, **fields)
    TalkPersonFactory(talk=talk, role=TalkPerson.Role.TALKER, member=talker)
    for other in others:
        TalkPersonFactory(talk=talk, member=other)
    return talk


def many_talks(members, branch):
    """Let everybody be talked with, in two kinds of talks, bulk-made, also in the trash."""
    trashed = dt.datetime(2026, 11, 5, tzinfo=dt.UTC)
    day = dt.date(2026, 5, 6)
    for kind, deleted_at in (("heart_to_heart", None), ("integrity", None), ("reminder", trashed)):
        talks = Talk.objects.bulk_create(
            Talk(organization=branch, held_on=day, kind=kind, deleted_at=deleted_at)
            for _ in members
        )
        TalkPerson.objects.bulk_create(
            TalkPerson(talk=talk, role=TalkPerson.Role.TALKED, member=member, name=member.name)
            for talk, member in zip(talks, members, strict=True)
        )
