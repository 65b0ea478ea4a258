"""Reading schemes from files: what is read, what is warned of, what is refused."""

import json
from decimal import Decimal

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from assessments.engine.checker import check
from assessments.engine.ladders import Rung
from assessments.engine.written import as_yaml
from assessments.filetext import TranscriptProblem
from assessments.transcripts import read_transcript
from tests.assessments.conftest import RUBRIC

SCHEMES = settings.BASE_DIR.parent / "shared" / "domain" / "schemes"


def transcript(lines="", **changes):
    """Read a small scheme with one line about general meetings, changed as told."""
    head = {"format": "scheme-transcript/1", "id": "small", "title": "小方案"}
    head |= {"issuer": "某机关", "subject": "branch", "period": "year"} | changes
    written = "\n".join(f"{name}: {value}" for name, value in head.items() if value is not None)
    return read_transcript(f"{written}\nindicators:\n{lines or LINE}\n".encode())


def ladder(*rungs, metric="meetings.party_congress.per_quarter"):
    options = ", ".join(f"{{when: {when}, pts: {points}}}" for when, points in rungs)
    return f"  - {{about: 党员大会, options: [{options}], metric: {metric}}}"


LINE = ladder(("每季 1 次", 5), ("没有", 0))


def test_the_rubric_is_read_whole():
    read = read_transcript(RUBRIC.read_bytes())

    assert read.unsupported == []
    document = read.document
    assert (document.code, document.period, len(document.lines)) == (
        "gdou-branch-rubric",
        "year",
        12,
    )
    assert sum(line.full for line in document.lines) == Decimal(33)
    assert [line.title for line in document.lines if line.category == "A"] == [
        "班子配备",
        "支部书记",
        "参与本单位重要决策",
        "班子战斗力",
        "计划和总结",
    ]


def test_the_rubrics_ladders_are_measured_by_indicators():
    measured = {line.title: line for line in read_transcript(RUBRIC.read_bytes()).measured}

    assert {title: line.indicator for title, line in measured.items()} == {
        "支部党员大会": "activities.general_meetings",
        "支委会": "activities.committee_meetings",
        "党课": "activities.party_lectures",
        "民主评议党员": "activities.democratic_appraisals",
    }
    assert measured["支委会"].rules[0].rungs == (
        Rung(Decimal(2), "每月 1 次", "month", 1),
        Rung(Decimal(1), "每季 1 次", "quarter", 1),
        Rung(Decimal("0.5"), "偶尔", "ever", 1),
        Rung(Decimal(0), "没有", "never", 0),
    )


def test_the_rubric_says_that_its_second_category_is_cut_off():
    assert read_transcript(RUBRIC.read_bytes()).warnings == [
        "原文不完整：只有读到的部分，没有补写。",
        "类别“工作机制”读到的满分合计 19 分，原文印的是 30 分（原文被截断，未补写）。",
    ]


def test_the_shipped_rubric_is_the_one_that_was_handed_over():
    if not SCHEMES.is_dir():
        pytest.skip("示例方案不在：本项目旁边没有 shared/domain/schemes 文件夹。")
    assert RUBRIC.read_bytes() == (SCHEMES / "13-gdou-branch-rubric.yaml").read_bytes()


def test_a_part_nobody_knows_is_named_as_it_is_written_and_not_half_read():
    assert transcript(weights="{}").unsupported == ["“weights”"]
    line = "  - {about: 到会, colour: red, rules: [{op: plus, pts: 1, mood: x}, {op: guess}]}"
    assert transcript(line).unsupported == ["“colour”", "“mood”", "“rules.guess”"]


def test_a_half_year_is_read_as_such_and_a_window_is_shown_by_the_year():
    half = transcript(period="half")
    assert (half.unsupported, half.document.period) == ([], "half")
    assert "考核周期" not in "".join(half.warnings)
    [unknown] = transcript(period="decade").unsupported
    assert unknown == "考核周期“decade”（应为年度、半年、季度、月度、滚动或指定时段）"
    window = transcript(period="review window (2019-11 on)")
    assert (window.document.period, window.document.period_words) == (
        "window",
        "review window (2019-11 on)",
    )
    assert window.warnings[0] == "考核周期是“指定时段”：页面上按年度登记和显示。"


def test_lines_of_members_are_not_measured_by_records_of_branches():
    read = transcript(subject="member")

    assert (read.document.subject, read.measured) == ("member", [])
    assert read.warnings == ["“党员大会”是党员的项目，不能由党支部的记录计算，改由人评分。"]


def test_our_own_format_is_read_back_and_checked():
    document = read_transcript(RUBRIC.read_bytes()).document

    again = read_transcript(as_yaml(document).encode())

    assert (again.document, again.unsupported) == (document, [])
    assert again.warnings == check(document)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ("code: x\n", "“方案”没有写“title”。"),
        ("code: x\ntitle: 甲\ncolour: red\n", "“方案”里的“colour”不认识。"),
        (
            "code: x\ntitle: 甲\nlines: [{code: a, title: 乙, rules: [{kind: magic}]}]\n",
            "“方案.lines[1].rules[1]”的规则种类“magic”不认识。",
        ),
        (
            "code: x\ntitle: 甲\nlines: [{code: a, title: 乙, max: many}]\n",
            "“方案.lines[1].max”应是数字，写的是“many”。",
        ),
        (
            "code: x\ntitle: 甲\ncomplete: perhaps\n",
            "“方案.complete”应写 true 或 false，写的是“perhaps”。",
        ),
    ],
)
def test_our_own_format_with_a_mistake_is_refused_with_its_place(changed, reason):
    with pytest.raises(TranscriptProblem) as refused:
        read_transcript(f"format: scheme/1\n{changed}".encode())

    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("when", "per", "times"),
    [
        ("每月 1 次", "month", 1),
        ("每月2次", "month", 2),
        ("每季度至少 1 次", "quarter", 1),
        ("每半年不少于 2 次", "half", 2),
        ("每年开展", "year", 1),
    ],
)
def test_a_rung_in_words_becomes_a_frequency(when, per, times):
    rung = transcript(ladder((when, 5), ("未开展", 0))).document.lines[0].rules[0].rungs[0]

    assert (rung.per, rung.times) == (per, times)


@pytest.mark.parametrize(
    ("rungs", "reason"),
    [
        ([("经常", 5), ("没有", 0)], "看不懂档次“经常”"),
        ([("每季 0 次", 5), ("没有", 0)], "看不懂档次“每季 0 次”"),
        ([("每季 1 次", 5), ("偶尔", 1)], "最末一档没有写一次也没有时得几分"),
        ([("偶尔", 5), ("没有", 0)], "最高档没有写多久一次"),
    ],
)
def test_a_ladder_that_cannot_be_computed_is_left_to_people(rungs, reason):
    read = transcript(ladder(*rungs))

    assert read.measured == []
    assert read.warnings == [f"“党员大会”{reason}，改由人评分。"]


def test_a_rung_longer_than_the_period_is_left_to_people():
    read = transcript(ladder(("每季 1 次", 5), ("每年 1 次", 1), ("没有", 0)), period="quarter")

    assert read.warnings == ["“党员大会”有的档次比考核周期还长，改由人评分。"]


def test_an_unknown_metric_is_left_to_people():
    read = transcript(ladder(("每季 1 次", 5), ("没有", 0), metric="study.films.per_year"))

    assert read.judged[0].words == "每季 1 次得 5 分；没有得 0 分"
    assert read.warnings == ["“党员大会”还没有“study.films.per_year”这个指标，改由人评分。"]


def test_a_metric_that_contradicts_its_ladder_is_told():
    read = transcript(ladder(("每月 1 次", 5), ("没有", 0)))

    assert read.measured[0].rules[0].rungs[0].per == "month"
    assert read.warnings == [
        "“党员大会”的最高档与指标“meetings.party_congress.per_quarter”的周期不一致，按档次计算。",
        "“党员大会”在“每月 1 次”与“没有”之间没有写几分；遇到时不计分，请补一档。",
    ]


def test_marks_in_disorder_and_twins_are_told():
    line = "  - {about: 计划, options: [1, 3, 3]}"
    read = transcript(f"{line}\n{line}")

    assert read.document.lines[0].words == "可评 3、3、1 分"
    assert read.warnings == [
        "“计划”的档次不是从高到低排列，已按分值从高到低读入。",
        "“计划”的档次不是从高到低排列，已按分值从高到低读入。",
        "“计划”有分值相同的档次。",
        "“计划”出现 2 次，请核对是否重复计分。",
    ]


def test_a_line_of_an_unlisted_category_is_told():
    categories = "[{code: A, name: 班子, max: 3}]"
    read = transcript("  - {about: 计划, cat: B, options: [3, 0]}", categories=categories)

    assert read.warnings == [
        "“计划”的类别“B”没有在类别表中列出。",
        "类别“班子”读到的满分合计 0 分，原文印的是 3 分。",
    ]


def test_a_stated_sum_that_differs_is_told():
    categories, line = "[{code: A, name: 班子}]", "  - {about: 计划, cat: A, options: [3, 0]}"
    read = transcript(line, categories=categories, check="{category_A_best_sum: 4}")

    assert read.warnings == ["类别“班子”的核对数写的是 4，读到的是 3。"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "文件是空的。"),
        (b"\xff\xfe\x00\x01", "文件不是 UTF-8 编码的文字，请另存为 UTF-8 后再读入。"),
        (b"a: [1", "文件不符合 YAML 格式，问题在第 1 行第 6 个字附近。"),
        (b"\x00", "文件不符合 YAML 格式。"),
        (b"[" * 5000, "文件嵌套太深，不是考核方案文件。"),
        (b"- 1", "“文件”应由“名称: 内容”组成。"),
        (b"a: 1\na: 2", "第 2 行的“a”写了两次，无法判断以哪个为准。"),
        (b"a: &x [1]\nb: *x", "第 1 行使用了引用（* 号），请写全。"),
        (b"? [a]\n: 1", "第 1 行的名称不是文字。"),
        (b"format: other/1", "文件开头没有写“format: scheme-transcript/1”，不是考核方案文件。"),
        (b"x" * 600_000, "文件超过 512 KB，不像是考核方案文件。"),
        (b"!!int abc", "“文件”应由“名称: 内容”组成。"),
    ],
)
def test_what_is_no_scheme_is_refused_with_a_plain_reason(raw, reason):
    with pytest.raises(TranscriptProblem) as refused:
        read_transcript(raw)

    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": None}, "“id（方案代码）”没有写，或写的不是文字。"),
        ({"title": "[1]"}, "“title（名称）”没有写，或写的不是文字。"),
        ({"title": '"a\\0b"'}, "“title（名称）”里有不能显示的字符。"),
        ({"title": "长" * 201}, "“title（名称）”有 201 个字，最多 200 个。"),
        ({"lines": "  - 1"}, "“indicators（项目）”应由“名称: 内容”组成。"),
        (
            {"lines": "  - {about: 计划, options: [true]}"},
            NUMBER := "“计划”的档次应是最多两位小数的数字，写的是“true”。",
        ),
        ({"lines": "  - {about: 计划, options: [.inf]}"}, NUMBER.replace("true", ".inf")),
        ({"lines": "  - {about: 计划, options: [0.125]}"}, NUMBER.replace("true", "0.125")),
        ({"lines": "  - {about: 计划, options: []}"}, "“计划”没有写档次。"),
        ({"lines": "  - {about: 计划, options: 3}"}, "“计划”应是一个列表。"),
        (
            {"lines": "  - {about: 计划, options: [{pts: 3, when: 好, cap: 2}]}"},
            "“计划”的档次只能写 pts（分值）和 when（条件）。",
        ),
        ({"lines": "  - {about: 计划, options: [1]}\n" * 1001}, "有 1001 个项目，最多 1000 个。"),
        ({"categories": "[{code: A, name: 甲}, {code: A, name: 乙}]"}, "类别“A”写了两次。"),
    ],
)
def test_a_scheme_with_a_mistake_is_refused_with_a_plain_reason(changes, reason):
    with pytest.raises(TranscriptProblem) as refused:
        transcript(**changes)

    assert str(refused.value) == reason


@given(st.binary(max_size=300) | st.text(alphabet="abc:-[]{}&*!?|>'\"# \n0", max_size=80))
def test_any_bytes_are_read_or_refused_in_words(content):
    raw = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(TranscriptProblem):
        read_transcript(raw)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="每季1次没有 ", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["pts", "when", "op", "code", "about"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["categories", "indicators", "check", "oddities", "period", "issuer"]),
        values,
    ),
    st.dictionaries(st.sampled_from(["cat", "about", "options", "metric", "rules"]), values),
)
def test_any_content_is_read_or_refused_in_words(content, line):
    head = {"format": "scheme-transcript/1", "id": "x", "title": "x", "subject": "branch"}
    told = outcome_of(json.dumps({"indicators": [line], **head, **content}).encode())

    assert told == "x" or told.endswith("。")


def outcome_of(raw):
    """Return the code of what was read, or the reason of the refusal."""
    try:
        return read_transcript(raw).code
    except TranscriptProblem as refused:
        return str(refused)
