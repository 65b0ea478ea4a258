"""Leaders at their contact points, the people of 112, and what their visits left behind."""

import datetime as dt
from typing import TYPE_CHECKING

from branches.models import PartyOrganization
from members.models import Liaison
from members.services.liaison import assign_liaison, record_visit

if TYPE_CHECKING:
    from assessments.demonstration.organization import Demonstration

OUTCOMES = (
    "听取支部工作汇报，协调解决活动室桌椅。",
    "和窗口同志座谈，收集意见三条，已转有关科室。",
    "参加主题党日并讲党课，研究年轻党员培养。",
)
CONTACTS = 4
Kind = Liaison.Kind


def tell(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    """Assign four leaders and the 112 of some branches; one has not visited for long."""
    since = demo.today - dt.timedelta(days=300)
    for number, branch in enumerate(branches[:CONTACTS]):
        contact = assign_liaison(
            actor=None,
            organization=branch,
            kind=Kind.CONTACT,
            name=next(demo.names),
            duty="局领导班子成员",
            started_on=since,
        )
        days = (200, 20) if number else (230,)
        for at, ago in enumerate(days):
            visited = demo.today - dt.timedelta(days=ago)
            record_visit(
                actor=None,
                liaison=contact,
                visited_on=visited,
                outcome=OUTCOMES[(number + at) % len(OUTCOMES)],
            )
    for branch in branches[:2]:
        for kind in (Kind.INSTRUCTOR, Kind.FIRST_SECRETARY, *[Kind.LIAISON_OFFICER] * 2):
            assign_liaison(
                actor=None,
                organization=branch,
                kind=kind,
                name=next(demo.names),
                started_on=demo.today - dt.timedelta(days=45),
            )
