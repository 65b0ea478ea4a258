"""Two schemes on the same facts: what is carried over, who moves, which lines differ."""

from hypothesis import given
from hypothesis import strategies as st

from assessments.engine.comparison import band_of, carry_over, compare, try_out
from assessments.engine.document import Band, Condition, Side
from assessments.engine.evaluation import evaluate
from assessments.engine.results import Inputs
from assessments.engine.rules.choices import Judged, Option, Options
from assessments.engine.states import State
from tests.assessments.engine.schemes import count, document, line, minus, n, plus, said

BANDS = (Band(name="优秀", gte=n(5)), Band(name="合格", lt=n(5)))


def options(*points):
    return Options(options=tuple(Option(points=n(one)) for one in points))


def tried(old, new, inputs):
    return try_out(old, new, evaluate(old, inputs), inputs, inputs.records)


def test_marks_go_over_to_lines_of_the_same_code_that_ask_for_the_same():
    old = document(
        line("活动", plus(1)),
        line("书记", options(3, 2, 1)),
        line("旧项", plus(1)),
        line("改项", plus(1)),
    )
    new = document(
        line("活动", plus(2)),
        line("书记", options(5, 3, 1)),
        line("新项", plus(1)),
        line("改项", Judged(low=n(0), high=n(5), plain=True)),
    )
    inputs = said(活动=count(2), 书记={"points": "3"}, 旧项=count(1), 改项=count(1))

    comparison, carried = tried(old, new, inputs)

    assert list(carried.given) == [("", "活动")]
    assert carried.left_behind == ("书记", "旧项", "改项")
    # 2 + 3 + 1 + 1 = 7 under the old one; 2 × 2 under the new, the rest is open.
    assert (comparison.before.total.so_far, comparison.after.total.so_far) == (n(7), n(4))
    assert (comparison.gain, comparison.unscored) == (n(-3), 3)
    assert comparison.after.total.points is None


def test_a_mark_that_the_new_range_does_not_take_is_no_points():
    old, new = (
        document(line("评", Judged(low=n(0), high=n(high), plain=True))) for high in (10, 5)
    )

    _, carried = tried(old, new, said(评={"points": "8"}))

    assert (carried.given, carried.left_behind) == ({}, ("评",))


def test_lines_that_differ_are_told_in_the_order_of_the_new_scheme():
    old = document(line("甲", plus(1)), line("乙", plus(1)), line("丙", plus(1)))
    new = document(line("丁", plus(1)), line("乙", plus(2)), line("甲", plus(1)))
    inputs = said(甲=count(1), 乙=count(1), 丙=count(1))

    comparison, _ = tried(old, new, inputs)

    assert [(one.title, one.gain) for one in comparison.lines] == [
        ("丁", n(0)),
        ("乙", n(1)),
        ("丙", n(-1)),
    ]
    assert [one.after and one.after.state for one in comparison.lines] == [
        State.UNSCORED,
        State.SCORED,
        None,
    ]


def test_who_moves_to_another_band_is_told_and_who_only_gains_is_not_said_to_move():
    old = document(line("甲", plus(1)), bands=BANDS)
    new = document(line("甲", plus(2)), bands=BANDS)

    moves, gains = (tried(old, new, said(甲=count(times)))[0] for times in (3, 1))

    assert (band_of(moves.before), band_of(moves.after), moves.moves) == ("合格", "优秀", True)
    assert (gains.moves, gains.differs, gains.gain) == (False, True, n(1))


def test_an_answer_to_a_condition_counts_only_for_the_same_words():
    def scheme(text):
        bands = (
            Band(name="优秀", gte=n(1), conditions=(Condition(text=text),)),
            Band(name="合格", lt=n(1)),
        )
        return document(line("甲", plus(1)), bands=bands)

    inputs = said(甲=count(1), _subject={"优秀/0": "1"})

    same, _ = tried(scheme("没有处分"), scheme("没有处分"), inputs)
    other, _ = tried(scheme("没有处分"), scheme("连续两年达标"), inputs)

    assert (band_of(same.after), band_of(other.after)) == ("优秀", "")


def test_a_side_that_the_new_scheme_does_not_have_is_left_behind():
    half = n("0.5")
    sides = (Side(code="a", name="自评", weight=half), Side(code="b", name="上级评", weight=half))
    old, new = (document(line("甲", plus(1)), sides=kept) for kept in (sides, ()))
    inputs = Inputs({("a", "甲"): {"1": count(1)}, ("b", "甲"): {"1": count(1)}})

    carried = carry_over(old, new, inputs.given)

    assert (carried.given, carried.left_behind) == ({}, ("甲",))


amounts = st.integers(0, 9)
lines = st.lists(st.sampled_from("甲乙丙丁戊"), unique=True, min_size=1)


@given(codes=lines, points=amounts, times=amounts, takes=st.booleans())
def test_a_scheme_compared_with_itself_differs_in_nothing(codes, points, times, takes):
    rule = minus(points) if takes else plus(points)
    scheme = document(*(line(code, rule, base=n(3)) for code in codes), bands=BANDS)
    inputs = said(**{code: count(times) for code in codes[1:]})

    comparison, carried = tried(scheme, scheme, inputs)

    assert carried.left_behind == ()
    assert (comparison.differs, comparison.lines) == (False, ())
    assert comparison.after.fingerprint == comparison.before.fingerprint


@given(codes=lines, points=amounts, other=amounts, times=amounts)
def test_the_gains_of_the_lines_make_up_the_gain_of_the_total(codes, points, other, times):
    old = document(*(line(code, plus(points)) for code in codes))
    new = document(*(line(code, plus(other)) for code in codes[::-1]))
    inputs = said(**{code: count(times) for code in codes})

    comparison = compare(evaluate(old, inputs), evaluate(new, inputs))

    assert sum((one.gain for one in comparison.lines), n(0)) == comparison.gain
