"""Beginning, ending and moving memberships: the one door for every act that changes who belongs where.

These functions join the transaction of the act that calls them and write no audit entry of their
own. They refuse with `MembershipRefused`, whose text is the reason in Chinese. A day is the
first day on which the new state holds: whoever moves on 1 March counts in the new branch from that
day on, and in the old one up to the day before.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from branches.models import PartyOrganization
from members.models import DevelopmentCase, Member, Membership
from partybuild.refusals import Refused
from partybuild.scoping import active_scope, everything

Kind, Start, End = Membership.Kind, Membership.Start, Membership.End
OrganizationKind = PartyOrganization.Kind

# 正式组织关系 and 培养联系 lie in a standing branch; a second membership may lie in any branch.
STANDING_KINDS = (OrganizationKind.BRANCH, OrganizationKind.JOINT_BRANCH)
NO_FORMAL = {
    OrganizationKind.TEMPORARY_BRANCH: "是临时党支部，党员的正式组织关系留在原支部",
    OrganizationKind.FUNCTIONAL_BRANCH: "是功能型党支部，党员的正式组织关系留在原支部",
    OrganizationKind.MOBILE_BRANCH: "是流动党员党支部，党员的正式组织关系留在流出地党支部",
}


class MembershipRefused(Refused):
    """A membership cannot begin, end or move as asked, with the reason in Chinese."""


@transaction.atomic
def begin_membership(
    *,
    member: Member,
    organization: PartyOrganization,
    on: dt.date,
    reason: str,
    kind: str = Kind.FORMAL,
    group: PartyOrganization | None = None,
    document: str = "",
) -> Membership:
    """Let somebody belong to a branch from `on`; `reason` is a `Membership.Start`.

    The file goes to the branch of a formal membership or of a 培养联系, and with it the 培养档案 that
    is open: who is trained there or still on probation is led on by that branch. A second membership
    at that place ends, and so does the 培养联系 of somebody who is a member now. The open scope must show
    the branch; what the person is and since when (`category`, `joined_on`) is read from `member`. MembershipRefused: a day to come, before birth
    or before 入党; a branch that is not there on that day or takes no such membership; another
    formal membership on that day or later; a second one where the person belongs already.
    """
    held = _locked_memberships(member)
    _check_person(member, kind, on)
    check_place(organization, kind, on)
    if group is not None and group.superior_id != organization.pk:
        raise MembershipRefused(f"“{group.name}”不是“{organization.name}”的党小组。")
    _check_no_other(held, member, organization, kind, on)
    begun = Membership(
        member=member,
        organization=organization,
        group=group,
        kind=kind,
        started_on=on,
        started_by=reason,
        document=document,
    )
    Membership.check_scope([begun])
    if kind != Kind.SECOND:
        _end([m for m in held if _gives_way(m, organization, kind)], on, End.MOVED)
        _hold_file(member, organization)
    begun.save()
    return begun


@transaction.atomic
def end_membership(
    *, membership: Membership, on: dt.date, reason: str, document: str = ""
) -> Membership:
    """End a membership: `on` is the first day on which it no longer holds, `reason` an `End`.

    When a formal one ends for any other reason than 系统内调整, the second ones end with it. The
    open scope must show the membership. MembershipRefused: a day to come, before the start, an
    end that has come already.
    """
    membership.check_visible()
    held = _locked_memberships(membership.member)
    stored = next(row for row in held if row.pk == membership.pk)
    _check_end(stored, on)
    also = []
    if stored.kind == Kind.FORMAL and reason != End.MOVED:
        also = [m for m in held if m.kind == Kind.SECOND and m.ended_on is None]
    _end([stored, *also], on, reason, document)
    membership.ended_on, membership.ended_by = stored.ended_on, stored.ended_by
    membership.document = stored.document
    return membership


@transaction.atomic
def move_member(
    *,
    member: Member,
    to: PartyOrganization,
    on: dt.date,
    started_by: str = Start.MOVED,
    ended_by: str = End.MOVED,
    group: PartyOrganization | None = None,
    document: str = "",
) -> Membership:
    """End somebody's open formal membership (or 培养联系) and begin the next one on the same day.

    The open scope must show the receiving branch; the one that is left may lie outside it: whoever
    receives somebody need not see where they come from. MembershipRefused as in the other two,
    and when the person belongs nowhere or to that branch already.
    """
    left = open_membership(member)
    if left is None:
        raise MembershipRefused(f"{member.name}目前没有组织关系，不能转接。")
    if left.organization_id == to.pk:
        raise MembershipRefused(f"{member.name}的组织关系已经在“{to.name}”。")
    check_place(to, left.kind, on)
    Membership.check_scope([Membership(member=member, organization=to)])
    with everything(reason="the receiver of a member does not see the branch that is left"):
        end_membership(membership=left, on=on, reason=ended_by)
        return begin_membership(
            member=member,
            organization=to,
            on=on,
            reason=started_by,
            kind=left.kind,
            group=group,
            document=document,
        )


def open_membership(member: Member) -> Membership | None:
    """Return somebody's open formal membership, else the open 培养联系, wherever it lies."""
    with everything(reason="where somebody belongs is asked wherever it is"):
        held = Membership.objects.filter(
            member=member, ended_on=None, kind__in=(Kind.FORMAL, Kind.DEVELOPMENT)
        ).select_related("organization", "member")
        return min(held, key=lambda row: row.kind != Kind.FORMAL, default=None)


def check_place(organization: PartyOrganization, kind: str, on: dt.date) -> None:
    """Refuse a branch that is not there on `on` or takes no membership of this kind."""
    name = organization.name
    if organization.kind not in PartyOrganization.BRANCH_KINDS:
        raise MembershipRefused(f"“{name}”是{organization.get_kind_display()}，请选到党支部。")
    if kind != Kind.SECOND and organization.kind not in STANDING_KINDS:
        raise MembershipRefused(f"“{name}”{NO_FORMAL[OrganizationKind(organization.kind)]}。")
    dissolved = organization.dissolved_on
    if dissolved is not None and dissolved <= max(on, timezone.localdate()):
        raise MembershipRefused(f"“{name}”已于 {dissolved} 撤销，请选别的党支部。")
    if organization.founded_on is not None and on < organization.founded_on:
        raise MembershipRefused(f"“{name}”{organization.founded_on} 才成立，日期不能更早。")


def _locked_memberships(member: Member) -> list[Membership]:
    """Lock a file until the transaction ends and return all its memberships, wherever they lie.

    Two acts on one person wait for one another, so that both cannot find the day free.
    """
    with everything(reason="somebody belongs to one branch a day, wherever that is"):
        Member.objects.select_for_update().get(pk=member.pk)
        return list(
            Membership.objects.filter(member=member).select_related("organization").order_by("pk")
        )


def _check_person(member: Member, kind: str, on: dt.date) -> None:
    if on > timezone.localdate():
        raise MembershipRefused("日期还没到，请核对。")
    if member.born_on is not None and on < member.born_on:
        raise MembershipRefused(f"日期早于{member.name}的出生日期 {member.born_on}，请核对。")
    is_member = member.category in Member.MEMBER_CATEGORIES
    if kind != Kind.DEVELOPMENT and not is_member:
        raise MembershipRefused(
            f"{member.name}是{member.get_category_display()}，还不是党员，没有组织关系。"
        )
    if kind == Kind.DEVELOPMENT and is_member:
        raise MembershipRefused(
            f"{member.name}已是{member.get_category_display()}，不再是培养对象。"
        )
    if kind != Kind.DEVELOPMENT and member.joined_on is not None and on < member.joined_on:
        raise MembershipRefused(f"日期早于{member.name}的入党时间 {member.joined_on}，请核对。")


def _gives_way(row: Membership, organization: PartyOrganization, kind: str) -> bool:
    """Tell whether a row ends by itself when a membership of another kind begins."""
    if row.kind == Kind.SECOND:
        return row.organization_id == organization.pk
    return row.kind == Kind.DEVELOPMENT and kind == Kind.FORMAL


def _check_no_other(
    held: Iterable[Membership],
    member: Member,
    organization: PartyOrganization,
    kind: str,
    on: dt.date,
) -> None:
    """Refuse what would overlap: the new membership has no end yet, so any later one would."""
    for row in held:
        if row.ended_on is not None and (row.ended_on <= on or row.ended_on == row.started_on):
            continue
        if kind != Kind.SECOND and row.kind in {Kind.FORMAL, kind}:
            raise MembershipRefused(
                f"{member.name}{_since(row, on)}，同一天不能再属于另一个党支部。"
            )
        here = row.kind != Kind.DEVELOPMENT and row.organization_id == organization.pk
        if kind == Kind.SECOND and here:
            raise MembershipRefused(f"{member.name}{_since(row, on)}，不用再登记。")


def _since(row: Membership, on: dt.date) -> str:
    """Tell what somebody has, naming the branch only to whoever may see it."""
    visible = active_scope().covers(row.organization.path)
    place = f"“{row.organization.name}”" if visible else "别的党支部"
    later = row.started_on is not None and row.started_on > on
    return f"{f'从 {row.started_on} 起' if later else f'在 {on} '}已在{place}有{row.get_kind_display()}"


def _check_end(row: Membership, on: dt.date) -> None:
    if on > timezone.localdate():
        raise MembershipRefused("日期还没到，请核对。")
    if row.ended_on is not None:
        raise MembershipRefused(f"这段组织关系已于 {row.ended_on} 结束。")
    if row.started_on is not None and on < row.started_on:
        raise MembershipRefused(f"这段组织关系 {row.started_on} 才开始，日期不能更早。")


def _end(rows: Iterable[Membership], on: dt.date, reason: str, document: str = "") -> None:
    """Store the end of memberships; one that would start later gets no day at all."""
    with everything(reason="the second memberships of a person end wherever they are"):
        for row in rows:
            if row.ended_on is not None and row.ended_on <= on:
                continue
            row.ended_on = max(on, row.started_on) if row.started_on else on
            row.ended_by = reason
            row.document = document or row.document
            row.save(update_fields=["ended_on", "ended_by", "document"])


def _hold_file(member: Member, organization: PartyOrganization) -> None:
    """Let the file and an open 培养档案 lie where their person belongs; their versions move on."""
    with everything(reason="a file comes from a branch that its receiver does not see"):
        stored = Member.objects.get(pk=member.pk)
        if stored.branch_id != organization.pk:
            stored.branch = organization
            stored.version += 1
            stored.save(update_fields=["branch", "version"])
            member.branch, member.version = organization, stored.version
        hold_cases(DevelopmentCase.objects.filter(member=member), organization)


def hold_cases(
    cases: QuerySet[DevelopmentCase], organization: PartyOrganization
) -> list[DevelopmentCase]:
    """Let the open ones of these 培养档案 lie in a branch; return those that came from another."""
    coming = cases.filter(closed_on=None).exclude(organization=organization)
    moved = list(coming.select_for_update().order_by("pk"))
    for case in moved:
        case.organization = organization
        case.version += 1
        case.save(update_fields=["organization", "version"])
    return moved
