"""manage.py load_scheme and manage.py score."""

import json

import pytest
from django.core.management import call_command

from activities.models import Meeting
from assessments.models import Scheme
from tests.assessments.conftest import RUBRIC, hold
from tests.factories.branches import PartyOrganizationFactory


def run(capsys, *arguments):
    """Run a command; return its exit code and what it wrote to the two streams."""
    try:
        call_command(*map(str, arguments))
    except SystemExit as ended:
        code = ended.code
    else:
        code = 0
    return code, *capsys.readouterr()


def test_a_check_lists_what_was_read_and_writes_nothing(db, capsys):
    code, out, err = run(capsys, "load_scheme", RUBRIC, "--check")

    assert (code, err, Scheme.objects.count()) == (0, "", 0)
    assert out.splitlines()[:5] == [
        "读到的内容：",
        "  方案：机关教辅等党支部工作考核测评表（档次式）（gdou-branch-rubric）",
        "  制定单位：广东海洋大学",
        "  项目：12 项，满分合计 33 分",
        "  由记录计算：4 项（支部党员大会、支委会、党课、民主评议党员）",
    ]
    assert out.splitlines()[-1] == "检查完毕，可以读入；这次没有写入。"


def test_a_scheme_is_loaded_and_then_found_unchanged(db, capsys):
    _, loaded, _ = run(capsys, "load_scheme", RUBRIC)
    _, again, _ = run(capsys, "load_scheme", RUBRIC)

    assert loaded.splitlines()[-1] == "已读入，第 1 版。"
    assert again.splitlines()[-1] == "与已读入的第 1 版相同，没有改动。"


def test_machines_get_the_same_as_json(db, capsys):
    _, out, _ = run(capsys, "load_scheme", RUBRIC, "--json")
    told = json.loads(out)

    assert {name: told[name] for name in ("status", "edition", "id", "items", "measured")} == {
        "status": "loaded",
        "edition": 1,
        "id": "gdou-branch-rubric",
        "items": 12,
        "measured": ["支部党员大会", "支委会", "党课", "民主评议党员"],
    }
    assert (len(told["judged"]), len(told["warnings"]), told["unsupported"]) == (8, 2, [])


@pytest.fixture
def with_weights(tmp_path):
    file = tmp_path / "weights.yaml"
    file.write_bytes(RUBRIC.read_bytes() + b"weights: {}\n")
    return file


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_what_cannot_be_computed_is_listed_and_refused(db, capsys, with_weights, options):
    code, out, err = run(capsys, "load_scheme", with_weights, *options)

    assert (code, Scheme.objects.count()) == (1, 0)
    assert out.splitlines()[-3:-1] == ["本版本还不能处理：", "  “weights”"]
    assert err == "方案没有读入：里面有本版本还不能处理的内容，已列在上面。\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "打不开文件 {file}：没有这个文件。\n"),
        (b"\x89PNG\r\n", "文件不是 UTF-8 编码的文字，请另存为 UTF-8 后再读入。\n"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_plain_reason(db, capsys, tmp_path, content, reason):
    file = tmp_path / "scheme.yaml"
    if content:
        file.write_bytes(content)

    code, out, err = run(capsys, "load_scheme", file)

    assert (code, out, err) == (1, "", reason.format(file=file))


def test_a_refusal_is_told_to_machines_too(db, capsys, tmp_path):
    code, out, _ = run(capsys, "load_scheme", tmp_path, "--json")

    assert (code, json.loads(out)) == (
        1,
        {"status": "refused", "reason": f"打不开文件 {tmp_path}：这是一个文件夹。"},
    )


@pytest.fixture
def year_of_meetings(committee):
    """Two branches, the first with a meeting in each quarter that is over."""
    first = PartyOrganizationFactory(code="ORG-F", name="第一党支部", superior=committee)
    PartyOrganizationFactory(code="ORG-S", name="第二党支部", superior=committee)
    hold(first, Meeting.Kind.GENERAL_MEETING, "2026-03-12", "2026-06-20", "2026-09-24")


def test_scores_of_all_branches_are_printed_with_their_lines(
    today, rubric, year_of_meetings, capsys
):
    code, out, _ = run(capsys, "score", "gdou-branch-rubric", "--period", "2026")
    lines = out.splitlines()

    assert code == 0
    assert lines[0] == f"{rubric.title} 第 1 版 2026年 截至 2026-11-21"
    assert [line for line in lines if "党支部：" in line] == [
        "ORG-F 第一党支部：未完成（未评 8 项、未到期 1 项），已得 5.0 / 7.0 分",
        "ORG-S 第二党支部：未完成（未评 8 项、未到期 1 项），已得 0.0 / 7.0 分",
    ]
    assert "   6 支部党员大会：5.0 分 / 5.0。3 个季度都达到；第四季度未到期" in lines


def test_scores_for_machines_tell_state_and_measure_of_every_line(
    today, rubric, year_of_meetings, capsys
):
    _, out, _ = run(capsys, "score", "gdou-branch-rubric", "--period", "2026", "--json")
    told = json.loads(out)

    assert (told["scheme"], told["period"], told["as_of"]) == (rubric.code, "2026", "2026-11-21")
    [first, _] = told["scorecards"]
    assert (first["organization"], first["complete"], first["unscored"]) == ("ORG-F", False, 8)
    meetings, appraisal = first["lines"][5], first["lines"][9]
    assert (meetings["state"], meetings["points"], meetings["records"]) == ("scored", "5.0", 3)
    assert meetings["measured"][3] == ["第四季度", 0, "not_over"]
    assert (appraisal["state"], appraisal["points"]) == ("pending", None)
    assert first["lines"][0]["state"] == "unscored"


def test_scores_can_be_narrowed_to_one_organisation(today, rubric, year_of_meetings, capsys):
    arguments = ("--period", "2026", "--organization", "ORG-S", "--json")
    _, out, _ = run(capsys, "score", "gdou-branch-rubric", *arguments)

    assert [card["name"] for card in json.loads(out)["scorecards"]] == ["第二党支部"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("nothing", "--period", "2026"), "没有代码为“nothing”的考核方案。已读入的有：{code}。\n"),
        (
            ("{code}", "--period", "今年"),
            "“今年”不是期间；请写成 2026、2026H1、2026Q3 或 2026-11。\n",
        ),
        (("{code}", "--period", "2026Q3"), "这个方案按年度考核，期间请写年度，例如 2026。\n"),
        (
            ("{code}", "--period", "2026", "--organization", "X"),
            "没有代码为“X”的党组织。\n",
        ),
    ],
)
def test_what_cannot_be_scored_is_refused_with_a_plain_reason(rubric, capsys, arguments, reason):
    asked = [argument.format(code=rubric.code) for argument in arguments]

    code, out, err = run(capsys, "score", *asked)

    assert (code, out, err) == (1, "", reason.format(code=rubric.code))
