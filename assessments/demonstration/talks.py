"""Talks of the year, one branch that has reached everybody, and two appraisals: one done, one under way."""

import datetime as dt
from typing import TYPE_CHECKING

from activities.models import Appraisal, Talk
from activities.queries.appraisals import reading_of
from activities.services.appraisals import (
    CellChange,
    begin_appraisal,
    correct_appraisal,
    enter_results,
)
from activities.services.talks import Named, record_talk
from branches.models import PartyOrganization
from members.models import Member
from members.queries.roll import formal_members

if TYPE_CHECKING:
    from assessments.demonstration.organization import Demonstration

CONTENT = (
    "谈思想、谈工作，提醒注意身体，鼓励多带新同志。",
    "肯定今年窗口服务的成绩，也指出材料报送不够及时。",
    "了解家庭和工作上的困难，商量调班的办法。",
)
SUGGESTIONS = ("多到基层走走。", "把业务学习和党课结合起来。", "")
FOLLOW_UP = ("已列入下月计划。", "", "")
COMMITTEE = 5


def tell(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    """Let the first branch talk with everybody, the second with some, and both appraise."""
    first, second = branches[0], branches[1]
    _talk_with_all(demo, first)
    people = list(formal_members(second, demo.today))
    for other in people[1:4]:
        _talk(demo, second, people[0], other)
    _integrity(demo, first)
    _appraise(demo, first, done=True)
    _appraise(demo, second, done=False)


def _talk_with_all(demo: "Demonstration", branch: PartyOrganization) -> None:
    people = _by_office(branch, demo.today)
    sitting, others = people[:COMMITTEE], people[COMMITTEE:]
    for at, one in enumerate(sitting):
        for other in sitting[at + 1 :]:
            _talk(demo, branch, one, other)
    for at, one in enumerate(others):
        _talk(demo, branch, sitting[at % COMMITTEE], one)
        if at and at + 1 < len(others):  # the last one and the first are still to be talked with
            _talk(demo, branch, one, others[at - 1])


def _by_office(branch: PartyOrganization, day: dt.date) -> list[Member]:
    """Return the members of a branch, its committee first."""
    sits = set(branch.offices.values_list("member", flat=True))
    return sorted(formal_members(branch, day), key=lambda one: (one.pk not in sits, one.pk))


def _talk(
    demo: "Demonstration",
    branch: PartyOrganization,
    talker: Member,
    other: Member,
    **fields: str,
) -> None:
    at = demo.random.randrange(len(CONTENT))
    said = {
        "content": CONTENT[at],
        "suggestions": SUGGESTIONS[at],
        "follow_up": FOLLOW_UP[at],
        "place": "谈心室",
    }
    first = dt.date(demo.today.year, 1, 1)
    days = max((demo.today - first).days, 1)
    record_talk(
        actor=None,
        organization=branch,
        held_on=first + dt.timedelta(days=demo.random.randrange(days)),
        talkers=[Named(talker.name, talker)],
        talked_to=[Named(other.name, other)],
        **said | fields,
    )


def _integrity(demo: "Demonstration", branch: PartyOrganization) -> None:
    people = _by_office(branch, demo.today)
    _talk(
        demo,
        branch,
        people[0],
        people[1],
        kind=Talk.Kind.INTEGRITY,
        reason="节前廉政提醒",
        content="重申中央八项规定精神，提醒不收节礼、不赴可能影响公正执行公务的宴请。",
        stance="严格遵守，请组织监督。",
    )


def _appraise(demo: "Demonstration", branch: PartyOrganization, *, done: bool) -> None:
    """Appraise last year's work with all grades, or this year's with half of them."""
    year = demo.today.year - 1 if done else demo.today.year
    held_on = dt.date(year, 12, 18) if done else demo.today - dt.timedelta(days=3)
    if held_on.year != year and not done:
        held_on = demo.today
    ballots = len(formal_members(branch, held_on))
    appraisal = begin_appraisal(
        actor=None,
        organization=branch,
        year=year,
        held_on=held_on,
        present=ballots,
        issued=ballots,
        received=ballots,
        state=Appraisal.State.ORGANISATION,
    )
    people = reading_of(appraisal).people
    full = [one for one in people if one.is_full]
    changes = []
    for at, one in enumerate(people):
        excellent = ballots - 2 if at < len(full) // 3 else ballots // 3
        counts = {"excellent": excellent, "qualified": ballots - excellent}
        changes += [CellChange(one.member, name, value, None) for name, value in counts.items()]
        if one.is_full and (done or at % 2):
            grade = "excellent" if at < len(full) // 3 else "qualified"
            changes.append(CellChange(one.member, "grade", grade, ""))
    enter_results(actor=None, appraisal=appraisal, changes=changes)
    if done:
        correct_appraisal(actor=None, appraisal=appraisal, version=1, state=Appraisal.State.DONE)
