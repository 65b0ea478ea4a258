"""Liaison: assignments and visits."""

import datetime as dt

import factory

from members.models import Liaison, LiaisonVisit
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory


class LiaisonFactory(HouseFactory):
    class Meta:
        model = Liaison

    organization = factory.SubFactory(PartyOrganizationFactory)
    kind = Liaison.Kind.CONTACT
    name = factory.Sequence(lambda number: f"联系人{number}")
    started_on = dt.date(2026, 1, 5)


class LiaisonVisitFactory(HouseFactory):
    class Meta:
        model = LiaisonVisit

    liaison = factory.SubFactory(LiaisonFactory)
    visited_on = dt.date(2026, 3, 6)
    outcome = "收集意见两条"


def many_liaisons(count, organization, members):
    """Make many assignments to one organisation, each with a visit long ago."""
    liaisons = Liaison.objects.bulk_create(
        Liaison(
            organization=organization,
            kind=Liaison.Kind.values[number % 4],
            name=f"联系人{number}",
            member=member,
            started_on=dt.date(2026, 1, 5),
        )
        for number, member in zip(range(count), members, strict=True)
    )
    LiaisonVisit.objects.bulk_create(
        LiaisonVisit(liaison=one, visited_on=dt.date(2026, 2, 5), outcome="走访")
        for one in liaisons
    )
