"""Writing a roster: files, memberships, exemptions and offices, in bulk and through the journal."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from branches.models import PartyOrganization
from branches.queries.organizations import groups_by_branch
from branches.services.organizations import found_organizations
from members.imports.known import chunks
from members.imports.roster_plan import Plan
from members.models import AttendanceExemption, Member, Membership, Office
from members.services.roster import change_members, register_members
from partybuild.cells import Column
from partybuild.imports import Row
from partybuild.journal import Journal
from partybuild.values import IdNumber

GroupKey = tuple[int, str]


def found_groups(plans: Sequence[Plan], journal: Journal) -> dict[GroupKey, PartyOrganization]:
    """Return the party groups by branch and name, those that are new founded."""
    known = {
        (branch, name): group
        for branch, groups in groups_by_branch().items()
        for name, group in groups.items()
    }
    new: dict[GroupKey, PartyOrganization] = {}
    for plan in plans:
        key = (plan.branch.pk, plan.group)
        if plan.group and key not in known and key not in new:
            new[key] = PartyOrganization(
                name=plan.group, kind=PartyOrganization.Kind.GROUP, superior=plan.branch
            )
    found_organizations(new.values(), journal)
    return known | new


def open_files(rows: Sequence[Row], journal: Journal) -> None:
    opened = []
    for row in rows:
        plan: Plan = row.plan
        if row.is_rejected or plan.member is not None or plan.twin is not None:
            continue
        plan.member = Member(branch=plan.branch)
        _put(plan.member, plan.changes)
        plan.member.category = plan.category
        opened.append(plan.member)
    register_members(opened, journal)


def _put(member: Member, changes: Iterable[tuple[Column, Any]]) -> None:
    for column, value in changes:
        column.put(member, value.text if isinstance(value, IdNumber) else value)


def change_files(plans: Sequence[Plan], journal: Journal, as_of: dt.date) -> None:
    """Store what a roster says anew; a standing that it changes does so from its own day on."""
    changed = []
    for plan in plans:
        if plan.member is None or not plan.member.pk or plan.is_second:
            continue
        moves = plan.member.branch_id != plan.branch.pk
        if moves or (plan.changes and not journal.made(plan.member)):
            journal.watch(plan.member)
            before = plan.member.state
            _put(plan.member, plan.changes)
            if plan.member.state != before:
                plan.member.state_since = as_of
            plan.member.branch = plan.branch
            changed.append(plan.member)
    change_members(changed, journal)


def write_memberships(
    plans: Sequence[Plan],
    groups: dict[GroupKey, PartyOrganization],
    journal: Journal,
    as_of: dt.date,
) -> None:
    ended, opened, regrouped = [], [], []
    for plan in plans:
        group = groups.get((plan.branch.pk, plan.group))
        start = plan.started_on
        for membership in plan.ended:
            journal.watch(membership)
            start = _change_day(plan, membership, as_of)
            membership.ended_on = start
            membership.ended_by = Membership.End.MOVED
            ended.append(membership)
        if plan.opened:
            opened.append(
                Membership(
                    member=plan.person,
                    organization=plan.branch,
                    group=group,
                    kind=plan.opened,
                    started_on=start,
                    started_by=_came_by(plan),
                )
            )
        if plan.membership is not None:
            journal.watch(plan.membership)
            plan.membership.group = group or plan.membership.group
            plan.membership.started_on = start or plan.membership.started_on
            regrouped.append(plan.membership)
    journal.update(ended, ["ended_on", "ended_by"])
    journal.update(regrouped, ["group", "started_on"])
    journal.create(opened)


def _came_by(plan: Plan) -> str:
    """Return why a membership begins: a move where one of its kind ends, else nobody knows."""
    moved = any(membership.kind == plan.opened for membership in plan.ended)
    return Membership.Start.MOVED if moved else Membership.Start.REGISTERED


def _change_day(plan: Plan, left: Membership, as_of: dt.date) -> dt.date:
    """Return the day on which somebody changed branch: as the roster says, else the day it is of."""
    day = plan.started_on or as_of
    return max(day, left.started_on) if left.started_on else day


def write_exemptions(plans: Sequence[Plan], journal: Journal, as_of: dt.date) -> None:
    said = {
        plan.person.pk: plan for plan in plans if plan.exempt is not None and not plan.is_second
    }
    stored = [
        exemption
        for chunk in chunks(said)
        for exemption in AttendanceExemption.objects.filter(member__in=chunk, ended_on=None)
    ]
    for exemption in stored:
        journal.watch(exemption)
        exemption.ended_on = as_of
    journal.update(stored, ["ended_on"])
    journal.create(
        AttendanceExemption(member=plan.person, reason=plan.exempt)
        for plan in said.values()
        if plan.exempt
    )


def write_offices(
    plans: Sequence[Plan], groups: dict[GroupKey, PartyOrganization], journal: Journal
) -> None:
    noted = {
        (o.organization_id, o.post, o.holder_name): o for o in Office.objects.filter(ended_on=None)
    }
    offices = []
    for plan in plans:
        for post in plan.posts:
            group = groups.get((plan.branch.pk, plan.group))
            place = group if post == Office.Post.GROUP_LEADER and group else plan.branch
            if (place.pk, post, plan.person.name) not in noted:
                offices.append(
                    Office(
                        organization=place,
                        post=post,
                        holder_name=plan.person.name,
                        member=plan.person,
                    )
                )
    journal.create(offices)
