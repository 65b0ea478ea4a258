"""Writing alliances: founding them, who joins and leaves, what is promised and kept."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from branches.models import Alliance, AllianceMember, AlliancePledge, PartyOrganization
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused


@transaction.atomic
def found_alliance(
    *, actor: Any, lead: PartyOrganization, name: str, founded_on: dt.date, **fields: Any
) -> Alliance:
    """Found an alliance; the organisation that leads is its first member."""
    _check_past(founded_on, "founded_on")
    alliance = Alliance.objects.create(lead=lead, name=name, founded_on=founded_on, **fields)
    AllianceMember.objects.create(
        alliance=alliance,
        organization=lead,
        role=AllianceMember.Role.LEAD,
        started_on=founded_on,
    )
    audit.record(
        actor=actor,
        action="branches.alliance.founded",
        subject=alliance,
        place=lead.path,
        summary=f"成立党建共同体 {name}",
        after=state_of(alliance),
    )
    return alliance


@transaction.atomic
def correct_alliance(*, actor: Any, alliance: Alliance, version: int, **fields: Any) -> Alliance:
    """Correct what is written of an alliance, its end included; StaleVersion over another's change."""
    before = state_of(alliance)
    take(alliance, version)
    for name, value in fields.items():
        setattr(alliance, name, value)
    _check_past(alliance.founded_on, "founded_on")
    if alliance.ended_on:
        _check_past(alliance.ended_on, "ended_on")
        if alliance.ended_on < alliance.founded_on:
            raise Refused("撤销日期不能早于成立日期。", "ended_on")
    alliance.save()
    audit.record(
        actor=actor,
        action="branches.alliance.corrected",
        subject=alliance,
        place=alliance.lead.path,
        summary=f"更正党建共同体 {alliance.name}",
        before=before,
        after=state_of(alliance),
    )
    return alliance


@transaction.atomic
def join_alliance(
    *,
    actor: Any,
    alliance: Alliance,
    role: str,
    started_on: dt.date,
    organization: PartyOrganization | None = None,
    unit_name: str = "",
) -> AllianceMember:
    """Let an organisation, or a unit outside the portal by its name, belong from a day on."""
    unit_name = unit_name.strip()
    if organization is None and not unit_name:
        raise Refused("请选择党组织，或写明单位名称。", "organization")
    if organization is not None and unit_name:
        raise Refused("选了党组织就不用再写单位名称。", "unit_name")
    _check_past(started_on, "started_on")
    if started_on < alliance.founded_on:
        raise Refused(f"共同体 {alliance.founded_on} 成立，请核对日期。", "started_on")
    if alliance.ended_on and started_on >= alliance.ended_on:
        raise Refused(f"共同体 {alliance.ended_on} 已撤销。", "started_on")
    list(Alliance.objects.select_for_update().filter(pk=alliance.pk))
    member = AllianceMember(
        alliance=alliance,
        organization=organization,
        unit_name=unit_name,
        role=role,
        started_on=started_on,
    )
    there = AllianceMember.objects.filter(
        alliance=alliance, organization=organization, unit_name=unit_name
    )
    if there.filter(ended_on__isnull=True).exists():
        raise Refused(f"“{member.label}”已经在共同体里。", _field_of(member))
    if there.filter(ended_on__gt=started_on).exists():
        raise Refused(f"“{member.label}”这一天已经在共同体里。", "started_on")
    member.save()
    audit.record(
        actor=actor,
        action="branches.alliance.member_joined",
        subject=alliance,
        place=alliance.lead.path,
        summary=f"{member.label} 加入 {alliance.name}",
        after={"单位": member.label, "身份": member.get_role_display(), "起": started_on},
    )
    return member


@transaction.atomic
def leave_alliance(
    *, actor: Any, alliance: Alliance, member: AllianceMember, ended_on: dt.date
) -> None:
    """Let a member belong no longer from a day on."""
    _check_past(ended_on, "ended_on")
    if member.role == AllianceMember.Role.LEAD:
        raise Refused("牵头党组织不能退出；要结束，请更正共同体的撤销日期。")
    if member.ended_on is not None:
        raise Refused(f"{member.ended_on} 已经退出。")
    if ended_on < member.started_on:
        raise Refused("退出日期不能早于加入日期。", "ended_on")
    member.ended_on = ended_on
    member.save(update_fields=["ended_on"])
    audit.record(
        actor=actor,
        action="branches.alliance.member_left",
        subject=alliance,
        place=alliance.lead.path,
        summary=f"{member.label} {ended_on} 起退出 {alliance.name}",
        before={"止": None},
        after={"止": ended_on},
    )


@transaction.atomic
def pledge(
    *,
    actor: Any,
    alliance: Alliance,
    title: str,
    responsible: str,
    due_on: dt.date | None = None,
) -> AlliancePledge:
    """Write down what an alliance promises, who answers for it and by when."""
    if due_on and due_on < alliance.founded_on:
        raise Refused("完成时限早于共同体成立的日期，请核对。", "due_on")
    made = AlliancePledge.objects.create(
        alliance=alliance, title=title, responsible=responsible, due_on=due_on
    )
    audit.record(
        actor=actor,
        action="branches.alliance.pledged",
        subject=alliance,
        place=alliance.lead.path,
        summary=f"{alliance.name} 登记共建项目 {title}",
        after={"共建项目": title, "责任单位": responsible, "完成时限": due_on},
    )
    return made


@transaction.atomic
def keep_pledge(
    *, actor: Any, pledge: AlliancePledge, done_on: dt.date, outcome: str = ""
) -> AlliancePledge:
    """Write down that a promise was kept, and what came of it; a second time corrects the first."""
    _check_past(done_on, "done_on")
    if done_on < pledge.alliance.founded_on:
        raise Refused("完成日期早于共同体成立的日期，请核对。", "done_on")
    before = {"完成日期": pledge.done_on, "成效": pledge.outcome}
    pledge.done_on, pledge.outcome = done_on, outcome
    pledge.save(update_fields=["done_on", "outcome"])
    audit.record(
        actor=actor,
        action="branches.alliance.pledge_done",
        subject=pledge.alliance,
        place=pledge.alliance.lead.path,
        summary=f"共建项目 {pledge.title} 完成",
        before=before,
        after={"完成日期": done_on, "成效": outcome},
    )
    return pledge


def state_of(alliance: Alliance) -> dict[str, Any]:
    """Return all that is written of an alliance itself: what history compares."""
    return {
        "名称": alliance.name,
        "牵头党组织": alliance.lead.name,
        "组成模式": alliance.pattern,
        "共建目标": alliance.purpose,
        "文号": alliance.document,
        "成立日期": alliance.founded_on,
        "撤销日期": alliance.ended_on,
    }


def _check_past(day: dt.date, field: str) -> None:
    if day > timezone.localdate():
        raise Refused("日期还没到，请核对。", field)


def _field_of(member: AllianceMember) -> str:
    return "unit_name" if member.unit_name else "organization"
