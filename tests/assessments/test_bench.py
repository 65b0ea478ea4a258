"""manage.py bench: what it tells, and that it touches nothing. How fast anything is, no test asks."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as portal_settings

from assessments.bench.figures import Figure


@pytest.mark.parametrize(
    ("goal", "words", "met"),
    [
        ({"at_most": 2.0}, "≤ 2 倍", True),
        ({"at_most": 1.5}, "≤ 1.5 倍", False),
        ({"at_least": 8.0}, "≥ 8 倍", False),
        ({"at_least": 1.9}, "≥ 1.9 倍", True),
        ({}, "", None),
    ],
)
def test_a_goal_is_met_or_not(goal, words, met):
    figure = Figure("列表", 7.8, "毫秒", peer="空页", peer_value=4.0, ratio=1.95, **goal)

    assert (figure.goal, figure.met) == (words, met)


def test_a_figure_without_a_peer_meets_nothing():
    assert Figure("保存", 8.5, "毫秒", at_most=2.0).met is None


def test_it_measures_everything_in_a_portal_of_its_own(tmp_path):
    folder = tmp_path / "data"
    done = subprocess.run(
        [sys.executable, "manage.py", "bench", "--rows", "20", "--rounds", "1", "--json"],
        cwd=portal_settings.BASE_DIR,
        env={**os.environ, "DATA_DIR": str(folder), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert [(one["name"], one["peer"], one["goal"]) for one in told] == [
        ("活动列表，50 行", "登录后的空页", "≤ 2 倍"),
        ("花名册，50 行", "登录后的空页", "≤ 2 倍"),
        ("“三会一课”台账页，50 行", "登录后的空页", "≤ 2 倍"),
        ("1000 个支部全年应办，一次算出", "逐个支部计算", ""),
        ("保存一次 25 人的活动", "", ""),
        ("保存一次 80 人的活动", "25 人的活动", ""),
        ("1000 个支部 × 60 项考核得分，算出并保存", "", ""),
        ("一项得分怎么来的，一页", "", ""),
        ("Excel 30 列 20 行", "", ""),
        ("Excel 30 列 20 行", "XlsxWriter constant_memory", "≥ 8 倍"),
        ("Excel 30 列 20 行", "openpyxl write_only", ""),
        ("Excel 30 列 20 行", "django-import-export", "≥ 30 倍"),
    ]
    left = sorted(file.name for file in tmp_path.rglob("*") if file.is_file())
    assert left == ["field_keys", "secret_key"]  # which every first command makes
