"""What every rule is: a few numbers of a scheme, the fields it asks for, and how it weighs them.

A new kind is one class in a file of this package: `kind`, the fields of its input, `weigh`. The
written form, the form on the page, the storage and the explanation follow from these.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, ClassVar

from assessments.engine.labels import Label
from assessments.engine.ladders import Reading, Record
from assessments.engine.numbers import Unfit, said
from assessments.engine.states import State, Step

Given = Mapping[str, str]
ZERO = Decimal(0)

# Answers that the number of records can be.
MEASURABLE = ("count", "number", "yes")

KINDS: dict[str, type["Rule"]] = {}


@dataclass(frozen=True)
class Ask:
    """One value that a rule asks a person for.

    `shape` is count, number, points (a number in a range), several (numbers in a range, one for
    each event), choice or yes.
    """

    name: str
    label: str
    shape: str
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def may_be_empty(self) -> bool:
        """Tell whether nothing is an answer, too."""
        return any(not value for value, _ in self.choices)


@dataclass(frozen=True)
class Weighed:
    """What a rule gives: its points, signed, or why there are none yet.

    `each` says how often what was counted and at how many points, for rules that multiply it;
    `vetoes` that the veto was hit, `reward` the money it promises, which is never points.
    """

    state: State
    points: Decimal | None = None
    steps: tuple[Step, ...] = ()
    each: tuple[tuple[str, int, Decimal], ...] = ()
    reading: Reading | None = None
    record: Record | None = None
    vetoes: bool = False
    reward: Decimal | None = None

    @classmethod
    def open(cls, why: str) -> "Weighed":
        """Nothing was given, or nothing that can be taken: not zero."""
        return cls(State.UNSCORED, None, (Step(why),))

    @classmethod
    def without_base(cls, why: str) -> "Weighed":
        """There is nothing to measure against: the rule does not apply."""
        return cls(State.NOT_APPLICABLE, None, (Step(why),))


@dataclass(frozen=True)
class Facts:
    """What a rule may look at: what a person gave, what the records measure, the rules before it."""

    given: Given | None = None
    record: Record | None = None
    earlier: Mapping[str, Weighed] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """Something that could be different, for a what-if: an act in words, and what is then given."""

    act: str
    given: Given | None = None
    record: Record | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """规则: one sentence of a scheme that turns a fact into points."""

    kind: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str] = ""
    # A rule that does not touch the number (veto, money) keeps no total open.
    counts: ClassVar[bool] = True

    code: Annotated[str, Label("编号")] = ""
    when: Annotated[str, Label("条件", "什么情况，用原文的话。", is_long=True)] = ""
    note: Annotated[str, Label("备注", is_long=True)] = ""
    cap: Annotated[Decimal | None, Label("本条最多几分", "没有不写。")] = None
    indicator: Annotated[str, Label("由哪项记录计算", "选了就不用人填。", of="indicators")] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "kind" in cls.__dict__:
            if KINDS.get(cls.kind, cls).__qualname__ != cls.__qualname__:
                raise TypeError(f"Two rules are called {cls.kind}.")
            KINDS[cls.kind] = cls

    @property
    def best(self) -> Decimal | None:
        """The most points it can give; None when there is no end."""
        return ZERO

    @property
    def worst(self) -> Decimal | None:
        """The most points it can take away, as a positive number; None when there is no end."""
        return ZERO

    @property
    def words(self) -> str:
        """The rule as a sentence of the scheme."""
        raise NotImplementedError

    def asks(self) -> tuple[Ask, ...]:
        """What a person has to say; nothing when records measure it."""
        return ()

    @cached_property
    def asked(self) -> tuple[Ask, ...]:
        """What `asks` returns, asked for once."""
        return self.asks()

    def weigh(self, facts: Facts) -> Weighed:
        """Return the points; a value that does not fit is a stated outcome, never an exception."""
        if self.indicator and facts.record is not None:
            return self._weigh_measured(facts.record)
        if self.indicator:
            return Weighed.open("没有读到记录，还不能计分")
        if facts.given is None:
            return Weighed.open("由人评分，还没有评")
        for ask in self.asked:
            if not facts.given.get(ask.name, "").strip():
                return Weighed.open(f"还没有填“{ask.label}”")
        try:
            return self.weigh_given(facts.given, facts)
        except Unfit as unfit:
            return Weighed.open(f"{unfit}，没有计分，请改正")

    def _weigh_measured(self, record: Record) -> Weighed:
        if not self.is_measurable:
            return Weighed.open("这条规则不能由记录计算，请在方案里改由人填写")
        try:
            return replace(self.weigh_record(record), record=record)
        except Unfit as unfit:
            return Weighed.open(f"{unfit}，由记录计算不出，没有计分")

    def weigh_record(self, record: Record) -> Weighed:
        """Return the points for what the records say; Unfit for what cannot be taken."""
        [ask] = self.asked
        total = min(record.total, 1) if ask.shape == "yes" else record.total
        return self.weigh_given({ask.name: str(total)}, Facts(record=record))

    @property
    def is_measurable(self) -> bool:
        """Tell whether one number of records answers all that it asks."""
        return [ask.shape for ask in self.asked] in ([shape] for shape in MEASURABLE)

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        """Return the points for what a person said; Unfit for what cannot be taken."""
        raise NotImplementedError

    def changes(self, facts: Facts) -> Iterator[Change]:
        """Yield what would raise the points, the easiest first."""
        yield from ()

    # Helpers of the kinds.

    def scored(self, points: Decimal, *steps: Step, **more: Any) -> Weighed:
        """Return points, cut to the cap of the rule."""
        if self.cap is not None and abs(points) > self.cap:
            after = self.cap if points > 0 else -self.cap
            steps = (*steps, Step(f"本条最多 {said(self.cap)} 分", points, after))
            points = after
        return Weighed(State.SCORED, points, steps, **more)

    @property
    def opening(self) -> str:
        """What a sentence of the rule opens with: its condition, if it has one."""
        return f"{self.when}：" if self.when else ""

    @property
    def name(self) -> str:
        """The condition in words, or what kind of rule it is."""
        return self.when or self.title
