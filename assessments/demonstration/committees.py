"""Leading bodies: one is due, one late, one postponed, one newly elected; duties, training, a gap."""

import datetime as dt
from decimal import Decimal
from typing import Any

from branches.models import PartyOrganization, Term
from members.models import Member, Office, TrainingRecord
from members.queries.elections import Tally
from members.queries.offices import body_of, was_full
from members.queries.records import electors_on
from members.services.elections import record_election
from members.services.offices import Holder, appoint, correct_office, relieve
from members.services.terms import approve_shift, correct_term, open_term
from members.services.trainings import record_training
from partybuild.periods import add_months, add_years

Post = Office.Post
DUTIES = {
    Post.SECRETARY: "主持支部全面工作",
    Post.DEPUTY_SECRETARY: "协助书记，负责支部日常工作",
    Post.ORGANIZATION_MEMBER: "发展党员、党费收缴",
    Post.PUBLICITY_MEMBER: "学习教育、宣传报道",
    Post.DISCIPLINE_INSPECTION_MEMBER: "纪律监督、廉政谈话",
}
SEATS = tuple(DUTIES)


def tell(demo: Any, committee: PartyOrganization, branches: list[PartyOrganization]) -> None:
    """Give the committee a body that is due, and the branches terms in every state."""
    today: dt.date = demo.today
    _seat_committee(committee, branches, add_months(add_years(today, -5), 3))
    _move_term(branches[1], add_months(add_years(today, -3), -2))
    late = _move_term(branches[2], add_months(add_years(today, -3), -4))
    approve_shift(
        actor=None,
        term=late,
        shifted_to=add_months(today, 5),
        approved_on=add_months(today, -6),
        document=f"云司机党〔{today.year}〕4号",
        reason="机构改革期间延期换届",
    )
    for branch in branches[:2]:
        _divide_duties(branch, today)
    _leave_a_gap(branches[3], today)
    _elect(branches[4], add_months(today, -2))
    secretaries = [
        office.member
        for branch in branches
        for office in body_of(branch, today)
        if office.post == Post.SECRETARY and office.member
    ]
    record_training(
        actor=None,
        people=secretaries[:-1],
        held_on=add_months(today, -5),
        hours=Decimal(16),
        topic="机关基层党组织书记培训班",
        kind=TrainingRecord.Kind.SECRETARY,
    )


def _full_members(branch: PartyOrganization, day: dt.date) -> list[Member]:
    on_file = Member.objects.filter(branch=branch, state=Member.State.NORMAL).order_by("pk")
    return [member for member in on_file if was_full(member, day)]


def _seat_committee(
    committee: PartyOrganization, branches: list[PartyOrganization], day: dt.date
) -> None:
    people = [member for branch in branches for member in _full_members(branch, day)[:1]]
    open_term(
        actor=None,
        organization=committee,
        elected_on=day,
        years=5,
        has_committee=True,
        document=f"云司党〔{day.year}〕7号",
        holders=[
            Holder(post, member.name, member, DUTIES[post])
            for post, member in zip(SEATS, people, strict=False)
        ],
    )


def _move_term(branch: PartyOrganization, elected_on: dt.date) -> Term:
    term = branch.terms.get()
    return correct_term(
        actor=None,
        term=term,
        version=term.version,
        elected_on=elected_on,
        elected_precision="day",
        years=term.years,
        has_committee=term.has_committee,
        document=f"云司机党〔{elected_on.year}〕2号",
    )


def _divide_duties(branch: PartyOrganization, today: dt.date) -> None:
    for office in body_of(branch, today):
        correct_office(
            actor=None,
            office=office,
            version=office.version,
            duties=DUTIES.get(Post(office.post), ""),
            started_on=office.started_on,
            started_by=Office.Start.ELECTED,
            document=office.document,
        )


def _leave_a_gap(branch: PartyOrganization, today: dt.date) -> None:
    """Somebody went to another office and another was co-opted; one post is still empty."""
    day = add_months(today, -3)
    leaving = [
        office
        for office in body_of(branch, today)
        if office.post in (Post.PUBLICITY_MEMBER, Post.ORGANIZATION_MEMBER)
    ]
    for office in leaving:
        relieve(
            actor=None,
            office=office,
            version=office.version,
            ended_on=day,
            ended_by=Office.End.MOVED,
        )
    sitting = {office.member_id for office in body_of(branch, today)}
    successor = next(one for one in _full_members(branch, day)[::-1] if one.pk not in sitting)
    appoint(
        actor=None,
        organization=branch,
        holder=Holder(Post.ORGANIZATION_MEMBER, successor.name, successor, "发展党员、党费收缴"),
        started_on=add_months(today, -2),
        started_by=Office.Start.CO_OPTED,
        document=f"云司机党〔{today.year}〕9号",
        term=branch.terms.get(),
    )


def _elect(branch: PartyOrganization, day: dt.date) -> None:
    people = _full_members(branch, day)[: len(SEATS) + 1]
    term = open_term(
        actor=None,
        organization=branch,
        elected_on=day,
        years=3,
        has_committee=True,
        document=f"云司机党〔{day.year}〕11号",
        holders=[
            Holder(post, member.name, member, DUTIES[post])
            for post, member in zip(SEATS, people, strict=False)
        ],
    )
    due = electors_on(branch, day)
    present = due - due // 10
    votes = [present - at % 2 for at in range(len(people) - 1)] + [2]
    record_election(
        actor=None,
        organization=branch,
        term=term,
        held_on=day,
        place="三楼会议室",
        session="第四届",
        seat="committee_member",
        seats=len(people) - 1,
        document=f"云司机党〔{day.year}〕10号",
        nomination="支部委员会提名，党员大会酝酿",
        due_electors=due,
        present_electors=present,
        issued=present,
        received=present,
        valid=present,
        invalid=0,
        tallies=[
            Tally(member.name, yes, present - yes)
            for member, yes in zip(people, votes, strict=True)
        ],
        exclusions=[],
        people={member.name: member for member in people},
    )
