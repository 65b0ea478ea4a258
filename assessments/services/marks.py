"""Writing what people say of a subject."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from assessments.cards import Subject
from assessments.engine.document import Line
from assessments.engine.numbers import Unfit
from assessments.engine.rules.base import Facts, Given, Weighed
from assessments.models import Mark, SchemeItem
from partybuild import audit
from partybuild.merging import StaleVersion
from partybuild.periods import Period

Values = Mapping[str, Given]


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
