"""manage.py build_ledger: the same file as in the portal, and a plain reason when there is none."""

import datetime as dt
import hashlib
import io
import json
import os
import subprocess
import sys

import openpyxl
import pytest
from django.conf import settings as portal_settings
from django.core.management import CommandError, call_command

from activities.models import Activity, Meeting
from partybuild.ledgers import ledgers
from partybuild.models import AuditEntry
from partybuild.scoping import everything
from tests.factories.branches import PartyOrganizationFactory
from tests.partybuild.conftest import portal_of_this_test
from tests.partybuild.ledger_records import ID_NUMBER, PHONE, life_of

MEETINGS = "activities.meetings"


@pytest.fixture
def records(today, first_branch, second_branch):
    """One record of every kind in two branches of one committee."""
    life_of(first_branch, "甲")
    life_of(second_branch, "乙")


def run(*arguments, **options):
    """Call the command and return what it prints."""
    out = io.StringIO()
    call_command("build_ledger", *arguments, stdout=out, **options)
    return out.getvalue()


def texts(path):
    """Return all texts of a workbook."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]


def test_it_builds_the_ledger_of_everything(records, tmp_path):
    target = tmp_path / "台账.xlsx"

    said = run(MEETINGS, period="2026", out=str(target))

    assert said == f"已生成 “三会一课”台账 2026年，2 行：{target}\n"
    assert "填报单位：青岚市档案局机关党委" in texts(target)
    assert {"第一党支部", "第二党支部"} < set(texts(target))


def test_as_json_it_tells_what_it_made(records, tmp_path):
    target = tmp_path / "台账.xlsx"

    told = json.loads(run(MEETINGS, period="2026Q1", out=str(target), json=True))

    assert told == {
        "ledger": "activities.meetings",
        "period": "2026Q1",
        "organization": None,
        "rows": 2,
        "bytes": target.stat().st_size,
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
        "out": str(target),
    }


@pytest.mark.parametrize("naming", ["code", "name"])
def test_an_organisation_narrows_it(records, tmp_path, first_branch, naming):
    target = tmp_path / "台账.xlsx"

    told = json.loads(
        run(
            MEETINGS,
            period="2026-03",
            organization=getattr(first_branch, naming),
            out=str(target),
            json=True,
        )
    )

    assert (told["organization"], told["rows"]) == (first_branch.code, 1)
    assert "填报单位：第一党支部" in texts(target)
    assert not {"第二党支部", "乙"} & set(texts(target))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("三会一课台账", "activities.meetings"),
        ("“三会一课”台账", "activities.meetings"),
        ("党员花名册", "members.roster"),
        ("党员先锋岗示范岗台账", "members.vanguard_posts"),
    ],
)
def test_a_ledger_may_be_named_by_its_title(records, tmp_path, name, code):
    told = json.loads(run(name, period="2026", out=str(tmp_path / "台账.xlsx"), json=True))

    assert told["ledger"] == code


def test_personal_numbers_stay_masked(records, tmp_path):
    target = tmp_path / "花名册.xlsx"

    run("members.roster", period="2026", out=str(target))

    assert {"999001********0021", "154****1234"} < set(texts(target))
    assert not {ID_NUMBER, PHONE} & set(texts(target))


def test_several_trees_share_no_name(records, foreign_branch, tmp_path):
    target = tmp_path / "台账.xlsx"

    run(MEETINGS, period="2026", out=str(target))

    assert "填报单位：全部党组织" in texts(target)


def test_it_is_noted_in_the_audit_trail(records, committee, tmp_path):
    told = json.loads(
        run(
            MEETINGS,
            period="2026",
            organization=committee.code,
            out=str(tmp_path / "台账.xlsx"),
            json=True,
        )
    )

    with everything(reason="what was noted"):
        entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.place) == (
        None,
        "partybuild.ledgerfile.built",
        committee.path,
    )
    assert entry.summary == "生成 “三会一课”台账 青岚市档案局机关党委 2026年，2 行"
    assert entry.after == {"rows": 2, "sha256": told["sha256"]}


def refusal(tmp_path, **changed):
    """Return why the command refuses, once in words and once as JSON."""
    asked = {"code": MEETINGS, "period": "2026", "out": str(tmp_path / "台账.xlsx"), **changed}
    code = asked.pop("code")
    out = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("build_ledger", code, **asked, json=True, stdout=out)
    assert json.loads(out.getvalue()) == {"refused": str(refused.value)}
    return str(refused.value)


def test_an_unknown_ledger_is_refused_and_the_known_ones_listed(db, tmp_path):
    known = "、".join(f"{ledger.code}（{ledger.title}）" for ledger in ledgers)

    assert refusal(tmp_path, code="meetings") == f"没有叫“meetings”的台账；现有：{known}。"


def test_a_bad_period_is_refused(db, tmp_path):
    assert refusal(tmp_path, period="2026-13") == (
        "“2026-13”不是期间；请写成 2026、2026H1、2026Q3 或 2026-11。"
    )


def test_an_organisation_that_is_unknown_or_ambiguous_is_refused(records, committee, tmp_path):
    PartyOrganizationFactory(name="第一党支部", superior=committee)

    assert [refusal(tmp_path, organization=name) for name in ("第九党支部", "第一党支部")] == [
        "没有代码、名称或简称是“第九党支部”的党组织。",
        "不止一个代码、名称或简称是“第一党支部”的党组织。",
    ]


def test_a_place_where_no_file_can_be_is_refused(db, tmp_path):
    missing = tmp_path / "没有" / "台账.xlsx"

    assert refusal(tmp_path, out=str(missing)) == f"没有这个文件夹：{missing.parent}"
    assert refusal(tmp_path, out=str(tmp_path)) == f"{tmp_path} 是文件夹，请写明文件名。"


def test_what_cannot_be_written_leaves_the_older_file_alone(records, tmp_path):
    name = "长" * 83 + ".xlsx"  # as long as a name may be; the temporary one is longer
    target = tmp_path / name
    target.write_bytes(b"older")

    assert refusal(tmp_path, out=str(target)) == f"文件没有写成，原来的没有改动：{target}"
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [(name, b"older")]


def test_an_older_file_is_replaced_whole(records, tmp_path):
    target = tmp_path / "台账.xlsx"
    target.write_bytes(b"older")

    run(MEETINGS, period="2026", out=str(target))

    assert [file.name for file in tmp_path.iterdir()] == ["台账.xlsx"]
    assert target.read_bytes()[:2] == b"PK"


def in_a_process(*command):
    """Run Python in a process of its own; return its exit code and what it said."""
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, *command],
        cwd=portal_settings.BASE_DIR,
        env={**os.environ, **portal_of_this_test()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.django_db(transaction=True)
def test_a_refusal_ends_the_process_with_a_plain_reason():
    asked = [MEETINGS, "--period", "2026年", "--out", "台账.xlsx"]

    assert in_a_process("manage.py", "build_ledger", *asked) == (
        1,
        "“2026年”不是期间；请写成 2026、2026H1、2026Q3 或 2026-11。\n",
    )


def many_meetings(branch, user, count):
    """Record meetings of which hardly two cells are alike."""
    with everything(reason="the test arranges its rows"):
        activities = Activity.objects.bulk_create(
            Activity(
                organization=branch,
                held_on=dt.date(2026, 1, 1) + dt.timedelta(days=number % 300),
                topic=f"第{number}次学习",
                place=f"第{number}会议室",
                recorded_by=user,
            )
            for number in range(count)
        )
        Meeting.objects.bulk_create(
            Meeting(activity=activity, kind="party_day", minutes=f"传达学习{activity.pk}。" * 20)
            for activity in activities
        )


# The peak of a process's own memory; what getrusage tells begins with its parent's.
WATCHED = """
import re, sys
from pathlib import Path
from django.core.management import execute_from_command_line

execute_from_command_line(["manage.py", "build_ledger", *sys.argv[1:]])
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="只有 Linux 会说一个进程用过多少内存。")
@pytest.mark.django_db(transaction=True)
def test_ten_times_the_rows_take_hardly_more_memory(
    li, first_branch, second_branch, tmp_path, monkeypatch
):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "partybuild.settings")
    many_meetings(first_branch, li, 2_000)
    many_meetings(second_branch, li, 18_000)
    asked = [MEETINGS, "--period", "2026", "--out", str(tmp_path / "台账.xlsx"), "--json"]

    rows, peaks = [], []
    for places in (["--organization", first_branch.code], []):
        code, said = in_a_process("-c", WATCHED, *asked, *places)
        assert code == 0, said
        told, peak = said.splitlines()
        rows.append(json.loads(told)["rows"])
        peaks.append(int(peak) / 1024)

    assert rows == [2_000, 20_000]
    assert peaks[1] < peaks[0] + 32  # of which SQLite may keep 20 as its pages
