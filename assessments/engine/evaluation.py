"""From a document and what is known of one subject to a result in which every number is explained.

Lines are summed in categories, categories weighed into totals, a total lies in a band. What is not
scored yet, not due yet, or does not apply has no points and is never zero; a total with something
open is 未完成. Evaluating again, in any order of lines, gives the same numbers and fingerprint.
"""

from collections.abc import Mapping
from decimal import Decimal

from assessments.engine.document import (
    BONUS,
    VETO,
    Adjusting,
    Band,
    Category,
    Document,
    Line,
    Side,
    Total,
)
from assessments.engine.numbers import rounded, said, signed
from assessments.engine.results import (
    CLASS,
    EXCLUDED,
    Adjusted,
    BandResult,
    CategoryResult,
    Inputs,
    LineResult,
    Result,
    RuleResult,
    SideResult,
    TotalResult,
)
from assessments.engine.rules.base import ZERO, Facts, Weighed
from assessments.engine.states import State, Step, together

ONE_STEP = 1
Known = Mapping[tuple[str, str], LineResult]


def evaluate(document: Document, inputs: Inputs, known: Known | None = None) -> Result:
    """Compute one subject; lines whose result is `known`, by side and line, are not computed again."""
    excluded = inputs.about_subject(EXCLUDED)
    if excluded:
        why = Step(f"不参加考核：{excluded}")
        totals = tuple(
            TotalResult(total, State.NOT_APPLICABLE, None, None, (why,))
            for total in document.all_totals
        )
        return Result(document, (), totals, BandResult(None, why.text), excluded)
    sides = tuple(_side(document, side, inputs, known or {}) for side in document.all_sides)
    totals = tuple(
        _total(document, total, sides, inputs.adjustments) for total in document.all_totals
    )
    return Result(document, sides, totals, _band(document, totals, sides, inputs))


# Lines and categories.


def _side(document: Document, side: Side, inputs: Inputs, known: Known) -> SideResult:
    lines: dict[str, list[LineResult]] = {}
    for line in document.lines:
        result = known.get((side.code, line.code)) or _line(document, line, side, inputs)
        lines.setdefault(line.category, []).append(result)
    categories = tuple(
        _category(document, category, tuple(lines.get(category.code, ())))
        for category in document.all_categories
    )
    return SideResult(side, categories)


def _line(document: Document, line: Line, side: Side, inputs: Inputs) -> LineResult:
    if line.classes:
        chosen = inputs.about_subject(CLASS)
        if not chosen:
            return _closed(line, State.UNSCORED, "还没有确定属于哪一类，不能计分")
        if chosen not in line.classes:
            return _closed(line, State.NOT_APPLICABLE, f"{chosen} 类不计这一项")
    if not document.is_scored(side, line):
        return _closed(line, State.NOT_APPLICABLE, f"{side.name}不评这一项")
    given = inputs.given.get((side.code, line.code))
    rules: list[RuleResult] = []
    earlier: dict[str, Weighed] = {}
    for rule in line.rules:
        said_of = None if given is None else given.get(rule.code, {})
        facts = Facts(said_of, inputs.records.get(rule.indicator), earlier)
        earlier[rule.code] = outcome = rule.weigh(facts)
        rules.append(RuleResult(rule, outcome))
    state = together([one.outcome.state for one in rules]) if rules else State.UNSCORED
    if state is not State.SCORED:
        return LineResult(line, state, None, tuple(rules))
    points, steps = _summed(line, rules)
    points = _rounded(document, "line", points, steps)
    return LineResult(line, state, points, tuple(rules), tuple(steps))


def _closed(line: Line, state: State, why: str) -> LineResult:
    return LineResult(line, state, None, (), (Step(why),))


def _summed(line: Line, rules: list[RuleResult]) -> tuple[Decimal, list[Step]]:
    effects = [one.outcome.points for one in rules if one.outcome.points]
    points = sum(effects, line.base)
    steps: list[Step] = []
    if line.base or len(effects) > ONE_STEP:
        start = [said(line.base)] if line.base else []
        told = " ".join([*start, *(signed(effect) for effect in effects)])
        steps.append(Step(f"合计 {told}", None, points))
    return _limited(points, line.floor, line.cap, line.max, steps), steps


def _limited(
    points: Decimal,
    floor: Decimal | None,
    cap: Decimal | None,
    full: Decimal | None,
    steps: list[Step],
) -> Decimal:
    """Hold a number inside its cap, full mark and floor; every cut is a step."""
    for limit, words in ((cap, "封顶"), (full, "满分")):
        if limit is not None and points > limit:
            steps.append(Step(f"{words} {said(limit)} 分", points, limit))
            points = limit
    if floor is not None and points < floor:
        steps.append(Step(f"最低 {said(floor)} 分", points, floor))
        points = floor
    return points


def _rounded(document: Document, what: str, points: Decimal, steps: list[Step]) -> Decimal:
    rounding = document.rounding
    if what not in rounding.at:
        return points
    after = rounded(points, rounding.places, rounding.mode)
    if after != points:
        steps.append(Step(f"保留 {rounding.places} 位小数", points, after))
    return after


def _category(
    document: Document, category: Category, lines: tuple[LineResult, ...]
) -> CategoryResult:
    counted = [line for line in lines if line.line.counts]
    state = together([line.state for line in counted])
    scored = [line.points for line in counted if line.points is not None]
    points = sum(scored, category.base)
    steps = [Step(f"基础分 {said(category.base)} 分，各项合计", category.base, points)]
    if not category.base:
        steps = [Step("各项合计", None, points)]
    points = _limited(points, category.floor, category.cap, category.max, steps)
    points = _rounded(document, "category", points, steps)
    return CategoryResult(category, state, points, lines, tuple(steps))


# Totals.


def _total(
    document: Document,
    total: Total,
    sides: tuple[SideResult, ...],
    adjustments: tuple[Adjusted, ...],
) -> TotalResult:
    parts = [_of_side(document, total, side) for side in sides]
    state = together([state for state, _, _ in parts])
    steps = [step for _, _, told in parts for step in told]
    points = sum(
        (side.side.weight * part for side, (_, part, _) in zip(sides, parts, strict=True)), ZERO
    )
    if document.sides:
        told = " ＋ ".join(
            f"{side.side.name} {said(part)} × {said(side.side.weight)}"
            for side, (_, part, _) in zip(sides, parts, strict=True)
        )
        steps.append(Step(told, None, points))
    points = _adjusted(document, total, points, adjustments, steps)
    points = _limited(points, total.floor, total.cap, None, steps)
    points = _rounded(document, "total", points, steps)
    if not document.lines:
        return TotalResult(
            total, State.UNSCORED, None, None, (Step("方案里没有考核项目，不能计分"),)
        )
    if state is State.SCORED:
        return TotalResult(total, state, points, points, tuple(steps))
    return TotalResult(
        total, state, None, None if _misleads(document, total) else points, tuple(steps)
    )


def _adjusted(
    document: Document,
    total: Total,
    points: Decimal,
    adjustments: tuple[Adjusted, ...],
    steps: list[Step],
) -> Decimal:
    """Add what was approved beside the lines; a total without 加分 goes without it as well."""
    if not document.adjusting.allowed or not adjustments or BONUS in total.without:
        return points
    whole = sum((one.points for one in adjustments), ZERO)
    told: list[Step] = []
    held = _held(whole, document.adjusting, told)
    steps += [Step(f"加减分 {signed(one.points)}：{one.reason}") for one in adjustments]
    steps += told
    steps.append(Step(f"加减分合计 {signed(held)}", points, points + held))
    return points + held


def _held(whole: Decimal, limits: Adjusting, steps: list[Step]) -> Decimal:
    held = whole
    if limits.high is not None:
        held = min(held, limits.high)
    if limits.low is not None:
        held = max(held, limits.low)
    if held != whole:
        words = "最多加" if whole > held else "最多减"
        steps.append(Step(f"加减分{words} {said(abs(held))} 分", whole, held))
    return held


def _misleads(document: Document, total: Total) -> bool:
    """Tell whether a part of a total says nothing: a share of a mark, or a base before deductions."""
    if document.sides or total.start or any(one.base for one in document.categories):
        return True
    return any(abs(term.weight) != 1 for term in total.terms)


def _of_side(
    document: Document, total: Total, side: SideResult
) -> tuple[State, Decimal, list[Step]]:
    found = {one.category.code: one for one in side.categories}
    weighed = {term.of: term.weight for term in total.terms}
    if not weighed:
        kinds = {*total.without, VETO}
        weighed = {
            code: Decimal(1) for code, one in found.items() if one.category.kind not in kinds
        }
    parts = [(found[code], weight) for code, weight in weighed.items() if code in found]
    states = [one.state for one, _ in parts if one.lines]
    if any(code not in found for code in weighed):
        states.append(State.UNSCORED)
    counted = [(one, weight) for one, weight in parts if one.state is not State.NOT_APPLICABLE]
    points = sum((one.so_far * weight for one, weight in counted), total.start)
    start = [said(total.start)] if total.start else []
    told = " ".join([*start, *(_term(one, weight) for one, weight in counted)])
    told = told.removeprefix("＋ ")
    name = f"{side.side.name}：" if side.side.name else ""
    return together(states), points, [Step(f"{name}{total.name} = {told or '0'}", None, points)]


def _term(one: CategoryResult, weight: Decimal) -> str:
    sign = "−" if weight < 0 else "＋"
    times = "" if abs(weight) == 1 else f" × {said(abs(weight))}"
    name = one.category.name or "各项"
    points = said(one.so_far)
    return f"{sign} {name} {f'({points})' if one.so_far < 0 else points}{times}"


# Bands.


def condition_key(band: Band, at: int) -> str:
    """Return the name under which the answer to a condition of a band is kept."""
    return f"{band.name}/{at}"


def _band(
    document: Document,
    totals: tuple[TotalResult, ...],
    sides: tuple[SideResult, ...],
    inputs: Inputs,
) -> BandResult:
    if not document.bands:
        return BandResult(None)
    by_code = {one.total.code: one for one in totals}
    total = by_code.get(document.band_total, totals[0])
    if total.points is None:
        return BandResult(None, "还没有评完，不定等次")
    vetoed, open_vetoes, limits = _vetoes(sides)
    if open_vetoes:
        return BandResult(None, f"还有 {open_vetoes} 项否决事项没有核对，不定等次")
    if vetoed and not all(limits):
        return BandResult(None, f"一票否决（{vetoed}）：得分照算，等次由人决定")
    result = _by_points(document, total.points, sides, inputs)
    if vetoed and result.band:
        return _capped(document, result.band, vetoed, limits)
    return result


def _vetoes(sides: tuple[SideResult, ...]) -> tuple[str, int, list[str]]:
    hit, open_vetoes, limits = [], 0, []
    for one in (one for side in sides for line in side.lines for one in line.rules):
        if one.rule.kind != "veto":
            continue
        open_vetoes += one.outcome.state is State.UNSCORED
        if one.outcome.vetoes:
            hit.append(one.rule.name)
            limits.append(getattr(one.rule, "at_most", ""))
    return "、".join(sorted(hit)), open_vetoes, limits


def _by_points(
    document: Document, points: Decimal, sides: tuple[SideResult, ...], inputs: Inputs
) -> BandResult:
    """Return the band of the points; a band whose condition fails hands on to the next below."""
    told: list[str] = []
    reached = False
    for band in document.bands:
        if not (reached or band.holds(points)):
            continue
        reached = True
        answers = [_answer(band, at, sides, inputs) for at in range(len(band.conditions))]
        if "" in answers:
            open_one = band.conditions[answers.index("")]
            return BandResult(
                None, f"{said(points)} 分够“{band.name}”，还没有核对：{open_one.text}"
            )
        if all(answer == "1" for answer in answers):
            told.append(f"{said(points)} 分{_interval(band)}")
            return BandResult(band, "；".join(told))
        failed = band.conditions[[answer == "1" for answer in answers].index(False)]
        told.append(f"{said(points)} 分够“{band.name}”，但不符合：{failed.text}")
    told.append(f"{said(points)} 分不在任何等次之内" if not reached else "没有更低的等次")
    return BandResult(None, "；".join(told))


def _answer(band: Band, at: int, sides: tuple[SideResult, ...], inputs: Inputs) -> str:
    condition = band.conditions[at]
    if not condition.of:
        return inputs.about_subject(condition_key(band, at))
    for side in sides:
        for one in side.categories:
            if one.category.code == condition.of:
                if one.points is None:
                    return ""
                return "1" if condition.gte is None or one.points >= condition.gte else "0"
    return ""


def _interval(band: Band) -> str:
    low = "" if band.gte is None else f"不低于 {said(band.gte)}"
    high = "" if band.lt is None else f"低于 {said(band.lt)}"
    return "、".join(filter(None, (low, high)))


def _capped(document: Document, band: Band, vetoed: str, limits: list[str]) -> BandResult:
    order = [one.name for one in document.bands]
    allowed = max((order.index(limit) for limit in limits if limit in order), default=0)
    if order.index(band.name) >= allowed:
        return BandResult(band, f"一票否决（{vetoed}）：等次不受影响")
    lower = document.bands[allowed]
    return BandResult(
        lower, f"一票否决（{vetoed}）：按分数是“{band.name}”，最高为“{lower.name}”，得分照算"
    )
