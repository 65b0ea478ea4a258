"""Disciplinary decisions and organisational measures."""

from tests.factories.discipline import DisciplineFactory, OrganizationalMeasureFactory


def furnish(place, member):
    return DisciplineFactory(member=member), OrganizationalMeasureFactory(member=member)
