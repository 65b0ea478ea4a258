"""Rules that measure: how often in a period, how large a share, how far from a target."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Annotated

from assessments.engine.labels import Label
from assessments.engine.ladders import Reading, Record, Rung, explain, lifts_with_records, read
from assessments.engine.numbers import Unfit, count, number, percent, quotient, said, signed
from assessments.engine.rules.base import ZERO, Ask, Change, Facts, Given, Rule, Weighed
from assessments.engine.states import Step

# Whether a part of a step counts: never, as the nearer whole, or for its share.
PARTIAL = {"trunc": ROUND_DOWN, "floor": ROUND_FLOOR, "round": ROUND_HALF_UP, "pro_rata": None}
OPERATORS = {"lt": "低于", "lte": "不高于", "gt": "高于", "gte": "不低于"}
PARTIAL_IN_WORDS = {
    "trunc": "不足一步不计",
    "floor": "往少里计一步",
    "round": "过半按一步计",
    "pro_rata": "按比例计",
}
DIRECTIONS = {"both": "有增有减", "plus_only": "只加不减", "minus_only": "只减不加"}
SHARE_ASKS = ("part", "whole")


@lru_cache(maxsize=4096)
def _read(rungs: tuple[Rung, ...], record: Record) -> tuple[Reading, str]:
    reading = read(rungs, record)
    return reading, explain(rungs, record, reading)


@dataclass(frozen=True, kw_only=True)
class Frequency(Rule):
    """频次阶梯: the best rung that the recorded months reach; the last rung is 没有."""

    kind = "frequency"
    title = "按频次计分"
    about = "看记录里每月、每季度有没有做到，自动算。"

    rungs: Annotated[
        tuple[Rung, ...],
        Label(
            "各档频次",
            "一行一档，从高到低：得分｜档次｜多长时间｜几次，例如 5｜每季 1 次｜每季度；多长时间写 每月、每季度、每半年、全年、偶尔、没有。",
        ),
    ]

    @property
    def best(self) -> Decimal | None:
        return max((rung.points for rung in self.rungs), default=ZERO)

    @property
    def words(self) -> str:
        return "；".join(f"{rung.when}得 {said(rung.points)} 分" for rung in self.rungs)

    def weigh(self, facts: Facts) -> Weighed:
        if facts.record is None:
            return Weighed.open("没有读到记录，还不能计分")
        reading, why = _read(self.rungs, facts.record)
        step = Step(why, None, reading.points)
        return Weighed(reading.state, reading.points, (step,), reading=reading, record=facts.record)

    def changes(self, facts: Facts) -> Iterator[Change]:
        if facts.record is None:
            return
        reading, _ = _read(self.rungs, facts.record)
        for act, record in lifts_with_records(self.rungs, facts.record, reading):
            yield Change(act, record=record)


@dataclass(frozen=True, kw_only=True)
class Share(Rule):
    """比例: what rules about a share have in common: a part, a whole, and no share of nothing."""

    metric: Annotated[str, Label("什么的比例", "写成 到会人数 ÷ 应到人数。")] = ""

    def asks(self) -> tuple[Ask, ...]:
        part, _, whole = self.metric.partition("÷")
        if not whole:
            part, whole = (
                f"{self.metric or self.name}：达到的数",
                f"{self.metric or self.name}：总数",
            )
        return (
            Ask("part", part.strip(), "count"),
            Ask("whole", whole.strip(), "count"),
        )

    def share(self, given: Given) -> tuple[int, int]:
        part, whole = (count(given[name], "人数") for name in SHARE_ASKS)
        if whole and part > whole:
            raise Unfit(f"{self.name}：{part} 多于总数 {whole}")
        return part, whole

    def none_of(self) -> Weighed:
        return Weighed.without_base(f"{self.name}：总数是 0，没有比例可算，不适用")


@dataclass(frozen=True, kw_only=True)
class RatioStep(Share):
    """比例步进: base points at a base share, and so many more or fewer for each step away from it."""

    kind = "ratio_step"
    title = "按比例分步计分"
    about = "比例每高一步、低一步加减几分。"

    base_share: Annotated[Decimal, Label("基准比例", "写 0.9 或 90%。")]
    step: Annotated[Decimal, Label("每一步多少", "写 0.01 或 1%。")]
    step_points: Annotated[Decimal, Label("每一步几分")]
    base_points: Annotated[Decimal, Label("基准得分")] = ZERO
    partial: Annotated[str, Label("不足一步怎样计", choices=PARTIAL_IN_WORDS)] = "trunc"
    direction: Annotated[str, Label("往哪边计", choices=DIRECTIONS)] = "both"

    @property
    def best(self) -> Decimal | None:
        if self.direction == "minus_only":
            return self.base_points
        return self.base_points + self._steps(1, 1) * self.step_points

    @property
    def worst(self) -> Decimal | None:
        if self.direction == "plus_only":
            return ZERO
        return max(ZERO, -(self.base_points + self._steps(0, 1) * self.step_points))

    @property
    def words(self) -> str:
        each = {"both": "每增减", "plus_only": "每增加", "minus_only": "每下降"}[self.direction]
        act = {"both": "加减", "plus_only": "加", "minus_only": "扣"}[self.direction]
        return (
            f"{self.metric or self.name}达 {percent(self.base_share)} 得 {said(self.base_points)} 分，"
            f"{each} {percent(self.step)}{act} {said(self.step_points)} 分"
        )

    def _steps(self, part: int, whole: int) -> Decimal:
        # Exact: no quotient is cut before it is known how many whole steps it holds.
        away = Decimal(part) - self.base_share * whole
        size = self.step * whole
        mode = PARTIAL[self.partial]
        steps = quotient(away, size) if mode is None else self._whole(away, size, mode)
        if self.direction == "plus_only":
            return max(steps, ZERO)
        return min(steps, ZERO) if self.direction == "minus_only" else steps

    @staticmethod
    def _whole(away: Decimal, size: Decimal, mode: str) -> Decimal:
        whole = away // size
        rest = away - whole * size
        if mode == ROUND_DOWN or not rest:
            return whole
        if mode == ROUND_FLOOR:
            return whole - (1 if rest < 0 else 0)
        further = Decimal(1) if away > 0 else Decimal(-1)
        return whole + (further if abs(rest) * 2 >= size else 0)

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        part, whole = self.share(given)
        if not whole:
            return self.none_of()
        steps = self._steps(part, whole)
        total = self.base_points + steps * self.step_points
        share = Step(f"{part} ÷ {whole} = {percent(quotient(part, whole))}")
        if not steps:
            text = f"与 {percent(self.base_share)} 相差不到一步，得 {said(self.base_points)} 分"
            return self.scored(total, share, Step(text, None, total))
        side = "高于" if steps > 0 else "低于"
        text = (
            f"{side} {percent(self.base_share)} {said(abs(steps))} 步，"
            f"{signed(steps * self.step_points)} 分"
        )
        return self.scored(total, share, Step(text, self.base_points, total))

    def changes(self, facts: Facts) -> Iterator[Change]:
        if facts.given is None:
            return
        part, whole = self.share(facts.given)
        now = self._steps(part, whole) if whole else ZERO
        for more in range(part + 1, whole + 1):
            if self._steps(more, whole) > now:
                yield Change(f"{self.name}再增加 {more - part}", {**facts.given, "part": str(more)})
                return


@dataclass(frozen=True, kw_only=True)
class Threshold(Share):
    """达标线: points when a share lies on one side of a line, none when it does not."""

    kind = "threshold"
    title = "按达标线计分"
    about = "比例达到或没有达到一条线就加、扣几分。"

    operator: Annotated[str, Label("怎样比", choices=OPERATORS)]
    limit: Annotated[Decimal, Label("达标线", "写 0.9 或 90%。")]
    points: Annotated[Decimal, Label("分值")]
    minus: Annotated[bool, Label("是扣分")] = False

    @property
    def value(self) -> Decimal:
        return -self.points if self.minus else self.points

    @property
    def best(self) -> Decimal | None:
        return ZERO if self.minus else self.points

    @property
    def worst(self) -> Decimal | None:
        return self.points if self.minus else ZERO

    @property
    def words(self) -> str:
        act = "扣" if self.minus else "加"
        line = f"{OPERATORS[self.operator]} {percent(self.limit)}"
        return f"{self.metric or self.name}{line}，{act} {said(self.points)} 分"

    def hit(self, part: int, whole: int) -> bool:
        line = self.limit * whole
        return {
            "lt": part < line,
            "lte": part <= line,
            "gt": part > line,
            "gte": part >= line,
        }[self.operator]

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        part, whole = self.share(given)
        if not whole:
            return self.none_of()
        hit = self.hit(part, whole)
        total = self.value if hit else ZERO
        share = percent(quotient(part, whole))
        word = "" if hit else "没有"
        line = f"{word}{OPERATORS[self.operator]} {percent(self.limit)}"
        result = f"{signed(total)} 分" if hit else "不计"
        return self.scored(
            total, Step(f"{part} ÷ {whole} = {share}，{line}，{result}", None, total)
        )

    def changes(self, facts: Facts) -> Iterator[Change]:
        if facts.given is None:
            return
        part, whole = self.share(facts.given)
        now = whole and self.hit(part, whole)
        rounding = ROUND_CEILING if self.operator in {"lt", "gte"} else ROUND_FLOOR
        other = int((self.limit * whole).to_integral_value(rounding))
        other += 1 if self.operator in {"lte", "gt"} else 0
        if part < other <= whole and bool(now) is self.minus:
            yield Change(f"{self.name}再增加 {other - part}", {**facts.given, "part": str(other)})


@dataclass(frozen=True, kw_only=True)
class Shortfall(Rule):
    """欠数: a target, and points taken away for each unit that is lacking (每少 1 次)."""

    kind = "shortfall"
    title = "每少一次扣分"
    about = "应有几次，每少一次扣几分。"

    target: Annotated[int, Label("应有多少")]
    points: Annotated[Decimal, Label("分值", "每少 1 次扣几分。")]
    unit: Annotated[str, Label("计量单位")] = "次"

    @property
    def worst(self) -> Decimal | None:
        most = self.points * self.target
        return most if self.cap is None else min(most, self.cap)

    @property
    def words(self) -> str:
        cap = f"，最多 {said(self.cap)} 分" if self.cap is not None else ""
        name = f"{self.when}：" if self.when else ""
        return f"{name}应有 {self.target} {self.unit}，每少 1 {self.unit}扣 {said(self.points)} 分{cap}"

    def asks(self) -> tuple[Ask, ...]:
        return (Ask("done", f"{self.opening}实际做了几{self.unit}", "count", self.unit),)

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        done = count(given["done"], self.name)
        short = max(self.target - done, 0)
        total = -self.points * short
        text = f"应有 {self.target} {self.unit}，实际 {done} {self.unit}"
        text += f"，少 {short} {self.unit}" if short else "，已达到"
        return self.scored(total, Step(text, None, total))

    def changes(self, facts: Facts) -> Iterator[Change]:
        if facts.given is None:
            return
        done = int(facts.given["done"])
        if done < self.target:
            yield Change(f"再做 1 {self.unit}", {"done": str(done + 1)})


@dataclass(frozen=True, kw_only=True)
class Span:
    """A half-open span of values with its points: `gte` included, `lt` excluded."""

    points: Annotated[Decimal, Label("得分")]
    gte: Annotated[Decimal | None, Label("不低于")] = None
    lt: Annotated[Decimal | None, Label("低于")] = None


@dataclass(frozen=True, kw_only=True)
class Steps(Rule):
    """分值换算: a number that people read off a system, cut into bands with points each."""

    kind = "steps"
    title = "按数值分段计分"
    about = "一个数落在哪一段就得几分。"

    spans: Annotated[
        tuple[Span, ...],
        Label("各段得分", "一行一段：得分｜不低于｜低于，例如 8｜90｜95；没有下限、上限的空着。"),
    ]

    @property
    def best(self) -> Decimal | None:
        return max((span.points for span in self.spans), default=ZERO)

    @property
    def words(self) -> str:
        return "；".join(f"{_span(one)}得 {said(one.points)} 分" for one in self.spans)

    def asks(self) -> tuple[Ask, ...]:
        return (Ask("value", self.name, "number"),)

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        value = number(given["value"], self.name)
        for one in self.spans:
            if (one.gte is None or value >= one.gte) and (one.lt is None or value < one.lt):
                return self.scored(
                    one.points, Step(f"{said(value)}，{_span(one)}", None, one.points)
                )
        raise Unfit(f"{self.name}：{said(value)} 不在任何一段之内")


def _span(stretch: Span) -> str:
    low = "" if stretch.gte is None else f"不低于 {said(stretch.gte)}"
    high = "" if stretch.lt is None else f"低于 {said(stretch.lt)}"
    return "且".join(filter(None, (low, high))) or "任何数值"
