"""Disciplinary decisions and organisational measures."""

import datetime as dt

import factory

from members.models import Discipline, OrganizationalMeasure
from tests.factories.base import HouseFactory
from tests.factories.members import MemberFactory


class DisciplineFactory(HouseFactory):
    class Meta:
        model = Discipline

    member = factory.SubFactory(MemberFactory)
    kind = "warning"
    decided_on = dt.date(2026, 3, 2)
    effect_ends_on = dt.date(2027, 3, 2)
    document = factory.Sequence(lambda number: f"青纪〔2026〕{number}号")
    reason = "履行职责不力"


class OrganizationalMeasureFactory(HouseFactory):
    class Meta:
        model = OrganizationalMeasure

    member = factory.SubFactory(MemberFactory)
    kind = "correction"
    decided_on = dt.date(2026, 3, 2)
    due_on = dt.date(2026, 9, 2)
    document = factory.Sequence(lambda number: f"青组〔2026〕{number}号")
    reason = "长期不参加组织生活"


def many_decisions(members):
    """Make a decision and a measure about everybody."""
    for model, details in (
        (Discipline, {"kind": "warning", "effect_ends_on": dt.date(2027, 3, 2)}),
        (OrganizationalMeasure, {"kind": "correction", "due_on": dt.date(2026, 9, 2)}),
    ):
        model.objects.bulk_create(
            model(member=member, decided_on=dt.date(2026, 3, 2), document="青纪1号", **details)
            for member in members
        )
