"""Where a scheme contradicts itself or leaves something open: told and explained, never repaired."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any, Self

from assessments.engine.document import BONUS, Band, Category, Document, Line
from assessments.engine.numbers import said
from assessments.engine.rules.base import ZERO, Rule
from assessments.engine.rules.choices import Judged, Options, Veto
from assessments.engine.rules.events import BestOf, Multiplied, Tiers
from assessments.engine.rules.measures import Frequency, RatioStep, Share, Steps, Threshold
from assessments.engine.rules.panels import Panel

HUNDRED = Decimal(100)
NAMED_AT_MOST = 3
DIGITS = str.maketrans("一二两三四五六七八九", "1223456789")
# Words that do not tell two sentences about one fact apart.
FILLING = re.compile(r"以上|连续|累计|党员|人员|[\s，。、（）()“”]")
LEAST_FACT = 4
DAYS = {"天": 1, "日": 1, "周": 7, "个月": 30, "月": 30, "年": 365}
AMOUNT = r"(\d+)\s*(天|日|周|个月|月|年)"
FROM_TO = re.compile(rf"{AMOUNT}(?:至|到|-|—){AMOUNT}")
AND_MORE = re.compile(rf"{AMOUNT}(?:及)?以上")


class Remark(str):
    """Something a person should look at; `about` are the places of the document it speaks of.

    A place is a line, a category, or the name of a list (bands, totals); none is the whole.
    """

    about: tuple[Any, ...]

    def __new__(cls, text: str, *about: Any) -> Self:
        made = super().__new__(cls, text)
        made.about = about
        return made

    __slots__ = ("about",)


def check(document: Document) -> list[Remark]:
    """Return what a person should look at, in plain Chinese."""
    found: list[Remark] = []
    for one in (_sums, _limits, _deductions, _rules, _tiers, _bands, _twice, _shares, _open):
        found += dict.fromkeys(one(document))
    return found


def _names(titles: Iterable[str]) -> str:
    listed = list(titles)
    shown = "、".join(f"“{title}”" for title in listed[:NAMED_AT_MOST])
    return f"{shown}等 {len(listed)} 处" if len(listed) > NAMED_AT_MOST else shown


def _lines_of(document: Document, category: Category) -> list[Line]:
    return [line for line in document.lines if line.category == category.code]


# Sums.


def _sums(document: Document) -> Iterator[Remark]:
    for category in document.categories:
        full = [line.full for line in _lines_of(document, category)]
        if category.max is None or not document.lines or None in full:
            continue
        total = category.base + sum((one for one in full if one is not None), ZERO)
        if total != category.max:
            cut = "" if category.complete else "（原文被截断，未补写）"
            yield Remark(
                f"类别“{category.name}”读到的满分合计 {said(total)} 分，"
                f"原文印的是 {said(category.max)} 分{cut}。",
                category,
            )
    printed = [one.max for one in document.categories if one.kind != BONUS]
    if document.complete and len(printed) > 1 and None not in printed:
        total = sum((one for one in printed if one is not None), ZERO)
        if total != HUNDRED:
            yield Remark(f"各类别满分合计 {said(total)} 分，不是 100 分，请核对。", "categories")
    yield from _weights(document)


def _weights(document: Document) -> Iterator[Remark]:
    weights = sum((side.weight for side in document.sides), ZERO)
    if document.sides and weights != 1:
        yield Remark(f"各评分方的权重合计是 {said(weights)}，不是 1。", "sides")
    for total in document.totals:
        known = {one.code for one in document.all_categories}
        for term in total.terms:
            if term.of not in known:
                yield Remark(f"“{total.name}”里的“{term.of}”没有在类别中列出，算不出来。", "totals")
        shares = [term.weight for term in total.terms if term.weight > 0]
        if any(weight != 1 for weight in shares) and sum(shares, ZERO) != 1:
            yield Remark(
                f"“{total.name}”各部分的权重合计是 {said(sum(shares, ZERO))}，不是 1。", "totals"
            )


def _limits(document: Document) -> Iterator[Remark]:
    for line in document.lines:
        best = [rule.best for rule in line.rules]
        if line.max is None or None in best or not line.rules:
            continue
        reach = line.base + sum((one for one in best if one is not None), ZERO)
        if reach < line.max:
            yield Remark(
                f"“{line.title}”满分是 {said(line.max)} 分，但最多只能评到 {said(reach)} 分。", line
            )
    for line in document.lines:
        for rule in line.rules:
            if rule.cap is not None and line.cap is not None and rule.cap > line.cap:
                yield Remark(
                    f"“{line.title}”有一条的上限 {said(rule.cap)} 分"
                    f"高于整项的上限 {said(line.cap)} 分。",
                    line,
                )


# Deductions.


def _deductions(document: Document) -> Iterator[Remark]:
    yield from _below(
        [(line, line.title, line.floor, line.rules) for line in document.lines if line.base]
    )
    yield from _below(
        [
            (
                one,
                one.name,
                one.floor,
                [r for line in _lines_of(document, one) for r in line.rules],
            )
            for one in document.categories
            if one.base
        ]
    )


def _below(
    parts: list[tuple[Line | Category, str, Decimal | None, Iterable[Rule]]],
) -> Iterator[Remark]:
    endless, more = {}, {}
    for part, title, floor, rules in parts:
        worst = [rule.worst for rule in rules]
        if floor is not None:
            continue
        if None in worst:
            endless[part] = title
        elif sum((one for one in worst if one is not None), ZERO) > part.base:
            more[part] = title
    if endless:
        yield Remark(
            f"{_names(endless.values())}扣分没有封顶，也没有写扣完为止，可能低于 0 分；按原文照算。",
            *endless,
        )
    if more:
        yield Remark(
            f"{_names(more.values())}各条扣分合计超过基础分，没有写扣完为止，可能低于 0 分；"
            "按原文照算。",
            *more,
        )


# Rules, one by one.


def _rules(document: Document) -> Iterator[Remark]:
    for line in document.lines:
        for rule in line.rules:
            yield from _rule(line, rule)
        codes = Counter(rule.code for rule in line.rules)
        if any(times > 1 for times in codes.values()):
            yield Remark(f"“{line.title}”有两条规则用了同一个编号，请改正。", line)
    for code, times in Counter(line.code for line in document.lines).items():
        if times > 1:
            yield Remark(f"项目编号“{code}”用了 {times} 次，请改正。", "lines")
    same: dict[tuple[str, str], list[Line]] = {}
    for line in document.lines:
        same.setdefault((line.category, line.title), []).append(line)
    for (_, title), lines in same.items():
        if len(lines) > 1:
            yield Remark(f"“{title}”出现 {len(lines)} 次，请核对是否重复计分。", *lines)
    yield from _thresholds(document)
    yield from _unknown(document)


def _unknown(document: Document) -> Iterator[Remark]:
    """Warn of 不了解 that pulls the mean down, the more so when it is chosen beforehand."""
    panels = [
        (line, rule) for line in document.lines for rule in line.rules if isinstance(rule, Panel)
    ]
    low: dict[str, list[Line]] = {}
    for line, rule in panels:
        if rule.unknown and rule.unknown_counts:
            worth = next((one.points for one in rule.grades if one.name == rule.unknown), ZERO)
            chosen = "，又是默认选中的" if rule.preselected == rule.unknown else ""
            what = f"“{rule.unknown}”按 {said(worth)} 分计入平均{chosen}，会拉低得分"
            low.setdefault(what, []).append(line)
    for what, lines in low.items():
        titles = _names(line.title for line in lines)
        yield Remark(f"{titles}：{what}；可以改为不计入平均。", *lines)


def _rule(line: Line, rule: Rule) -> Iterator[Remark]:
    if isinstance(rule, Options):
        points = [option.points for option in rule.options]
        if points != sorted(points, reverse=True):
            yield Remark(f"“{line.title}”的档次不是从高到低排列。", line)
        if len(set(points)) < len(points):
            yield Remark(f"“{line.title}”有分值相同的档次。", line)
    if isinstance(rule, Frequency) and _has_gap(rule):
        yield Remark(
            f"“{line.title}”在“{rule.rungs[-2].when}”与“{rule.rungs[-1].when}”之间没有写几分；"
            "遇到时不计分，请补一档。",
            line,
        )
    if isinstance(rule, Judged) and rule.high is not None and rule.low > rule.high:
        yield Remark(f"“{line.title}”的区间下限高于上限，评不出分。", line)
    if isinstance(rule, (Multiplied, BestOf)):
        codes = {one.code for one in line.rules}
        for code in rule.of:
            if code not in codes:
                yield Remark(f"“{line.title}”的“{rule.name}”指向的第 {code} 条不存在。", line)
    if rule.indicator and not (isinstance(rule, Frequency) or rule.is_measurable):
        yield Remark(
            f"“{line.title}”的“{rule.name}”不能由记录计算，请改由人填写；现在一直是“未评”。", line
        )
    if isinstance(rule, Multiplied) and not rule.among:
        yield Remark(f"“{line.title}”的“{rule.name}”没有可以按次加倍的条目，由人决定。", line)
    if isinstance(rule, Steps):
        spans = sorted(rule.spans, key=lambda one: (one.gte is not None, one.gte or ZERO))
        for low, high in pairwise(spans):
            yield from _joint(f"“{line.title}”的分段", low.lt, high.gte, line)


def _has_gap(rule: Frequency) -> bool:
    """Tell whether a ladder says nothing of what is too little for its last rung but not nothing."""
    before = rule.rungs[-2:-1]
    return bool(before) and before[0].per in {"month", "quarter", "half"}


def _joint(name: str, lt: Decimal | None, gte: Decimal | None, about: Any) -> Iterator[Remark]:
    """Compare where a lower interval ends with where the next begins."""
    if lt is None or gte is None or lt > gte:
        yield Remark(f"{name}有重叠：同一个数可以落在两段里，按排在前面的计。", about)
    elif lt < gte:
        yield Remark(f"{name}有空档：{said(lt)} 到 {said(gte)} 之间没有写。", about)


def _thresholds(document: Document) -> Iterator[Remark]:
    seen: dict[tuple[str, str, Decimal], dict[Decimal, Line]] = {}
    for line in document.lines:
        for rule in line.rules:
            if isinstance(rule, Threshold):
                key = (rule.metric or rule.name, rule.operator, rule.limit)
                seen.setdefault(key, {})[rule.value] = line
    for (metric, _, limit), values in seen.items():
        if len(values) > 1:
            yield Remark(
                f"“{metric}”同一条线 {said(limit * 100)}% 写了两种分值，请核对以哪个为准。",
                *dict.fromkeys(values.values()),
            )


# Tiers and bands.


def _tiers(document: Document) -> Iterator[Remark]:
    for line in document.lines:
        for rule in line.rules:
            if isinstance(rule, Tiers):
                yield from _spans(line, [tier.name for tier in rule.tiers])


def _spans(line: Line, names: list[str]) -> Iterator[Remark]:
    """Compare levels that are spans of time: 一周至一个月, 两个月以上."""
    spans: list[tuple[int, int | None, str]] = []
    for name in names:
        text = name.translate(DIGITS).replace("半年", "6个月")
        between, more = FROM_TO.search(text), AND_MORE.search(text)
        if between:
            ends = _days(*between.group(1, 2)), _days(*between.group(3, 4))
            spans.append((*ends, name))
        elif more:
            spans.append((_days(*more.groups()), None, name))
    ordered = sorted(spans, key=lambda span: span[0])
    for (_, high, lower), (low, _, upper) in pairwise(ordered):
        if high is not None and high < low:
            yield Remark(
                f"“{line.title}”的“{lower}”与“{upper}”之间有空档；遇到时由人决定，不自动归档。",
                line,
            )
        elif high is None or high > low:
            yield Remark(f"“{line.title}”的“{lower}”与“{upper}”有重叠，登记时请按原文归档。", line)


def _days(amount: str, unit: str) -> int:
    return int(amount) * DAYS[unit]


def _bands(document: Document) -> Iterator[Remark]:
    ordered = sorted(document.bands, key=lambda band: (band.gte is not None, band.gte or ZERO))
    for low, high in pairwise(ordered):
        yield from _joint(f"等次“{low.name}”与“{high.name}”", low.lt, high.gte, "bands")
    if ordered and ordered[0].gte is not None:
        yield Remark(f"低于 {said(ordered[0].gte)} 分的没有写等次。", "bands")
    yield from _printed(document.bands)
    names = {band.name for band in document.bands}
    for quota in document.quotas:
        if quota.band not in names:
            yield Remark(f"名额写的“{quota.band}”不在等次里。", "quotas")
        if not quota.tie_break:
            yield Remark(f"“{quota.band}”有名额限制，但没有写同分怎样取舍，由人决定。", "quotas")
    vetoes = [(li, one) for li in document.lines for one in li.rules if isinstance(one, Veto)]
    for line, rule in vetoes:
        if rule.at_most and rule.at_most not in names:
            yield Remark(f"否决项“{rule.name}”写的等次“{rule.at_most}”不在等次里。", line)
    unsaid = dict.fromkeys(line for line, rule in vetoes if not rule.at_most)
    if names and unsaid:
        yield Remark("有否决项没有写最高可评什么等次：触发时等次由人决定。", *unsaid)


def _printed(bands: tuple[Band, ...]) -> Iterator[Remark]:
    whole = [band for band in bands if band.printed]
    if whole:
        listed = "、".join(f"{band.name} {band.printed}" for band in whole)
        yield Remark(
            f"原文的等次印的是整数（{listed}），小数会落在空档里；按不低于下限、低于上限计。",
            "bands",
        )


# Facts, shares, ends.


def _fact(text: str) -> str:
    return FILLING.sub("", text.translate(DIGITS))


def _twice(document: Document) -> Iterator[Remark]:
    """Name facts that cost points and are a veto as well."""
    vetoes = [
        (line, _fact(rule.when or line.title))
        for line in document.lines
        for rule in line.rules
        if isinstance(rule, Veto)
    ]
    for line in document.lines:
        for rule in line.rules:
            fact = _fact(rule.when)
            if isinstance(rule, Veto) or len(fact) < LEAST_FACT or rule.worst == ZERO:
                continue
            for veto, vetoed in vetoes:
                if fact in vetoed or (len(vetoed) >= LEAST_FACT and vetoed in fact):
                    yield Remark(
                        f"可能是同一件事既扣分又否决：“{line.title}”的“{rule.when}”与“{veto.title}”；"
                        "两处都按原文计，请核对。",
                        line,
                        veto,
                    )


def _shares(document: Document) -> Iterator[Remark]:
    shares = [line for line in document.lines if any(isinstance(r, Share) for r in line.rules)]
    if shares:
        titles = _names(line.title for line in shares)
        yield Remark(f"{titles}按比例计分，总数可能是 0：那时按不适用，不计 0 分。", *shares)
    partial = [
        line
        for line in document.lines
        if any(isinstance(r, RatioStep) and r.partial == "trunc" for r in line.rules)
    ]
    if partial:
        titles = _names(line.title for line in partial)
        yield Remark(f"{titles}不足一步怎样计没有写明时，不足一步的不计。", *partial)


def _open(document: Document) -> Iterator[Remark]:
    limited = {
        one.code for one in document.categories if one.max is not None or one.cap is not None
    }
    limited |= {term.of for total in document.totals for term in total.terms if term.weight < 0}
    endless = [
        line for line in document.lines if line.full is None and line.category not in limited
    ]
    if endless:
        titles = _names(line.title for line in endless)
        yield Remark(f"{titles}没有写满分或上限，加分不封顶；按原文照算。", *endless)
