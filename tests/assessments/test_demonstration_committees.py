"""The demonstration shows leading bodies in every state."""

import datetime as dt
from types import SimpleNamespace

from assessments.demonstration.committees import tell
from branches.models import PartyOrganization
from members.models import Office
from members.queries.offices import bodies
from members.queries.records import elections_of
from members.queries.terms import State
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.branches import PartyOrganizationFactory, TermFactory
from tests.factories.members import OfficeFactory

TODAY = dt.date(2026, 11, 21)


def branch_with_a_body(committee, number):
    branch = PartyOrganizationFactory(superior=committee, name=f"第{number}党支部")
    TermFactory(organization=branch, elected_on=dt.date(2025, 4, 1))
    people = [enrolled(f"党员{number}{at}", branch) for at in "甲乙丙丁戊己庚辛"]
    for post, member in zip(list(Office.Post)[:5], people, strict=False):
        OfficeFactory(
            organization=branch,
            post=post,
            member=member,
            holder_name=member.name,
            started_on=dt.date(2025, 4, 1),
        )
    return branch


def test_bodies_are_told_in_every_state(committee):
    branches = [branch_with_a_body(committee, number) for number in "一二三四五六"]

    with everything(reason="the demonstration writes"):
        tell(SimpleNamespace(today=TODAY), committee, branches)
        found = {b.organization: b for b in bodies(PartyOrganization.objects.all(), TODAY)}
        elections = elections_of(branches[4])

    assert [found[one].standing.state for one in (committee, *branches)] == [
        State.SOON,
        State.NORMAL,
        State.OVERDUE,
        State.SHIFTED,
        State.NORMAL,
        State.NORMAL,
        State.NORMAL,
    ]
    assert found[branches[3]].vacant_words == "宣传委员"
    assert len(elections[0].result.winners) == 5
