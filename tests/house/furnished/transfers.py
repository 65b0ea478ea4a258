"""Transfers and changes of standing: one transfer at each step, one change to take back."""

from members.models import TransferSide
from tests.factories import transfers
from tests.factories.members import MemberFactory


def furnish(place, member):
    organization = place.organization
    coming = MemberFactory(branch=organization)
    place.keep(coming)
    going = transfers.TransferFactory(member=member)
    arriving = transfers.TransferFactory(
        member=coming,
        sender=None,
        receiver=organization,
        sender_unit="云渚大学党委",
        receiver_unit="",
        state="in_transit",
        sent_on=going.started_on,
    )
    return [
        going,
        arriving,
        transfers.TransferSideFactory(transfer=going),
        transfers.TransferSideFactory(
            transfer=arriving, organization=organization, role=TransferSide.Role.RECEIVER
        ),
        transfers.TransferStepFactory(transfer=going),
        transfers.MergeTraceFactory(row=member.pk),
        *transfers.give_transfers_to(member, "云渚大学党委"),
    ]
