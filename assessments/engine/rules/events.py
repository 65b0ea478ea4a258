"""Rules that count events: so many points each, by level, on top, multiplied, or the best only."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from assessments.engine.labels import Label
from assessments.engine.numbers import Unfit, count, said, signed
from assessments.engine.rules.base import ZERO, Ask, Change, Facts, Given, Rule, Weighed
from assessments.engine.states import State, Step

ONCE = "once"


@dataclass(frozen=True, kw_only=True)
class PerEvent(Rule):
    """按次加扣分: points for each event, or once; `on` names the rule on top of which it counts."""

    kind = "per_event"
    title = "按次计分"
    about = "每发生一次加几分、扣几分，或者有没有。"

    points: Annotated[Decimal, Label("分值")]
    minus: Annotated[bool, Label("是扣分")] = False
    unit: Annotated[str, Label("计量单位", "每次都评就写 次、人次、项；只评一次不写。")] = ""
    on: Annotated[str, Label("在哪一条之上另计", "写那一条的编号；没有不写。")] = ""

    @property
    def value(self) -> Decimal:
        return -self.points if self.minus else self.points

    @property
    def most(self) -> Decimal | None:
        return self.cap if self.unit else self.points

    @property
    def best(self) -> Decimal | None:
        return ZERO if self.minus else self.most

    @property
    def worst(self) -> Decimal | None:
        return self.most if self.minus else ZERO

    @property
    def words(self) -> str:
        each = f"每{self.unit}" if self.unit else ""
        act = "扣" if self.minus else "加"
        top = "，在前一条之上另计" if self.on else ""
        cap = f"，最多 {said(self.cap)} 分" if self.cap is not None else ""
        return f"{self.opening}{each}{act} {said(self.points)} 分{top}{cap}"

    def asks(self) -> tuple[Ask, ...]:
        if self.unit:
            return (Ask("count", self.when or "数量", "count", self.unit),)
        return (Ask("count", self.when or "是否发生", "yes"),)

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        times = count(given["count"], self.name)
        if not self.unit and times > 1:
            raise Unfit(f"“{self.name}”只计一次，填的是 {times}")
        notes = self._more_than_base(times, facts)
        total = self.value * times
        shown = f"{times} {self.unit}" if self.unit else ("有" if times else "没有")
        text = f"{self.name}：{shown}" + (f" × {signed(self.value)}" if times else "")
        return self.scored(total, Step(text, None, total), *notes, each=(("", times, self.value),))

    def _more_than_base(self, times: int, facts: Facts) -> tuple[Step, ...]:
        base = facts.earlier.get(self.on)
        if base is None or base.state is not State.SCORED:
            return ()
        counted = sum(often for _, often, _ in base.each)
        if times <= counted:
            return ()
        return (Step(f"请核对：另计的 {times} 次多于前一条的 {counted} 次"),)

    def changes(self, facts: Facts) -> Iterator[Change]:
        if self.minus or facts.given is None:
            return
        times = int(facts.given["count"])
        if self.unit or not times:
            act = f"再有 1 {self.unit}“{self.name}”" if self.unit else f"做到“{self.name}”"
            yield Change(act, {"count": str(times + 1)})


@dataclass(frozen=True, kw_only=True)
class Tier:
    """A level with its points."""

    name: Annotated[str, Label("级别")]
    points: Annotated[Decimal, Label("分值")]


@dataclass(frozen=True, kw_only=True)
class Tiers(Rule):
    """分级计分: each event counts by its level; `best_only` keeps the highest alone.

    `within` says in words inside what only the highest counts (同一项目): whoever counts sees to it.
    """

    kind = "tiers"
    title = "分级计分"
    about = "按国家级、省级、市级这样的级别给分。"

    tiers: Annotated[tuple[Tier, ...], Label("各级分值", "一行一级，例如 国家级 10。")]
    minus: Annotated[bool, Label("是扣分")] = False
    unit: Annotated[str, Label("计量单位", "每次都评就写 次、人次、项；只评一次不写。")] = ""
    best_only: Annotated[bool, Label("只取最高一级")] = False
    within: Annotated[str, Label("在什么范围内只取最高", "例如 同一项目；没有不写。")] = ""

    @property
    def single(self) -> bool:
        """Tell whether one level is chosen rather than events counted in each."""
        return not self.unit and not self.within

    @property
    def most(self) -> Decimal | None:
        highest = max((tier.points for tier in self.tiers), default=ZERO)
        if self.single or self.best_only:
            return highest if self.cap is None else min(highest, self.cap)
        return self.cap

    @property
    def best(self) -> Decimal | None:
        return ZERO if self.minus else self.most

    @property
    def worst(self) -> Decimal | None:
        return self.most if self.minus else ZERO

    @property
    def words(self) -> str:
        act = "扣" if self.minus else "加"
        levels = "、".join(f"{tier.name} {said(tier.points)} 分" for tier in self.tiers)
        each = f"每{self.unit}" if self.unit else ""
        best = "，只取最高一级" if self.best_only else ""
        best = f"，{self.within}只取最高一级" if self.within else best
        cap = f"，最多 {said(self.cap)} 分" if self.cap is not None else ""
        return f"{self.opening}{each}{act}分按级别：{levels}{best}{cap}"

    def asks(self) -> tuple[Ask, ...]:
        if self.single:
            levels = tuple(
                (tier.name, f"{tier.name}：{said(tier.points)} 分") for tier in self.tiers
            )
            no = ("none", "没有")
            unmatched = ("other", "不在各级之内")
            return (Ask("tier", self.when or "级别", "choice", choices=(no, *levels, unmatched)),)
        unit = self.unit or "项"
        counted = tuple(
            Ask(tier.name, f"{self.opening}{tier.name}", "count", unit) for tier in self.tiers
        )
        return (*counted, Ask("other", f"{self.opening}不在各级之内", "count", unit))

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        counted = self._counted(given)
        outside = counted.pop("other", 0)
        if outside:
            return Weighed.open(
                f"{self.name}：有 {outside} {self.unit or '项'}不在各级之内，由人决定怎样计分"
            )
        value = {tier.name: -tier.points if self.minus else tier.points for tier in self.tiers}
        each = tuple((name, often, value[name]) for name, often in counted.items() if often)
        if not each:
            return self.scored(ZERO, Step(f"{self.name}：没有", None, ZERO))
        told = "、".join(f"{name} {often} 次 × {signed(points)}" for name, often, points in each)
        total = sum((often * points for _, often, points in each), ZERO)
        steps = [Step(f"{self.name}：{told}", None, total)]
        if self.best_only and (len(each) > 1 or each[0][1] > 1):
            highest = max((points for _, _, points in each), key=abs)
            steps.append(Step("只取最高一级", total, highest))
            total = highest
        return self.scored(total, *steps, each=each)

    def _counted(self, given: Given) -> dict[str, int]:
        names = [tier.name for tier in self.tiers]
        if not self.single:
            return {name: count(given[name], f"“{name}”") for name in [*names, "other"]}
        chosen = given["tier"]
        if chosen not in [*names, "none", "other"]:
            raise Unfit(f"“{chosen}”不在各级之内")
        return {} if chosen == "none" else {chosen: 1}

    def changes(self, facts: Facts) -> Iterator[Change]:
        if self.minus or facts.given is None:
            return
        for tier in sorted(self.tiers, key=lambda tier: tier.points):
            if self.single:
                yield Change(f"达到“{tier.name}”", {"tier": tier.name})
            else:
                more = str(int(facts.given[tier.name]) + 1)
                yield Change(
                    f"再有 1 {self.unit or '项'}“{tier.name}”", {**facts.given, tier.name: more}
                )


@dataclass(frozen=True, kw_only=True)
class Multiplied(Rule):
    """加倍、减半: of the events that the named rules counted, some count so many times as much.

    The events stay counted where they were; here is said how many of them are concerned.
    """

    kind = "multiplied"
    title = "加倍或减半"
    about = "别的规则计过的，其中有些加倍或减半。"

    factor: Annotated[Decimal, Label("乘以几", "加倍写 2，减半写 0.5。")]
    of: Annotated[tuple[str, ...], Label("针对哪几条", "一行一条的编号。")]
    # What may be concerned, as (rule, level, words); written out so that the form can ask.
    among: Annotated[
        tuple[tuple[str, str, str], ...],
        Label("可以加倍的事项", "一行一项：规则编号｜级别｜怎样称呼。"),
    ] = ()

    @property
    def best(self) -> Decimal | None:
        return None

    @property
    def worst(self) -> Decimal | None:
        return None

    @property
    def words(self) -> str:
        rules = "、".join(self.of)
        return f"{self.name}：第 {rules} 条的分值 × {said(self.factor)}"

    def asks(self) -> tuple[Ask, ...]:
        return tuple(
            Ask(f"{rule}/{level}", f"{self.name}，其中{words}", "count", "次")
            for rule, level, words in self.among
        )

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        total, told = ZERO, []
        for rule, level, words in self.among:
            often = count(given[f"{rule}/{level}"], f"“{words}”")
            if not often:
                continue
            counted, points = self._counted(rule, level, facts)
            if often > counted:
                raise Unfit(f"{self.name}：{words}填了 {often} 次，多于登记的 {counted} 次")
            total += often * points * (self.factor - 1)
            told.append(f"{words} {often} 次，每次 {signed(points)} 改按 {said(self.factor)} 倍")
        text = f"{self.name}：{'；'.join(told) or '没有'}"
        return self.scored(total, Step(text, None, total))

    @staticmethod
    def _counted(rule: str, level: str, facts: Facts) -> tuple[int, Decimal]:
        before = facts.earlier.get(rule)
        for name, often, points in before.each if before else ():
            if name == level:
                return often, points
        return 0, ZERO


@dataclass(frozen=True, kw_only=True)
class BestOf(Rule):
    """几条只取最高: of the rules named before it only the one with the most points counts.

    With `within` (同一项目) it holds inside each project, which whoever counts sees to.
    """

    kind = "best_of"
    title = "只取最高一项"
    about = "前面几条规则里只算得分最高的一条。"

    of: Annotated[tuple[str, ...], Label("针对哪几条", "一行一条的编号。")]
    within: Annotated[str, Label("在什么范围内只取最高", "例如 同一项目；没有不写。")] = ""

    @property
    def words(self) -> str:
        rules = "、".join(self.of)
        if self.within:
            return f"第 {rules} 条中，{self.within}只取最高一项，登记时只填最高的"
        return f"第 {rules} 条只取最高一项"

    def weigh(self, facts: Facts) -> Weighed:
        if self.within:
            return Weighed(
                State.SCORED, ZERO, (Step(f"{self.within}只取最高一项，由登记的人把关"),)
            )
        before = [facts.earlier[code] for code in self.of if code in facts.earlier]
        if any(one.state is not State.SCORED for one in before):
            return Weighed.open("前面几条还没有评完，不能比较")
        points = [one.points for one in before if one.points is not None]
        total = sum(points, ZERO)
        best = max(points, key=abs, default=ZERO)
        if best == total:
            return Weighed(State.SCORED, ZERO)
        return Weighed(State.SCORED, best - total, (Step("几条只取最高一项", total, best),))
