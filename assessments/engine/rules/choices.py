"""Rules that people decide: allowed marks, a range, what is left open, a veto, a reward in money."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from assessments.engine.labels import Label
from assessments.engine.numbers import Unfit, number, said, signed
from assessments.engine.rules.base import ZERO, Ask, Change, Facts, Given, Rule, Weighed
from assessments.engine.states import State, Step

SEVERAL = re.compile(r"[、,，;；\s]+")
NOTHING = "0"
YES = ("1", "0")


@dataclass(frozen=True, kw_only=True)
class Option:
    """A mark that may be given, with its condition if the scheme states one."""

    points: Annotated[Decimal, Label("得分")]
    when: Annotated[str, Label("档次")] = ""


@dataclass(frozen=True, kw_only=True)
class Options(Rule):
    """档次: the only marks that may be given, best first."""

    kind = "options"
    title = "按档次评分"
    about = "只能从几个分值里选一个。"

    options: Annotated[
        tuple[Option, ...], Label("可以评的档次", "一行一档，从高到低，例如 5 每季 1 次。")
    ]

    @property
    def best(self) -> Decimal | None:
        return max((option.points for option in self.options), default=ZERO)

    @property
    def words(self) -> str:
        if self.options and all(option.when for option in self.options):
            return "；".join(f"{one.when}得 {said(one.points)} 分" for one in self.options)
        return f"可评 {self._marks} 分"

    @property
    def _marks(self) -> str:
        return "、".join(said(option.points) for option in self.options)

    def asks(self) -> tuple[Ask, ...]:
        choices = tuple(
            (
                str(one.points),
                f"{one.when}：{said(one.points)} 分" if one.when else f"{said(one.points)} 分",
            )
            for one in self.options
        )
        return (Ask("points", "得分", "choice", choices=choices),)

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        points = number(given["points"], "得分")
        for option in self.options:
            if option.points == points:
                text = f"评为“{option.when}”" if option.when else f"评 {said(points)} 分"
                return self.scored(points, Step(text, None, points))
        raise Unfit(f"评的 {said(points)} 分不在可评的 {self._marks} 分之内")

    def changes(self, facts: Facts) -> Iterator[Change]:
        if facts.given is None:
            return
        now = number(facts.given["points"], "得分")
        better = sorted(option.points for option in self.options if option.points > now)
        for points in better[:1]:
            yield Change(f"评到 {said(points)} 分一档", {"points": str(points)})


@dataclass(frozen=True, kw_only=True)
class Judged(Rule):
    """区间评分: who judges picks a number inside a range; with a unit, one for each event."""

    kind = "judged"
    title = "区间内评分"
    about = "在一个范围里评一个分。"

    low: Annotated[Decimal, Label("最低分值")]
    high: Annotated[Decimal | None, Label("最高分值", "没有不写。")] = None
    minus: Annotated[bool, Label("是扣分")] = False
    unit: Annotated[str, Label("计量单位", "每次都评就写 次、人次、项；只评一次不写。")] = ""
    # A mark such as 班子建设 0 to 100, where the number is the score and 0 need not be "没有".
    plain: Annotated[bool, Label("评的分就是得分")] = False

    @property
    def most(self) -> Decimal | None:
        return self.cap if self.unit else self.high

    @property
    def best(self) -> Decimal | None:
        return ZERO if self.minus else self.most

    @property
    def worst(self) -> Decimal | None:
        return self.most if self.minus else ZERO

    @property
    def span(self) -> str:
        if self.high is None:
            return f"不少于 {said(self.low)} 分"
        return f"{said(self.low)} 至 {said(self.high)} 分"

    @property
    def words(self) -> str:
        span = self.span
        if self.plain:
            return f"由人评 {span}"
        each = f"每{self.unit}" if self.unit else ""
        cap = f"，最多 {said(self.cap)} 分" if self.cap is not None else ""
        return f"{self.opening}{each}{'扣' if self.minus else '加'} {span}，由评分人决定{cap}"

    def asks(self) -> tuple[Ask, ...]:
        label = self.when or ("得分" if self.plain else "分值")
        shape = "several" if self.unit else "points"
        low = self.low if self.plain else min(self.low, ZERO)
        return (Ask("points", label, shape, self.unit or "分", low, self.high),)

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        typed = [part for part in SEVERAL.split(given["points"].strip()) if part]
        if len(typed) > 1 and not self.unit:
            raise Unfit(f"“{self.name}”只评一个分值")
        marks = [self._mark(part) for part in typed if self.plain or part != NOTHING]
        sign = -1 if self.minus else 1
        total = sum(marks, ZERO) * sign
        listed = "、".join(said(mark) for mark in marks)
        act = "评" if self.plain else ("扣" if self.minus else "加")
        text = f"{self.name}：{act} {listed} 分" if marks else f"{self.name}：没有"
        if self.plain and not self.when:
            text = f"评 {listed} 分"
        return self.scored(total, Step(text, None, total))

    def _mark(self, text: str) -> Decimal:
        mark = number(text, "分值")
        if mark < self.low or (self.high is not None and mark > self.high):
            raise Unfit(f"{self.name}：评的 {said(mark)} 分，应为 {self.span}")
        return mark

    def changes(self, facts: Facts) -> Iterator[Change]:
        if facts.given is None or not self.plain or self.minus or self.high is None:
            return
        if number(facts.given["points"], "得分") < self.high:
            yield Change(f"评到 {said(self.high)} 分", {"points": str(self.high)})


@dataclass(frozen=True, kw_only=True)
class Manual(Rule):
    """由人决定: the scheme names no number; people decide and say why."""

    kind = "manual"
    title = "由人决定"
    about = "方案没有写几分，由人决定。"

    @property
    def best(self) -> Decimal | None:
        return None

    @property
    def worst(self) -> Decimal | None:
        return None

    @property
    def words(self) -> str:
        return f"{self.opening}分值由人决定，加分写正数，扣分写负数"

    def asks(self) -> tuple[Ask, ...]:
        label = f"{self.when or '分值'}（加分写正数，扣分写负数，没有写 0）"
        return (Ask("points", label, "number", "分"),)

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        points = number(given["points"], "分值")
        return self.scored(points, Step(f"{self.name}：决定 {signed(points)}", None, points))


@dataclass(frozen=True, kw_only=True)
class Veto(Rule):
    """一票否决: caps the band and leaves the number; `at_most` is the best band still open."""

    kind = "veto"
    title = "一票否决"
    about = "发生了就限制等次，得分照算。"
    counts = False

    at_most: Annotated[str, Label("等次最高为", "没有写的由人决定。", of="bands")] = ""

    @property
    def words(self) -> str:
        limit = f"等次最高为{self.at_most}" if self.at_most else "等次由人决定"
        return f"{self.name}：一票否决，{limit}，得分照算"

    def asks(self) -> tuple[Ask, ...]:
        return (Ask("hit", self.name, "yes"),)

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        if given["hit"] not in YES:
            raise Unfit(f"“{self.name}”应选是或否")
        hit = given["hit"] == "1"
        return Weighed(
            State.SCORED, ZERO, (Step("否决事项：有" if hit else "否决事项：没有"),), vetoes=hit
        )


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A level with the money it promises."""

    name: Annotated[str, Label("级别")]
    yuan: Annotated[Decimal, Label("金额（元）")]


@dataclass(frozen=True, kw_only=True)
class Reward(Rule):
    """奖金: money that the scheme promises; it is told and never becomes points."""

    kind = "reward"
    title = "奖金"
    about = "奖金，不计分。"
    counts = False

    amounts: Annotated[tuple[Amount, ...], Label("各级奖金", "一行一级，例如 国家级 5000。")]
    by: Annotated[str, Label("奖励什么")] = ""

    @property
    def words(self) -> str:
        levels = "、".join(f"{one.name}：{said(one.yuan)} 元" for one in self.amounts)
        return f"{self.by or self.name}对应奖金（不计分）：{levels}"

    def asks(self) -> tuple[Ask, ...]:
        levels = tuple((one.name, f"{one.name}：{said(one.yuan)} 元") for one in self.amounts)
        return (Ask("level", self.by or self.name, "choice", choices=(("none", "没有"), *levels)),)

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        amounts = {one.name: one.yuan for one in self.amounts} | {"none": ZERO}
        if given["level"] not in amounts:
            raise Unfit(f"“{given['level']}”不在各级之内")
        yuan = amounts[given["level"]]
        text = f"奖金 {said(yuan)} 元，不计入得分" if yuan else "没有奖金"
        return Weighed(State.SCORED, ZERO, (Step(text),), reward=yuan)
