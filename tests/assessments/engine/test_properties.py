"""What holds of every scheme, whatever it says: found out with many that nobody thought of."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from assessments.engine.document import (
    Adjusting,
    Band,
    Basis,
    Category,
    Class,
    Condition,
    Document,
    Line,
    Quota,
    Rounding,
    Side,
    Term,
    Total,
)
from assessments.engine.evaluation import evaluate
from assessments.engine.ladders import Record, Rung
from assessments.engine.results import Adjusted, Inputs
from assessments.engine.rules.base import KINDS, Facts
from assessments.engine.rules.choices import Amount, Judged, Manual, Option, Options, Reward, Veto
from assessments.engine.rules.events import BestOf, Multiplied, PerEvent, Tier, Tiers
from assessments.engine.rules.measures import (
    PARTIAL,
    Frequency,
    RatioStep,
    Shortfall,
    Span,
    Steps,
    Threshold,
)
from assessments.engine.rules.panels import Grade, Group, Marks, Panel
from assessments.engine.states import State
from assessments.engine.whatif import lifts, what_if
from assessments.engine.written import as_json, as_yaml, from_plain
from assessments.filetext import parse
from partybuild.periods import Period

# Letters, digits, marks of YAML, and texts that YAML would take for something else.
words = st.text(alphabet="党员甲乙 0123:-#'\"{}[]&*!%@,?|>~", max_size=12) | st.sampled_from(
    ["null", "true", "No", "1.5", "2024-01-01", "~", "0x1F", "一行\n两行", " 空 "]
)
names = st.text(alphabet="甲乙丙丁ABC", min_size=1, max_size=4)
points = st.decimals(0, 100, places=2) | st.integers(0, 100).map(Decimal)
limits = st.none() | points
shares = st.integers(1, 100).map(lambda percent: Decimal(percent) / 100)
counts = st.integers(0, 60)
common = {"when": words, "note": words, "cap": limits}
tiers = st.lists(
    st.builds(Tier, name=names, points=points), min_size=1, max_size=4, unique_by=lambda t: t.name
).map(tuple)
grades = st.lists(
    st.builds(Grade, name=names, points=points), min_size=1, max_size=5, unique_by=lambda g: g.name
).map(tuple)
per_event = st.builds(
    PerEvent, points=points, minus=st.booleans(), unit=st.sampled_from(["", "次"]), **common
)
leveled = st.builds(
    Tiers,
    tiers=tiers,
    minus=st.booleans(),
    unit=st.sampled_from(["", "次"]),
    best_only=st.booleans(),
    **common,
)
shortfall = st.builds(Shortfall, target=st.integers(0, 20), points=points, **common)
threshold = st.builds(
    Threshold,
    operator=st.sampled_from(["lt", "lte", "gt", "gte"]),
    limit=shares,
    points=points,
    minus=st.booleans(),
    metric=words,
    **common,
)
ratio = st.builds(
    RatioStep,
    base_share=shares,
    step=shares,
    step_points=points,
    base_points=points,
    partial=st.sampled_from(sorted(PARTIAL)),
    direction=st.sampled_from(["both", "plus_only", "minus_only"]),
    metric=words,
    **common,
)
judged = st.builds(
    Judged,
    low=points,
    high=limits,
    minus=st.booleans(),
    unit=st.sampled_from(["", "例"]),
    plain=st.booleans(),
    **common,
)
options = st.builds(
    Options,
    options=st.lists(st.builds(Option, points=points, when=words), min_size=1).map(tuple),
    **common,
)
groups = st.lists(
    st.builds(Group, name=names, weight=points, at_least=st.integers(0, 2)),
    max_size=3,
    unique_by=lambda group: group.name,
).map(tuple)
panel = st.builds(
    Panel, grades=grades, groups=groups, trim=st.integers(0, 3), full=limits, **common
)
marks = st.builds(
    Marks, low=points, high=points, groups=groups, trim=st.integers(0, 3), full=limits, **common
)
rungs = st.just(
    (
        Rung(Decimal(5), "每季 1 次", "quarter"),
        Rung(Decimal(1), "偶尔", "ever"),
        Rung(Decimal(0), "没有", "never", 0),
    )
)
frequency = st.builds(Frequency, rungs=rungs, indicator=st.just("meetings"))
spans = st.builds(
    Steps,
    spans=st.lists(st.builds(Span, points=points, gte=limits, lt=limits), max_size=3).map(tuple),
)
others = st.one_of(
    st.builds(Manual, **common),
    st.builds(Veto, at_most=words, **common),
    st.builds(
        Reward,
        amounts=st.lists(st.builds(Amount, name=names, yuan=points), max_size=2).map(tuple),
        by=words,
    ),
    st.builds(BestOf, of=st.just(("1",)), within=words),
    st.builds(
        Multiplied,
        factor=shares,
        of=st.just(("1",)),
        among=st.lists(st.tuples(names, names, words), max_size=2).map(tuple),
    ),
)
rules = st.one_of(
    per_event,
    leveled,
    shortfall,
    threshold,
    ratio,
    judged,
    options,
    panel,
    marks,
    frequency,
    spans,
    others,
)


def numbered(found):
    return tuple(replace(rule, code=str(at)) for at, rule in enumerate(found, start=1))


lines = st.builds(
    Line,
    code=names,
    title=words,
    category=st.sampled_from(["", "甲", "乙"]),
    basis=st.builds(Basis, document=words, clause=words),
    base=points,
    cap=limits,
    floor=limits,
    max=limits,
    classes=st.lists(names, max_size=2).map(tuple),
    sides=st.lists(names, max_size=1).map(tuple),
    hint=words,
    rules=st.lists(rules, max_size=4).map(numbered),
)
categories = st.builds(
    Category,
    code=names,
    name=words,
    kind=st.sampled_from(["regular", "bonus", "veto"]),
    base=points,
    cap=limits,
    floor=limits,
    max=limits,
    complete=st.booleans(),
)
documents = st.builds(
    Document,
    code=words,
    title=words,
    issuer=words,
    paper=words,
    subject_words=words,
    complete=st.booleans(),
    classes=st.lists(st.builds(Class, code=names, name=words), max_size=2).map(tuple),
    excluded=st.lists(words, max_size=2).map(tuple),
    rounding=st.builds(
        Rounding, places=st.integers(0, 3), at=st.sampled_from([(), ("line", "total")])
    ),
    sides=st.lists(
        st.builds(
            Side, code=names, name=words, weight=shares, by=st.sampled_from(["self", "superior"])
        ),
        max_size=2,
    ).map(tuple),
    categories=st.lists(categories, max_size=3).map(tuple),
    lines=st.lists(lines, max_size=4, unique_by=lambda line: line.code).map(tuple),
    totals=st.lists(
        st.builds(
            Total,
            start=points,
            floor=limits,
            cap=limits,
            without=st.sampled_from([(), ("bonus",)]),
            terms=st.lists(st.builds(Term, of=names, weight=shares), max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    bands=st.lists(
        st.builds(
            Band,
            name=names,
            gte=limits,
            lt=limits,
            printed=words,
            conditions=st.lists(
                st.builds(Condition, text=words, of=words, gte=limits), max_size=1
            ).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    band_total=words,
    quotas=st.lists(
        st.builds(Quota, band=names, max_share=shares, tie_break=words), max_size=1
    ).map(tuple),
    adjusting=st.builds(Adjusting, allowed=st.booleans(), low=limits, high=limits),
    remarks=st.lists(words, max_size=2).map(tuple),
)
GIVEN = Line(code="甲", title="甲", rules=(PerEvent(code="1", points=Decimal(1), unit="次"),))


def test_every_kind_of_rule_is_tried_here():
    tried = {PerEvent, Tiers, Shortfall, Threshold, RatioStep, Judged, Options, Panel, Marks}
    tried |= {Frequency, Steps, Manual, Veto, Reward, BestOf, Multiplied}

    assert set(KINDS.values()) == tried


@given(documents)
def test_a_document_written_as_yaml_or_json_is_read_back_identical(document):
    assert from_plain(parse(as_yaml(document).encode())) == document
    assert from_plain(json.loads(json.dumps(as_json(document)))) == document


@given(documents)
def test_nothing_said_is_never_a_number(document):
    result = evaluate(document, Inputs())

    for line in result.lines:
        if line.line.counts and any(rule.asks() for rule in line.line.rules):
            assert line.points is None
        assert (line.points is None) == (line.state is not State.SCORED)
    for total in result.totals:
        assert (total.points is None) == (total.state is not State.SCORED)


@given(documents, st.data())
def test_any_text_whatever_is_scored_or_told_and_never_raises(document, data):
    typed = st.sampled_from(["0", "1", "-3", "2.5", "abc", "", "1、2", "99999", "none", "other"])
    given_values = {
        (side.code, line.code): {
            rule.code: {ask.name: data.draw(typed) for ask in rule.asks()} for rule in line.rules
        }
        for side in document.all_sides
        for line in document.lines
    }
    inputs = Inputs(given_values, {"meetings": recorded((1,) * 12)})

    first, again = evaluate(document, inputs), evaluate(document, inputs)

    assert first.fingerprint == again.fingerprint
    for line in first.lines:
        assert (line.points is None) == (line.state is not State.SCORED)
    lifts(first, inputs)


def recorded(months):
    return Record(Period.year(2026), tuple(months), (True,) * 12, dt.date(2027, 1, 10))


def effect(rule, **values):
    weighed = rule.weigh(Facts({name: str(value) for name, value in values.items()}))
    return weighed.points


@given(per_event.filter(lambda rule: rule.unit), counts)
def test_one_more_good_event_never_lowers_and_one_more_bad_never_raises(rule, times):
    before, after = effect(rule, count=times), effect(rule, count=times + 1)

    assert after <= before if rule.minus else after >= before


@given(shortfall, counts)
def test_doing_more_never_costs_more(rule, done):
    assert effect(rule, done=done + 1) >= effect(rule, done=done)


@given(ratio, st.integers(1, 60), st.data())
def test_a_larger_share_never_gives_fewer_points(rule, whole, data):
    part = data.draw(st.integers(0, whole - 1))
    plain = replace(rule, cap=None)

    assert effect(plain, part=part + 1, whole=whole) >= effect(plain, part=part, whole=whole)


@given(st.one_of(per_event, leveled, shortfall, ratio), st.data())
def test_a_cap_holds_for_whatever_is_said(rule, data):
    said = {ask.name: str(data.draw(st.integers(0, 9))) for ask in rule.asks() if not ask.choices}
    said |= {
        ask.name: data.draw(st.sampled_from([c for c, _ in ask.choices]))
        for ask in rule.asks()
        if ask.choices
    }
    points_of = rule.weigh(Facts(said)).points

    assert points_of is None or rule.cap is None or abs(points_of) <= rule.cap


@given(
    st.lists(st.tuples(per_event.filter(lambda rule: rule.unit), counts), min_size=1, max_size=4),
    points,
    points,
)
def test_floor_and_cap_of_a_line_hold(found, floor, more):
    ruled = numbered(rule for rule, _ in found)
    line = Line(code="甲", title="甲", floor=floor, cap=floor + more, rules=ruled)
    said = {str(at): {"count": str(times)} for at, (_, times) in enumerate(found, start=1)}

    result = evaluate(Document(code="x", title="x", lines=(line,)), Inputs({("", "甲"): said}))

    assert floor <= result.lines[0].points <= floor + more


@given(documents, st.randoms())
def test_the_order_of_the_lines_changes_no_number(document, random):
    """No line gets lost when lines are put into another order."""
    shuffled = list(document.lines)
    random.shuffle(shuffled)
    other = replace(document, lines=tuple(shuffled))
    inputs = Inputs({}, {"meetings": recorded((1,) * 12)})

    assert evaluate(other, inputs).as_data() == evaluate(document, inputs).as_data()
    assert len(evaluate(other, inputs).lines) == len(document.lines) * len(document.all_sides)


@given(st.lists(counts, min_size=2, max_size=5), st.data())
def test_every_lift_is_what_evaluating_again_gives(times, data):
    cap = data.draw(limits)
    ruled = [
        Line(
            code=str(at),
            title=str(at),
            cap=cap,
            rules=(PerEvent(code="1", points=Decimal(2), unit="次"),),
        )
        for at in range(len(times))
    ]
    document = Document(code="x", title="x", lines=tuple(ruled))
    inputs = Inputs({("", str(at)): {"1": {"count": str(one)}} for at, one in enumerate(times)})
    before = evaluate(document, inputs)

    for lift in lifts(before, inputs):
        assert lift.gain > 0
    for side in before.sides:
        for line in side.lines:
            [rule] = line.line.rules
            for change in rule.changes(Facts(inputs.given[("", line.line.code)]["1"])):
                quick = what_if(before, inputs, side.side, rule, line.line, change)
                whole = {**inputs.given, ("", line.line.code): {"1": change.given}}
                assert quick.fingerprint == evaluate(document, Inputs(whole)).fingerprint


@given(marks.filter(lambda rule: rule.low <= rule.high), st.data())
def test_forms_in_any_order_make_the_same_mean_between_the_lowest_and_the_highest(rule, data):
    names = [group.name for group in rule.all_groups]
    inside = st.decimals(rule.low, rule.high, places=2)
    forms = data.draw(st.lists(st.tuples(st.sampled_from(names), inside.map(str)), max_size=8))
    shuffled = data.draw(st.permutations(forms))

    first = rule.weigh(Facts(rule.gathered(forms)))
    again = rule.weigh(Facts(rule.gathered(shuffled)))

    assert first.points == again.points
    if first.points is not None and rule.full is None and rule.cap is None:
        assert rule.low - Decimal("1e-9") <= first.points <= rule.high + Decimal("1e-9")


@given(st.lists(st.tuples(st.decimals(-9, 9, places=1), words), max_size=4), st.randoms())
def test_adjustments_stay_inside_their_limits_in_any_order(told, random):
    adjusting = Adjusting(allowed=True, low=Decimal(-2), high=Decimal(3))
    plain = Document(code="x", title="x", lines=(GIVEN,), adjusting=adjusting)
    approved = [Adjusted(number, reason) for number, reason in told]
    shuffled = list(approved)
    random.shuffle(shuffled)
    said = {("", "甲"): {"1": {"count": "5"}}}

    result = evaluate(plain, Inputs(said, adjustments=tuple(approved)))
    again = evaluate(plain, Inputs(said, adjustments=tuple(shuffled)))

    assert 5 - 2 <= result.total.points <= 5 + 3
    assert again.total.points == result.total.points
