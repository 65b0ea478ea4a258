"""Registers and rosters of other offices: other headings, other spellings, other dirt."""

from io import BytesIO

import openpyxl
import pytest

from branches.models import PartyOrganization
from members.models import Member, Membership, Office
from partybuild import batches
from partybuild.imports import find_table
from partybuild.scoping import everything
from partybuild.values import id_check_digit
from tests.members.samples import by_row

pytestmark = pytest.mark.django_db

REGISTER = [
    ["某县农业农村局党组织基本情况一览表"],
    ["单位：某县农业农村局", "", "", "", "", "", "2026年11月"],
    ["序号", "党组织全称", "隶属党组织", "成立时间", "最近一次换届时间", "任期（年）", "书记", "副书记",
     "组织委员", "党员人数", "", "党小组个数"],
    ["", "", "", "", "", "", "", "", "", "正式党员", "预备党员", ""],
    [1, "某县农业农村局机关支部委员会", "县农业农村局党委", "2001年7月", "2025/7/1", 3, "赵甲", "", "钱乙", 20, 1, 2],
    [2, "中国共产党某县农业农村局委员会", "县直机关工委", "2001.6", "2022.6.1", 5, "张一", "李二", "王三", 60, 3, ""],
    ["（一）下属单位"],
    [3, "某县农技推广中心总支", "局党委", "", "2024-5-5", "3", "吴己", "", "", 30, 1, 0],
    ["序号", "党组织全称", "隶属党组织", "成立时间"],
    [4, "农技推广中心第1支部", "某县农技推广中心总支部委员会", "", "2024-5-6", "3", "郑庚", "", "", 10, 1, 0],
    [5, "柳河村党支部", "农业农村局党委", "", "2022-5-6", "5", "冯辛", "", "", 10, 1, 0],
    ["合   计", "5个", "", "", "", "", "", "", "", 130, 6],
    ["填表人：某某", "", "", "审核人："],
]  # fmt: skip


def number(digits):
    return digits + id_check_digit(digits)


ROSTER = [
    ["某县农业农村局党委党员信息采集表"],
    ["编号", "党员基本情况", "", "", "", "", "党籍情况", "", "", "", "联系方式", "备 注"],
    ["", "姓  名", "性  别", "民 族", "出生\n年月", "身份证\n号码*", "加入党组织", "", "党员\n类型", "所在支部", "手机", ""],
    ["", "", "", "", "", "", "入党时间", "转正时间", "", "", "", ""],
    ["一、机关支部"],
    [1, "赵 甲", "男", "汉", "1980.5", number("11010119800512001"), "2005.7", "2006.7", "正式党员", "局机关党支部", "13800000001", ""],
    [2, "钱乙", "女", "汉", "1980.6.1", number("11010119800601002"), "2005年7月", "2006年7月", "正式", "机关支部", 13800000002, ""],
    ["二、下属单位"],
    [3, "吴己", "男", "回", "1975年3月", number("11010119750312003"), "1999/1/1", "2000/1/1", "中共党员", "第1支部", "", ""],
    [4, "外人", "男", "回", "1999年3月", number("11010119990313003"), "2026/3/1", "", "预备党员", "园艺站支部", "", ""],
    ["", "姓  名", "性  别", "民 族", "出生\n年月"],
    [5, "小申", "男", "回", "1999年3月", number("11010119990315003"), "", "", "发展对象", "农技推广中心第一党支部", "", ""],
    ["总计", "5人"],
    ["说明：本表一式两份。"],
]  # fmt: skip


def workbook(rows, name="Sheet1"):
    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def bring_in(kind, rows, as_of, name="Sheet1"):
    with everything(reason="test"):
        return batches.apply(
            actor=None,
            table=find_table(kind),
            data=workbook(rows, name),
            file_name="名册.xlsx",
            as_of=as_of,
        ).outcome


def test_a_register_with_columns_of_its_own_builds_the_tree(today):
    said = bring_in("org_register", REGISTER, today)

    with everything(reason="test"):
        tree = [
            (one.name, one.kind, one.superior.name if one.superior else None)
            for one in PartyOrganization.objects.exclude(kind="group").order_by("path")
        ]
        posts = Office.objects.filter(organization__kind="committee").values_list(
            "post", "holder_name"
        )
        posts = list(posts)
    assert said["rejected"] == []
    assert tree == [
        ("某县农业农村局党委", "committee", None),
        ("某县农业农村局机关党支部", "branch", "某县农业农村局党委"),
        ("某县农技推广中心总支", "general_branch", "某县农业农村局党委"),
        ("农技推广中心第1支部", "branch", "某县农技推广中心总支"),
        ("柳河村党支部", "branch", "某县农业农村局党委"),
    ]
    assert posts == [
        ("secretary", "张一"),
        ("deputy_secretary", "李二"),
        ("organization_member", "王三"),
    ]


def test_a_village_branch_serves_five_years(today):
    said = bring_in("org_register", REGISTER, today)

    assert by_row(said["warned"]) == {
        ("Sheet1", 6): {"PARENT_EXTERNAL"},
        ("Sheet1", 10): {"PARENT_FUZZY"},
    }


def test_a_roster_with_three_levels_of_headings_and_sections_is_read(today):
    bring_in("org_register", REGISTER, today)

    said = bring_in("member_roster", ROSTER, today)

    with everything(reason="test"):
        people = {
            member.name: (member.branch.name, member.category, str(member.joined_on))
            for member in Member.objects.select_related("branch")
        }
    assert by_row(said["rejected"]) == {("Sheet1", 10): {"BRANCH_UNKNOWN"}}
    assert said["warned"] == []
    assert people == {
        "赵甲": ("某县农业农村局机关党支部", "full", "2005-07-01"),
        "钱乙": ("某县农业农村局机关党支部", "full", "2005-07-01"),
        "吴己": ("农技推广中心第1支部", "full", "1999-01-01"),
        "小申": ("农技推广中心第1支部", "candidate", "None"),
    }


def test_an_unknown_branch_is_rejected_with_what_may_have_been_meant(today):
    bring_in("org_register", REGISTER, today)
    row = list(ROSTER[5])
    row[9] = "农枝推广中心第一党支部"

    said = bring_in("member_roster", [*ROSTER[:4], row], today)

    (remark,) = said["rejected"]
    assert remark["reason"].endswith("是不是“农技推广中心第1支部”？")


def test_the_person_whose_row_was_wrong_comes_in_with_the_corrected_rows(today):
    bring_in("org_register", REGISTER, today)
    wrong = [list(row) for row in ROSTER]
    wrong[5][5] = wrong[5][5][:-1] + ("0" if wrong[5][5][-1] != "0" else "1")
    bring_in("member_roster", wrong, today)

    said = bring_in("member_roster", ROSTER, today)

    assert (said["created"], said["changed"], said["unchanged"]) == (1, 0, 3)


def test_somebody_who_moves_leaves_one_branch_and_joins_the_other(today):
    bring_in("org_register", REGISTER, today)
    bring_in("member_roster", ROSTER, today)
    moved = [list(row) for row in ROSTER]
    moved[5][9] = "柳河村党支部"

    said = bring_in("member_roster", moved, today)

    with everything(reason="test"):
        member = Member.objects.select_related("branch").get(name="赵甲")
        history = list(
            Membership.objects.filter(member=member)
            .order_by("pk")
            .values_list("organization__name", "started_on", "ended_on")
        )
    assert said["differences"][0]["fields"] == [
        ["所在党支部", "某县农业农村局机关党支部", "柳河村党支部"]
    ]
    assert member.branch.name == "柳河村党支部"
    assert history == [
        ("某县农业农村局机关党支部", None, today),
        ("柳河村党支部", today, None),
    ]


def test_a_candidate_who_is_admitted_becomes_a_member(today):
    bring_in("org_register", REGISTER, today)
    bring_in("member_roster", ROSTER, today)
    admitted = [list(row) for row in ROSTER]
    admitted[11][6:9] = ["2026.11.1", "", "预备党员"]

    bring_in("member_roster", admitted, today)

    with everything(reason="test"):
        kinds = list(
            Membership.objects.filter(member__name="小申")
            .order_by("pk")
            .values_list("kind", "ended_on")
        )
    assert kinds == [("development", today), ("formal", None)]


def test_a_member_does_not_fall_back_to_an_applicant(today):
    bring_in("org_register", REGISTER, today)
    bring_in("member_roster", ROSTER, today)
    stale = [list(row) for row in ROSTER]
    stale[5][6:9] = ["", "", "积极分子"]

    said = bring_in("member_roster", stale, today)

    assert by_row(said["rejected"])[("Sheet1", 6)] == {"DUP_ID"}


def test_an_empty_cell_wipes_nothing_and_a_month_does_not_blur_a_day(today):
    bring_in("org_register", REGISTER, today)
    bring_in("member_roster", ROSTER, today)
    vague = [list(row) for row in ROSTER]
    vague[6][4], vague[6][10], vague[8][6] = "1980.06", "", "1999.1.1"

    said = bring_in("member_roster", vague, today)

    assert (said["created"], said["changed"]) == (0, 0)


def test_somebody_without_a_number_is_known_by_name_branch_and_birth(today):
    bring_in("org_register", REGISTER, today)
    bare = [list(row) for row in ROSTER[:6]]
    bare[5][5] = ""
    bring_in("member_roster", bare, today)

    again = bring_in("member_roster", bare, today)
    numbered = bring_in("member_roster", ROSTER[:6], today)

    assert (again["created"], again["unchanged"]) == (0, 1)
    assert (numbered["created"], numbered["changed"]) == (0, 1)
    with everything(reason="test"):
        assert Member.objects.get().id_number == ROSTER[5][5]


def test_an_old_number_and_the_new_one_are_one_person(today):
    bring_in("org_register", REGISTER, today)
    old = [list(row) for row in ROSTER[:6]]
    old[5][5] = ROSTER[5][5][:6] + ROSTER[5][5][8:17]
    bring_in("member_roster", old, today)

    said = bring_in("member_roster", ROSTER[:6], today)

    assert (said["created"], said["changed"]) == (0, 1)


def test_a_number_that_is_registered_under_another_name_is_rejected(today):
    bring_in("org_register", REGISTER, today)
    bring_in("member_roster", ROSTER, today)
    other = [list(row) for row in ROSTER[:6]]
    other[5][1] = "孙大圣"

    said = bring_in("member_roster", other, today)

    assert by_row(said["rejected"]) == {("Sheet1", 6): {"ID_CONFLICT"}}


def test_the_sheet_names_the_branch_where_no_column_does(today):
    bring_in("org_register", REGISTER, today)
    rows = [["姓名", "身份证号", "人员类别"], ["周全", number("11010119900101003"), "预备党员"]]

    said = bring_in("member_roster", rows, today, name="柳河村支部")

    with everything(reason="test"):
        assert said["created"] == 1
        assert Member.objects.get().branch.name == "柳河村党支部"


def test_superiors_that_stand_in_a_circle_are_rejected(today):
    rows = [
        REGISTER[2],
        [1, "甲局党委", "市直机关工委"],
        [2, "乙中心党总支", "丙中心党总支"],
        [3, "丙中心党总支", "乙中心党总支"],
    ]

    said = bring_in("org_register", rows, today)

    assert said["created"] == 1
    assert by_row(said["rejected"]) == {
        ("Sheet1", 3): {"PARENT_UNKNOWN"},
        ("Sheet1", 4): {"PARENT_UNKNOWN"},
    }


def test_a_new_term_ends_the_offices_of_the_old_one(today):
    bring_in("org_register", REGISTER, today)
    elected = [list(row) for row in REGISTER]
    elected[4][4:9] = ["2026.7.1", 3, "钱乙", "", "赵甲"]

    said = bring_in("org_register", elected, today)

    with everything(reason="test"):
        sitting = Office.objects.filter(organization__name="某县农业农村局机关党支部").order_by(
            "pk"
        )
        stored = [(o.post, o.holder_name, str(o.ended_on)) for o in sitting]
    assert said["changed"] == 1
    assert stored == [
        ("secretary", "赵甲", "2026-07-01"),
        ("organization_member", "钱乙", "2026-07-01"),
        ("secretary", "钱乙", "None"),
        ("organization_member", "赵甲", "None"),
    ]
