"""Writing skills, social roles, and how many such roles there are in an area."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from branches.models import PartyOrganization
from members.models import Member, Skill, SocialRole, SocialRoleTotal
from members.models.social_roles import SocialKind
from partybuild import audit
from partybuild.refusals import Refused


class SocialRoleRefused(Refused):
    """A role cannot be entered or ended so, with the reason in Chinese."""


@transaction.atomic
def set_skills(*, actor: Any, member: Member, kinds: Iterable[str], note: str = "") -> list[Skill]:
    """Say what somebody is good at; what is no longer named goes. `note` tells of 其他."""
    before = _skill_words(member)
    member.skills.all().delete()
    skills = [
        Skill(member=member, kind=kind, note=note if kind == Skill.Kind.OTHER else "")
        for kind in dict.fromkeys(kinds)
    ]
    for skill in skills:
        skill.save()
    audit.record(
        actor=actor,
        action="members.skill.set",
        subject=member,
        place=member.branch.path,
        summary=f"登记 {member.name} 的特长",
        before={"特长": before},
        after={"特长": _skill_words(member)},
    )
    return skills


@transaction.atomic
def begin_social_role(
    *, actor: Any, member: Member, kind: str, area: str, started_on: dt.date
) -> SocialRole:
    """Enter that a member takes on a role in an area; SocialRoleRefused when it is entered."""
    held = SocialRole.objects.filter(member=member, kind=kind, area=area, ended_on=None)
    if held.exists():
        raise SocialRoleRefused(f"{member.name}已登记为这里的{SocialKind(kind).label}。", "area")
    role = SocialRole.objects.create(member=member, kind=kind, area=area, started_on=started_on)
    audit.record(
        actor=actor,
        action="members.socialrole.begun",
        subject=member,
        place=member.branch.path,
        summary=f"{member.name} 担任{role}",
        after={"角色": role.get_kind_display(), "区域": area, "起": started_on},
    )
    return role


@transaction.atomic
def end_social_role(*, actor: Any, role: SocialRole, ended_on: dt.date) -> SocialRole:
    """End a role; `ended_on` is the first day without it."""
    if role.ended_on is not None:
        raise SocialRoleRefused(f"这个角色已于 {role.ended_on} 结束。", "ended_on")
    if role.started_on is not None and ended_on <= role.started_on:
        raise SocialRoleRefused(f"要晚于开始日期 {role.started_on}。", "ended_on")
    role.ended_on = ended_on
    role.save()
    audit.record(
        actor=actor,
        action="members.socialrole.ended",
        subject=role.member,
        place=role.member.branch.path,
        summary=f"{role.member.name} 不再担任{role}",
        after={"止": ended_on},
    )
    return role


@transaction.atomic
def enter_total(
    *,
    actor: Any,
    organization: PartyOrganization,
    kind: str,
    counted_on: dt.date,
    total: int,
    source: str = "",
) -> SocialRoleTotal:
    """Enter how many people of a role there are in an area on a day; that day's figure is replaced."""
    figure, _ = SocialRoleTotal.objects.update_or_create(
        organization=organization,
        kind=kind,
        counted_on=counted_on,
        defaults={"total": total, "source": source},
    )
    audit.record(
        actor=actor,
        action="members.socialroletotal.entered",
        subject=figure,
        place=organization.path,
        summary=f"登记{organization.label}的{figure.get_kind_display()}总数 {total}",
        after={"总人数": total, "统计日期": counted_on, "来源": source},
    )
    return figure


def _skill_words(member: Member) -> list[str]:
    return [str(skill) for skill in member.skills.order_by("pk")]
