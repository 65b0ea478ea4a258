"""The rules of a transcript's line, turned into rules of the engine.

What is said in words only becomes a rule that people count or judge, and is listed among what a
person must decide; no number is guessed.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from assessments.engine.rules.base import Rule
from assessments.engine.rules.choices import Amount, Judged, Manual, Reward, Veto
from assessments.engine.rules.events import BestOf, Multiplied, PerEvent, Tier, Tiers
from assessments.engine.rules.measures import PARTIAL, RatioStep, Shortfall, Threshold
from assessments.filetext import (
    TranscriptProblem,
    list_in,
    mapping_in,
    points_in,
    share_in,
    text_in,
    whole_in,
    yuan_in,
)

OPS = {"plus", "minus", "veto", "manual", "ratio_step", "reward_cny"}
KEYS = {
    *("op", "pts", "judge", "per", "when", "note", "threshold", "tiers", "factor", "extra"),
    *("cap", "best_only", "target", "from", "step", "minimum", "minimum_per_quarter", "by"),
    *("metric", "base_ratio", "base_pts", "step_pts", "direction", "partial"),
}
DIRECTIONS = {"both", "plus_only", "minus_only"}
OPERATORS = {"lt", "lte", "gt", "gte"}
PRECEDING = re.compile(r"上([两二三四五])条")
NUMBERS = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5}
MANUAL_TIER = "manual"
PAIR = 2


@dataclass
class LineRules:
    """The rules of one line as they are read, with what there is to say about them."""

    title: str
    rules: list[Rule] = field(default_factory=list)
    to_decide: list[str] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)

    def read(self, rows: Any) -> "LineRules":
        for row in list_in(rows or [], f"{self.title}”的“rules（规则）"):
            self._add(mapping_in(row, "rules（规则）"))
        return self

    def _add(self, row: dict[str, Any]) -> None:
        self.beyond += sorted(row.keys() - KEYS)
        operation = row.get("op")
        if operation is None and "best_only" in row:
            self._best_of(row)
            return
        if operation not in OPS:
            self.beyond.append(f"rules.{operation}")
            return
        when = self._words(row, "when")
        common: dict[str, Any] = {
            "code": str(len(self.rules) + 1),
            "when": when,
            "note": self._words(row, "note"),
        }
        if row.get("cap") is not None:
            common["cap"] = points_in(row["cap"], f"“{self.title}”的上限")
        self.rules += self._made(operation, row, common)

    def _words(self, row: dict[str, Any], key: str) -> str:
        return text_in(row.get(key) or "", f"“{self.title}”的 {key}", 200, required=False)

    def _made(self, operation: str, row: dict[str, Any], common: dict[str, Any]) -> list[Rule]:
        if operation == "veto":
            return [Veto(**{**common, "when": common["when"] or self.title})]
        if operation == "reward_cny":
            return [self._reward(row, common)]
        if operation == "ratio_step":
            return [self._ratio(row, common)]
        if operation == "manual":
            self.to_decide.append(f"“{self._name(common)}”的分值由人决定")
            return [Manual(**common)]
        minus = operation == "minus"
        if "factor" in row:
            return [self._multiplied(row, common)]
        if "tiers" in row:
            return self._tiers(row, common, minus=minus)
        if "step" in row:
            return [self._by_steps(row, common, minus=minus)]
        return [self._points(row, common, minus=minus)]

    def _name(self, common: dict[str, Any]) -> str:
        return f"{self.title}：{common['when']}" if common["when"] else self.title

    # Points for each event, inside a range, short of a target, below a line.

    def _points(self, row: dict[str, Any], common: dict[str, Any], *, minus: bool) -> Rule:
        points, unit = row.get("pts"), self._words(row, "per")
        if points is None:
            self.to_decide.append(f"“{self._name(common)}”没有写分值，由人决定")
            return Manual(**common)
        if isinstance(points, list):
            return self._judged(points, unit, row, common, minus=minus)
        value = points_in(points, f"“{self.title}”的分值")
        if "target" in row:
            target = whole_in(row["target"], f"“{self.title}”的目标")
            return Shortfall(target=target, points=value, unit=unit or "次", **common)
        if "threshold" in row and not unit:
            return self._threshold(row["threshold"], value, common, minus=minus)
        if "threshold" in row:
            self.to_decide.append(f"“{self._name(common)}”有几{unit}，由人数出")
        for key in ("minimum", "minimum_per_quarter"):
            if key in row:
                least = whole_in(row[key], f"“{self.title}”的次数")
                span = "每季度" if key == "minimum_per_quarter" else ""
                self.to_decide.append(
                    f"“{self._name(common)}”要求{span}不少于 {least} {unit}，不足时怎样计分原文没有写"
                )
        on = str(len(self.rules)) if row.get("extra") == "true" and self.rules else ""
        return PerEvent(points=value, minus=minus, unit=unit, on=on, **common)

    def _judged(
        self,
        points: list[Any],
        unit: str,
        row: dict[str, Any],
        common: dict[str, Any],
        *,
        minus: bool,
    ) -> Rule:
        if len(points) != PAIR:
            raise TranscriptProblem(f"“{self.title}”的分值区间应写两个数。")
        low, high = (points_in(one, f"“{self.title}”的分值") for one in points)
        span = f"{points[0]} 至 {points[1]} 分"
        self.to_decide.append(f"“{self._name(common)}”在 {span}之间由评分人决定")
        return Judged(low=low, high=high, minus=minus, unit=unit, **common)

    def _threshold(self, told: Any, value: Any, common: dict[str, Any], *, minus: bool) -> Rule:
        threshold = mapping_in(told, "threshold（条件）")
        found = sorted(threshold.keys() & OPERATORS)
        if len(found) != 1 or threshold.keys() - OPERATORS - {"metric"}:
            raise TranscriptProblem(f"“{self.title}”的条件只能写一个 lt、lte、gt 或 gte。")
        limit = share_in(threshold[found[0]], f"“{self.title}”的条件")
        if limit > 1:
            self.to_decide.append(f"“{self._name(common)}”是否符合，由人核对")
            return PerEvent(points=value, minus=minus, **common)
        return Threshold(
            metric=self.title, operator=found[0], limit=limit, points=value, minus=minus, **common
        )

    # Levels, steps, rewards, and rules about rules.

    def _tiers(self, row: dict[str, Any], common: dict[str, Any], *, minus: bool) -> list[Rule]:
        told = mapping_in(row["tiers"], "tiers（分级）")
        tiers = tuple(
            Tier(name=name, points=points_in(points, f"“{self.title}”的“{name}”"))
            for name, points in told.items()
            if points != MANUAL_TIER
        )
        best = row.get("best_only")
        within = best if isinstance(best, str) and best not in {"true", "false"} else ""
        rules: list[Rule] = [
            Tiers(
                tiers=tiers,
                minus=minus,
                unit=self._words(row, "per"),
                best_only=best == "true",
                within=within,
                **common,
            )
        ]
        for name in (name for name, points in told.items() if points == MANUAL_TIER):
            self.to_decide.append(f"“{self.title}：{name}”的分值由人决定")
            rules.append(Manual(code=f"{common['code']}.{len(rules)}", when=name))
        return rules

    def _by_steps(self, row: dict[str, Any], common: dict[str, Any], *, minus: bool) -> Rule:
        return RatioStep(
            metric=self.title,
            base_share=share_in(row.get("from"), f"“{self.title}”的起点"),
            step=self._step(row),
            step_points=points_in(row.get("pts"), f"“{self.title}”的分值"),
            direction="minus_only" if minus else "plus_only",
            partial=self._partial(row, common),
            **common,
        )

    def _ratio(self, row: dict[str, Any], common: dict[str, Any]) -> Rule:
        direction = row.get("direction") or "both"
        if direction not in DIRECTIONS:
            raise TranscriptProblem(f"“{self.title}”的 direction 写的是“{direction}”，不认识。")
        return RatioStep(
            metric=self._words(row, "metric") or self.title,
            base_share=share_in(row.get("base_ratio"), f"“{self.title}”的起点"),
            base_points=points_in(row.get("base_pts"), f"“{self.title}”的起点分"),
            step=self._step(row),
            step_points=points_in(row.get("step_pts"), f"“{self.title}”的每步分值"),
            direction=direction,
            partial=self._partial(row, common),
            **common,
        )

    def _step(self, row: dict[str, Any]) -> Any:
        step = share_in(row.get("step"), f"“{self.title}”的步长")
        if not step:
            raise TranscriptProblem(f"“{self.title}”的步长不能是 0。")
        return step

    def _partial(self, row: dict[str, Any], common: dict[str, Any]) -> str:
        partial = row.get("partial")
        if partial is None:
            self.to_decide.append(f"“{self._name(common)}”不足一步怎样计，原文没有写，先按不计")
            return "trunc"
        if partial not in PARTIAL:
            raise TranscriptProblem(f"“{self.title}”的 partial 写的是“{partial}”，不认识。")
        return str(partial)

    def _reward(self, row: dict[str, Any], common: dict[str, Any]) -> Rule:
        told = mapping_in(row.get("tiers"), "tiers（分级）")
        amounts = tuple(
            Amount(name=name, yuan=yuan_in(yuan, f"“{self.title}”的奖金"))
            for name, yuan in told.items()
        )
        return Reward(amounts=amounts, by=self._words(row, "by"), **common)

    def _multiplied(self, row: dict[str, Any], common: dict[str, Any]) -> Rule:
        match = PRECEDING.search(common["when"])
        concerned = self.rules[-(NUMBERS[match[1]] if match else 1) :]
        among: list[tuple[str, str, str]] = []
        for rule in concerned:
            if isinstance(rule, PerEvent):
                among.append((rule.code, "", f"“{rule.name}”"))
            if isinstance(rule, Tiers):
                among += [(rule.code, tier.name, f"“{tier.name}”") for tier in rule.tiers]
        return Multiplied(
            factor=share_in(row["factor"], f"“{self.title}”的倍数"),
            of=tuple(rule.code for rule in concerned),
            among=tuple(among),
            **common,
        )

    def _best_of(self, row: dict[str, Any]) -> None:
        within = row["best_only"] if row["best_only"] != "true" else ""
        if within:
            self.to_decide.append(f"“{self.title}”{within}只取最高一项，由登记的人把关")
        code = str(len(self.rules) + 1)
        self.rules.append(
            BestOf(code=code, of=tuple(rule.code for rule in self.rules), within=within)
        )
