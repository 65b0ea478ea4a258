"""Units that a joint branch takes in."""

from tests.factories.branches import JointUnitFactory


def furnish(place, member):
    return [JointUnitFactory(organization=place.organization)]
