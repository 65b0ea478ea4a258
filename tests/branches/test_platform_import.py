"""服务平台登记表: messy workbooks come in, wrong rows come back, and all of it can be undone."""

from io import BytesIO

import openpyxl
import pytest

from branches.models import Coverage, ServicePlatform
from branches.queries.platforms import coverage_rates
from partybuild import batches
from partybuild.imports import find_table
from partybuild.models import ImportBatch
from partybuild.scoping import everything, scoped_to

pytestmark = pytest.mark.usefixtures("today")

HEAD = [
    ["青岚市服务平台党组织覆盖情况登记表"],
    ["填报单位：市档案局机关党委", "", "", "", "", "2026年11月"],
    ["序号", "平台名称", "所在县区", "级别", "单位类型", "是否标准化", "验收时间", "党组织覆盖情况", "", "",
     "", "职工人数", "其中党员人数", "备注"],
    ["", "", "", "", "", "", "", "覆盖方式", "覆盖党组织", "指导员姓名", "覆盖时间", "", "", ""],
]  # fmt: skip
GOOD = [
    [1, "市公共法律服务中心", "城关区", "市级", "服务中心", "是", "2024.5", "单独组建", "第一党支部", "", "2021-07-01", 36, 12, ""],
    [2, "东街 法律服务站", "城关区", "街道", "", "√", "", "联合党支部", "第二支部", "", "2022年3月", "5人", 2, ""],
    [3, "明理律师事务所", "东山县", "县（市、区）", "律所", "否", "", "选派党建指导员", "", "陈 指导", "2025/1/6", 18, 2, ""],
    [4, "乡情协会", "东山县", "乡镇", "", "", "", "无", "", "", "", "", "", "=1+1"],
]  # fmt: skip
BAD = [
    [5, "", "东山县", "乡镇"],
    [6, "北门站", "东山县", "村级"],
    [7, "南门站", "东山县", "乡镇", "铺子"],
    [8, "西门站", "东山县", "乡镇", "", "", "", "口头"],
    [9, "新站", "东山县", "乡镇", "", "", "2027-01-01"],
    [10, "三里站", "东山县", "乡镇", "", "", "", "单建", "没有的党支部"],
    [11, "四里站", "东山县", "乡镇", "", "", "", "派指导员", "", ""],
    [12, "乡情协会", "东山县", "镇"],
]  # fmt: skip
TAIL = [["合计", "12个"], ["填表人：某某", "", "审核人："]]


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def bring_in(user, rows, as_of):
    with scoped_to(user.scope_for("branches.change_platform")):
        return batches.apply(
            actor=user,
            table=find_table("branches.platforms"),
            data=workbook(rows),
            file_name="平台.xlsx",
            as_of=as_of,
        )


def counts(batch):
    said = batch.outcome
    return (said["created"], said["changed"], said["unchanged"], said["rejected_rows"])


def register():
    with everything(reason="the test looks"):
        return [
            (p.name, p.area, p.level, p.kind, p.is_standard, p.staff_count, p.member_count)
            for p in ServicePlatform.objects.order_by("pk")
        ]


def coverages():
    with everything(reason="the test looks"):
        return [
            (c.platform.name, c.way, c.organization and c.organization.name, c.instructor,
             str(c.started_on), str(c.ended_on))
            for c in Coverage.objects.select_related("platform", "organization").order_by("pk")
        ]  # fmt: skip


@pytest.fixture
def house(committee, first_branch, second_branch):
    return committee


def test_good_rows_come_in_whatever_their_spelling(today, zhao, house):
    batch = bring_in(zhao, [*HEAD, *GOOD, *TAIL], today)

    assert counts(batch) == (4, 0, 0, 0)
    assert register() == [
        ("市公共法律服务中心", "城关区", "city", "platform", True, 36, 12),
        ("东街法律服务站", "城关区", "town", "platform", True, 5, 2),
        ("明理律师事务所", "东山县", "county", "law_firm", False, 18, 2),
        ("乡情协会", "东山县", "town", "social_group", False, None, None),
    ]
    assert coverages() == [
        ("市公共法律服务中心", "own", "第一党支部", "", "2021-07-01", "None"),
        ("东街法律服务站", "joint", "第二党支部", "", "2022-03-01", "None"),
        ("明理律师事务所", "instructor", None, "陈指导", "2025-01-06", "None"),
    ]


def test_wrong_rows_come_back_each_with_its_reason(today, zhao, house):
    batch = bring_in(zhao, [*HEAD, *GOOD, *BAD, *TAIL], today)

    codes = {}
    for remark in batch.outcome["rejected"]:  # the gravest of a row stands first
        codes.setdefault(remark["row"], remark["code"])
    assert counts(batch) == (4, 0, 0, 8)
    assert [codes[row] for row in sorted(codes)] == [
        "NAME_MISSING",
        "LEVEL_UNKNOWN",
        "KIND_UNKNOWN",
        "WAY_UNKNOWN",
        "DATE_FUTURE",
        "COVER_UNKNOWN",
        "INSTRUCTOR_MISSING",
        "DUP_ENTRY",
    ]


def test_the_same_file_again_changes_nothing(today, zhao, house):
    bring_in(zhao, [*HEAD, *GOOD], today)
    before = (register(), coverages())

    again = bring_in(zhao, [*HEAD, *GOOD], today)

    assert counts(again) == (0, 0, 4, 0)
    assert (register(), coverages()) == before


def test_a_newer_file_changes_what_it_says_and_ends_what_held(today, zhao, house):
    bring_in(zhao, [*HEAD, *GOOD], today)
    newer = [list(GOOD[0]), list(GOOD[3])]
    newer[0][7:11] = ["空白", "", "", "2026-10-01"]
    newer[0][11] = 40
    newer[1][7:11] = ["联建", "机关党委", "", "2026-11-01"]

    batch = bring_in(zhao, [*HEAD, *newer], today)

    assert counts(batch) == (0, 2, 0, 0)
    assert register()[0][5] == 40
    assert [one for one in coverages() if one[0] in {"市公共法律服务中心", "乡情协会"}] == [
        ("市公共法律服务中心", "own", "第一党支部", "", "2021-07-01", "2026-10-01"),
        ("乡情协会", "joint", "青岚市档案局机关党委", "", "2026-11-01", "None"),
    ]


def test_an_undone_import_leaves_the_register_as_it_was(today, zhao, house):
    bring_in(zhao, [*HEAD, *GOOD], today)
    before = (register(), coverages())
    newer = [list(GOOD[0]), [9, "新站", "东山县", "乡镇", "", "", "", "单建", "第一党支部"]]
    newer[0][7:11] = ["联建", "第二党支部", "", "2026-10-01"]
    batch = bring_in(zhao, [*HEAD, *newer], today)

    with scoped_to(zhao.scope_for("branches.change_platform")):
        report = batches.undo(actor=zhao, batch=ImportBatch.objects.get(pk=batch.pk))

    assert report.kept == []
    assert (register(), coverages()) == before


def test_what_lies_elsewhere_is_not_found(today, zhao, house, foreign_branch):
    head = [["名称", "区域", "层级", "主管党组织"]]
    batch = bring_in(zhao, [*head, ["北站", "云渚区", "县级", foreign_branch.name]], today)

    assert [remark["code"] for remark in batch.outcome["rejected"]] == ["ORG_UNKNOWN"]


def test_three_thousand_rows_come_in_and_are_counted(today, zhao, house):
    rows = [
        [n, f"站点{n:04d}", f"第{n % 20}区", ("市", "县", "乡")[n % 3], "", "", "",
         "单建" if n % 3 else "空白", "第一党支部" if n % 3 else ""]
        for n in range(3000)
    ]  # fmt: skip

    batch = bring_in(zhao, [*HEAD, *rows], today)

    with everything(reason="the test looks"):
        whole = coverage_rates(today).whole
    assert counts(batch) == (3000, 0, 0, 0)
    assert (whole.total, whole.own, whole.blank) == (3000, 2000, 1000)
