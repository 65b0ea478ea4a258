"""Writing what people say of a subject."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.cards import Subject
from assessments.engine.document import Line, Side
from assessments.engine.numbers import Unfit
from assessments.engine.rules.base import Facts, Given, Weighed
from assessments.models import Appeal, Ballot, Cycle, Mark, Scheme, SchemeItem
from assessments.models.schemes import SubjectKey
from assessments.queries.ballots import rated_lines
from assessments.queries.cycles import cycle_over, own_keys
from assessments.queries.subjects import assesses, judges
from partybuild import audit
from partybuild.merging import CellsTaken, StaleVersion
from partybuild.periods import Period
from partybuild.refusals import CellsRefused
from partybuild.scoping import everything

Values = Mapping[str, Given]
MARK = "assessments.mark_scorecard"
BY_SUPERIOR = "这一项由上级党组织评。"
HIMSELF = "不能给自己评分，请由别人评。"
OWN_SIDE = {
    Scheme.Subject.SECRETARY: "自评由书记自己或者他任职的党支部填写。",
    Scheme.Subject.UNIT: "自评由被考核的单位自己填写。",
}


class MarkRefused(Exception):
    """A mark that the scheme does not allow; str() says why in Chinese."""


@transaction.atomic
def give_mark(
    *,
    actor: Any,
    item: SchemeItem,
    subject: Subject,
    period: Period,
    values: Values,
    reason: str,
    evidence: str = "",
    side: str = "",
    version: int,
) -> Mark:
    """Say what holds of a judged line, or change it; return the mark.

    `values` is what was typed, rule by rule; points are never taken from outside. `version` is
    that of the mark the form was filled from, 0 for a line without one: StaleVersion when somebody
    else has marked it since. MarkRefused when the line is measured or the scheme does not allow
    these values.
    """
    kept = accepted(item, values)
    if side not in {one.code for one in item.scheme.plan.all_sides} and item.number:
        raise MarkRefused("方案里没有这个评分方。")
    check_stage(actor, item, subject, period, side)
    mark, is_new = Mark.objects.select_for_update().get_or_create(
        item=item,
        organization=subject.organization,
        member=subject.member,
        side=side,
        period=period.code,
        defaults={"values": kept, "reason": reason, "evidence": evidence, "given_by": actor},
    )
    before = None if is_new else _content(mark)
    if version != (0 if is_new else mark.version):
        raise StaleVersion(mark)
    if not is_new:
        mark.values, mark.reason, mark.evidence, mark.given_by = kept, reason, evidence, actor
        mark.version += 1
        mark.save()
    audit.record(
        actor=actor,
        action="assessments.mark.given" if is_new else "assessments.mark.changed",
        subject=mark,
        place=subject.organization.path,
        summary=f"{subject.label} {period.title}“{item.title}”{told(item, kept)}"[:300],
        before=before,
        after=_content(mark),
    )
    return mark


def check_stage(actor: Any, item: SchemeItem, subject: Subject, period: Period, side: str) -> None:
    """Raise MarkRefused where a cycle says that this may not be said now, or not by this person.

    Without a cycle whoever may mark types every side, as it stands on paper; a unit, nor whoever is
    scored, never types the side of its committee.
    """
    scheme, place = item.scheme, subject.organization
    cycle = cycle_over(scheme, period, place)
    if cycle is None:
        if scheme.scores_units and not judges(actor, MARK, scheme, place):
            raise MarkRefused(BY_SUPERIOR)
        return
    plan = scheme.plan
    own = bool(item.number) and plan.is_own(_side(item, side), item.line)
    if any(one.line.code == item.code for one in rated_lines(plan)) and _has_ballots(
        cycle, subject
    ):
        raise MarkRefused("此项由评分人的票计算，不能另填。")
    refusal = closed_because(
        cycle,
        own=own,
        may=assesses(actor, scheme, place) if own else judges(actor, MARK, scheme, place),
        appealing=subject.key in _appealing(cycle),
        author=subject.key in _scored_by(actor, cycle),
        himself=subject.is_user(actor),
    )
    if refusal:
        raise MarkRefused(refusal)


def closed_because(
    cycle: Cycle, *, own: bool, may: bool, appealing: bool, author: bool, himself: bool = False
) -> str:
    """Return why a line may not be said in a cycle now, '' where it may.

    `own` says that the subject scores it itself, `may` that the actor is of its side, `appealing`
    that an appeal of the subject waits, `author` that the actor typed what the subject says of itself,
    `himself` that the actor is the person who is scored.
    """
    stage, label = cycle.stage, cycle.get_stage_display()
    if cycle.is_sealed:
        return f"“{cycle}”已经公布封存，评分不能再改。"
    if own:
        if stage != Cycle.Stage.SELF:
            return f"自评在自评阶段填写，现在是“{label}”阶段，不能填写。"
        whose = Scheme.Subject(cycle.scheme.subject)
        return "" if may else OWN_SIDE.get(whose, "自评由党支部自己填写。")
    if stage == Cycle.Stage.PUBLICITY and not appealing:
        return "正在公示，没有待答复的申诉，评分不能再改。"
    if stage not in {Cycle.Stage.REVIEW, Cycle.Stage.PUBLICITY}:
        return f"上级评分在评审阶段填写，现在是“{label}”阶段，不能填写。"
    if not may:
        return BY_SUPERIOR
    if himself:
        return HIMSELF
    return "自评是您填的，上级评分请由别人填写。" if author else ""


def _appealing(cycle: Cycle) -> set[SubjectKey]:
    """Return the subjects whose appeal waits for its answer."""
    waiting = Appeal.objects.filter(cycle=cycle, answered_at=None).order_by()
    return {
        cycle.scheme.key_of(*row) for row in waiting.values_list("organization_id", "member_id")
    }


def _scored_by(actor: Any, cycle: Cycle) -> set[SubjectKey]:
    """Return the subjects whose own lines an actor typed: author and reviewer are two people."""
    own = own_keys(cycle)
    if not own:
        return set()
    typed = Mark.objects.filter(item__scheme=cycle.scheme, period=cycle.period, given_by=actor)
    return {
        cycle.scheme.key_of(place, member)
        for place, member, code, side in typed.order_by().values_list(
            "organization_id", "member_id", "item__code", "side"
        )
        if (code, side) in own
    }


@dataclass(frozen=True)
class MarkChange:
    """One cell of the grid: a line with a single value, what it is to say, what it said before."""

    item: SchemeItem
    side: str
    subject: Subject
    rule: str
    ask: str
    value: str
    was: str

    @property
    def key(self) -> tuple[SubjectKey, int, str]:
        return self.subject.key, self.item.number, self.side

    @property
    def values(self) -> dict[str, dict[str, str]]:
        return {self.rule: {self.ask: self.value}}


@transaction.atomic
def give_marks(*, actor: Any, cycle: Cycle, changes: Iterable[MarkChange], reason: str) -> int:
    """Enter many marks of a cycle with one reason, all or none; return how many were changed.

    CellsRefused says of each cell why it may not stand there, CellsTaken what somebody else has
    entered since. The same cells again change nothing; queries do not grow with them.
    """
    locked = Cycle.objects.select_for_update(of=("self",))
    cycle = locked.select_related("scheme", "organization").get(pk=cycle.pk)
    wanted = [change for change in changes if change.value != change.was]
    kept = _cells(actor, cycle, wanted)
    stored = _stored(cycle, wanted)
    now = {one.key: _value(stored.get(one.key), one) for one in wanted}
    theirs = {one.key: now[one.key] for one in wanted if now[one.key] not in {one.was, one.value}}
    if theirs:
        raise CellsTaken(theirs)
    new = [one for one in wanted if now[one.key] != one.value]
    made, changed = [], []
    for one in new:
        mark = stored.get(one.key)
        if mark is None:
            made.append(_mark(cycle, one, kept[one.key], reason, actor))
            continue
        mark.values, mark.reason, mark.given_by = kept[one.key], reason, actor
        mark.given_at = timezone.now()
        mark.version += 1
        changed.append(mark)
    Mark.objects.bulk_create(made, batch_size=500)
    Mark.objects.bulk_update(changed, ["values", "reason", "given_by", "given_at", "version"], 200)
    if new:
        audit.record(
            actor=actor,
            action="assessments.mark.entered",
            subject=cycle,
            place=cycle.organization.path,
            summary=f"“{cycle}”评分 {len(new)} 格：{reason}"[:300],
            before={_name(one): now[one.key] for one in new if now[one.key]},
            after={_name(one): one.value for one in new},
        )
    return len(new)


def _cells(
    actor: Any, cycle: Cycle, wanted: list[MarkChange]
) -> dict[Any, dict[str, dict[str, str]]]:
    """Return what is kept of each cell; CellsRefused with every reason."""
    appealing = _appealing(cycle)
    authored = _scored_by(actor, cycle)
    kept, wrong = {}, {}
    for one in wanted:
        why = closed_because(
            cycle,
            own=False,
            may=judges(actor, MARK, cycle.scheme, one.subject.organization),
            appealing=one.subject.key in appealing,
            author=one.subject.key in authored,
            himself=one.subject.is_user(actor),
        )
        if not why and not one.value:
            why = "评过的不能清空，请填新的分值。"
        try:
            kept[one.key] = {} if why else accepted(one.item, one.values)
        except MarkRefused as refused:
            why = str(refused)
        if why:
            wrong[one.key] = why
    if wrong:
        raise CellsRefused(wrong)
    return kept


def _stored(cycle: Cycle, wanted: list[MarkChange]) -> dict[Any, Mark]:
    rows = Mark.objects.select_for_update().filter(
        item__in={one.item.pk for one in wanted},
        period=cycle.period,
        organization__in={one.subject.organization.pk for one in wanted},
    )
    numbers = {one.item.pk: one.item.number for one in wanted}
    key_of = cycle.scheme.key_of
    return {
        (key_of(mark.organization_id, mark.member_id), numbers[mark.item_id], mark.side): mark
        for mark in rows
    }


def _value(mark: Mark | None, change: MarkChange) -> str:
    return str(mark.values.get(change.rule, {}).get(change.ask, "")) if mark else ""


def _mark(
    cycle: Cycle, one: MarkChange, kept: dict[str, dict[str, str]], reason: str, actor: Any
) -> Mark:
    return Mark(
        item=one.item,
        organization=one.subject.organization,
        member=one.subject.member,
        side=one.side,
        period=cycle.period,
        values=kept,
        reason=reason,
        given_by=actor,
        given_at=timezone.now(),
    )


def _name(change: MarkChange) -> str:
    return f"{change.subject.label} {change.item.title}"


def _side(item: SchemeItem, code: str) -> Side:
    return next(one for one in item.scheme.plan.all_sides if one.code == code)


def _has_ballots(cycle: Cycle, subject: Subject) -> bool:
    with everything(reason="whether raters have voted; nothing of what they said"):
        return Ballot.objects.filter(
            rater__cycle=cycle, organization=subject.organization, member=subject.member, recusal=""
        ).exists()


def accepted(item: SchemeItem, values: Values) -> dict[str, dict[str, str]]:
    """Return the values of a line as they are kept; MarkRefused for what its rules do not take."""
    if not item.is_judged:
        raise MarkRefused("此项由记录计算，不能直接评分。")
    line = item.line
    kept: dict[str, dict[str, str]] = {}
    for rule in line.rules:
        asked = [ask.name for ask in rule.asks() if not rule.indicator]
        kept[rule.code] = {name: str(values.get(rule.code, {}).get(name, "")) for name in asked}
    try:
        for _ in _weighed(line, kept):
            pass
    except Unfit as unfit:
        raise MarkRefused(f"{unfit}。") from None
    return kept


def _weighed(line: Line, kept: Values) -> Any:
    """Yield what every judged rule of a line gives; Unfit for what it cannot take."""
    earlier: dict[str, Weighed] = {}
    for rule in line.rules:
        asks = rule.asks()
        if rule.indicator or not asks:
            earlier[rule.code] = rule.weigh(Facts(earlier=earlier))
            continue
        given = kept[rule.code]
        for ask in asks:
            if not given[ask.name].strip() and not ask.may_be_empty:
                raise Unfit(f"请填写“{ask.label}”")
        earlier[rule.code] = outcome = rule.weigh_given(given, Facts(given, None, earlier))
        yield outcome


def told(item: SchemeItem, kept: Values) -> str:
    """Say what was entered, with the steps that it leads to."""
    steps = [step.text for outcome in _weighed(item.line, kept) for step in outcome.steps]
    return "；".join(steps)


def _content(mark: Mark) -> dict[str, Any]:
    content = {"values": mark.values, "reason": mark.reason}
    return content | ({"evidence": mark.evidence} if mark.evidence else {})
