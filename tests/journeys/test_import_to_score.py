"""From two Excel files to a score: imported, recorded once, read in ledger and scorecard."""

import re
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command

from assessments.loading import load_scheme_file
from branches.models import PartyOrganization
from branches.roles import Role
from members.models import Member
from partybuild.jobs import perform
from partybuild.models import Job
from partybuild.scoping import everything
from partybuild.values import id_check_digit
from tests.cast import account

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REGISTER = [
    [
        "党组织名称",
        "简称",
        "组织类别",
        "上级党组织",
        "成立日期",
        "本届当选时间",
        "任期",
        "书记",
        "是否设支委会",
    ],
    [
        "青岚市档案局机关党委",
        "机关党委",
        "机关党委",
        None,
        "2010-03-01",
        "2024-05-10",
        "5年",
        None,
        None,
    ],
    [
        "青岚市档案局保管处党支部",
        "保管处党支部",
        "党支部",
        "机关党委",
        "2012.6",
        "2024-06-01",
        "3年",
        "安小河",
        "是",
    ],
]
HEADINGS = [
    "姓名",
    "性别",
    "民族",
    "出生日期",
    "身份证号码",
    "人员类别",
    "入党时间",
    "转正时间",
    "党籍状态",
]
NAMES = ["安小河", "白一舟", "陈望南", "丁初晴", "方知夏", "顾青山", "何望舒", "江临风"]


def save(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def roster():
    rows = [HEADINGS]
    for number, name in enumerate(NAMES):
        digits = f"9990011980010{number + 1}{number * 2 + 1:03d}"
        rows.append(
            [
                name,
                "男",
                "汉族",
                f"1980-01-0{number + 1}",
                digits + id_check_digit(digits),
                "正式党员",
                "2005-06-01",
                "2006.6.1",
                "正常",
            ]
        )
    rows.append(
        [
            "错一位",
            "男",
            "汉族",
            "1980-01-01",
            "999001198001010100",
            "正式党员",
            "2005-06",
            "2006-06",
            "正常",
        ]
    )
    return rows


def test_from_two_excel_files_to_a_score(hand, page, sign_in, live_server, tmp_path, data_dir):
    register = save(tmp_path / "党组织名册.xlsx", {"党组织名册": REGISTER})
    people = save(tmp_path / "党员花名册.xlsx", {"保管处党支部": roster()})
    call_command("import_table", "org_register", str(register), "--json")
    with everything(reason="the test grants roles where the register says"):
        top = PartyOrganization.objects.get(short_name="机关党委")
        branch = PartyOrganization.objects.get(short_name="保管处党支部")
        load_scheme_file(actor=None)
    clerk = account("clerk", "孟晓棠", Role.LEDGER_CLERK, top)
    secretary = account("anxiaohe", "安小河", Role.SECRETARY, branch)

    sign_in(clerk)
    page.get_by_role("link", name="导入名册").click()
    page.get_by_label(re.compile("^党员花名册")).check()
    page.locator("input[type=file]").set_input_files(people)
    page.get_by_role("button", name="上传并预览").click()
    assert "8 行可以导入，1 行退回" in page.get_by_role("main").inner_text()
    page.get_by_role("button", name="确认导入 8 行").click()
    page.get_by_role("button", name="撤销导入").wait_for()
    with everything(reason="the test counts who came in"):
        assert sorted(Member.objects.values_list("name", flat=True)) == sorted(NAMES)

    page.context.clear_cookies()
    sign_in(secretary)
    page.get_by_role("link", name=re.compile("记录.*党课")).click()
    page.get_by_role("button", name="何望舒，").click()
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("已保存").first.wait_for()

    page.get_by_role("link", name=re.compile("台账增加 1 行")).click()
    page.get_by_role("button", name="导出 Excel").click()
    with everything(reason="the test is the worker"):
        [job] = Job.objects.filter(kind="partybuild.build_ledger")
    perform(job.pk)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    sheet = openpyxl.load_workbook(BytesIO(Path(download.value.path()).read_bytes())).active
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "何望舒（请假）" in cells
    assert "党课" in cells

    page.get_by_role("link", name="考核", exact=True).click()
    page.get_by_role("link", name=re.compile("考核测评表")).click()
    line = page.get_by_role("row", name=re.compile("党课")).inner_text()
    assert "1 次记录" in line
