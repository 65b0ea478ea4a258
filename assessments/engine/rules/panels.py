"""The mean of a panel: many people choose a word of a scale."""

from dataclasses import dataclass
from decimal import Decimal

from assessments.engine.numbers import count, quotient, said
from assessments.engine.rules.base import ZERO, Ask, Facts, Given, Rule, Weighed
from assessments.engine.states import Step


@dataclass(frozen=True, kw_only=True)
class Grade:
    """A word of a scale with its points."""

    name: str
    points: Decimal


@dataclass(frozen=True, kw_only=True)
class Panel(Rule):
    """测评: the mean over all forms, without so many of the highest and of the lowest.

    `unknown` is the word for 不了解: left out of the mean unless `unknown_counts`. With `full` the
    mean is carried over to that full mark (mean ÷ best grade × full).
    """

    kind = "panel"
    title = "多人测评取平均"

    grades: tuple[Grade, ...]
    unknown: str = ""
    unknown_counts: bool = False
    preselected: str = ""
    trim: int = 0
    at_least: int = 1
    full: Decimal | None = None

    @property
    def highest(self) -> Decimal:
        return max((grade.points for grade in self.grades), default=ZERO)

    @property
    def best(self) -> Decimal | None:
        return self.highest if self.full is None else self.full

    @property
    def words(self) -> str:
        grades = "、".join(f"{one.name} {said(one.points)} 分" for one in self.grades)
        parts = [f"测评取平均：{grades}"]
        if self.trim:
            parts.append(f"去掉最高、最低各 {self.trim} 份")
        if self.unknown and not self.unknown_counts:
            parts.append(f"“{self.unknown}”不计入平均")
        if self.full is not None:
            parts.append(f"折算为满分 {said(self.full)} 分")
        return "；".join(parts)

    def asks(self) -> tuple[Ask, ...]:
        return tuple(Ask(one.name, f"“{one.name}”", "count", "份") for one in self.grades)

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        counted = {one: count(given[one.name], f"“{one.name}”") for one in self.grades}
        left_out = 0
        for one in self.grades:
            if one.name == self.unknown and not self.unknown_counts:
                left_out = counted.pop(one)
        forms = sorted(one.points for one, often in counted.items() for _ in range(often))
        told = [Step(f"“{self.unknown}”{left_out} 份，不计入平均")] if left_out else []
        if self.trim and len(forms) > 2 * self.trim:
            forms = forms[self.trim : -self.trim]
            told.append(Step(f"去掉最高、最低各 {self.trim} 份"))
        elif self.trim and forms:
            told.append(
                Step(f"只有 {len(forms)} 份，不够去掉最高、最低各 {self.trim} 份，没有去掉")
            )
        if len(forms) < max(self.at_least, 1):
            what = (
                f"只有 {len(forms)} 份有效测评，至少要 {self.at_least} 份"
                if forms
                else "没有有效的测评"
            )
            return Weighed.open(f"{what}，没有计分")
        return self._mean(forms, told)

    def _mean(self, forms: list[Decimal], told: list[Step]) -> Weighed:
        total = sum(forms, ZERO)
        mean = quotient(total, len(forms))
        told.append(Step(f"{len(forms)} 份合计 {said(total)} 分，平均 {said(mean)} 分", None, mean))
        if self.full is None or not self.highest:
            return self.scored(mean, *told)
        carried = quotient(total * self.full, len(forms) * self.highest)
        told.append(Step(f"÷ {said(self.highest)} × {said(self.full)}", mean, carried))
        return self.scored(carried, *told)
