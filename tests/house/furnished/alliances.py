"""An alliance with its lead, a unit outside, and a promise."""

from tests.factories.alliances import (
    AllianceFactory,
    AllianceMemberFactory,
    AlliancePledgeFactory,
)


def furnish(place, member):
    alliance = AllianceFactory(lead=place.organization)
    AllianceMemberFactory(alliance=alliance)  # has no text of its own to be marked
    return (
        alliance,
        AllianceMemberFactory(
            alliance=alliance, organization=None, unit_name="街道社区", role="member"
        ),
        AlliancePledgeFactory(alliance=alliance),
    )
