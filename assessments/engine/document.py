"""考核方案的文本: a scheme as a versioned document, before anybody is scored by it.

Everything a scheme says is a value here; nothing is code. `written.py` reads and writes it as YAML
(`format: scheme/1`), `evaluation.py` computes it, `checker.py` says where it contradicts itself.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Annotated

from assessments.engine.labels import Label
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
# What the calendar divides time into; other periods are counted and shown by the year.
CALENDAR_PERIODS = ("month", "quarter", "half", "year")
KINDS_OF_CATEGORY = {
    "regular": "常规",
    "important": "重点",
    "bonus": "加分",
    "penalty": "扣分",
    "veto": "否决",
}
BONUS, VETO = "bonus", "veto"
SELF, SUPERIOR = "self", "superior"
SUBJECTS = {
    "branch": "党支部",
    "member": "党员",
    "secretary": "党组织书记",
    "unit": "单位党组织",
}
# Whose records measure a subject: a secretary is measured by the branch led.
MEASURED_AS = {"branch": "branch", "member": "member", "secretary": "branch", "unit": "branch"}
MODES_IN_WORDS = {
    "half_up": "四舍五入",
    "half_even": "四舍六入五成双",
    "down": "舍去",
    "up": "进一",
}
PLACES_IN_WORDS = {"line": "每一项", "category": "每个类别", "total": "总分"}
BY_IN_WORDS = {SUPERIOR: "上级党组织", SELF: "考核对象自己"}


@dataclass(frozen=True, kw_only=True)
class Rounding:
    """修约: to how many places, how, and of what: line, category, total."""

    places: Annotated[int, Label("保留几位小数")] = 2
    mode: Annotated[str, Label("尾数怎样取", choices=MODES_IN_WORDS)] = "half_up"
    at: Annotated[tuple[str, ...], Label("在哪里取", choices=PLACES_IN_WORDS)] = ("total",)


@dataclass(frozen=True, kw_only=True)
class Class:
    """对象分类: A, B, C, whose members are scored by other lines."""

    code: Annotated[str, Label("类", "例如 A、B、C。")]
    name: Annotated[str, Label("名称")]


@dataclass(frozen=True, kw_only=True)
class Side:
    """评分方: 自评, 上级评; each scores the same lines, and its total counts with its weight.

    `by` says who: self (the subject itself) or superior (its committee).
    """

    code: Annotated[str, Label("代号")]
    name: Annotated[str, Label("评分方", "例如 自评、上级评。")]
    weight: Annotated[Decimal, Label("权重", "写 0.4 或 40%；各方加起来是 1。")]
    by: Annotated[str, Label("由谁评", choices=BY_IN_WORDS)] = SUPERIOR


@dataclass(frozen=True, kw_only=True)
class Basis:
    """依据: the document and the clause that a line rests on."""

    document: Annotated[str, Label("依据的文件")] = ""
    clause: Annotated[str, Label("哪一条")] = ""


@dataclass(frozen=True, kw_only=True)
class Category:
    """类别: lines that are summed on a base, with a cap, a floor and a full mark of their own.

    `by` is self where the subject scores its lines itself, whatever the side.
    """

    code: Annotated[str, Label("代号")]
    name: Annotated[str, Label("类别名称")]
    kind: Annotated[str, Label("性质", choices=KINDS_OF_CATEGORY)] = "regular"
    base: Annotated[Decimal, Label("基础分", "先给的分，再按各项加减；没有写 0。")] = ZERO
    cap: Annotated[Decimal | None, Label("最多几分", "加到这里为止；没有不写。")] = None
    floor: Annotated[
        Decimal | None, Label("最少几分", "扣到这里为止，扣完为止写 0；没有不写。")
    ] = None
    max: Annotated[Decimal | None, Label("满分", "各项合计应是多少；没有不写。")] = None
    complete: Annotated[bool, Label("原文完整")] = True
    by: Annotated[str, Label("由谁评", choices=BY_IN_WORDS)] = SUPERIOR


@dataclass(frozen=True, kw_only=True)
class Line:
    """考核项目: its rules in order, which are added to its base.

    With `classes` only subjects of these, with `sides` only these sides are scored by it.
    """

    code: Annotated[str, Label("编号")]
    title: Annotated[str, Label("项目名称")]
    category: Annotated[str, Label("类别", of="categories")] = ""
    basis: Annotated[Basis, Label("依据")] = Basis()
    base: Annotated[Decimal, Label("基础分", "先给的分，再按各条加减；没有写 0。")] = ZERO
    cap: Annotated[Decimal | None, Label("最多几分", "加到这里为止；没有不写。")] = None
    floor: Annotated[
        Decimal | None, Label("最少几分", "扣到这里为止，扣完为止写 0；没有不写。")
    ] = None
    max: Annotated[Decimal | None, Label("满分", "没有写的，按各条最多能得的算。")] = None
    classes: Annotated[
        tuple[str, ...], Label("只考核哪几类", "一行一类；都考核的不写。", of="classes")
    ] = ()
    sides: Annotated[
        tuple[str, ...], Label("只由哪几方评", "一行一方；都评的不写。", of="sides")
    ] = ()
    hint: Annotated[str, Label("提示", "给评分人看的说明。", is_long=True)] = ""
    rules: Annotated[tuple[Rule, ...], Label("规则")] = ()

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

    of: Annotated[str, Label("类别", of="categories")]
    weight: Annotated[Decimal, Label("权重")] = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Total:
    """总分: a start and weighed categories; without terms all of them, apart from kinds left out."""

    code: Annotated[str, Label("代号")] = "total"
    name: Annotated[str, Label("名称")] = "总分"
    start: Annotated[Decimal, Label("起始分", "先给的分；没有写 0。")] = ZERO
    terms: Annotated[
        tuple[Term, ...],
        Label(
            "由哪些类别合成",
            "一行一个类别和权重，例如 A 0.6；要减去的写负数；不写就是各类别相加。",
            of="categories",
        ),
    ] = ()
    without: Annotated[tuple[str, ...], Label("不算哪种类别", choices=KINDS_OF_CATEGORY)] = ()
    floor: Annotated[Decimal | None, Label("最少几分")] = None
    cap: Annotated[Decimal | None, Label("最多几分")] = None


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A further condition of a band: people answer it, or a category reaches so many points."""

    text: Annotated[str, Label("条件")]
    of: Annotated[str, Label("看哪个类别", of="categories")] = ""
    gte: Annotated[Decimal | None, Label("不低于")] = None


@dataclass(frozen=True, kw_only=True)
class Band:
    """等次: a half-open interval (`gte` included, `lt` excluded); all its conditions must hold."""

    name: Annotated[str, Label("等次")]
    gte: Annotated[Decimal | None, Label("不低于多少分", "含这个分；没有下限不写。")] = None
    lt: Annotated[Decimal | None, Label("低于多少分", "不含这个分；没有上限不写。")] = None
    printed: Annotated[str, Label("原文怎样印")] = ""
    conditions: Annotated[
        tuple[Condition, ...],
        Label(
            "还要符合的条件",
            "一行一条；由人核对的只写条件，看类别得分的写 条件｜类别｜不低于几分。",
            of="categories",
        ),
    ] = ()

    def holds(self, points: Decimal) -> bool:
        return (self.gte is None or points >= self.gte) and (self.lt is None or points < self.lt)


@dataclass(frozen=True, kw_only=True)
class Quota:
    """名额: how many may be in a band; shown, and a person decides by the stated tie-break."""

    band: Annotated[str, Label("等次", of="bands")]
    max_share: Annotated[Decimal, Label("最多占多少", "写 0.3 或 30%。")]
    of: Annotated[str, Label("占什么的")] = ""
    tie_break: Annotated[str, Label("同分怎样取舍", "没有写的由人决定。", is_long=True)] = ""


@dataclass(frozen=True, kw_only=True)
class Adjusting:
    """加减分: whether there are any, and how far all approved ones together may move a total.

    None is no limit.
    """

    allowed: Annotated[bool, Label("可以加减分")] = False
    low: Annotated[Decimal | None, Label("合计最多减几分", "写 -5；不限不写。")] = None
    high: Annotated[Decimal | None, Label("合计最多加几分", "不限不写。")] = None


@dataclass(frozen=True, kw_only=True)
class Document:
    """A scheme, whole: bands stand best first, lines in the order in which they are shown."""

    code: Annotated[str, Label("方案代码")]
    title: Annotated[str, Label("方案名称")]
    issuer: Annotated[str, Label("制定单位")] = ""
    paper: Annotated[str, Label("文号")] = ""
    subject: Annotated[str, Label("考核谁", choices=SUBJECTS, is_open=True)] = "branch"
    subject_words: Annotated[str, Label("考核对象的原话")] = ""
    period: Annotated[str, Label("多长时间考核一次", choices=PERIODS, is_open=True)] = "year"
    period_words: Annotated[str, Label("周期的原话")] = ""
    complete: Annotated[bool, Label("原文完整")] = True
    classes: Annotated[tuple[Class, ...], Label("对象分类")] = ()
    excluded: Annotated[tuple[str, ...], Label("哪些情况不参加考核", "一行一种。")] = ()
    rounding: Annotated[Rounding, Label("小数")] = Rounding()
    sides: Annotated[tuple[Side, ...], Label("评分方")] = ()
    categories: Annotated[tuple[Category, ...], Label("类别")] = ()
    lines: Annotated[tuple[Line, ...], Label("项目")] = ()
    totals: Annotated[tuple[Total, ...], Label("总分")] = ()
    bands: Annotated[tuple[Band, ...], Label("等次")] = ()
    band_total: Annotated[str, Label("等次按哪个总分定", of="totals")] = ""
    quotas: Annotated[tuple[Quota, ...], Label("名额")] = ()
    adjusting: Annotated[Adjusting, Label("加减分")] = Adjusting()
    remarks: Annotated[tuple[str, ...], Label("备注", "一行一条。")] = ()

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
