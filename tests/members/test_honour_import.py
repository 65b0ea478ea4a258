"""A ledger of honours comes in: whoever was commended is found, twice the same changes nothing."""

import datetime as dt

import pytest

from members.models import Honour
from partybuild.imports import Reading, find_table, outcome_of
from partybuild.journal import Journal
from partybuild.scoping import everything
from partybuild.sheets import recognise
from partybuild.tables import RawRow, RawSheet
from tests.cast import enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

AS_OF = dt.date(2026, 11, 21)
HEAD = ["序号", "获奖人员", "荣誉称号", "表彰级别", "表彰单位", "获奖时间", "文件文号"]


def bring_in(*lines):
    """Import lines under the headings; return what was said of them."""
    table = find_table("honours")
    rows = [["荣誉台账"], HEAD, *([number, *line] for number, line in enumerate(lines, 1))]
    raw = RawSheet("荣誉", rows=[RawRow(number, row) for number, row in enumerate(rows, 1)])
    with everything(reason="test"):
        sheet = recognise(raw, table.columns, table.required)
        planned = table.plan([sheet], as_of=AS_OF)
        table.write(planned, Journal(), as_of=AS_OF)
        return outcome_of(Reading([sheet], []), planned)


def test_people_organisations_and_units_are_told_apart(first_branch):
    enrolled("安小河", first_branch)
    lines = (
        ["安小河", "优秀共产党员", "市级", "市委", "2026年7月", "青委〔2026〕3号"],
        ["第一党支部", "先进党支部", "省级", "省委", "2026.7.1", ""],
        ["便民服务窗口", "文明窗口", "全国", "部里", "2025-06-30", ""],
    )

    first, again = bring_in(*lines), bring_in(*lines)

    with everything(reason="test"):
        told = [
            (row.winner, row.title, row.level, str(row.awarded_on), row.awarded_precision)
            for row in Honour.objects.select_related("member", "organization").order_by("pk")
        ]
    assert told == [
        ("安小河", "优秀共产党员", "municipal", "2026-07-01", "month"),
        ("第一党支部", "先进党支部", "provincial", "2026-07-01", "day"),
        ("便民服务窗口", "文明窗口", "national", "2025-06-30", "day"),
    ]
    assert (first["created"], again["created"], again["unchanged"]) == (3, 0, 3)


def test_wrong_lines_come_back_with_their_reason(first_branch, second_branch):
    for branch in (first_branch, second_branch):
        enrolled("同名", branch)
    said = bring_in(
        ["同名", "先进个人", "本级", "机关党委", "2026-07-01", ""],
        ["某某单位", "先进集体", "很高", "机关党委", "2026-07-01", ""],
        ["某某单位", "先进集体", "本级", "机关党委", "2027-07-01", ""],
        ["某某单位", "", "本级", "机关党委", "2026-07-01", ""],
    )

    codes = [row["code"] for row in said["rejected"]]
    assert codes == ["PERSON_AMBIGUOUS", "LEVEL_UNKNOWN", "DATE_FUTURE", "NAME_MISSING"]
    with everything(reason="test"):
        assert Honour.objects.count() == 0
