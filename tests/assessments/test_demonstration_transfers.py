"""What the demonstration tells of members who come and go."""

import pytest

from assessments.demonstration import transfers
from assessments.demonstration.organization import Demonstration
from members.alerts.transfers import TransferAlert
from members.models import Transfer
from members.queries.rehearsal import rehearse
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory

pytestmark = pytest.mark.usefixtures("everywhere")


def test_members_come_and_go_and_everything_adds_up(today, committee):
    branches = [PartyOrganizationFactory(superior=committee) for _ in range(4)]
    for branch in branches:
        for _ in range(3):
            enrolled("某某", branch)

    transfers.tell(Demonstration(today=today), committee, branches)

    states = Transfer.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["started", "done", "in_transit", "in_transit", "done"]
    assert sum(notice.is_late for notice in TransferAlert().notices(today)) == 1
    figures = {line.number: line.count for line in rehearse(committee, today.year).lines}
    assert [figures[n] for n in (1, 4, 5, 9, 10, 14, 15)] == [12, 1, 1, 1, 1, 12, 0]
