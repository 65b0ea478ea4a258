"""Writing offices: who is put into a post, what they answer for, when they leave it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from branches.models import PartyOrganization, Term
from members.models import Member, Office
from members.queries.elections import eligibility_source
from members.queries.offices import has_no_vote, was_full
from partybuild import audit
from partybuild.dated import covering
from partybuild.merging import take
from partybuild.refusals import Refused


class OfficeRefused(Refused):
    """An office cannot be written, with the reason in Chinese; `field` is where it belongs."""


@dataclass(frozen=True)
class Holder:
    """Somebody for a post: the name, the file if there is one, and what they answer for."""

    post: str
    name: str
    member: Member | None = None
    duties: str = ""


@transaction.atomic
def appoint(
    *,
    actor: Any,
    organization: PartyOrganization,
    holder: Holder,
    started_on: dt.date,
    started_by: str,
    document: str = "",
    term: Term | None = None,
) -> Office:
    """Put somebody into a post (任命、当选、补选、增补); the term goes on as it was.

    OfficeRefused: not a full member, the post is held, the same person holds it already, or the
    day lies outside the life of the organisation or before the term.
    """
    lock(organization)
    check_day(organization, started_on)
    if term and term.elected_on and started_on < term.elected_on:
        reason = f"任职时间早于本届当选时间 {term.elected_on}，请核对。"
        raise OfficeRefused(reason, "started_on")
    check_holder(holder, started_on)
    check_free(organization, holder, started_on)
    office = Office.objects.create(
        organization=organization,
        term=term,
        post=holder.post,
        holder_name=holder.name,
        member=holder.member,
        duties=holder.duties,
        started_on=started_on,
        started_by=started_by,
        document=document,
    )
    audit.record(
        actor=actor,
        action="members.office.filled",
        subject=office,
        place=organization.path,
        summary=f"{organization.label} {office}，{office.get_started_by_display()}",
        after=facts_of(office),
    )
    return office


@transaction.atomic
def relieve(
    *,
    actor: Any,
    office: Office,
    version: int,
    ended_on: dt.date,
    ended_by: str,
    document: str = "",
) -> Office:
    """End an office on a day; it is held until the day before. StaleVersion when it has changed."""
    before = facts_of(office)
    take(office, version)
    if office.ended_on is not None:
        raise OfficeRefused(f"已于 {office.ended_on} 离任。", "ended_on")
    if office.started_on and ended_on < office.started_on:
        raise OfficeRefused(f"离任时间早于任职时间 {office.started_on}。", "ended_on")
    check_day(office.organization, ended_on, field="ended_on")
    office.ended_on, office.ended_by, office.ended_document = ended_on, ended_by, document
    office.save()
    audit.record(
        actor=actor,
        action="members.office.left",
        subject=office,
        place=office.organization.path,
        summary=f"{office.organization.label} {office}，{office.get_ended_by_display()}",
        before=before,
        after=facts_of(office),
    )
    return office


@transaction.atomic
def correct_office(
    *,
    actor: Any,
    office: Office,
    version: int,
    duties: str,
    started_on: dt.date | None,
    started_by: str,
    document: str,
) -> Office:
    """Correct what an office says, above all its duties; StaleVersion when it has changed."""
    before = facts_of(office)
    take(office, version)
    if started_on:
        check_day(office.organization, started_on)
        if office.ended_on and office.ended_on < started_on:
            raise OfficeRefused(f"任职时间晚于离任时间 {office.ended_on}。", "started_on")
    office.duties, office.document = duties, document
    office.started_on, office.started_by = started_on, started_by
    office.save()
    audit.record(
        actor=actor,
        action="members.office.corrected",
        subject=office,
        place=office.organization.path,
        summary=f"更正 {office.organization.label} {office}",
        before=before,
        after=facts_of(office),
    )
    return office


@transaction.atomic
def resume_office(*, actor: Any, office: Office, version: int) -> Office:
    """Take back the end of an office that was entered by mistake."""
    before = facts_of(office)
    take(office, version)
    if office.ended_on is None:
        raise OfficeRefused("现在就在任，不用恢复。")
    if office.ended_by == Office.End.TERM_OVER:
        raise OfficeRefused("届满离任跟着换届走，不能单独恢复。")
    lock(office.organization)
    holder = Holder(office.post, office.holder_name, office.member)
    check_free(office.organization, holder, office.ended_on, besides=office)
    office.ended_on, office.ended_by, office.ended_document = None, "", ""
    office.save()
    audit.record(
        actor=actor,
        action="members.office.resumed",
        subject=office,
        place=office.organization.path,
        summary=f"恢复任职 {office.organization.label} {office}",
        before=before,
        after=facts_of(office),
    )
    return office


def lock(organization: PartyOrganization) -> None:
    """Let nobody else fill a post of this body until the transaction ends."""
    PartyOrganization.objects.select_for_update().get(pk=organization.pk)


def check_day(organization: PartyOrganization, day: dt.date, field: str = "started_on") -> None:
    """Refuse a day outside the life of an organisation."""
    if organization.founded_on and day < organization.founded_on:
        reason = f"{organization.label} {organization.founded_on} 才成立，请核对日期。"
        raise OfficeRefused(reason, field)
    if organization.dissolved_on and day > organization.dissolved_on:
        reason = f"{organization.label} 已于 {organization.dissolved_on} 撤销，请核对日期。"
        raise OfficeRefused(reason, field)


def check_holder(holder: Holder, day: dt.date) -> None:
    """Refuse who has no right to be elected on a day."""
    member = holder.member
    if member is None or holder.post == Office.Post.GROUP_LEADER:
        return
    if member.state != Member.State.NORMAL and (member.state_since or day) <= day:
        raise OfficeRefused(f"{member.name}的党籍状态是{member.get_state_display()}。", "name")
    if not was_full(member, day):
        cite = eligibility_source(day)
        reason = f"{member.name}在 {day} 不是正式党员，没有被选举权，不能进班子{cite}。"
        raise OfficeRefused(reason, "name")
    if has_no_vote(member, day):
        # The decision behind it is for few eyes: only its effect is told.
        cite = eligibility_source(day)
        reason = f"{member.name}在 {day} 没有被选举权，不能进班子{cite}。"
        raise OfficeRefused(reason, "name")


def check_free(
    organization: PartyOrganization,
    holder: Holder,
    day: dt.date,
    besides: Office | None = None,
) -> None:
    """Refuse a post that is held from `day` on: by the same person, or by anybody if it is single."""
    later = Office.objects.filter(organization=organization, post=holder.post)
    running = [
        office
        for office in later.exclude(pk=besides.pk if besides else None)
        if office.ended_on is None or office.ended_on > day
    ]
    label = Office.Post(holder.post).label
    for office in running:
        same = office.member_id == holder.member.pk if holder.member and office.member_id else False
        if same or office.holder_name == holder.name:
            since = f"{office.started_on} 起" if office.started_on else "现在"
            raise OfficeRefused(f"{office.holder_name}{since}就是{label}，不用重复登记。", "name")
    if running and holder.post in Office.SINGLE:
        name = running[0].holder_name
        raise OfficeRefused(f"现任{label}是{name}。先登记{name}离任，再登记新的{label}。", "post")


def check_together(holders: Sequence[Holder]) -> None:
    """Refuse two secretaries, or one person twice in one post, among those elected together."""
    seen: set[tuple[str, str]] = set()
    for holder in holders:
        key = (holder.post, str(holder.member.pk) if holder.member else holder.name)
        if key in seen:
            label = Office.Post(holder.post).label
            raise OfficeRefused(f"{holder.name}的{label}写了两次。", "holders")
        seen.add(key)
    for post in Office.SINGLE:
        names = [holder.name for holder in holders if holder.post == post]
        if len(names) > 1:
            label = Office.Post(post).label
            raise OfficeRefused(f"{label}只能有一名，写了{'、'.join(names)}。", "holders")


def running_on(organization: PartyOrganization, day: dt.date) -> list[Office]:
    """Return the offices of a body that hold on a day, locked."""
    held = Office.objects.select_for_update(of=("self",)).filter(
        covering(day), organization=organization
    )
    return list(held.exclude(post=Office.Post.GROUP_LEADER))


def facts_of(office: Office) -> dict[str, Any]:
    """Return what an office says, for the audit."""
    return {
        "职务": office.get_post_display(),
        "姓名": office.holder_name,
        "分工": office.duties,
        "任职时间": office.started_on,
        "任职方式": office.get_started_by_display(),
        "任职文号": office.document,
        "离任时间": office.ended_on,
        "离任原因": office.get_ended_by_display(),
        "免职文号": office.ended_document,
    }
