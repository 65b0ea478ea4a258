"""L1: one branch, one year, exported in four interactions; a ledger narrowed, copied, on A3 paper."""

import openpyxl
import pytest

from partybuild import jobs
from partybuild.models import AuditEntry, Job
from partybuild.scoping import everything
from tests.cast import enrolled
from tests.factories.activities import MeetingFactory
from tests.journeys.test_print import printed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.usefixtures("second_branch")
def test_a_ledger_of_one_branch_is_exported_in_four_interactions(
    hand, page, sign_in, zhao, li, first_branch
):
    MeetingFactory(activity__organization=first_branch, activity__recorded_by=li)
    sign_in(zhao)

    hand.type(page.get_by_role("searchbox"), "第一党支部")
    hand.press("Enter")
    hand.click(page.get_by_role("link", name="第一党支部的台账"))
    hand.click(page.get_by_role("button", name="导出“三会一课”台账"))
    page.get_by_role("heading", name="“三会一课”台账 第一党支部 2026年").wait_for()
    with everything(reason="the test is the worker"):
        jobs.perform(Job.objects.get().pk)
    page.get_by_role("link", name="下载").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()

    assert hand.interactions == 4
    with download.value.path().open("rb") as file:
        sheet = openpyxl.load_workbook(file).worksheets[0]
    assert sheet["A2"].value == "填报单位：第一党支部"


@pytest.fixture
def at_the_roster(sign_in, page, zhao, li, wang, first_branch, live_server):
    for number in range(60):
        enrolled(f"安小{number}", first_branch, gender="male", note="=1+1")
    sign_in(zhao)
    page.goto(f"{live_server.url}/ledgers/members.roster/")


@pytest.mark.usefixtures("at_the_roster")
def test_two_conditions_and_a_column_less_are_chosen_and_taken_back(hand, page):
    hand.click(page.get_by_role("link", name="筛选和列"))
    hand.type(page.get_by_label("党支部含有"), "第一")
    hand.click(page.get_by_label("性别为"))
    page.get_by_label("性别为").select_option("男")
    hand.click(page.get_by_label("显示备注"))
    hand.click(page.get_by_role("button", name="按这样显示"))

    page.get_by_text("共 60 行", exact=False).first.wait_for()
    assert page.get_by_role("columnheader", name="备注").count() == 0

    hand.click(page.get_by_role("link", name="去掉条件：性别为“男”"))
    page.get_by_text("共 61 行", exact=False).first.wait_for()
    assert hand.interactions == 6


@pytest.mark.usefixtures("at_the_roster")
def test_the_whole_ledger_goes_to_the_clipboard_and_no_formula_with_it(hand, page, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])

    hand.click(page.get_by_role("link", name="复制全部"))
    page.get_by_text("已复制，到 Excel 或 WPS 里粘贴即可。").wait_for()
    rows = [
        line.split("\t") for line in page.evaluate("navigator.clipboard.readText()").splitlines()
    ]

    assert len(rows) == 1 + 62
    assert rows[0][2] == "基本情况/姓名"
    assert {row[-1] for row in rows[1:]} == {"", "'=1+1"}
    with everything(reason="the test looks at the trail"):
        assert AuditEntry.objects.get(action="partybuild.ledger.copied").after == {
            "code": "members.roster",
            "rows": 62,
        }


@pytest.mark.usefixtures("at_the_roster")
def test_on_paper_the_head_stands_on_every_page_of_an_a3_across(hand, page):
    hand.click(page.get_by_role("link", name="打印"))
    page.get_by_role("button", name="打印").wait_for()
    pages = printed(page.pdf(prefer_css_page_size=True))
    sheets = ["".join(line.text for line in lines) for _, lines in pages]

    assert len(sheets) > 1
    assert {(round(width), round(height)) for (width, height), _ in pages} == {(420, 297)}
    assert [sheet.count("身份证号码") for sheet in sheets] == [1] * len(sheets)
    assert "填报人：" in sheets[-1]
