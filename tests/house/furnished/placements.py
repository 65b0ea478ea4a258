"""Placements: an organisation's name and place in the tree over time."""

import datetime as dt

from partybuild.scoping import everything
from tests.factories.branches import OrganizationEventFactory


def furnish(place, member):
    renamed = OrganizationEventFactory(
        organization=place.organization, kind="renamed", happened_on=dt.date(2026, 3, 4)
    )
    with everything(reason="the rows get their marks"):
        return [renamed, *place.organization.placements.all()]
