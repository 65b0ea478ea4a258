"""Writing responsibility letters: issued to many at once, signed, gone on with by the next secretary."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.models import Goal, ResponsibilityLetter, SchemeItem
from assessments.queries.letters import (
    change_of,
    secretaries_on,
    successor_of,
    taken_among,
)
from assessments.services.campaigns import told
from branches.models import PartyOrganization
from members.models import Member, Office
from partybuild import audit
from partybuild.merging import take
from partybuild.paths import covers
from partybuild.refusals import Refused

SIGNED = "已经签订的责任书不能再改；确需调整，请另发一份。"
NO_SECRETARY = "班子里还没有登记现任书记，请先在“班子与换届”里登记。"

DUE_OUTSIDE = "完成期限不在责任书的起止日期里，请核对。"


@dataclass(frozen=True)
class GoalText:
    """What a letter asks for: a goal, when it is reached, by when, which line of a scheme it is."""

    text: str
    target: str = ""
    due_on: dt.date | None = None
    item: SchemeItem | None = None


@dataclass(frozen=True)
class Issue:
    """What came of issuing: the letters, whose secretary is missing, who had one of the kind before."""

    letters: list[ResponsibilityLetter]
    without_secretary: list[PartyOrganization] = field(default_factory=list)
    passed_over: list[PartyOrganization] = field(default_factory=list)


@transaction.atomic
def issue_letters(
    *,
    actor: Any,
    issuer: PartyOrganization,
    organizations: Iterable[PartyOrganization],
    kind: str,
    title: str,
    started_on: dt.date,
    ended_on: dt.date,
    goals: Sequence[GoalText],
    text: str = "",
    on: dt.date | None = None,
) -> Issue:
    """Issue one letter to many organisations below a committee, each with its secretary of the day.

    An organisation that has a letter of the kind for some of the days is passed over; Refused when
    that leaves none. Where nobody is secretary the letter goes out without a name.
    """
    day, places = on or timezone.localdate(), list(organizations)
    _check_span(started_on, ended_on)
    _check_goals(goals, started_on, ended_on)
    _check_below(issuer, places)
    # One after the other, so that nobody gets the same letter twice.
    PartyOrganization.objects.select_for_update().get(pk=issuer.pk)
    taken = taken_among(places, kind, started_on, ended_on)
    receiving = [one for one in places if one.pk not in taken]
    if not receiving:
        raise Refused(f"选中的这一期间都已经有{kind}，没有再发。", "organizations")
    offices = secretaries_on(day, receiving)
    said = {"kind": kind, "title": title, "text": text, "issued_on": day, "issued_by": actor}
    span = {"started_on": started_on, "ended_on": ended_on}
    made = [
        ResponsibilityLetter(organization=place, issuer=issuer, **said, **span)
        for place in receiving
    ]
    for letter in made:
        _name(letter, offices.get(letter.organization_id))
    ResponsibilityLetter.objects.bulk_create(made)
    _write_goals(made, goals)
    for letter in made:
        note(actor, letter, "issued", f"{issuer.label}向{letter.organization.label}下发“{letter}”")
    return Issue(
        letters=made,
        without_secretary=[one.organization for one in made if not one.secretary_name],
        passed_over=[one for one in places if one.pk in taken],
    )


@transaction.atomic
def correct_letter(
    *, actor: Any, letter: ResponsibilityLetter, version: int, **values: Any
) -> ResponsibilityLetter:
    """Correct a letter that is not signed yet; StaleVersion when somebody else did since."""
    take(letter, version)
    check_unsigned(letter)
    before, span = told(letter, values), (letter.started_on, letter.ended_on)
    for name, value in values.items():
        setattr(letter, name, value)
    if span != (letter.started_on, letter.ended_on):
        _check_new_span(letter)
    letter.save()
    note(actor, letter, "corrected", f"更正责任书“{letter}”", told(letter, values), before)
    return letter


@transaction.atomic
def name_secretary(
    *, actor: Any, letter: ResponsibilityLetter, version: int
) -> ResponsibilityLetter:
    """Write the secretary of today into a letter that is not signed; Refused where there is none."""
    take(letter, version)
    check_unsigned(letter)
    office = secretaries_on(timezone.localdate(), [letter.organization]).get(letter.organization_id)
    if office is None:
        raise Refused(NO_SECRETARY)
    before = told(letter, ("secretary_name",))
    _name(letter, office)
    letter.save()
    after = told(letter, ("secretary_name",))
    note(actor, letter, "named", f"“{letter}”写明书记 {letter.secretary_name}", after, before)
    return letter


@transaction.atomic
def sign_letter(
    *, actor: Any, letter: ResponsibilityLetter, version: int, on: dt.date | None = None
) -> ResponsibilityLetter:
    """Sign a letter (签订): the secretary whom it names, by the own account where there is one."""
    take(letter, version)
    if letter.signed_on:
        raise Refused("这份责任书已经签订过了。")
    if not letter.secretary_name:
        raise Refused("还没有写明书记，请下发单位先写上现任书记。")
    if change_of(letter, timezone.localdate()):
        raise Refused(f"书记已经不是{letter.secretary_name}，请下发单位先写上现任书记。")
    _check_signer(actor, letter)
    letter.signed_on, letter.signed_by = on or timezone.localdate(), actor
    letter.save()
    note(actor, letter, "signed", f"{letter.secretary_name}签订“{letter}”")
    return letter


def _check_signer(actor: Any, letter: ResponsibilityLetter) -> None:
    own = letter.secretary.user_id if letter.secretary else None
    if actor is not None and own is not None and own != actor.pk:
        raise Refused(f"这份责任书由{letter.secretary_name}签订，请用他本人的账号签。")


@transaction.atomic
def issue_successor(
    *, actor: Any, letter: ResponsibilityLetter, version: int, on: dt.date, title: str = ""
) -> ResponsibilityLetter:
    """Close a signed letter on a day and issue the next one to the new secretary until its end.

    What was not confirmed by then is asked again, from the beginning. Refused while the secretary
    is the same, and where nobody has taken over yet.
    """
    take(letter, version)
    office = _next_secretary(letter)
    if not letter.started_on <= on < letter.ended_on:
        raise Refused(f"请填 {letter.started_on} 至 {letter.last_day} 里的一天。", "on")
    goals = [
        GoalText(goal.text, goal.target, goal.due_on, goal.item)
        for goal in letter.goals.select_related("item").order_by("number")
        if not goal.is_confirmed
    ]
    if not goals:
        raise Refused("目标都已经确认完成，不用再接续。")
    successor = ResponsibilityLetter(
        organization=letter.organization,
        issuer=letter.issuer,
        kind=letter.kind,
        title=title or letter.title,
        text=letter.text,
        started_on=on,
        ended_on=letter.ended_on,
        issued_by=actor,
        succeeds=letter,
    )
    _name(successor, office)
    before = told(letter, ("ended_on",))
    letter.ended_on = on
    letter.save()
    successor.save()
    _write_goals([successor], goals)
    said = f"“{letter}”到 {on} 为止，由{successor.secretary_name}接续"
    note(actor, letter, "closed", said, told(letter, ("ended_on",)), before)
    note(actor, successor, "issued", f"接续{letter.secretary_name}签订的“{letter}”下发")
    return successor


def _next_secretary(letter: ResponsibilityLetter) -> Office:
    if letter.signed_on is None:
        raise Refused("还没有签订，写上现任书记就可以，不用另发。")
    if successor_of(letter):
        raise Refused("已经有接续的责任书了。")
    change = change_of(letter, timezone.localdate())
    if change is None:
        raise Refused("书记没有变，或者责任书已经到期，不用接续。")
    if change.office is None:
        raise Refused(NO_SECRETARY)
    return change.office


@transaction.atomic
def delete_letter(*, actor: Any, letter: ResponsibilityLetter, version: int) -> None:
    """Put a letter that is not signed into the trash; the one it was to succeed runs on as before."""
    take(letter, version)
    check_unsigned(letter)
    former = letter.succeeds
    if former:
        _move_end(actor, former, letter.ended_on, f"“{former}”不再接续，仍到原来的日子")
    letter.deleted_at = timezone.now()
    letter.save()
    note(actor, letter, "deleted", f"删除责任书“{letter}”（可恢复）")


@transaction.atomic
def restore_letter(*, actor: Any, letter: ResponsibilityLetter) -> None:
    """Take a letter out of the trash, unless another one has taken its place since."""
    former = letter.succeeds
    if former and successor_of(former):
        raise Refused("已经另发了接续的责任书，这一份不能恢复。")
    if former:
        _move_end(
            actor,
            former,
            letter.started_on,
            f"“{former}”又到 {letter.started_on} 为止，由下一份接续",
        )
    elif taken_among([letter.organization], letter.kind, letter.started_on, letter.ended_on):
        raise Refused(f"这一期间已经另有{letter.kind}，这一份不能恢复。")
    letter.deleted_at = None
    letter.version += 1
    letter.save()
    note(actor, letter, "restored", f"恢复责任书“{letter}”")


def _move_end(actor: Any, letter: ResponsibilityLetter, end: dt.date, said: str) -> None:
    before = told(letter, ("ended_on",))
    letter.ended_on = end
    letter.version += 1
    letter.save()
    note(actor, letter, "closed", said, told(letter, ("ended_on",)), before)


def check_unsigned(letter: ResponsibilityLetter) -> None:
    """Refuse what would rewrite a signed letter."""
    if letter.signed_on:
        raise Refused(SIGNED)


def check_due(due_on: dt.date | None, start: dt.date, end: dt.date) -> None:
    """Refuse a day for a goal that lies outside the span of its letter."""
    if due_on and not start <= due_on < end:
        raise Refused(DUE_OUTSIDE, "due_on")


def _check_span(start: dt.date, end: dt.date) -> None:
    if end <= start:
        raise Refused("结束的日子在开始以前，请核对。", "last_day")


def _check_new_span(letter: ResponsibilityLetter) -> None:
    _check_span(letter.started_on, letter.ended_on)
    if letter.succeeds_id:
        raise Refused("接续的责任书接着前一份，起止日期不能改。", "started_on")
    for goal in letter.goals.filter(due_on__isnull=False):
        if goal.due_on and not letter.started_on <= goal.due_on < letter.ended_on:
            raise Refused(f"目标 {goal} 的期限 {goal.due_on} 不在新的起止日期里，请先改期限。")


def _check_goals(goals: Sequence[GoalText], start: dt.date, end: dt.date) -> None:
    if not goals:
        raise Refused("请至少写一个目标。", "goal_1_text")
    for goal in goals:
        check_due(goal.due_on, start, end)


def _check_below(issuer: PartyOrganization, places: Sequence[PartyOrganization]) -> None:
    if not places:
        raise Refused("请选择发给哪些党组织。", "organizations")
    outside = [one for one in places if one == issuer or not covers(issuer.path, one.path)]
    if outside:
        names = "、".join(one.label for one in outside)
        raise Refused(f"{names}不在{issuer.label}下面，请重新选。", "organizations")


def _name(letter: ResponsibilityLetter, office: Office | None) -> None:
    member: Member | None = office.member if office else None
    letter.secretary, letter.secretary_name = member, office.holder_name if office else ""


def _write_goals(letters: Iterable[ResponsibilityLetter], goals: Sequence[GoalText]) -> None:
    Goal.objects.bulk_create(
        Goal(
            letter=letter,
            number=number,
            text=one.text,
            target=one.target,
            due_on=one.due_on,
            item=one.item,
        )
        for letter in letters
        for number, one in enumerate(goals, start=1)
    )


def note(
    actor: Any,
    letter: ResponsibilityLetter,
    act: str,
    summary: str,
    after: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
) -> None:
    """Write one act on a letter into the trail."""
    audit.record(
        actor=actor,
        action=f"assessments.letter.{act}",
        subject=letter,
        place=letter.organization.path,
        summary=summary[:300],
        before=before,
        after=after,
    )
