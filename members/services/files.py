"""Writing single files: opening and correcting them, and whose account reads one as its own."""

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from django.db import IntegrityError, transaction

from branches.models import PartyOrganization, User
from members.models import AttendanceExemption, Member, Membership
from members.queries.files import (
    PARTLY_KNOWN,
    PLAIN,
    PRIVATE,
    file_of_number,
    known_date,
    number_is_taken,
)
from members.services.memberships import begin_membership
from members.services.roster import make_findable
from partybuild import audit
from partybuild.masking import mask_id_number, mask_phone
from partybuild.merging import take
from partybuild.refusals import Refused
from partybuild.scoping import everything

ADDRESS_SHOWN = 3


class LinkRefused(Refused):
    """An account cannot be linked to a file, with the reason in Chinese."""


class FileRefused(Refused):
    """A file cannot be opened or corrected so: `field` is what to look at, str() the reason."""


class ExemptionRefused(Refused):
    """An exemption cannot be granted or ended so, with the reason in Chinese."""


@transaction.atomic
def open_file(
    *, actor: Any, organization: PartyOrganization, started_on: dt.date, **facts: Any
) -> Member:
    """Open the file of somebody new to the portal and enter them on a branch's roll.

    A member gets a formal membership, somebody on the way a 培养联系; `started_on` is its first
    day. `facts` are as in `correct_file`. FileRefused or MembershipRefused with the reason.
    """
    member = Member(branch=organization)
    _take_over(member, facts)
    _save(member)
    on_roll = member.category in Member.MEMBER_CATEGORIES
    begin_membership(
        member=member,
        organization=organization,
        on=started_on,
        reason=Membership.Start.REGISTERED,
        kind=Membership.Kind.FORMAL if on_roll else Membership.Kind.DEVELOPMENT,
    )
    audit.record(
        actor=actor,
        action="members.member.opened",
        subject=member,
        place=organization.path,
        summary=f"为 {member.name} 建档，编入{organization.label}",
        after=state_of_file(member) | {"编入时间": started_on},
    )
    return member


@transaction.atomic
def correct_file(*, actor: Any, member: Member, version: int, **facts: Any) -> Member:
    """Correct a person's file; StaleVersion when it has changed since `version`.

    `facts` are plain columns by name, dates that may be known in part as `PartialDate` or None
    under `born`, `joined` …, and those of the personal numbers and the address that are to change.
    FileRefused when they cannot be so.
    """
    before = state_of_file(member)
    take(member, version)
    _take_over(member, facts)
    _save(member)
    audit.record(
        actor=actor,
        action="members.member.corrected",
        subject=member,
        place=member.branch.path,
        summary=f"更正 {member.name} 的档案",
        before=before,
        after=state_of_file(member),
    )
    return member


def state_of_file(member: Member) -> dict[str, Any]:
    """Return all that a file says, as plain values with the personal numbers masked."""
    label: Any = Member._meta.get_field
    shown = {
        str(label(name).verbose_name): _shown(member, name)
        for name in PLAIN
        if getattr(member, name)
    }
    for column in PARTLY_KNOWN.values():
        if getattr(member, column):
            shown[str(label(column).verbose_name)] = str(known_date(member, column))
    masked = {
        "身份证号码": mask_id_number(member.id_number),
        "联系电话": mask_phone(member.phone),
        "备用电话": mask_phone(member.second_phone),
        "现居住地": f"{member.address[:ADDRESS_SHOWN]}…" if member.address else "",
    }
    return shown | {name: text for name, text in masked.items() if text}


def _shown(member: Member, name: str) -> str:
    display = getattr(member, f"get_{name}_display", None)
    return str(display() if display else getattr(member, name))


def _take_over(member: Member, facts: Mapping[str, Any]) -> None:
    """Write facts into a file and judge what must hold between them."""
    for name, value in facts.items():
        if name in PARTLY_KNOWN:
            column = PARTLY_KNOWN[name]
            setattr(member, column, value.date if value else None)
            precision = f"{column.removesuffix('_on')}_precision"
            setattr(member, precision, value.precision if value else "day")
        elif name in {*PLAIN, *PRIVATE}:
            setattr(member, name, value)
        else:
            raise TypeError(name)
    _judge_dates(member)


def _judge_dates(member: Member) -> None:
    order = ("born", "applied", "joined", "confirmed")
    known = [(name, date) for name in order if (date := known_date(member, PARTLY_KNOWN[name]))]
    for (_, earlier), (name, later) in pairwise(known):
        if later.last < earlier.date:
            titles = {"applied": "申请入党", "joined": "入党", "confirmed": "转正"}
            raise FileRefused(
                f"{titles[name]}时间 {later} 早于前面的日期 {earlier}，请核对。", name
            )
    if member.category == Member.Category.PROBATIONARY and member.confirmed_on:
        raise FileRefused(
            "预备党员还没有转正时间。已经转正的，请把人员类别改为正式党员。", "confirmed"
        )
    if member.category not in Member.MEMBER_CATEGORIES and member.joined_on:
        raise FileRefused("还没有入党的人没有入党时间。请核对人员类别。", "joined")


def _save(member: Member) -> None:
    """Store a file that is found by its number alone; FileRefused when another one holds it."""
    make_findable(member)
    if member.id_number and member.followed_by_id is None:
        known = file_of_number(member.id_number, but=member)
        if known is not None:
            raise FileRefused(
                f"这个身份证号已经登记在{known.branch.label}{known.name}的档案里。", "id_number"
            )
        if number_is_taken(member.id_number, but=member):
            raise FileRefused(TAKEN_ELSEWHERE, "id_number")
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as clash:  # somebody saved the same number in this very moment
        raise FileRefused(TAKEN_ELSEWHERE, "id_number") from clash


TAKEN_ELSEWHERE = (
    "这个身份证号已经登记在别处的一份档案里，没有保存。请先核对号码；号码没错的，"
    "请联系上级党组织办理组织关系转接。"
)


@transaction.atomic
def grant_exemption(
    *, actor: Any, member: Member, reason: str, started_on: dt.date, ended_on: dt.date | None
) -> AttendanceExemption:
    """Let attendance not be required of somebody for a while; the reason stays encrypted."""
    if ended_on is not None and ended_on <= started_on:
        raise ExemptionRefused("结束日期要在开始日期之后。")
    overlapping = AttendanceExemption.objects.filter(member=member).exclude(
        ended_on__lte=started_on
    )
    if ended_on is not None:
        overlapping = overlapping.exclude(started_on__gte=ended_on)
    if overlapping.exists():
        raise ExemptionRefused("这段时间已经登记为免予参加，请先结束前一段。")
    exemption = AttendanceExemption.objects.create(
        member=member, reason=reason, started_on=started_on, ended_on=ended_on
    )
    audit.record(
        actor=actor,
        action="members.attendanceexemption.granted",
        subject=member,
        place=member.branch.path,
        summary=f"{member.name} 免予参加组织生活",
        after={"起": started_on, "止": ended_on},
    )
    return exemption


@transaction.atomic
def end_exemption(*, actor: Any, member: Member, ended_on: dt.date) -> AttendanceExemption:
    """End the exemption that runs on; `ended_on` is the first day on which attendance counts."""
    exemption = AttendanceExemption.objects.filter(member=member, ended_on=None).first()
    if exemption is None:
        raise ExemptionRefused("没有正在执行的免予参加。")
    if exemption.started_on is not None and ended_on <= exemption.started_on:
        raise ExemptionRefused("结束日期要在开始日期之后。")
    exemption.ended_on = ended_on
    exemption.save()
    audit.record(
        actor=actor,
        action="members.attendanceexemption.ended",
        subject=member,
        place=member.branch.path,
        summary=f"{member.name} 恢复参加组织生活",
        after={"止": ended_on},
    )
    return exemption


@transaction.atomic
def link_account(*, actor: Any, member: Member, username: str) -> User | None:
    """Let an account read a file as its own; an empty name takes the link away."""
    user = User.objects.filter(username=username, is_active=True).first() if username else None
    if username and user is None:
        raise LinkRefused("没有这个账号，或已停用。请先由系统管理员开设。")
    if user is not None and user.name != member.name:
        raise LinkRefused(f"账号 {username} 的姓名与“{member.name}”不同，没有关联。")
    if user is not None and _reads_another(user, member):
        raise LinkRefused(f"账号 {username} 已关联另一份档案，没有改动。")
    member.user = user
    member.save(update_fields=["user"])
    audit.record(
        actor=actor,
        action="members.member.account_linked",
        subject=member,
        place=member.branch.path,
        summary=f"{member.name} 的档案{'关联账号 ' + username if user else '取消关联账号'}",
    )
    return user


def _reads_another(user: User, member: Member) -> bool:
    with everything(reason="a link is taken wherever the other file lies"):
        return Member.objects.filter(user=user).exclude(pk=member.pk).exists()
