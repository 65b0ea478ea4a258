"""Honours, and what was decided of one."""

from tests.factories.honours import HonourCheckFactory, HonourFactory


def furnish(place, member):
    honour = HonourFactory(member=member)
    return honour, HonourCheckFactory(honour=honour)
