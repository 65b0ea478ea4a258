"""Somebody assigned to the place, and a visit."""

from tests.factories.liaison import LiaisonFactory, LiaisonVisitFactory


def furnish(place, member):
    liaison = LiaisonFactory(organization=place.organization, member=member)
    return liaison, LiaisonVisitFactory(liaison=liaison)
