"""The eleven real schemes beside the project: each loads, and what it states of itself holds."""

import json
from decimal import Decimal

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from assessments.engine.evaluation import evaluate
from assessments.engine.results import Inputs
from assessments.engine.rules.measures import Shortfall
from assessments.engine.states import State
from assessments.engine.written import as_json, as_yaml, from_plain
from assessments.filetext import parse
from assessments.transcripts import read_transcript

FOLDER = settings.BASE_DIR.parent / "shared" / "domain" / "schemes"
# How many lines each file has, and whether its source was complete.
FILES = {
    "01-changjie-town-village-2021": (131, True),
    "02-luancheng-village-member-points-2016": (8, True),
    "03-soe-member-points-constants": (15, False),
    "04-fudan-branch-review-2020": (6, True),
    "05-anhui-minge-branch-score": (16, True),
    "08-star-rating-2023": (3, False),
    "10-nwafu-grading-2012": (2, False),
    "11-bureau-quarter-target-bonus": (0, False),
    "13-gdou-branch-rubric": (12, False),
    "15-foreign-affairs-office-member-points-2024": (5, False),
    "16-wenzheng-student-branch-ratio": (4, False),
}
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="示例方案不在：本项目旁边没有 shared/domain/schemes 文件夹。"
)


def raw(name):
    return (FOLDER / f"{name}.yaml").read_bytes()


def read(number):
    [name] = [name for name in FILES if name.startswith(number)]
    return read_transcript(raw(name))


def source(number):
    """The file as any YAML reader sees it."""
    [name] = [name for name in FILES if name.startswith(number)]
    return yaml.safe_load(raw(name))


def test_there_are_eleven():
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_scheme_is_checked_by_the_command_and_nothing_is_left_out(name, db, capsys):
    call_command("load_scheme", str(FOLDER / f"{name}.yaml"), "--check", "--json")
    told = json.loads(capsys.readouterr().out)

    lines, complete = FILES[name]
    assert (told["status"], told["unsupported"]) == ("checked", [])
    assert (told["items"], told["complete"]) == (lines, complete)
    assert len(told["measured"]) + len(told["judged"]) == lines
    assert told["to_decide"] or name.startswith("05")


@pytest.mark.parametrize("name", FILES)
def test_a_scheme_survives_being_written_and_read_again(name):
    document = read_transcript(raw(name)).document

    assert from_plain(parse(as_yaml(document).encode())) == document
    assert from_plain(json.loads(json.dumps(as_json(document)))) == document


@pytest.mark.parametrize("name", FILES)
def test_nobody_has_a_total_before_anything_was_said(name):
    total = evaluate(read_transcript(raw(name)).document, Inputs()).total

    assert (total.state, total.points) == (State.UNSCORED, None)


@pytest.mark.parametrize("name", FILES)
def test_a_scheme_scores_what_its_file_speaks_of(name):
    units, members = {"01"}, {"02", "03", "15"}
    expected = "unit" if name[:2] in units else "member" if name[:2] in members else "branch"

    assert read_transcript(raw(name)).document.subject == expected


def test_01_is_of_units_in_its_own_words_and_says_so():
    transcript = read("01")

    assert transcript.document.subject_words == "行政村（党组织 + 村委会一起考）"
    assert (
        "考核对象写的是“行政村（党组织 + 村委会一起考）”：装入后按单位党组织考核，请核对。"
        in transcript.warnings
    )


def test_01_has_131_items_in_23_lines_and_a_base_of_135():
    told, document = source("01"), read("01").document
    regular = [category.base for category in document.categories if category.kind == "regular"]

    assert (len(document.categories), len(document.lines)) == (23, 131)
    assert (len(regular), sum(regular)) == (15, told["arithmetic"]["regular_base_total"])
    for category in told["categories"]:
        read_lines = [one for one in document.lines if one.category == category["code"]]
        assert len(read_lines) == category["items"]


def test_01_warns_of_the_fact_that_costs_points_and_is_a_veto():
    assert any(
        "“发展党员指标”的“三年以上未发展”与“连续3年未发展党员”" in one
        for one in read("01").warnings
    )


def test_01_starts_at_the_base_when_nothing_happened():
    document = read("01").document
    given = {}
    for line in document.lines:
        rules = {}
        for rule in line.rules:
            none = {"choice": "none", "yes": "0", "count": "0"}
            rules[rule.code] = {ask.name: none.get(ask.shape, "0") for ask in rule.asks()}
            if isinstance(rule, Shortfall):  # what has a target was done as often as it asks
                rules[rule.code] = {"done": str(rule.target)}
        given[("", line.code)] = rules
    # Two lines are shares of all who are of age: all of ten are registered.
    for code in ("WZ01", "WZ02"):
        given[("", code)] = {"1": {"part": "10", "whole": "10"}}

    result = evaluate(document, Inputs(given))

    assert result.total.points == Decimal(135)
    assert (result.vetoes, result.rewards, result.state) == ((), Decimal(0), State.SCORED)


def test_02_has_the_stated_totals_for_each_class():
    told, document = source("02"), read("02").document

    def most(chosen, *, contribution):
        given = {("", ""): {"": {"class": chosen}}}
        for line in document.lines:
            given[("", line.code)] = {"1": {"points": str(line.cap)}}
        if not contribution:
            given[("", "0007")] = {"1": {"points": "0"}}
        return evaluate(document, Inputs(given)).total.points

    for chosen, points in told["formula"]["regular_total_by_class"].items():
        assert most(chosen, contribution=False) == points
    for chosen, points in told["formula"]["with_contribution"].items():
        assert most(chosen, contribution=True) == points


def test_03_the_thirteen_deductions_cost_what_the_file_says():
    told, document = source("03"), read("03").document
    deductions = next(one for one in told["categories"] if one["code"] == "DEDUCT")

    read_lines = [one.rules[0] for one in document.lines if one.category == "DEDUCT"]

    assert [rule.value for rule in read_lines] == [
        -Decimal(str(i["pts"])) for i in deductions["items"]
    ]
    assert [one.title for one in document.lines[:2]] == ["绩效等级得分", "加分"]


def test_04_six_questions_make_thirty_points_a_form_and_not_knowing_is_warned_of():
    told, transcript = source("04"), read("04")

    assert sum(line.full for line in transcript.document.lines) == told["formula"]["per_form_max"]
    [warning] = [one for one in transcript.warnings if "不了解" in one]
    assert warning == (
        "“支部班子”、“支部书记”、“党员队伍”等 6 处：“不了解”按 0 分计入平均，又是默认选中的，"
        "会拉低得分；可以改为不计入平均。"
    )


def test_05_is_open_ended_and_extra_points_stand_on_top_of_a_rule():
    document = read("05").document
    proposals = next(line for line in document.lines if line.title == "提案材料")

    assert proposals.full is None
    assert [rule.on for rule in proposals.rules] == ["", "1", "2", "3"]


def test_08_gives_the_stars_of_its_formula_and_says_that_89_6_lies_between_the_printed_bands():
    document = read("08").document
    given = {
        ("", code): {"1": {"points": points}}
        for code, points in (("BASE", "90"), ("MINUS", "0.5"), ("REVIEW", "89.9"))
    }
    result = evaluate(document, Inputs(given))

    # (90 - 0.5) × 0.70 + 89.9 × 0.30 = 62.65 + 26.97
    assert (result.total.points, result.band.band.name) == (Decimal("89.62"), "四星")
    assert any("小数会落在空档里" in one for one in read("08").warnings)


def test_10_needs_both_sides():
    document = read("10").document
    half = Inputs({("", "SELF"): {"1": {"points": "95"}}})
    both = Inputs({**half.given, ("", "SUP"): {"1": {"points": "88"}}})

    assert (evaluate(document, half).total.points, evaluate(document, half).total.so_far) == (
        None,
        None,
    )
    # 95 × 0.4 + 88 × 0.6
    assert evaluate(document, both).total.points == Decimal("90.8")
    assert evaluate(document, both).band.band.name == "先进"


def test_11_bands_use_the_total_without_bonus_and_no_line_is_made_up():
    document = read("11").document

    assert (document.period, document.band_total, document.lines) == ("quarter", "plain", ())
    assert [total.without for total in document.totals] == [(), ("bonus",)]


def test_13_has_the_stated_sum_of_its_first_category():
    told, document = source("13"), read("13").document

    best = sum(line.full for line in document.lines if line.category == "A")

    assert best == told["check"]["category_A_best_sum"] == told["check"]["category_A_printed_max"]


def test_15_starts_at_sixty_and_leaves_the_gap_between_its_levels_to_people():
    transcript = read("15")
    [total] = transcript.document.totals

    assert (total.start, total.floor, total.cap) == (Decimal(60), Decimal(0), None)
    assert transcript.document.excluded == ("退休党员", "流动党员")
    assert any("“一周至一个月”与“两个月以上”之间有空档" in one for one in transcript.warnings)


def test_16_steps_from_thirty_percent_and_a_class_without_students_does_not_apply():
    document = read("16").document
    code = document.lines[0].code

    def points(part, whole):
        inputs = Inputs({("", code): {"1": {"part": part, "whole": whole}}})
        line = evaluate(document, inputs).lines[0]
        return line.points if line.points is not None else line.state.label

    # 30 % gives 3; 52 % two whole steps more; nobody at all: not applicable
    assert [points("30", "100"), points("52", "100"), points("0", "0")] == [3, 5, "不适用"]
