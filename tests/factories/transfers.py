"""Transfers and changes of standing."""

import datetime as dt

import factory

from members.models import MergeTrace, StandingChange, Transfer, TransferSide, TransferStep
from tests.factories.base import HouseFactory
from tests.factories.members import MemberFactory


class StandingChangeFactory(HouseFactory):
    class Meta:
        model = StandingChange

    member = factory.SubFactory(MemberFactory)
    organization = factory.SelfAttribute("member.branch")
    state = "suspended"
    happened_on = dt.date(2026, 3, 1)
    reason = "失去联系"
    before = factory.LazyFunction(
        lambda: {"state": "normal", "state_since": None, "memberships": [], "begun": None}
    )


class MergeTraceFactory(HouseFactory):
    class Meta:
        model = MergeTrace

    event = "merged0000000000"
    table = "member"
    row = 0
    after = factory.LazyFunction(dict)


class TransferFactory(HouseFactory):
    class Meta:
        model = Transfer

    member = factory.SubFactory(MemberFactory)
    sender = factory.SelfAttribute("member.branch")
    receiver_unit = "云渚大学党委"
    kind = Transfer.Kind.LETTER
    started_on = dt.date(2026, 11, 2)
    valid_days = 10


class TransferSideFactory(HouseFactory):
    class Meta:
        model = TransferSide

    transfer = factory.SubFactory(TransferFactory)
    organization = factory.SelfAttribute("transfer.sender")
    role = TransferSide.Role.SENDER


class TransferStepFactory(HouseFactory):
    class Meta:
        model = TransferStep

    transfer = factory.SubFactory(TransferFactory)
    kind = TransferStep.Kind.STARTED
    happened_on = dt.date(2026, 11, 2)
    actor_name = "李秀岩"


def give_transfers_to(member, word):
    """Let somebody have left for a unit outside and have died, in chosen words, for the ledgers."""
    left = TransferFactory(
        member=member,
        receiver_unit=word,
        reason=word,
        state="done",
        sent_on=dt.date(2026, 3, 2),
        received_on=dt.date(2026, 3, 9),
    )
    side = TransferSideFactory(transfer=left)
    change = StandingChangeFactory(member=member, reason=word, document=word)
    return left, side, change
