"""Reading what another scheme would have given: everybody of a period under both."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from assessments.cards import Subject
from assessments.engine.comparison import Comparison, band_of, try_out
from assessments.engine.document import Document
from assessments.engine.numbers import said, signed
from assessments.engine.results import LineResult
from assessments.models import Scheme, SchemeDraft
from assessments.queries.drafts import open_drafts, period_of
from assessments.queries.scorecards import (
    each_scorecard,
    measuring_codes,
    newest_scheme,
    records_of,
)
from assessments.queries.subjects import subjects_of
from partybuild.indicators import indicators
from partybuild.periods import Period


@dataclass(frozen=True)
class Tried:
    """One subject with what changes for it."""

    subject: Subject
    comparison: Comparison

    @property
    def band_before(self) -> str:
        return band_of(self.comparison.before)

    @property
    def band_after(self) -> str:
        return band_of(self.comparison.after)

    @property
    def gain(self) -> str:
        """The difference as it is written, — where there is none to tell."""
        return "—" if self.comparison.gain is None else signed(self.comparison.gain)

    @property
    def differences(self) -> list[dict[str, str]]:
        """The lines that differ: what each had, what it has, and the arithmetic of the other scheme."""
        return [
            {
                "title": one.title,
                "before": _told(one.before),
                "after": _told(one.after),
                "why": "；".join(step.text for step in one.after.all_steps) if one.after else "",
            }
            for one in self.comparison.lines
        ]


@dataclass(frozen=True)
class Trial:
    """A scheme tried on a period: everybody in the order of the tree, and what was not carried over.

    `uncountable` names the lines that nothing could score, each with the reason; `waiting` those
    that somebody would have to score, with how many subjects wait for it.
    """

    tried: tuple[Tried, ...]
    left_behind: tuple[tuple[str, int], ...]
    uncountable: tuple[tuple[str, str], ...] = ()
    waiting: tuple[tuple[str, int], ...] = ()

    @property
    def moving(self) -> list[Tried]:
        """Those whose band becomes another."""
        return [one for one in self.tried if one.comparison.moves]

    @property
    def differing(self) -> list[Tried]:
        """Those of whom anything becomes another."""
        return [one for one in self.tried if one.comparison.differs]

    @property
    def unscored(self) -> int:
        return sum(one.comparison.unscored for one in self.tried)

    def bands(self) -> list[tuple[str, int, int]]:
        """Return how many are in each band under the one scheme and the other, best first."""
        before = Counter(band_of(one.comparison.before) for one in self.tried)
        after = Counter(band_of(one.comparison.after) for one in self.tried)
        documents = [
            result.document
            for one in self.tried[:1]
            for result in (one.comparison.after, one.comparison.before)
        ]
        names = dict.fromkeys(band.name for document in documents for band in document.bands)
        return [(name or "待定", before[name], after[name]) for name in [*names, ""]]


def _told(line: LineResult | None) -> str:
    """Say what a line has: its points, why it has none, or that there is no such line."""
    if line is None:
        return "没有这一项"
    return line.state.label if line.points is None else f"{said(line.points)} 分"


def comparable_with(scheme: Scheme) -> QuerySet[Scheme]:
    """Return the schemes that score the same subjects in the same periods, the newest first."""
    others = Scheme.objects.filter(subject=scheme.subject, per=scheme.per).exclude(pk=scheme.pk)
    return others.order_by("title", "-edition")


def comparable_drafts(scheme: Scheme) -> list[SchemeDraft]:
    """Return the drafts in scope that would score the same subjects in the same periods."""
    return [
        one
        for one in open_drafts()
        if one.plan.subject == scheme.subject and period_of(one.plan) == scheme.per
    ]


def used_before(draft: SchemeDraft) -> Scheme | None:
    """Return the edition a draft is compared with: the one it was copied from, else that of its code."""
    former = draft.copied_from or newest_scheme(draft.plan.code)
    alike = former and (former.subject, former.per) == (draft.plan.subject, period_of(draft.plan))
    return former if alike else None


def trial(used: Scheme, plan: Document, period: Period, *, as_of: dt.date) -> Trial:
    """Compute everybody in scope under a scheme and another document, in force or a draft.

    On the records of a period as they are now. Queries as many as for two lists of scorecards at
    most, however many subjects there are.
    """
    subjects = subjects_of(used, period)
    measured = records_of(plan, subjects, period, as_of=as_of)
    uncountable = tuple(_uncountable(plan))
    known = {title for title, _ in uncountable}
    left: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    tried = []
    for card in each_scorecard(used, subjects, period, as_of=as_of):
        comparison, carried = try_out(
            used.plan, plan, card.result, card.inputs, measured[card.subject.key]
        )
        left.update(carried.left_behind)
        waiting.update(set(comparison.open_lines) - known)
        tried.append(Tried(card.subject, comparison))
    return Trial(
        tuple(tried),
        tuple(_in_order(used.plan, left)),
        uncountable,
        tuple(_in_order(plan, waiting)),
    )


def _uncountable(plan: Document) -> Iterable[tuple[str, str]]:
    """Yield the lines of a document that nobody and no record can score yet, and why."""
    counted = set(measuring_codes(plan, by_member=plan.subject == Scheme.Subject.MEMBER))
    for line in plan.lines:
        codes = [rule.indicator for rule in line.rules if rule.indicator]
        if not line.rules:
            yield line.title, "还没有规则"
        elif any(code not in indicators for code in codes):
            yield line.title, "没有这样的记录可以计算"
        elif any(code not in counted for code in codes):
            yield line.title, "选的记录量的是另一种考核对象"


def _in_order(plan: Document, left: Counter[str]) -> Iterable[tuple[str, int]]:
    order = {line.title: at for at, line in enumerate(plan.lines)}
    return sorted(left.items(), key=lambda one: order.get(one[0], len(order)))
