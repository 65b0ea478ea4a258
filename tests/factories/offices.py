"""Who leads: approvals that move a term, elections with their votes, training."""

import datetime as dt
from decimal import Decimal

import factory

from branches.models import Term
from members.models import (
    Election,
    ElectionCandidate,
    ElectionExclusion,
    Office,
    TermShift,
    TrainingRecord,
)
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory, TermFactory
from tests.factories.members import MemberFactory, OfficeFactory


class TermShiftFactory(HouseFactory):
    class Meta:
        model = TermShift

    term = factory.SubFactory(TermFactory)
    due_on = dt.date(2027, 12, 18)
    approved_on = dt.date(2026, 5, 20)
    document = factory.Sequence(lambda number: f"青档党〔2026〕{number}号")
    reason = "机构改革期间延期"


class ElectionFactory(HouseFactory):
    class Meta:
        model = Election

    organization = factory.SubFactory(PartyOrganizationFactory)
    held_on = dt.date(2026, 6, 18)
    seats = 3
    due_electors = 20
    present_electors = 20
    issued = 20
    received = 20
    valid = 20
    invalid = 0


class ElectionCandidateFactory(HouseFactory):
    class Meta:
        model = ElectionCandidate

    election = factory.SubFactory(ElectionFactory)
    name = factory.Sequence(lambda number: f"候选人{number}")
    yes = 18
    no = 1
    abstain = 1


class ElectionExclusionFactory(HouseFactory):
    class Meta:
        model = ElectionExclusion

    election = factory.SubFactory(ElectionFactory)
    name = factory.Sequence(lambda number: f"不计入{number}")
    reason = ElectionExclusion.Reason.BEDRIDDEN


class TrainingRecordFactory(HouseFactory):
    class Meta:
        model = TrainingRecord

    member = factory.SubFactory(MemberFactory)
    held_on = dt.date(2026, 4, 16)
    hours = Decimal(16)
    topic = factory.Sequence(lambda number: f"支部书记培训班第{number}期")
    kind = TrainingRecord.Kind.SECRETARY


def body_with_a_life(organization, member, word):
    """Make a body that was elected twice, with an approval, a vote and a course, named `word`."""
    old = TermFactory(organization=organization, elected_on=dt.date(2023, 5, 18), document=word)
    TermShiftFactory(term=old, document=word, due_on=dt.date(2026, 6, 18), reason=word)
    new = TermFactory(organization=organization, elected_on=dt.date(2026, 6, 18), document=word)
    OfficeFactory(
        organization=organization,
        term=new,
        member=member,
        holder_name=word,
        duties=word,
        document=word,
        started_on=new.elected_on,
        started_by="elected",
    )
    ElectionFactory(organization=organization, term=new)
    TrainingRecordFactory(member=member, topic=word)


def lead_bodies(organizations):
    """Give each organisation a secretary, an approval and a vote, in bulk."""
    terms = list(Term.objects.filter(organization__in=organizations))
    Office.objects.bulk_create(
        Office(organization=term.organization, term=term, post="secretary", holder_name="书记")
        for term in terms
    )
    TermShift.objects.bulk_create(
        TermShift(
            term=term,
            due_on=dt.date(2027, 12, 18),
            approved_on=dt.date(2026, 5, 20),
            document="批复",
            reason="机构改革",
        )
        for term in terms
    )
