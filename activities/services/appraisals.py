"""Writing the yearly appraisal: its frame, its ballots and grades cell by cell, one member's words."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from activities.models import Activity, Appraisal, AppraisalEntry
from activities.queries.appraisals import Reading, days_of, reading_of, votes_of
from branches.models import PartyOrganization
from members.models import Member
from members.queries.offices import was_full
from partybuild import audit
from partybuild.merging import CellsTaken, StaleVersion, take
from partybuild.refusals import CellsRefused, Refused

Grade, State = AppraisalEntry.Grade, Appraisal.State
Key = tuple[int, str]
NO_GRADE = "预备党员参加评议，不定等次。"


class AppraisalRefused(Refused):
    """An appraisal cannot be so: `field` is what to look at, str() the reason."""


@dataclass(frozen=True)
class CellChange:
    """One cell of the grid: what it is to hold, and what it held when the page was filled."""

    member: Member
    column: str
    value: Any
    was: Any

    @property
    def key(self) -> Key:
        return self.member.pk, self.column


@transaction.atomic
def begin_appraisal(
    *,
    actor: Any,
    organization: PartyOrganization,
    year: int,
    held_on: dt.date,
    **fields: Any,
) -> Appraisal:
    """Begin a branch's appraisal of a year; `fields` are the plain fields of `Appraisal`."""
    list(PartyOrganization.objects.select_for_update().filter(pk=organization.pk))
    if not organization.is_branch:
        raise AppraisalRefused("民主评议在党支部进行，请选择党支部。")
    if Appraisal.objects.filter(organization=organization, year=year).exists():
        raise AppraisalRefused(f"{year}年的民主评议已经登记过，请打开它再改。", "year")
    appraisal = Appraisal(organization=organization, year=year, held_on=held_on, **fields)
    _check(appraisal)
    appraisal.save()
    audit.record(
        actor=actor,
        action="activities.appraisal.begun",
        subject=appraisal,
        place=organization.path,
        summary=f"{organization.label}开展{appraisal}",
        after=state_of(appraisal),
    )
    return appraisal


@transaction.atomic
def correct_appraisal(
    *, actor: Any, appraisal: Appraisal, version: int, **fields: Any
) -> Appraisal:
    """Correct day, meeting, ballots issued and received, progress; StaleVersion when changed since."""
    before = state_of(appraisal)
    take(appraisal, version)
    for name, value in fields.items():
        setattr(appraisal, name, value)
    _check(appraisal)
    appraisal.save()
    audit.record(
        actor=actor,
        action="activities.appraisal.corrected",
        subject=appraisal,
        place=appraisal.organization.path,
        summary=f"更正{appraisal.organization.label}{appraisal}",
        before=before,
        after=state_of(appraisal),
    )
    return appraisal


def _check(appraisal: Appraisal) -> None:
    first, last = days_of(appraisal.year)
    if not first <= appraisal.held_on <= last:
        raise AppraisalRefused(
            f"{appraisal.year}年的评议应在 {first} 至 {last} 之间，请核对。", "held_on"
        )
    activity: Activity | None = appraisal.activity
    if activity and activity.organization_id != appraisal.organization_id:
        raise AppraisalRefused("这次会议是别的支部开的，请核对。", "activity")
    reading = reading_of(appraisal)
    _check_ballots(appraisal, reading)
    gone = [one.member.name for one in reading.people if not one.is_on_roll]
    if gone:
        names = "、".join(gone)
        raise AppraisalRefused(
            f"已登记评议的{names}这一天不在本支部名册上，请核对日期。", "held_on"
        )
    if appraisal.state == State.DONE:
        _check_done(appraisal, reading)


def _check_ballots(appraisal: Appraisal, reading: Reading) -> None:
    issued, received = appraisal.issued, appraisal.received
    if issued is not None and reading.present is not None and issued > reading.present:
        raise AppraisalRefused(
            f"发出 {issued} 张，多于参加测评的 {reading.present} 人，请核对。", "issued"
        )
    if received is not None and issued is None:
        raise AppraisalRefused("请先填写发出多少张测评票。", "issued")
    if received is not None and issued is not None and received > issued:
        raise AppraisalRefused(
            f"收回 {received} 张，多于发出的 {issued} 张，测评无效，请核对。", "received"
        )
    most = max((one.counted for one in reading.people), default=0)
    if most > (received or 0):
        raise AppraisalRefused(f"已有人录了 {most} 票，多于收回的票，请核对。", "received")


def _check_done(appraisal: Appraisal, reading: Reading) -> None:
    if appraisal.held_on > timezone.localdate():
        raise AppraisalRefused("评议的日期还没到，不能完成。", "state")
    if reading.ungraded:
        names = "、".join(one.member.name for one in reading.ungraded[:10])
        raise AppraisalRefused(
            f"还有 {len(reading.ungraded)} 名正式党员没有评定等次：{names}。"
            "没有参加的选“不定等次”，写明原因。",
            "state",
        )


# --- the grid ------------------------------------------------------------------------------------


@transaction.atomic
def enter_results(*, actor: Any, appraisal: Appraisal, changes: Iterable[CellChange]) -> int:
    """Enter cells of the grid, all or none; return how many were changed.

    CellsTaken when somebody else has changed one since, CellsRefused when one may not stand there.
    The same cells again change nothing.
    """
    # One writer an appraisal at a time: two who enter one cell find each other.
    appraisal = _locked(appraisal)
    wanted = [change for change in changes if change.value != change.was]
    entries = {
        entry.member_id: entry
        for entry in AppraisalEntry.objects.filter(
            appraisal=appraisal, member__in={change.member.pk for change in wanted}
        )
    }
    theirs = {}
    for change in wanted:
        now = _stored(entries.get(change.member.pk), change.column)
        if now not in (change.was, change.value):
            theirs[change.key] = now
    if theirs:
        raise CellsTaken(theirs)
    new = [c for c in wanted if _stored(entries.get(c.member.pk), c.column) != c.value]
    held = {_name(c): _words(_stored(entries.get(c.member.pk), c.column)) for c in new}
    touched: dict[int, AppraisalEntry] = {}
    for change in new:
        entry = entries.setdefault(
            change.member.pk, AppraisalEntry(appraisal=appraisal, member=change.member)
        )
        setattr(entry, change.column, change.value)
        touched[change.member.pk] = entry
    _refuse(appraisal, new, touched)
    for entry in touched.values():
        entry.version += 1
        entry.save()
    if new:
        audit.record(
            actor=actor,
            action="activities.appraisal.entered",
            subject=appraisal,
            place=appraisal.organization.path,
            summary=f"{appraisal.organization.label}{appraisal}登记 {len(new)} 格",
            # What filled an empty cell is not told again as a change from nothing.
            before={name: value for name, value in held.items() if value},
            after={_name(change): _words(change.value) for change in new},
        )
    return len(new)


def _locked(appraisal: Appraisal) -> Appraisal:
    return (
        Appraisal.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(pk=appraisal.pk)
    )


def _stored(entry: AppraisalEntry | None, column: str) -> Any:
    empty = None if column in AppraisalEntry.COUNTS else ""
    return getattr(entry, column) if entry else empty


def _name(change: CellChange) -> str:
    return f"{change.member.name} {AppraisalEntry._meta.get_field(change.column).verbose_name}"  # type: ignore[union-attr]


def _words(value: Any) -> str:
    if value in Grade.values:
        return str(Grade(value).label)
    return "" if value is None else str(value)


def _refuse(
    appraisal: Appraisal, changes: Sequence[CellChange], touched: Mapping[int, AppraisalEntry]
) -> None:
    reasons: dict[Key, str] = {}
    reading = reading_of(appraisal)
    here = {one.member.pk for one in reading.people}
    for change in changes:
        entry = touched[change.member.pk]
        reason = ""
        if change.member.pk not in here:
            reason = f"{appraisal.held_on} 不在本支部名册上。"
        elif change.column in AppraisalEntry.COUNTS:
            reason = _vote_problem(appraisal, entry)
        elif change.column == "grade":
            reason = _grade_problem(appraisal, entry)
        elif change.column == "note":
            reason = _note_problem(entry)
        if reason:
            reasons[change.key] = reason
    if reasons:
        raise CellsRefused(reasons)


def _vote_problem(appraisal: Appraisal, entry: AppraisalEntry) -> str:
    votes = votes_of(entry)
    if appraisal.received is None:
        return "请先在“评议情况”里填写收回多少张测评票。"
    if votes > appraisal.received:
        return f"各项加起来 {votes} 票，多于收回的 {appraisal.received} 张。"
    return ""


def _grade_problem(appraisal: Appraisal, entry: AppraisalEntry) -> str:
    if entry.grade and not was_full(entry.member, appraisal.held_on):
        return NO_GRADE
    if entry.grade == Grade.NONE and not entry.note:
        return "不定等次的，请在备注里写明原因。"
    if appraisal.state == State.DONE and not entry.grade:
        return "评议已完成，等次不能改成空的。"
    return ""


def _note_problem(entry: AppraisalEntry) -> str:
    if entry.grade == Grade.NONE and not entry.note:
        return "不定等次的，要写明原因。"
    return ""


# --- one member ----------------------------------------------------------------------------------


@transaction.atomic
def write_result(
    *, actor: Any, appraisal: Appraisal, member: Member, version: int, **fields: Any
) -> AppraisalEntry:
    """Write everything of one member; StaleVersion when it has changed since `version`.

    As long as nothing is written that is 1. AppraisalRefused at its field where ballots or grade cannot be so.
    """
    appraisal = _locked(appraisal)
    entry = AppraisalEntry.objects.filter(appraisal=appraisal, member=member).first()
    entry = entry or AppraisalEntry(appraisal=appraisal, member=member)
    if entry.version != version:
        raise StaleVersion(appraisal)
    before = _told(entry)
    for name, value in fields.items():
        setattr(entry, name, value)
    if member.pk not in {one.member.pk for one in reading_of(appraisal).people}:
        raise AppraisalRefused(f"{member.name} {appraisal.held_on} 不在本支部名册上。")
    votes = _vote_problem(appraisal, entry) if votes_of(entry) else ""
    for field, reason in (("excellent", votes), ("grade", _grade_problem(appraisal, entry))):
        if reason:
            raise AppraisalRefused(reason, field)
    entry.version += 1
    entry.save()
    audit.record(
        actor=actor,
        action="activities.appraisal.written",
        subject=appraisal,
        place=appraisal.organization.path,
        summary=f"{appraisal}：登记{member.name}",
        before=before,
        after=_told(entry),
    )
    return entry


def state_of(appraisal: Appraisal) -> dict[str, Any]:
    """Return all that the frame of an appraisal says."""
    return {
        "年度": appraisal.year,
        "评议日期": appraisal.held_on,
        "对应的会议": str(appraisal.activity) if appraisal.activity else "",
        "进展": str(appraisal.get_state_display()),
        "参加测评人数": appraisal.present,
        "发出测评票": appraisal.issued,
        "收回测评票": appraisal.received,
        "备注": appraisal.note,
    }


def _told(entry: AppraisalEntry) -> dict[str, Any]:
    """Return what the trail keeps of a result: of words only that they are written."""
    counts = {
        str(AppraisalEntry._meta.get_field(name).verbose_name): getattr(entry, name)  # type: ignore[union-attr]
        for name in AppraisalEntry.COUNTS
    }
    return {
        "自评等次": _words(entry.own_grade),
        "个人自评": "已填" if entry.statement else "",
        "党员互评意见": "已填" if entry.peer_notes else "",
        **counts,
        "组织评定等次": _words(entry.grade),
        "备注": entry.note,
    }
