"""What many people say of the same thing: the mean of a panel, by words of a scale or by marks."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from assessments.engine.labels import Label
from assessments.engine.numbers import Unfit, count, number, quotient, said
from assessments.engine.rules.base import ZERO, Ask, Facts, Given, Rule, Weighed
from assessments.engine.rules.choices import SEVERAL
from assessments.engine.states import Step

VOTE = "vote"


@dataclass(frozen=True, kw_only=True)
class Grade:
    """A word of a scale with its points."""

    name: Annotated[str, Label("等级")]
    points: Annotated[Decimal, Label("分值")]


@dataclass(frozen=True, kw_only=True)
class Group:
    """评分人组: 上级领导, 班子成员, 党员代表; its mean counts with its weight, from so many forms on."""

    name: Annotated[str, Label("组名")]
    weight: Annotated[Decimal, Label("权重")] = Decimal(1)
    at_least: Annotated[int, Label("至少要几份")] = 1


@dataclass(frozen=True, kw_only=True)
class Rated(Rule):
    """多人评分: the mean over all forms of each group, without so many of the highest and lowest.

    Groups are weighed by their weights' share of the whole. A group without enough forms keeps the
    line open: the other groups do not stand in for it.
    """

    groups: Annotated[
        tuple[Group, ...], Label("分组和权重", "一行一组，例如 上级 0.6；不分组不写。")
    ] = ()
    trim: Annotated[int, Label("去掉最高、最低各几份")] = 0
    at_least: Annotated[int, Label("至少要几份", "分组的，每组另写。")] = 1
    full: Annotated[Decimal | None, Label("折算成满分几分", "没有不写。")] = None

    @property
    def highest(self) -> Decimal:
        """The best mark that one form can give."""
        raise NotImplementedError

    @property
    def best(self) -> Decimal | None:
        return self.highest if self.full is None else self.full

    @property
    def all_groups(self) -> tuple[Group, ...]:
        """The groups; one without a name when the rule has none."""
        return self.groups or (Group(name="", at_least=self.at_least),)

    def vote_ask(self) -> Ask:
        """What one rater is asked for."""
        raise NotImplementedError

    def value_of(self, vote: str) -> Decimal | None:
        """Return the mark of one form, None for 不了解; Unfit for what is none."""
        raise NotImplementedError

    def gathered(self, votes: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Return what `asks` asks for, from forms as (name of the group, what was chosen)."""
        raise NotImplementedError

    def forms_of(self, group: Group, given: Given) -> tuple[list[Decimal], list[Step]]:
        """Return the marks of a group that count, and what is to be told of those that do not."""
        raise NotImplementedError

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        means: list[tuple[Group, Fraction]] = []
        told: list[Step] = []
        for group in self.all_groups:
            forms, steps = self.forms_of(group, given)
            trimmed, more = self._trimmed(forms)
            name = f"{group.name}：" if group.name else ""
            told += [Step(f"{name}{step.text}") for step in (*steps, *more)]
            if len(trimmed) < max(group.at_least, 1):
                return Weighed.open(f"{name}{_too_few(len(trimmed), group.at_least)}，没有计分")
            total = sum(trimmed, ZERO)
            mean = Fraction(total) / len(trimmed)
            shown = _cut(mean)
            words = f"{name}{len(trimmed)} 份合计 {said(total)} 分，平均 {said(shown)} 分"
            told.append(Step(words, None, shown))
            means.append((group, mean))
        return self._weighed(means, told)

    def _trimmed(self, forms: list[Decimal]) -> tuple[list[Decimal], list[Step]]:
        if not self.trim or not forms:
            return forms, []
        if len(forms) <= 2 * self.trim:
            words = f"只有 {len(forms)} 份，不够去掉最高、最低各 {self.trim} 份，没有去掉"
            return forms, [Step(words)]
        step = Step(f"去掉最高、最低各 {self.trim} 份")
        return sorted(forms)[self.trim : -self.trim], [step]

    def _weighed(self, means: list[tuple[Group, Fraction]], told: list[Step]) -> Weighed:
        mean = means[0][1]
        if self.groups:
            whole = sum((group.weight for group, _ in means), ZERO)
            if not whole:
                return Weighed.without_base("各组的权重合计是 0，不能计分")
            total = sum((Fraction(group.weight) * part for group, part in means), Fraction(0))
            mean = total / Fraction(whole)
            parts = " ＋ ".join(
                f"{group.name} {said(_cut(part))} × {said(group.weight)}" for group, part in means
            )
            share = "" if whole == 1 else f"，÷ {said(whole)}"
            told.append(Step(f"{parts}{share}", None, _cut(mean)))
        if self.full is None or not self.highest:
            return self.scored(_cut(mean), *told)
        carried = _cut(mean * Fraction(self.full) / Fraction(self.highest))
        told.append(Step(f"÷ {said(self.highest)} × {said(self.full)}", _cut(mean), carried))
        return self.scored(carried, *told)

    def _words(self, opening: str) -> str:
        parts = [opening]
        if self.groups:
            named = "、".join(f"{one.name}占 {said(one.weight)}" for one in self.groups)
            parts.append(f"分组平均：{named}")
        if self.trim:
            parts.append(f"去掉最高、最低各 {self.trim} 份")
        return "；".join(parts)

    @property
    def _scaled(self) -> str:
        return "" if self.full is None else f"；折算为满分 {said(self.full)} 分"


def _cut(mean: Fraction) -> Decimal:
    """Cut a mean to the places of the engine; only what is told or given is cut, never a step between."""
    return quotient(mean.numerator, mean.denominator)


def _too_few(forms: int, at_least: int) -> str:
    if not forms:
        return "没有有效的测评"
    return f"只有 {forms} 份有效测评，至少要 {at_least} 份"


@dataclass(frozen=True, kw_only=True)
class Panel(Rated):
    """测评: everybody chooses a word of a scale.

    `unknown` is the word for 不了解: left out of the mean unless `unknown_counts`. With `full` the
    mean is carried over to that full mark (mean ÷ best grade × full).
    """

    kind = "panel"
    title = "多人测评取平均"
    about = "很多人测评，取平均。"

    grades: Annotated[tuple[Grade, ...], Label("测评的等级", "一行一级，例如 优秀 10。")]
    unknown: Annotated[str, Label("“不了解”是哪一级")] = ""
    unknown_counts: Annotated[bool, Label("“不了解”计入平均")] = False
    preselected: Annotated[str, Label("事先选中哪一级")] = ""

    @property
    def highest(self) -> Decimal:
        return max((grade.points for grade in self.grades), default=ZERO)

    @property
    def words(self) -> str:
        grades = "、".join(f"{one.name} {said(one.points)} 分" for one in self.grades)
        words = self._words(f"测评取平均：{grades}")
        if self.unknown and not self.unknown_counts:
            words += f"；“{self.unknown}”不计入平均"
        return words + self._scaled

    def asks(self) -> tuple[Ask, ...]:
        return tuple(
            Ask(_name(group, one.name), _label(group, f"“{one.name}”"), "count", "份")
            for group in self.all_groups
            for one in self.grades
        )

    def vote_ask(self) -> Ask:
        choices = tuple((one.name, one.name) for one in self.grades)
        return Ask(VOTE, self.name, "choice", choices=choices)

    def value_of(self, vote: str) -> Decimal | None:
        for grade in self.grades:
            if grade.name == vote:
                left_out = vote == self.unknown and not self.unknown_counts
                return None if left_out else grade.points
        raise Unfit(f"没有“{vote}”这一档")

    def gathered(self, votes: Iterable[tuple[str, str]]) -> dict[str, str]:
        tally = dict.fromkeys((ask.name for ask in self.asks()), 0)
        groups = {group.name: group for group in self.all_groups}
        for name, vote in votes:
            group = groups.get(name if self.groups else "")
            if group:
                tally[_name(group, vote)] += 1
        return {name: str(often) for name, often in tally.items()}

    def forms_of(self, group: Group, given: Given) -> tuple[list[Decimal], list[Step]]:
        forms: list[Decimal] = []
        told: list[Step] = []
        for grade in self.grades:
            often = count(given[_name(group, grade.name)], f"“{grade.name}”")
            if self.value_of(grade.name) is not None:
                forms += [grade.points] * often
            elif often:
                told.append(Step(f"“{grade.name}”{often} 份，不计入平均"))
        return forms, told


@dataclass(frozen=True, kw_only=True)
class Marks(Rated):
    """打分: everybody gives a number between `low` and `high`."""

    kind = "marks"
    title = "多人打分取平均"
    about = "很多人各打一个分数，取平均。"

    low: Annotated[Decimal, Label("最低几分")] = ZERO
    high: Annotated[Decimal, Label("最高几分")]

    @property
    def highest(self) -> Decimal:
        return self.high

    @property
    def words(self) -> str:
        opening = f"每人打 {said(self.low)} 至 {said(self.high)} 分，取平均"
        return self._words(opening) + self._scaled

    def asks(self) -> tuple[Ask, ...]:
        return tuple(
            Ask(
                _name(group, "marks"),
                _label(group, "各人打的分"),
                "marks",
                "人",
                self.low,
                self.high,
            )
            for group in self.all_groups
        )

    def vote_ask(self) -> Ask:
        return Ask(VOTE, self.name, "points", "", self.low, self.high)

    def value_of(self, vote: str) -> Decimal | None:
        mark = number(vote, "分数")
        if not self.low <= mark <= self.high:
            raise Unfit(f"{said(mark)} 分不在 {said(self.low)} 至 {said(self.high)} 分之内")
        return mark

    def gathered(self, votes: Iterable[tuple[str, str]]) -> dict[str, str]:
        told: dict[str, list[str]] = {group.name: [] for group in self.all_groups}
        for name, vote in votes:
            told.get(name if self.groups else "", []).append(vote)
        groups = {group.name: group for group in self.all_groups}
        return {
            _name(groups[name], "marks"): "、".join(sorted(marks)) for name, marks in told.items()
        }

    def forms_of(self, group: Group, given: Given) -> tuple[list[Decimal], list[Step]]:
        marks = [one for one in SEVERAL.split(given[_name(group, "marks")]) if one]
        values = [self.value_of(one) for one in marks]
        return [value for value in values if value is not None], []


def _name(group: Group, name: str) -> str:
    return f"{group.name}/{name}" if group.name else name


def _label(group: Group, label: str) -> str:
    return f"{group.name}：{label}" if group.name else label
