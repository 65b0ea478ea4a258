"""Writing who lives away, who came, and who cannot be reached. Nothing here changes anybody's status."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F

from branches.models import PartyOrganization
from members.models import LostMember, Member, MobileContact, MobileMember
from partybuild import audit
from partybuild.merging import StaleVersion, take
from partybuild.refusals import Refused


class MobilityRefused(Refused):
    """A record cannot be so: `field` is what to look at, str() the reason."""


@transaction.atomic
def begin_mobility(
    *,
    actor: Any,
    organization: PartyOrganization,
    direction: str,
    started_on: dt.date,
    member: Member | None = None,
    name: str = "",
    **details: Any,
) -> MobileMember:
    """Register that a member of ours lives away (流出), or that somebody came (流入).

    `details` are the plain columns. Nothing changes in the membership: the vote stays where the
    relation is. MobilityRefused when the person is registered as away already.
    """
    if direction == MobileMember.Direction.OUT:
        if member is None:
            raise MobilityRefused("请选择流出的党员。", "member")
        if MobileMember.objects.filter(member=member, direction=direction, ended_on=None).exists():
            raise MobilityRefused(f"{member.name}已经登记为流出党员。", "member")
        organization, name = member.branch, member.name
    elif not name:
        raise MobilityRefused("请填写流入党员的姓名。", "name")
    mobile = MobileMember.objects.create(
        organization=organization,
        direction=direction,
        member=member,
        name=name,
        started_on=started_on,
        **details,
    )
    audit.record(
        actor=actor,
        action="members.mobilemember.begun",
        subject=mobile,
        place=organization.path,
        summary=f"登记{mobile.get_direction_display()}党员 {name}",
        after=_state(mobile),
    )
    return mobile


@transaction.atomic
def correct_mobility(
    *, actor: Any, mobile: MobileMember, version: int, **fields: Any
) -> MobileMember:
    """Change what is known of somebody away, or end it; StaleVersion when it has changed since."""
    before = _state(mobile)
    take(mobile, version)
    for name, value in fields.items():
        setattr(mobile, name, value)
    if mobile.ended_on is not None and mobile.ended_on <= mobile.started_on:
        raise MobilityRefused(f"结束时间要晚于 {mobile.started_on}。", "ended_on")
    mobile.save()
    audit.record(
        actor=actor,
        action="members.mobilemember.corrected",
        subject=mobile,
        place=mobile.organization.path,
        summary=f"更正流动党员 {mobile.name}",
        before=before,
        after=_state(mobile),
    )
    return mobile


@transaction.atomic
def note_contact(
    *, actor: Any, mobile: MobileMember, contacted_on: dt.date, contacted_by: str, note: str = ""
) -> MobileContact:
    """Note that the branch spoke with somebody who lives away."""
    if contacted_on < mobile.started_on:
        raise MobilityRefused(f"早于流动开始的日期 {mobile.started_on}。", "contacted_on")
    contact = MobileContact.objects.create(
        mobile=mobile, contacted_on=contacted_on, contacted_by=contacted_by, note=note
    )
    audit.record(
        actor=actor,
        action="members.mobilecontact.noted",
        subject=mobile,
        place=mobile.organization.path,
        summary=f"与流动党员 {mobile.name} 联系",
        after={"联系时间": contacted_on, "联系人": contacted_by},
    )
    return contact


@transaction.atomic
def report_lost(
    *,
    actor: Any,
    member: Member,
    lost_on: dt.date,
    cause: str,
    organization_kind: str,
    efforts: str = "",
) -> LostMember:
    """Register that a member cannot be reached since a day. Their status stays as it is."""
    if LostMember.objects.filter(member=member, found_on=None).exists():
        raise MobilityRefused(f"{member.name}已经登记为失去联系。", "lost_on")
    lost = LostMember.objects.create(
        member=member,
        lost_on=lost_on,
        cause=cause,
        organization_kind=organization_kind,
        efforts=efforts,
    )
    audit.record(
        actor=actor,
        action="members.lostmember.reported",
        subject=lost,
        place=member.branch.path,
        summary=f"登记 {member.name} 失去联系",
        after={"失去联系时间": lost_on, "失联情形": lost.get_cause_display()},
    )
    return lost


@transaction.atomic
def note_found(*, actor: Any, lost: LostMember, version: int, found_on: dt.date) -> LostMember:
    """Note that contact is there again; StaleVersion when the record has changed since."""
    if lost.found_on is not None:
        raise MobilityRefused(f"已于 {lost.found_on} 恢复联系。", "found_on")
    if found_on < lost.lost_on:
        raise MobilityRefused(f"早于失去联系的日期 {lost.lost_on}。", "found_on")
    taken = LostMember.objects.filter(pk=lost.pk, version=version).update(
        version=F("version") + 1, found_on=found_on
    )
    if not taken:
        raise StaleVersion(lost)
    lost.version, lost.found_on = version + 1, found_on
    audit.record(
        actor=actor,
        action="members.lostmember.found",
        subject=lost,
        place=lost.member.branch.path,
        summary=f"{lost.member.name} 恢复联系",
        after={"恢复联系时间": found_on},
    )
    return lost


def _state(mobile: MobileMember) -> dict[str, Any]:
    return {
        "流向": mobile.get_direction_display(),
        "情形": mobile.get_kind_display(),
        "流入地": mobile.destination,
        "流入单位": mobile.workplace,
        "对方党组织": mobile.other_organization,
        "联系人": mobile.contact_person,
        "联系方式": "已填" if mobile.contact else "",
        "流动时间": mobile.started_on,
        "结束时间": mobile.ended_on,
        "参加组织生活": mobile.attends,
        "党费": mobile.dues,
    }
