"""A platform, how it is covered, and who is assigned to it."""

from tests.factories.liaison import LiaisonFactory
from tests.factories.platforms import CoverageFactory, ServicePlatformFactory


def furnish(place, member):
    platform = ServicePlatformFactory(organization=place.organization)
    assigned = LiaisonFactory(organization=place.organization, member=member, platform=platform)
    return platform, CoverageFactory(platform=platform), assigned
