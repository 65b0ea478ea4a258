"""Appraisals and their results."""

import datetime as dt

import factory

from activities.models import Appraisal, AppraisalEntry
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import MemberFactory


class AppraisalFactory(HouseFactory):
    class Meta:
        model = Appraisal

    organization = factory.SubFactory(PartyOrganizationFactory)
    year = 2026
    held_on = dt.date(2026, 11, 10)
    present = 300
    issued = 300
    received = 300


class AppraisalEntryFactory(HouseFactory):
    class Meta:
        model = AppraisalEntry

    appraisal = factory.SubFactory(AppraisalFactory)
    member = factory.SubFactory(
        MemberFactory, branch=factory.SelfAttribute("..appraisal.organization")
    )
    excellent = 3
    qualified = 5
    basic = 0
    unqualified = 0
    abstained = 1
    grade = AppraisalEntry.Grade.QUALIFIED


def many_appraisals(branches, members):
    """Let every branch appraise, the first one all of these members."""
    made = Appraisal.objects.bulk_create(
        Appraisal(organization=place, year=2026, held_on=dt.date(2026, 11, 10))
        for place in branches
    )
    AppraisalEntry.objects.bulk_create(
        AppraisalEntry(appraisal=made[0], member=one, grade="qualified") for one in members
    )
