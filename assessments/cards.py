"""A scorecard as it is shown: the engine's result of one subject, with its marks and what lifts it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from assessments.engine import whatif
from assessments.engine.document import Category, Line, Side
from assessments.engine.ladders import Stretch, upkeep
from assessments.engine.results import CategoryResult, Inputs, LineResult, Result
from assessments.engine.rules.base import ZERO
from assessments.engine.rules.measures import Frequency
from assessments.engine.states import State, Step
from assessments.models import Mark, Scheme
from assessments.models.schemes import SubjectKey
from assessments.points import shown
from branches.models import PartyOrganization
from members.models import Member


@dataclass(frozen=True)
class Subject:
    """Who is scored: an organisation, a member of it, or with `leads` the one who leads it.

    Whoever leads two branches is two subjects, so that a leader is named by the branch.
    """

    organization: PartyOrganization
    member: Member | None = None
    leads: bool = False

    @classmethod
    def of(
        cls, scheme: Scheme, organization: PartyOrganization, member: Member | None
    ) -> "Subject":
        """Return whom a row of a scheme is about."""
        return cls(organization, member, leads=scheme.scores_secretaries)

    @property
    def key(self) -> SubjectKey:
        """What tells it apart from others, as `Scheme.key_of` gives it of a row."""
        if self.member is None:
            return (self.organization.pk, None)
        return (self.organization.pk if self.leads else None, self.member.pk)

    @property
    def public_id(self) -> str:
        """What addresses name it by."""
        if self.member is None or self.leads:
            return self.organization.public_id
        return self.member.public_id

    @property
    def name(self) -> str:
        return self.member.name if self.member else self.organization.name

    @property
    def label(self) -> str:
        if self.member:
            post = "书记" if self.leads else ""
            return f"{self.member.name}（{self.organization.label}{post}）"
        return self.organization.label

    @property
    def person(self) -> Member | None:
        """Whose own records measure it; None where those of the organisation do."""
        return None if self.leads else self.member

    def is_user(self, user: Any) -> bool:
        """Tell whether somebody is the very person who is scored."""
        return self.member is not None and self.member.user_id == user.pk


@dataclass(frozen=True)
class CardLine:
    """One line of a scorecard as it is shown: the result, its records, its mark, what lifts it."""

    number: int
    category: Category
    side: Side
    result: LineResult
    prefix: str = ""
    instead: str = ""
    mark: "Mark | SaidThen | None" = None
    lifts: tuple[whatif.Lift, ...] = ()

    @property
    def line(self) -> Line:
        return self.result.line

    @property
    def title(self) -> str:
        return self.line.title

    @property
    def rule(self) -> str:
        return self.line.words

    @property
    def state(self) -> State:
        return self.result.state

    @property
    def points(self) -> Decimal | None:
        return self.result.points if self.line.counts else None

    @property
    def full_score(self) -> Decimal | None:
        return self.line.full

    @property
    def has_full_score(self) -> bool:
        """Tell whether a full mark is worth showing: lines of deductions alone have none."""
        return self.counts and bool(self.full_score)

    @property
    def indicator(self) -> str:
        return self.line.indicator

    @property
    def records(self) -> int | Decimal:
        """How much the records measure, each indicator once however many rules read it."""
        found = {one.rule.indicator: one.outcome.record for one in self.result.rules}
        return sum(record.total for record in found.values() if record)

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        return self.result.reading.stretches if self.result.reading else ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the arithmetic, or why the line does not apply to this subject."""
        if self.instead and self.state is State.NOT_APPLICABLE:
            return (Step(self.instead),)
        if self.state is State.UNSCORED:
            return tuple(dict.fromkeys(self.result.all_steps))
        return self.result.all_steps

    @property
    def why(self) -> str:
        """The arithmetic in one sentence."""
        return self.prefix + "；".join(step.text for step in self.steps)

    @property
    def upkeep(self) -> str:
        """What keeps full marks while the period runs."""
        for one in self.result.rules:
            record, reading = one.outcome.record, one.outcome.reading
            if isinstance(one.rule, Frequency) and record and reading:
                return upkeep(record, reading) if reading.points == one.rule.best else ""
        return ""

    @property
    def counts(self) -> bool:
        return self.state is not State.NOT_APPLICABLE


@dataclass(frozen=True)
class Part:
    """A part of the full marks, with its place on a bar in percent as SVG writes it."""

    name: str
    label: str
    points: Decimal
    left: str
    width: str


def _parts(sizes: list[tuple[str, str, Decimal]], whole: Decimal) -> Iterator[Part]:
    left = Decimal(0)
    for name, label, points in sizes:
        width = points * 100 / whole
        yield Part(name, label, points, f"{left:.2f}", f"{width:.2f}")
        left += width


@dataclass(frozen=True)
class Group:
    """The lines of one category and side, with its sum."""

    side: Side
    result: CategoryResult
    lines: tuple[CardLine, ...]


@dataclass(frozen=True)
class Card:
    """The scorecard of one subject: the engine's result, and what pages say of it."""

    subject: Subject
    result: Result
    inputs: Inputs
    marks: "Mapping[tuple[str, str], Mark | SaidThen]" = field(default_factory=dict)
    # By indicator: what is said before the arithmetic, and instead of it where nothing applies.
    prefixes: dict[str, str] = field(default_factory=dict)
    instead: dict[str, str] = field(default_factory=dict)

    @property
    def organization(self) -> PartyOrganization:
        return self.subject.organization

    @property
    def points(self) -> Decimal | None:
        """What there is so far; None where a part of the total would mislead."""
        return self.result.total.so_far

    @property
    def results(self) -> tuple[LineResult, ...]:
        return tuple(line for line in self.result.lines if line.line.counts)

    @property
    def full_score(self) -> Decimal | None:
        """The full marks of all lines that apply to this subject; None when there is no end."""
        applying = [r for r in self.results if r.state is not State.NOT_APPLICABLE]
        return _full(applying) if self._is_plain_sum else None

    @property
    def scored_full_score(self) -> Decimal | None:
        """The full marks of the lines that have points already."""
        return _full([result for result in self.results if result.state is State.SCORED])

    @property
    def _is_plain_sum(self) -> bool:
        document = self.result.document
        bases = any(one.base for one in document.categories)
        return not (document.sides or document.totals or bases)

    def count(self, state: State) -> int:
        return sum(line.state is state for line in self.result.lines)

    @property
    def unscored(self) -> int:
        return self.count(State.UNSCORED)

    @property
    def pending(self) -> int:
        return self.count(State.PENDING)

    @property
    def not_applicable(self) -> int:
        return self.count(State.NOT_APPLICABLE)

    @property
    def parts(self) -> list[Part]:
        """What the full marks consist of: 已得、未得、未到期、未评, each as a part of the whole."""
        whole, scored, points = self.full_score, self.scored_full_score, self.points
        if not whole or scored is None or points is None or not 0 <= points <= scored:
            return []
        waiting = {
            state: _full([line for line in self.results if line.state is state]) or ZERO
            for state in (State.PENDING, State.UNSCORED)
        }
        sizes = [
            ("scored", "已得", points),
            ("lost", "未得", scored - points),
            ("pending", "未到期", waiting[State.PENDING]),
            ("unscored", "未评", waiting[State.UNSCORED]),
        ]
        return list(_parts([size for size in sizes if size[2] > 0], whole))

    @property
    def is_complete(self) -> bool:
        """Tell whether nothing is open any more; until then the total is 未完成."""
        return self.result.total.points is not None and not self.unscored and not self.pending

    @property
    def is_excluded(self) -> bool:
        return bool(self.result.excluded)

    @property
    def band(self) -> str:
        return self.result.band.band.name if self.result.band.band else ""

    @cached_property
    def lifts(self) -> tuple[whatif.Lift, ...]:
        """Every next step that would raise the total, each tried out."""
        return whatif.lifts(self.result, self.inputs)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The lines by side and category, numbered as in the document."""
        numbers = {line.code: at for at, line in enumerate(self.result.document.lines, start=1)}
        return tuple(
            Group(
                side.side,
                category,
                tuple(self._line(numbers, side.side, category, line) for line in category.lines),
            )
            for side in self.result.sides
            for category in side.categories
            if category.lines
        )

    def _line(
        self, numbers: dict[str, int], side: Side, category: CategoryResult, result: LineResult
    ) -> CardLine:
        code = result.line.code
        return CardLine(
            number=numbers[code],
            category=category.category,
            side=side,
            result=result,
            prefix=self.prefixes.get(result.line.indicator, ""),
            instead=self.instead.get(result.line.indicator, ""),
            mark=self.marks.get((side.code, code)),
            lifts=tuple(one for one in self.lifts if (one.side, one.line) == (side.code, code)),
        )

    @property
    def lines(self) -> tuple[CardLine, ...]:
        """The lines in the order of the scheme."""
        found = [line for group in self.groups for line in group.lines]
        return tuple(sorted(found, key=lambda line: line.number))

    @property
    def about(self) -> Mark | None:
        """What was said of the subject itself."""
        mark = self.marks.get(("", ""))
        return mark if isinstance(mark, Mark) else None


@dataclass(frozen=True)
class Named:
    """Somebody as a name only."""

    name: str


@dataclass(frozen=True)
class SaidThen:
    """Who said something of a line, as it was sealed."""

    given_by: Named
    given_at: dt.datetime
    reason: str
    evidence: str


@dataclass(frozen=True)
class SealedCard(Card):
    """A scorecard that nothing lifts any more."""

    lifts = ()


def _full(results: list[LineResult]) -> Decimal | None:
    full = [result.line.full for result in results]
    known = [one for one in full if one is not None]
    return sum(known, ZERO) if len(known) == len(full) else None


def card_as_data(card: Card) -> dict[str, Any]:
    """Return a scorecard as plain data: texts for points, null where there are none."""
    return {
        "organization": card.organization.code,
        "name": card.subject.name,
        "points": _shown(card.points),
        "full_score": _shown(card.full_score),
        "totals": {
            one.total.code: {
                "name": one.total.name,
                "state": str(one.state),
                "points": _shown(one.points),
                "steps": [step_as_data(step) for step in one.steps],
            }
            for one in card.result.totals
        },
        "band": card.band,
        "band_why": card.result.band.why,
        "vetoes": [rule.name for rule in card.result.vetoes],
        "complete": card.is_complete,
        "unscored": card.unscored,
        "pending": card.pending,
        "not_applicable": card.not_applicable,
        "fingerprint": card.result.fingerprint,
        "lines": [line_as_data(line) for line in card.lines],
    }


def line_as_data(line: CardLine) -> dict[str, Any]:
    """Return a line as plain data; `measured` holds [title, records, state] of each stretch."""
    return {
        "number": line.number,
        "code": line.line.code,
        "category": line.category.name,
        "side": line.side.name,
        "title": line.title,
        "state": str(line.state),
        "points": _shown(line.points),
        "full_score": _shown(line.full_score),
        "rule": line.rule,
        "records": line.records if line.indicator else None,
        "measured": [[s.title, s.held, str(s.state)] for s in line.stretches],
        "why": line.why,
        "steps": [step_as_data(step) for step in line.steps],
        "lifts": [
            {"act": lift.act, "points": shown(lift.points), "band": lift.band}
            for lift in line.lifts
        ],
    }


def step_as_data(step: Step) -> list[str | None]:
    """Return a step as its words and the numbers before and after it."""
    return [step.text, _shown(step.before), _shown(step.after)]


def kept_line(side: Side, result: LineResult) -> dict[str, Any]:
    """Return of a line what is kept with a computed scorecard."""
    return {
        "code": result.line.code,
        "side": side.code,
        "title": result.line.title,
        "state": str(result.state),
        "points": _shown(result.points),
        "measured": [[s.title, s.held, str(s.state)] for s in result.reading.stretches]
        if result.reading
        else [],
        "steps": [step_as_data(step) for step in result.all_steps],
    }


def _shown(points: Decimal | None) -> str | None:
    return None if points is None else shown(points)


BEST_LIFTS = 3


@dataclass(frozen=True)
class BestLift:
    """What would lift a whole scorecard most: the line, what to do, and the points gained."""

    title: str
    lift: whatif.Lift

    @property
    def gain(self) -> Decimal:
        return self.lift.gain


def best_lifts(card: Card) -> list[BestLift]:
    """Return the few acts that would lift a scorecard most, one for each line."""
    best: dict[tuple[str, str], whatif.Lift] = {}
    for lift in card.lifts:
        key = (lift.side, lift.line)
        if key not in best or lift.gain > best[key].gain:
            best[key] = lift
    titles = {line.code: line.title for line in card.result.document.lines}
    found = sorted(best.values(), key=lambda lift: -lift.gain)[:BEST_LIFTS]
    return [BestLift(titles[lift.line], lift) for lift in found]
