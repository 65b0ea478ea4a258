"""Writing the development of members: opening a case, its steps, reviews, and how it ends.

Every act states the version of the case it was made from. What cannot be is refused with
`DevelopmentRefused`, which names the field; what breaks a time limit is recorded and shown as a
finding, because it has happened. Only a recorded decision changes what a person is.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any

from django.db import transaction
from django.utils import timezone

from branches.models import PartyOrganization
from members.models import (
    DevelopmentCase,
    DevelopmentPaper,
    DevelopmentReview,
    DevelopmentSponsor,
    DevelopmentStep,
    Member,
    Membership,
    StandingChange,
)
from members.queries.development import facts_of, kinds_not_developing, suspended_spans
from members.queries.development_rules import (
    ACTIVIST,
    ADMISSION,
    APPLICATION,
    APPROVAL,
    CANDIDATE,
    CONFIRMATION,
    CONFIRMATION_APPROVAL,
    INTRODUCERS,
    MENTORS,
    VOTED,
    Edition,
    Facts,
    Level,
    Role,
    Rules,
    StepRule,
    extension_span,
    findings,
    impossible_order,
    probation_end,
    sponsor_problem,
    vote_passes,
)
from members.queries.discipline import rule_on
from members.services.memberships import MembershipRefused, begin_membership
from members.services.roster import register_members
from members.services.standing import StandingRefused, apply_standing
from partybuild import audit
from partybuild.journal import Journal
from partybuild.merging import take
from partybuild.periods import add_months, add_years
from partybuild.refusals import Refused

Category, Outcome = Member.Category, DevelopmentCase.Outcome
SPONSORED = {MENTORS: Role.MENTOR, INTRODUCERS: Role.INTRODUCER}
# What somebody is once a step is behind them.
CATEGORY_AFTER = {ACTIVIST: Category.ACTIVIST, CANDIDATE: Category.CANDIDATE}
ARCHIVED = "archived"
# What history tells of a step, besides its day.
TOLD = (
    *("span_from", "span_to", "hours", "note", "reason", "due_voters", "present_voters"),
    *("issued", "received", "yes", "no", "abstain", "written_opinions", "is_secret"),
)
STEP_TITLES = {
    column.name: str(column.verbose_name) for column in DevelopmentStep._meta.concrete_fields
}
FUTURE = "日期还没到，请核对。"


class DevelopmentRefused(Refused):
    """An act cannot be as asked; `field` is where the reason, in Chinese, belongs."""


# --- opening -----------------------------------------------------------------------------------


@transaction.atomic
def open_case(
    *,
    actor: Any,
    member: Member,
    organization: PartyOrganization,
    applied_on: dt.date,
    papers: Iterable[str] = (),
) -> DevelopmentCase:
    """Open the case of an applicant with the day of the application, which is its first step.

    Who is out of the party and applies anew gets a new file; the old one stays as it is.
    """
    stored = Member.objects.select_for_update().get(pk=member.pk)
    if stored.state in StandingChange.EXITS:
        _check_left(stored, applied_on)
        _check_place(organization)
        member = _file_anew(stored)
        _check_new(member, organization, applied_on)
        _enter(member, organization, applied_on)
        stored.followed_by = member
        stored.save(update_fields=["followed_by"])
    _check_new(member, organization, applied_on)
    case = DevelopmentCase.objects.create(
        member=member, organization=organization, opened_on=applied_on
    )
    DevelopmentStep.objects.create(case=case, code=APPLICATION, done_on=applied_on)
    _keep_papers(case, APPLICATION, papers, applied_on)
    if member.applied_on is None:
        member.applied_on = applied_on
        member.version += 1
        member.save(update_fields=["applied_on", "version"])
    audit.record(
        actor=actor,
        action="members.developmentcase.opened",
        subject=case,
        place=organization.path,
        summary=f"为 {member.name} 建立培养档案",
        after={"递交入党申请书": applied_on},
    )
    return case


@transaction.atomic
def open_case_of_new_applicant(
    *,
    actor: Any,
    organization: PartyOrganization,
    applied_on: dt.date,
    name: str,
    gender: str,
    born_on: dt.date,
    papers: Iterable[str] = (),
) -> DevelopmentCase:
    """Open the file of somebody who has none, and the case with it."""
    person = Member(
        branch=organization,
        name=name,
        gender=gender,
        born_on=born_on,
        category=Category.APPLICANT,
        applied_on=applied_on,
    )
    _check_new(person, organization, applied_on)
    _enter(person, organization, applied_on)
    return open_case(
        actor=actor,
        member=person,
        organization=organization,
        applied_on=applied_on,
        papers=papers,
    )


@transaction.atomic
def open_case_on_probation(
    *, actor: Any, member: Member, organization: PartyOrganization, on: dt.date, came_from: str
) -> DevelopmentCase:
    """Open the case of a 预备党员 who came from outside: the admission is told, no other step is.

    What was done before lies in the papers that came along and is not judged.
    """
    case = DevelopmentCase.objects.create(
        member=member, organization=organization, opened_on=on, reviews_kept_since=on
    )
    DevelopmentStep.objects.create(
        case=case,
        code=ADMISSION,
        done_on=member.joined_on,
        done_precision=member.joined_precision,
        note=f"在{came_from}接收为预备党员，转入时登记",
    )
    audit.record(
        actor=actor,
        action="members.developmentcase.opened",
        subject=case,
        place=organization.path,
        summary=f"{member.name} 预备期转入，建立培养档案",
        after={"接收为预备党员": member.joined_on, "转入": on},
    )
    return case


def _enter(person: Member, organization: PartyOrganization, applied_on: dt.date) -> None:
    """Store a new file of an applicant, and let its person be led on by a branch."""
    person.branch = organization
    register_members([person], Journal())
    try:
        begin_membership(
            member=person,
            organization=organization,
            on=applied_on,
            reason=Membership.Start.REGISTERED,
            kind=Membership.Kind.DEVELOPMENT,
        )
    except MembershipRefused as refused:
        raise DevelopmentRefused(str(refused), "applied_on") from refused


# What is the person's own and goes along into a new file; the rest tells of the time in the party.
PERSONAL = (
    *("name", "gender", "born_on", "born_precision", "ethnicity", "native_place", "birthplace"),
    *("household_place", "education", "education_kind", "degree", "school", "graduated_on"),
    *("graduated_precision", "professional_title", "workplace", "job_title", "work_started_on"),
    *("work_started_precision", "served_in", "discharged_on", "discharged_precision", "address"),
    *("id_number", "phone", "second_phone"),
)


def _file_anew(former: Member) -> Member:
    """Return the new file of somebody who was in the party before; its number finds it from now on."""
    former.id_number_index = None
    former.version += 1
    former.save(update_fields=["id_number_index", "version"])
    since = f"{former.state_since} " if former.state_since else ""
    return Member(
        category=Category.APPLICANT,
        note=f"{since}{former.get_state_display()}后重新申请入党，以前的经历在原来的档案里。",
        **{name: getattr(former, name) for name in PERSONAL},
    )


def _check_left(member: Member, applied_on: dt.date) -> None:
    """Refuse the new application of somebody who left later, or was expelled too short a time ago."""
    label, since = member.get_state_display(), member.state_since
    if member.followed_by_id is not None:
        raise DevelopmentRefused(f"{member.name}已另有新的档案，请选新的档案。", "member")
    if since is None:
        return
    if applied_on < since:
        raise DevelopmentRefused(f"{since} 才{label}，递交时间不能更早。", "applied_on")
    if member.state == Member.State.EXPELLED:
        rule = rule_on(applied_on)
        earliest = add_months(since, rule.values["expulsion"])
        if applied_on < earliest:
            raise DevelopmentRefused(
                f"{member.name}{since} 开除党籍，{earliest} 以前不能重新入党（{rule.document}）。",
                "applied_on",
            )


def _check_new(member: Member, organization: PartyOrganization, applied_on: dt.date) -> None:
    _check_place(organization)
    if member.category in Member.MEMBER_CATEGORIES:
        raise DevelopmentRefused(f"{member.name}已是{member.get_category_display()}。", "member")
    if member.pk and DevelopmentCase.objects.filter(member=member, closed_on=None).exists():
        raise DevelopmentRefused(f"{member.name}已有培养档案，请直接打开。", "member")
    if applied_on > timezone.localdate():
        raise DevelopmentRefused(FUTURE, "applied_on")
    _check_age(member, applied_on, organization.path, "applied_on")


def _check_place(organization: PartyOrganization) -> None:
    if organization.kind in kinds_not_developing(timezone.localdate()):
        raise DevelopmentRefused(
            f"“{organization.name}”是{organization.get_kind_display()}，一般不发展党员。",
            "organization",
        )


def _check_age(member: Member, applied_on: dt.date, place: str, field: str) -> None:
    edition = Rules().on(applied_on, place)
    if edition is None or member.born_on is None:
        return
    years = edition.value("age", "years")
    if applied_on < add_years(member.born_on, years):
        raise DevelopmentRefused(f"申请入党时未满 {years} 周岁（{edition.cite('age')}）。", field)


# --- steps -------------------------------------------------------------------------------------


@transaction.atomic
def record_step(
    *,
    actor: Any,
    case: DevelopmentCase,
    version: int,
    code: str,
    sponsors: Sequence[Member] = (),
    papers: Iterable[str] = (),
    **fields: Any,
) -> DevelopmentStep:
    """Record a step as done; `fields` are the plain fields of the step, `done_on` among them.

    Recording that the branch meeting admitted somebody makes the person 预备党员 from that day;
    the approval of 转正 makes them a full member from the end of the probation, and closes the case.
    `sponsors` are named with the steps that choose them.
    """
    if DevelopmentStep.objects.filter(case=case, code=code).exists():
        raise DevelopmentRefused("这一步已有记录，请用“更正”。", "done_on")
    step = DevelopmentStep(case=case, code=code, **fields)
    return _store(actor, case, version, step, None, sponsors, papers)


@transaction.atomic
def correct_step(
    *,
    actor: Any,
    case: DevelopmentCase,
    version: int,
    code: str,
    sponsors: Sequence[Member] = (),
    papers: Iterable[str] = (),
    **fields: Any,
) -> DevelopmentStep:
    """Correct a recorded step; dates that follow from it (入党时间、转正时间) follow."""
    former = DevelopmentStep.objects.get(case=case, code=code)
    step = copy(former)
    for name, value in fields.items():
        setattr(step, name, value)
    return _store(actor, case, version, step, former, sponsors, papers)


def _store(
    actor: Any,
    case: DevelopmentCase,
    version: int,
    step: DevelopmentStep,
    former: DevelopmentStep | None,
    sponsors: Sequence[Member],
    papers: Iterable[str],
) -> DevelopmentStep:
    list(DevelopmentCase.objects.select_for_update().filter(pk=case.pk))
    rules, facts = Rules(), facts_of([case])[case.pk]
    rule = _checked_rule(case, step, rules)
    was_end = probation_end(facts, rules)
    if step.code in VOTED:
        _count_votes(step)
    facts.steps = {**facts.steps, step.code: step}
    _check_dates(case, step, rule, facts, rules)
    chosen = _checked_sponsors(case, step, sponsors, rules)
    _check_reason(step, facts, rules)
    if former is not None and former.passed and not step.passed and step.code in VOTED:
        raise DevelopmentRefused("已按通过办理，不能改成未通过。", "yes")
    before = state_of(former, rule) if former else None
    take(case, version)
    step.save()
    _name_sponsors(case, step, chosen)
    _keep_papers(case, step.code, papers, step.done_on)
    _change_person(case, step, former, was_end, probation_end(facts, rules))
    audit.record(
        actor=actor,
        action=f"members.developmentcase.step_{'corrected' if former else 'recorded'}",
        subject=case,
        place=case.organization.path,
        summary=f"{'更正' if former else '记录'} {case.member.name} 的“{rule.name}”",
        before=before,
        after=state_of(step, rule),
    )
    return step


def _checked_rule(case: DevelopmentCase, step: DevelopmentStep, rules: Rules) -> StepRule:
    if step.done_on > timezone.localdate():
        raise DevelopmentRefused(FUTURE, "done_on")
    edition = rules.on(step.done_on, case.organization.path)
    rule = edition.step(step.code) if edition else None
    if rule is None:
        raise DevelopmentRefused("这一天还没有可依据的规定，请核对日期。", "done_on")
    if case.closed_on is not None and not (
        case.outcome == Outcome.CONFIRMED and (step.code == ARCHIVED or step.pk)
    ):
        raise DevelopmentRefused("培养档案已经结束，不再记录。", "done_on")
    _check_place(case.organization)
    return rule


def _check_dates(
    case: DevelopmentCase, step: DevelopmentStep, rule: StepRule, facts: Facts, rules: Rules
) -> None:
    if step.code == APPLICATION:
        _check_age(case.member, step.done_on, case.organization.path, "done_on")
    edition = rules.on(timezone.localdate())
    if edition is not None and step.pk is None:
        _check_done_before(rule, facts, edition)
    for _, reason in impossible_order(facts, rules, timezone.localdate()):
        raise DevelopmentRefused(f"{reason}，顺序不可能，请核对日期。", "done_on")
    end = probation_end(facts, rules)
    if step.code == CONFIRMATION and end is not None and step.done_on < end:
        raise DevelopmentRefused(f"预备期到 {end} 才满，不能提前讨论转正。", "done_on")
    for field in ("span_from", "span_to"):
        day = getattr(step, field)
        if day is not None and day > timezone.localdate():
            raise DevelopmentRefused(FUTURE, field)
    if step.span_from and step.span_to and step.span_to < step.span_from:
        raise DevelopmentRefused("结束日期早于开始日期，请核对。", "span_to")


def _check_done_before(rule: StepRule, facts: Facts, edition: Edition) -> None:
    for code in rule.after:
        other = edition.step(code)
        if other is None or other.number <= facts.done_elsewhere(edition):
            continue
        if facts.done(code) is None:
            raise DevelopmentRefused(f"还没有“{other.name}”的记录，请先记录那一步。", "done_on")


def _count_votes(step: DevelopmentStep) -> None:
    """Check the counts against one another, and say whether the vote passed."""
    due, present, yes = step.due_voters, step.present_voters, step.yes
    for field, count in (("due_voters", due), ("present_voters", present), ("yes", yes)):
        if count is None:
            raise DevelopmentRefused("请填写人数。", field)
    written, cast_votes = step.written_opinions or 0, _cast(step)
    if (present or 0) > (due or 0):
        raise DevelopmentRefused(f"实到 {present} 人多于应到 {due} 人。", "present_voters")
    if (present or 0) + written > (due or 0):
        raise DevelopmentRefused("实到加书面意见多于应到，请核对。", "written_opinions")
    if cast_votes > (present or 0) + written:
        raise DevelopmentRefused(
            f"赞成、反对、弃权合计 {cast_votes}，多于实到加书面意见 {(present or 0) + written}。",
            "yes",
        )
    if step.issued is not None and step.received is not None and step.received > step.issued:
        raise DevelopmentRefused("收回的票多于发出的票，表决无效，请核对。", "received")
    step.passed = vote_passes(yes or 0, due or 0) and (present or 0) * 2 >= (due or 0)


def _cast(step: DevelopmentStep) -> int:
    return (step.yes or 0) + (step.no or 0) + (step.abstain or 0)


def _checked_sponsors(
    case: DevelopmentCase, step: DevelopmentStep, chosen: Sequence[Member], rules: Rules
) -> list[DevelopmentSponsor]:
    if step.code not in SPONSORED:
        return []
    edition, role = rules.on(step.done_on, case.organization.path), SPONSORED[step.code]
    key = "mentors" if role == Role.MENTOR else "introducers"
    least = edition.value(key, "people") if edition else 1
    most = (edition.value(key, "most") if edition else None) or least
    if not least <= len(chosen) <= most:
        wanted = f"{least} 名" if least == most else f"{least} 至 {most} 名"
        raise DevelopmentRefused(f"{Role(role).label}应为 {wanted}正式党员。", "sponsors")
    made = [
        DevelopmentSponsor(case=case, role=role, name=one.name, member=one, started_on=step.done_on)
        for one in chosen
    ]
    suspended = suspended_spans(one.pk for one in chosen)
    for sponsor in made:
        if sponsor.member_id == case.member_id:
            raise DevelopmentRefused("不能由本人担任。", "sponsors")
        if problem := sponsor_problem(sponsor, step.done_on, suspended):
            raise DevelopmentRefused(f"{problem}，不能担任。", "sponsors")
    return made


def _check_reason(step: DevelopmentStep, facts: Facts, rules: Rules) -> None:
    """Ask for the reason where a rule allows a deviation only with one."""
    if step.code != APPROVAL or step.reason:
        return
    for finding in findings(facts, timezone.localdate(), rules):
        if finding.step == step.code and finding.level == Level.EXPLAIN:
            raise DevelopmentRefused(f"{finding.text}（{finding.cite}）。", "reason")


def _name_sponsors(
    case: DevelopmentCase, step: DevelopmentStep, chosen: list[DevelopmentSponsor]
) -> None:
    if step.code in SPONSORED:
        DevelopmentSponsor.objects.filter(case=case, role=SPONSORED[step.code]).delete()
        DevelopmentSponsor.objects.bulk_create(chosen)


def _keep_papers(case: DevelopmentCase, code: str, papers: Iterable[str], day: dt.date) -> None:
    """Let exactly these papers of a step lie in the file."""
    named = list(dict.fromkeys(papers))
    stored = DevelopmentPaper.objects.filter(case=case, code=code)
    stored.exclude(name__in=named).delete()
    here = set(stored.values_list("name", flat=True))
    DevelopmentPaper.objects.bulk_create(
        DevelopmentPaper(case=case, code=code, name=name, provided_on=day)
        for name in named
        if name not in here
    )


# --- what follows for the person ---------------------------------------------------------------


def _change_person(
    case: DevelopmentCase,
    step: DevelopmentStep,
    former: DevelopmentStep | None,
    was_end: dt.date | None,
    end: dt.date | None,
) -> None:
    is_new = step.passed and (former is None or not former.passed)
    if step.code in CATEGORY_AFTER and is_new:
        _promote(case.member, CATEGORY_AFTER[step.code])
    elif step.code == ADMISSION and is_new:
        _admit(case, step.done_on)
    elif step.code == ADMISSION and former is not None and step.passed:
        _move_admission(case, former.done_on, step.done_on, was_end, end)
    elif step.code == CONFIRMATION_APPROVAL and is_new:
        _confirm(case, step.done_on, end)
    elif step.code == CONFIRMATION_APPROVAL and former is not None:
        _move_end(case, former.done_on, step.done_on)


def _promote(member: Member, category: str) -> None:
    """Take somebody one category on; nobody is taken back."""
    order = list(Category)
    if order.index(Category(category)) < order.index(Category(member.category)):
        _save_person(member, category=category)


def _admit(case: DevelopmentCase, day: dt.date) -> None:
    member = case.member
    if member.category in Member.MEMBER_CATEGORIES:
        return
    _save_person(member, category=Category.PROBATIONARY, joined_on=day, joined_precision="day")
    try:
        begin_membership(
            member=member,
            organization=case.organization,
            on=day,
            reason=Membership.Start.ADMITTED,
        )
    except MembershipRefused as refused:
        raise DevelopmentRefused(str(refused), "done_on") from refused


def _move_admission(
    case: DevelopmentCase,
    old: dt.date,
    new: dt.date,
    was_end: dt.date | None,
    end: dt.date | None,
) -> None:
    """Let the days that followed from an admission follow its correction."""
    member = case.member
    if member.joined_on != old or old == new:
        return
    changed: dict[str, Any] = {"joined_on": new}
    if member.confirmed_on is not None and member.confirmed_on == was_end:
        changed["confirmed_on"] = end
    _save_person(member, **changed)
    for membership in Membership.objects.filter(member=member):
        if membership.kind == Membership.Kind.FORMAL and (
            membership.started_on == old and membership.started_by == Membership.Start.ADMITTED
        ):
            membership.started_on = new
        elif membership.kind == Membership.Kind.DEVELOPMENT and membership.ended_on == old:
            membership.ended_on = max(new, membership.started_on or new)
        else:
            continue
        membership.save(update_fields=["started_on", "ended_on"])


def _confirm(case: DevelopmentCase, day: dt.date, end: dt.date | None) -> None:
    """Make somebody a full member from the end of the probation (RULES 3.3), and close the case."""
    if case.member.category != Category.FULL:
        _save_person(
            case.member,
            category=Category.FULL,
            confirmed_on=end or day,
            confirmed_precision="day",
        )
    case.closed_on, case.outcome = day, Outcome.CONFIRMED
    case.save(update_fields=["closed_on", "outcome"])


def _move_end(case: DevelopmentCase, old: dt.date, new: dt.date) -> None:
    """Let the end of a case follow the corrected day of the approval that closed it."""
    if case.closed_on == old != new:
        case.closed_on = new
        case.save(update_fields=["closed_on"])


def _save_person(member: Member, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(member, name, value)
    member.version += 1
    member.save(update_fields=[*fields, "version"])


# --- beside the steps --------------------------------------------------------------------------


@transaction.atomic
def record_review(
    *, actor: Any, case: DevelopmentCase, version: int, reviewed_on: dt.date, conclusion: str
) -> DevelopmentReview:
    """Record a half-yearly review; one of the same day is replaced."""
    _check_open(case, "reviewed_on")
    if reviewed_on > timezone.localdate():
        raise DevelopmentRefused(FUTURE, "reviewed_on")
    chosen = facts_of([case])[case.pk].done(ACTIVIST)
    if chosen is None:
        raise DevelopmentRefused("还没有确定为入党积极分子，不用考察。", "reviewed_on")
    if reviewed_on < chosen.done_on:
        raise DevelopmentRefused(
            f"{chosen.done_on} 才确定为入党积极分子，考察不能更早。", "reviewed_on"
        )
    take(case, version)
    review, _ = DevelopmentReview.objects.update_or_create(
        case=case, reviewed_on=reviewed_on, defaults={"conclusion": conclusion}
    )
    _note(
        actor, case, "reviewed", "记录半年考察", after={"考察日期": reviewed_on, "意见": conclusion}
    )
    return review


@transaction.atomic
def extend_probation(
    *, actor: Any, case: DevelopmentCase, version: int, until: dt.date, reason: str
) -> None:
    """Prolong a probation, once, for half a year to a year."""
    _check_open(case, "until")
    rules, facts = Rules(), facts_of([case])[case.pk]
    span = extension_span(facts, rules)
    if span is None:
        raise DevelopmentRefused("还没有接收为预备党员，没有预备期。", "until")
    if case.extended_until is not None:
        raise DevelopmentRefused(f"预备期已延长至 {case.extended_until}，只能延长一次。", "until")
    if facts.done(CONFIRMATION):
        raise DevelopmentRefused("支部大会已讨论通过转正，不能再延长。", "until")
    if not span[0] <= until <= span[1]:
        raise DevelopmentRefused(
            f"延长不能少于半年、多于一年，应在 {span[0]} 到 {span[1]} 之间。", "until"
        )
    take(case, version)
    case.extended_until, case.extension_reason = until, reason
    case.save(update_fields=["extended_until", "extension_reason"])
    _note(actor, case, "extended", f"预备期延长至 {until}", after={"原因": reason})


@transaction.atomic
def note_leaving(
    *, actor: Any, case: DevelopmentCase, version: int, leaving_on: dt.date | None
) -> None:
    """Note when somebody means to leave; None when they stay."""
    _check_open(case, "leaving_on")
    if leaving_on is not None and leaving_on < case.opened_on:
        raise DevelopmentRefused(
            f"培养档案 {case.opened_on} 才建立，离开日期不能更早。", "leaving_on"
        )
    before = {"预计离开日期": case.leaving_on}
    take(case, version)
    case.leaving_on = leaving_on
    case.save(update_fields=["leaving_on"])
    _note(actor, case, "leaving_noted", "登记预计离开日期", before, {"预计离开日期": leaving_on})


@transaction.atomic
def end_case(
    *,
    actor: Any,
    case: DevelopmentCase,
    version: int,
    on: dt.date,
    outcome: str,
    reason: str,
) -> None:
    """End a case before it led to full membership: 终止 or 转出."""
    _check_open(case, "on")
    _check_end(case, on)
    if outcome == Outcome.ENDED and case.member.category == Category.PROBATIONARY:
        raise DevelopmentRefused("已是预备党员，请用“取消预备党员资格”。", "outcome")
    take(case, version)
    _close(case, on, outcome, reason)
    label = Outcome(outcome).label
    _note(actor, case, "ended", f"结束培养：{label}", after={"日期": on, "原因": reason})


@transaction.atomic
def revoke_probation(
    *, actor: Any, case: DevelopmentCase, version: int, on: dt.date, reason: str
) -> None:
    """Take the standing of a 预备党员 away by decision: state, membership and case end that day.

    It is a change of standing like others: listed with them, and taken back as one.
    """
    _check_open(case, "on")
    _check_end(case, on)
    if case.member.category != Category.PROBATIONARY:
        raise DevelopmentRefused(f"{case.member.name}不是预备党员。", "on")
    take(case, version)
    try:
        apply_standing(
            actor=actor,
            member=case.member,
            state=Member.State.PROBATION_REVOKED,
            happened_on=on,
            reason=reason,
        )
    except StandingRefused as refused:
        raise DevelopmentRefused(str(refused), "on") from refused
    case.refresh_from_db()
    case.reason = reason
    case.save(update_fields=["reason"])
    _note(actor, case, "revoked", "取消预备党员资格", after={"日期": on, "原因": reason})


def _check_open(case: DevelopmentCase, field: str) -> None:
    if case.closed_on is not None:
        raise DevelopmentRefused("培养档案已经结束。", field)


def _check_end(case: DevelopmentCase, on: dt.date) -> None:
    latest = max(
        DevelopmentStep.objects.filter(case=case).values_list("done_on", flat=True),
        default=case.opened_on,
    )
    if on > timezone.localdate():
        raise DevelopmentRefused(FUTURE, "on")
    if on < latest:
        raise DevelopmentRefused(f"{latest} 还有记录，结束日期不能更早。", "on")


def _close(case: DevelopmentCase, on: dt.date, outcome: str, reason: str) -> None:
    case.closed_on, case.outcome, case.reason = on, outcome, reason
    case.save(update_fields=["closed_on", "outcome", "reason"])


def _note(
    actor: Any,
    case: DevelopmentCase,
    did: str,
    summary: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"members.developmentcase.{did}",
        subject=case,
        place=case.organization.path,
        summary=f"{case.member.name}：{summary}",
        before=before,
        after=after,
    )


@transaction.atomic
def note_paper_written(*, actor: Any, case: DevelopmentCase, title: str, reason: str) -> None:
    """Write down that a paper about somebody was filled in; `reason`: with full numbers, and why."""
    _note(
        actor,
        case,
        "paper_written",
        f"生成《{title}》{'（完整号码）' if reason else ''}",
        after={"原因": reason} if reason else None,
    )


def state_of(step: DevelopmentStep, rule: StepRule) -> dict[str, Any]:
    """Return what a step says, as plain values: what history compares."""
    told: dict[str, Any] = {"步骤": rule.name, "日期": step.done_on}
    for name in TOLD:
        value = getattr(step, name)
        if value not in (None, ""):
            told[STEP_TITLES[name]] = value
    if step.code in VOTED:
        told["结果"] = "通过" if step.passed else "未通过"
    return told
