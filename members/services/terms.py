"""Writing terms: a new body takes office (换届), and approvals to do so earlier or later."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from branches.models import PartyOrganization, Term
from members.models import Office, TermShift
from members.queries.terms import (
    TermRules,
    due_on,
    in_office,
    kinds_electing_nobody,
    shift_limits,
)
from members.services.offices import (
    Holder,
    OfficeRefused,
    check_day,
    check_free,
    check_holder,
    check_together,
    lock,
    running_on,
)
from partybuild import audit
from partybuild.merging import take
from partybuild.regulations import NoRegulation, regulation


@transaction.atomic
def open_term(
    *,
    actor: Any,
    organization: PartyOrganization,
    elected_on: dt.date,
    years: int,
    has_committee: bool,
    document: str,
    holders: Sequence[Holder],
) -> Term:
    """Let a new body take office (换届): the old one leaves on the day of the election.

    OfficeRefused: the organisation elects nobody, the day is not after the last election or lies
    outside its life, or somebody may not hold the post. All is written, or nothing.
    """
    lock(organization)
    if organization.kind in kinds_electing_nobody(elected_on):
        kind = organization.get_kind_display()
        reason = (
            f"{kind}不换届，班子由设立它的党组织指定（《中国共产党支部工作条例（试行）》第八条）。"
        )
        raise OfficeRefused(reason, "elected_on")
    check_day(organization, elected_on, field="elected_on")
    last = in_office(organization.terms.all(), dt.date.max)
    if last and last.elected_on and elected_on <= last.elected_on:
        reason = f"本届当选时间是 {last.elected_on}，换届要在这以后。改本届的日期请用“更正本届”。"
        raise OfficeRefused(reason, "elected_on")
    check_together(holders)
    for holder in holders:
        check_holder(holder, elected_on)
    leaving = running_on(organization, elected_on)
    Office.objects.filter(pk__in=[office.pk for office in leaving]).update(
        ended_on=elected_on, ended_by=Office.End.TERM_OVER
    )
    for holder in holders:
        check_free(organization, holder, elected_on)
    term = Term.objects.create(
        organization=organization,
        elected_on=elected_on,
        years=years,
        has_committee=has_committee,
        document=document,
    )
    Office.objects.bulk_create(
        Office(
            organization=organization,
            term=term,
            post=holder.post,
            holder_name=holder.name,
            member=holder.member,
            duties=holder.duties,
            started_on=elected_on,
            started_by=Office.Start.ELECTED,
            document=document,
        )
        for holder in holders
    )
    audit.record(
        actor=actor,
        action="members.term.opened",
        subject=term,
        place=organization.path,
        summary=f"{organization.label} 换届，{elected_on} 当选",
        before={"离任": [str(office) for office in leaving]},
        after=facts_of(term) | {"班子": [_words(holder) for holder in holders]},
    )
    return term


@transaction.atomic
def correct_term(
    *,
    actor: Any,
    term: Term,
    version: int,
    elected_on: dt.date | None,
    elected_precision: str,
    years: int | None,
    has_committee: bool,
    document: str,
) -> Term:
    """Correct when and for how long a body was elected; StaleVersion when it has changed."""
    before = facts_of(term)
    take(term, version)
    organization = term.organization
    lock(organization)
    if elected_on:
        check_day(organization, elected_on, field="elected_on")
    others = list(organization.terms.exclude(pk=term.pk))
    if elected_on and any(other.elected_on == elected_on for other in others):
        raise OfficeRefused(f"{elected_on} 已登记过一次当选。", "elected_on")
    if (
        elected_on
        and term.elected_on
        and _ahead(others, elected_on) != _ahead(others, term.elected_on)
    ):
        raise OfficeRefused("这个日期会越过前后一届的当选时间，请核对。", "elected_on")
    moved = Office.objects.filter(term=term, started_on=term.elected_on)
    term.years, term.has_committee, term.document = years, has_committee, document
    if elected_on and term.elected_on and elected_on != term.elected_on:
        if moved.filter(ended_on__lt=elected_on).exists():
            raise OfficeRefused("有人在这个日期以前已经离任，请先核对任职时间。", "elected_on")
        Office.objects.filter(
            organization=organization, ended_on=term.elected_on, ended_by=Office.End.TERM_OVER
        ).update(ended_on=elected_on)
        moved.update(started_on=elected_on)
    term.elected_on, term.elected_precision = elected_on, elected_precision
    term.save()
    audit.record(
        actor=actor,
        action="members.term.corrected",
        subject=term,
        place=organization.path,
        summary=f"更正 {organization.label} 本届：{term}",
        before=before,
        after=facts_of(term),
    )
    return term


@transaction.atomic
def undo_term(*, actor: Any, term: Term, version: int) -> None:
    """Take back a 换届 that was entered by mistake: the body before it is in office again.

    OfficeRefused when something has been built on it since: an approval, an election record, an
    office that has changed, or a later term.
    """
    take(term, version)
    organization = term.organization
    lock(organization)
    if in_office(organization.terms.all(), dt.date.max) != term:
        raise OfficeRefused("后面已经又换过届，不能撤销这一次。")
    if term.shifts.exists() or term.elections.exists():
        raise OfficeRefused("这一届已有批复或选举记录，不能撤销；日期不对请用“更正本届”。")
    elected = Office.Start.ELECTED
    if term.offices.exclude(started_by=elected, version=1, ended_on=None).exists():
        raise OfficeRefused("这一届的职务不全是这次换届登记的，不能撤销；请逐项更正。")
    if _joined_later(term):
        raise OfficeRefused("这一届的职务登记以后又改过，不能撤销；请逐项更正。")
    returning = Office.objects.filter(
        organization=organization, ended_on=term.elected_on, ended_by=Office.End.TERM_OVER
    )
    before = facts_of(term) | {"班子": [str(office) for office in term.offices.all()]}
    after = {"恢复": [str(office) for office in returning]}
    returning.update(ended_on=None, ended_by="")
    audit.record(
        actor=actor,
        action="members.term.undone",
        subject=term,
        place=organization.path,
        summary=f"撤销 {organization.label} 的换届：{term}",
        before=before,
        after=after,
    )
    term.delete()


def _ahead(terms: Sequence[Term], day: dt.date) -> int:
    """Return how many of the terms were elected before a day."""
    return sum(term.elected_on is None or term.elected_on < day for term in terms)


def _joined_later(term: Term) -> bool:
    return term.offices.exclude(started_on=term.elected_on).exists()


@transaction.atomic
def approve_shift(
    *,
    actor: Any,
    term: Term,
    shifted_to: dt.date,
    approved_on: dt.date,
    document: str,
    reason: str,
) -> TermShift:
    """Write down that the superior lets the next election come earlier or later (ORG-TERM-SHIFT).

    OfficeRefused when nobody knows when the term ends, or the shift is longer than the rule allows.
    """
    organization = term.organization
    lock(organization)
    usual, _ = TermRules().years(term, organization)
    due = due_on(term, term.years or usual)
    if due is None:
        raise OfficeRefused("不知道本届几时到期，请先补上当选时间和任期。", "due_on")
    if term.elected_on and approved_on < term.elected_on:
        raise OfficeRefused(f"批复日期早于本届当选时间 {term.elected_on}。", "approved_on")
    try:
        rule = regulation("members.term_shift", on=approved_on, place=organization.path)
    except NoRegulation:
        said = "2018年7月12日任期意见印发以前的批复不在这里登记。"
        raise OfficeRefused(said, "approved_on") from None
    first, last = shift_limits(due, rule)
    if not first <= shifted_to <= last:
        years = rule.values["years"]
        said = f"本届 {due} 到期，提前或延期一般不超过 {years} 年，即 {first} 至 {last}"
        raise OfficeRefused(f"{said}（{rule.citation}）。", "due_on")
    if shifted_to == due:
        raise OfficeRefused(f"本届本来就是 {due} 到期。", "due_on")
    if term.elected_on and shifted_to <= term.elected_on:
        raise OfficeRefused(f"早于本届当选时间 {term.elected_on}。", "due_on")
    if term.shifts.filter(document=document).exists():
        raise OfficeRefused("这个文号的批复已经登记过。", "document")
    shift = TermShift.objects.create(
        term=term, due_on=shifted_to, approved_on=approved_on, document=document, reason=reason
    )
    word = "延期" if shifted_to > due else "提前"
    audit.record(
        actor=actor,
        action="members.termshift.approved",
        subject=shift,
        place=organization.path,
        summary=f"{organization.label} 换届批准{word}到 {shifted_to}",
        after=_shift_facts(shift) | {"原到期": due},
    )
    return shift


@transaction.atomic
def withdraw_shift(*, actor: Any, shift: TermShift) -> None:
    """Take back an approval that was entered by mistake."""
    organization = shift.term.organization
    audit.record(
        actor=actor,
        action="members.termshift.withdrawn",
        subject=shift,
        place=organization.path,
        summary=f"撤销 {organization.label} 的换届批复登记 {shift.document}",
        before=_shift_facts(shift),
        after={},
    )
    shift.delete()


def facts_of(term: Term) -> dict[str, Any]:
    """Return what a term says, for the audit."""
    return {
        "当选时间": term.elected_on,
        "任期": term.years,
        "设支委会": "是" if term.has_committee else "否",
        "批复文号": term.document,
    }


def _shift_facts(shift: TermShift) -> dict[str, Any]:
    return {
        "批准的换届时间": shift.due_on,
        "批复日期": shift.approved_on,
        "批复文号": shift.document,
        "原因": shift.reason,
    }


def _words(holder: Holder) -> str:
    duties = f"（{holder.duties}）" if holder.duties else ""
    return f"{Office.Post(holder.post).label} {holder.name}{duties}"
