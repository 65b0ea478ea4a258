"""The chapter of the demonstration about the development of members."""

import datetime as dt

import pytest

from assessments.demonstration.development import tell
from assessments.demonstration.organization import Demonstration
from members.queries.development import board, cards_of, cases_in_scope
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def test_somebody_is_in_every_stage_and_one_case_is_late(today, committee):
    branches = [PartyOrganizationFactory(superior=committee) for _ in range(5)]
    for branch in branches:
        for name in ("高立言", "白知行"):
            enrolled(name, branch, confirmed_on=dt.date(2010, 1, 1))

    tell(Demonstration(today=today), committee, branches)

    assert [stage.count for stage in board(today)] == [3, 2, 2, 1, 2]
    cards = cards_of(list(cases_in_scope()), today)
    assert [card.case.outcome for card in cards].count("confirmed") == 1
    late = [finding.code for card in cards for finding in card.findings]
    assert late == ["DEV-TALK"]
