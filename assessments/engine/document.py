"""考核方案的文本: a scheme as a versioned document, before anybody is scored by it.

Everything a scheme says is a value here; nothing is code. `written.py` reads and writes it as YAML
(`format: scheme/1`), `evaluation.py` computes it, `checker.py` says where it contradicts itself.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from assessments.engine.rules.base import ZERO, Rule

FORMAT = "scheme/1"
PERIODS = {
    "month": "月度",
    "quarter": "季度",
    "half": "半年",
    "year": "年度",
    "running": "滚动",
    "window": "指定时段",
}
KINDS_OF_CATEGORY = {
    "regular": "常规",
    "important": "重点",
    "bonus": "加分",
    "penalty": "扣分",
    "veto": "否决",
}
BONUS, VETO = "bonus", "veto"
SELF, SUPERIOR = "self", "superior"


@dataclass(frozen=True, kw_only=True)
class Rounding:
    """修约: to how many places, how, and of what: line, category, total."""

    places: int = 2
    mode: str = "half_up"
    at: tuple[str, ...] = ("total",)


@dataclass(frozen=True, kw_only=True)
class Class:
    """对象分类: A, B, C, whose members are scored by other lines."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Side:
    """评分方: 自评, 上级评; each scores the same lines, and its total counts with its weight.

    `by` says who: self (the subject itself) or superior (its committee).
    """

    code: str
    name: str
    weight: Decimal
    by: str = SUPERIOR


@dataclass(frozen=True, kw_only=True)
class Basis:
    """依据: the document and the clause that a line rests on."""

    document: str = ""
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class Category:
    """类别: lines that are summed on a base, with a cap, a floor and a full mark of their own.

    `by` is self where the subject scores its lines itself, whatever the side.
    """

    code: str
    name: str
    kind: str = "regular"
    base: Decimal = ZERO
    cap: Decimal | None = None
    floor: Decimal | None = None
    max: Decimal | None = None
    complete: bool = True
    by: str = SUPERIOR


@dataclass(frozen=True, kw_only=True)
class Line:
    """考核项目: its rules in order, which are added to its base.

    With `classes` only subjects of these, with `sides` only these sides are scored by it.
    """

    code: str
    title: str
    category: str = ""
    basis: Basis = Basis()
    base: Decimal = ZERO
    cap: Decimal | None = None
    floor: Decimal | None = None
    max: Decimal | None = None
    classes: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    hint: str = ""
    rules: tuple[Rule, ...] = ()

    @cached_property
    def full(self) -> Decimal | None:
        """The full mark: as stated, else what its rules can reach; None when there is no end."""
        stated = [limit for limit in (self.max, self.cap) if limit is not None]
        if stated:
            return min(stated)
        best = [rule.best for rule in self.rules]
        if any(points is None for points in best):
            return None
        return self.base + sum((points for points in best if points is not None), ZERO)

    @property
    def words(self) -> str:
        """The rules of the line in one sentence."""
        return "；".join(rule.words for rule in self.rules)

    @cached_property
    def counts(self) -> bool:
        """Tell whether its points are part of a number; a veto and a reward in money are not."""
        return any(rule.counts for rule in self.rules) or not self.rules

    @cached_property
    def indicator(self) -> str:
        """The indicator that measures it; '' for none."""
        return next((rule.indicator for rule in self.rules if rule.indicator), "")

    @cached_property
    def is_judged(self) -> bool:
        """Tell whether a person has to say something about it."""
        return any(rule.asks() and not rule.indicator for rule in self.rules)


@dataclass(frozen=True, kw_only=True)
class Term:
    """A category in a total, times a weight; a negative weight takes it away."""

    of: str
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Total:
    """总分: a start and weighed categories; without terms all of them, apart from kinds left out."""

    code: str = "total"
    name: str = "总分"
    start: Decimal = ZERO
    terms: tuple[Term, ...] = ()
    without: tuple[str, ...] = ()
    floor: Decimal | None = None
    cap: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A further condition of a band: people answer it, or a category reaches so many points."""

    text: str
    of: str = ""
    gte: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Band:
    """等次: a half-open interval (`gte` included, `lt` excluded); all its conditions must hold."""

    name: str
    gte: Decimal | None = None
    lt: Decimal | None = None
    printed: str = ""
    conditions: tuple[Condition, ...] = ()

    def holds(self, points: Decimal) -> bool:
        return (self.gte is None or points >= self.gte) and (self.lt is None or points < self.lt)


@dataclass(frozen=True, kw_only=True)
class Quota:
    """名额: how many may be in a band; shown, and a person decides by the stated tie-break."""

    band: str
    max_share: Decimal
    of: str = ""
    tie_break: str = ""


@dataclass(frozen=True, kw_only=True)
class Adjusting:
    """加减分: how far all approved adjustments together may move a total; None for no limit."""

    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Document:
    """A scheme, whole: bands stand best first, lines in the order in which they are shown."""

    code: str
    title: str
    issuer: str = ""
    paper: str = ""
    subject: str = "branch"
    subject_words: str = ""
    period: str = "year"
    period_words: str = ""
    complete: bool = True
    classes: tuple[Class, ...] = ()
    excluded: tuple[str, ...] = ()
    rounding: Rounding = Rounding()
    sides: tuple[Side, ...] = ()
    categories: tuple[Category, ...] = ()
    lines: tuple[Line, ...] = ()
    totals: tuple[Total, ...] = ()
    bands: tuple[Band, ...] = ()
    band_total: str = ""
    quotas: tuple[Quota, ...] = ()
    adjusting: Adjusting | None = None
    remarks: tuple[str, ...] = ()

    @cached_property
    def all_sides(self) -> tuple[Side, ...]:
        """The sides; one without a name when the scheme has none."""
        return self.sides or (Side(code="", name="", weight=Decimal(1)),)

    @cached_property
    def all_categories(self) -> tuple[Category, ...]:
        """The categories as stated, then those that only lines name."""
        known = {category.code for category in self.categories}
        named = dict.fromkeys(line.category for line in self.lines)
        return self.categories + tuple(
            Category(code=code, name=code) for code in named if code not in known
        )

    @cached_property
    def all_totals(self) -> tuple[Total, ...]:
        return self.totals or (Total(),)

    @property
    def asks_subjects(self) -> bool:
        """Tell whether people have to say something about each subject itself."""
        answered = any(not one.of for band in self.bands for one in band.conditions)
        return bool(self.classes or self.excluded or answered)

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """The codes of the indicators that measure its lines."""
        found = {rule.indicator for line in self.lines for rule in line.rules if rule.indicator}
        return tuple(sorted(found))

    def is_scored(self, side: Side, line: Line) -> bool:
        """Tell whether a side scores a line."""
        return not line.sides or not side.code or side.code in line.sides

    def is_own(self, side: Side, line: Line) -> bool:
        """Tell whether the subject itself scores a line on a side."""
        return side.by == SELF or self.category(line.category).by == SELF

    def category(self, code: str) -> Category:
        for category in self.all_categories:
            if category.code == code:
                return category
        return Category(code=code, name=code)
