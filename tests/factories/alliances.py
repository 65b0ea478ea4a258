"""Alliances, who belongs to them, what they promised."""

import datetime as dt

import factory

from branches.models import Alliance, AllianceMember, AlliancePledge
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory


class AllianceFactory(HouseFactory):
    class Meta:
        model = Alliance

    lead = factory.SubFactory(PartyOrganizationFactory)
    name = factory.Sequence(lambda number: f"第{number}党建共同体")
    founded_on = dt.date(2025, 3, 1)


class AllianceMemberFactory(HouseFactory):
    class Meta:
        model = AllianceMember

    alliance = factory.SubFactory(AllianceFactory)
    organization = factory.SelfAttribute("alliance.lead")
    role = AllianceMember.Role.LEAD
    started_on = dt.date(2025, 3, 1)


class AlliancePledgeFactory(HouseFactory):
    class Meta:
        model = AlliancePledge

    alliance = factory.SubFactory(AllianceFactory)
    title = factory.Sequence(lambda number: f"共建项目{number}")
    responsible = "综合科"
    due_on = dt.date(2026, 6, 30)


def many_alliances(count, lead):
    """Make many alliances of one lead, each with itself as a member and one promise."""
    alliances = Alliance.objects.bulk_create(
        Alliance(lead=lead, name=f"共同体{n}", founded_on=dt.date(2025, 3, 1)) for n in range(count)
    )
    AllianceMember.objects.bulk_create(
        AllianceMember(alliance=one, organization=lead, started_on=one.founded_on)
        for one in alliances
    )
    AlliancePledge.objects.bulk_create(
        AlliancePledge(alliance=one, title="共建", responsible="科", due_on=one.founded_on)
        for one in alliances
    )
