"""Service platforms and their coverage."""

import datetime as dt

import factory

from branches.models import Coverage, ServicePlatform
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory


class ServicePlatformFactory(HouseFactory):
    class Meta:
        model = ServicePlatform

    organization = factory.SubFactory(PartyOrganizationFactory)
    code = factory.Sequence(lambda number: f"PT-{number:04d}")
    name = factory.Sequence(lambda number: f"服务站{number}")
    kind = ServicePlatform.Kind.PLATFORM
    level = ServicePlatform.Level.TOWN
    area = "城关区"
    opened_on = dt.date(2020, 5, 6)


class CoverageFactory(HouseFactory):
    class Meta:
        model = Coverage

    platform = factory.SubFactory(ServicePlatformFactory)
    organization = factory.SelfAttribute("platform.organization")
    way = Coverage.Way.OWN
    started_on = dt.date(2021, 7, 1)


def many_platforms(count, organization):
    """Make many platforms of one organisation, all but the last covered."""
    platforms = ServicePlatform.objects.bulk_create(
        ServicePlatform(organization=organization, name=f"站{n}", area=f"区{n}", level="town")
        for n in range(count)
    )
    Coverage.objects.bulk_create(
        Coverage(platform=platform, way="own", organization=organization)
        for platform in platforms[:-1]
    )
    return platforms
