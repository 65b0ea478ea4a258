"""Honours and what was decided of them."""

import datetime as dt

import factory

from members.models import Honour, HonourCheck
from tests.factories.base import HouseFactory
from tests.factories.members import MemberFactory


class HonourFactory(HouseFactory):
    class Meta:
        model = Honour

    member = factory.SubFactory(MemberFactory)
    organization = factory.SelfAttribute("member.branch")
    kind = "person"
    title = factory.Sequence(lambda number: f"优秀共产党员{number}")
    level = "municipal"
    awarded_on = dt.date(2026, 7, 1)
    awarded_by = "市直机关工委"
    document = factory.Sequence(lambda number: f"青工委〔2026〕{number}号")


class HonourCheckFactory(HouseFactory):
    class Meta:
        model = HonourCheck

    honour = factory.SubFactory(HonourFactory)
    decision = "kept"
    reason = "事迹突出，经研究保留"
    checked_on = dt.date(2026, 7, 5)


def many_honours(members):
    """Make an honour of everybody."""
    Honour.objects.bulk_create(
        Honour(
            member=member,
            organization=member.branch,
            kind="person",
            title="先进个人",
            level="own",
            awarded_on=dt.date(2026, 7, 1),
            awarded_by="机关党委",
        )
        for member in members
    )
