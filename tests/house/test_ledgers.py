"""Every registered ledger: page, openpyxl and calamine show the same; nothing of others leaks."""

import datetime as dt
import itertools
import re
import zipfile
from html.parser import HTMLParser

import openpyxl
import pytest
import python_calamine
from django.urls import reverse

from partybuild import ledgerfiles
from partybuild.ledgers import heading_rows, ledgers
from partybuild.masking import mask_id_number, mask_phone
from partybuild.periods import Period
from partybuild.scoping import everything, scoped_to
from tests.cast import able
from tests.factories.activities import MeetingFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.partybuild.ledger_records import ID_NUMBER, PHONE, life_of

YEAR = Period.year(2026)
HOSTILE = ("=cmd()|'/c calc'!A0", "+8613800001234", "-1+1", "@SUM(1)", "<b>&amp;</b>", "\t=1")

pytestmark = pytest.mark.usefixtures("today")
every_ledger = pytest.mark.parametrize("ledger", list(ledgers), ids=lambda ledger: ledger.code)


class TableParser(HTMLParser):
    """Reads the table of a page: rows of (text, columns, rows) of its head, texts of its body."""

    def __init__(self, page):
        super().__init__()
        self.head, self.body = [], []
        self.part = self.cell = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag in {"thead", "tbody"}:
            self.part = self.head if tag == "thead" else self.body
        elif tag == "tr":
            self.part.append([])
        elif tag in {"td", "th"}:
            spans = dict(attrs)
            self.spans = int(spans.get("colspan", 1)), int(spans.get("rowspan", 1))
            self.cell = ""

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag in {"td", "th"}:
            whole = (self.cell, *self.spans)
            self.part[-1].append(whole if self.part is self.head else self.cell)
            self.cell = None


def page_of_ledger(client, ledger, **conditions):
    url = reverse("partybuild:ledger", args=[ledger.code])
    return client.get(url, {"period": "2026", **conditions})


def workbook_of(ledger, user, place, folder, period=YEAR):
    """Have `user` write a ledger of `place` and return the path of the file."""
    target = folder / f"{ledger.code}.xlsx"
    with scoped_to(user.scope_for(ledger.permission)):
        ledgerfiles.export(actor=user, ledger=ledger, period=period, place=place, target=target)
    return target


def sheet_of(path):
    return openpyxl.load_workbook(path).worksheets[0]


def first_row(ledger):
    """Return the number of the first row of data: below title, unit and headings."""
    return 3 + len(heading_rows(ledger.columns))


def size_of(spans, cell):
    """Return how many columns and rows a heading covers."""
    area = spans.get((cell.row, cell.column))
    return (area.size["columns"], area.size["rows"]) if area else (1, 1)


def shown(value):
    """Write a cell as the page does."""
    if value in (None, ""):
        return "—"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dt.datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, dt.date) else str(value)


@every_ledger
def test_page_and_both_readers_of_the_file_show_the_same_cells(
    client, zhao, committee, first_branch, second_branch, tmp_path, ledger
):
    life_of(first_branch, "甲")
    life_of(second_branch, "乙")
    zhao = able(zhao, ledger.permission)
    client.force_login(zhao)
    path = workbook_of(ledger, zhao, committee, tmp_path)
    first = first_row(ledger)

    on_page = [
        [re.sub(r"(?<=\d)\.00$", "", cell) for cell in row]
        for row in TableParser(page_of_ledger(client, ledger).text).body
    ]
    by_openpyxl = list(sheet_of(path).iter_rows(first, first + len(on_page) - 1, values_only=True))
    sheet = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    by_calamine = sheet.to_python()[first - 1 : first - 1 + len(on_page)]

    assert len(on_page) >= 2
    assert [[shown(cell) for cell in row] for row in by_openpyxl] == on_page
    assert [[shown(cell) for cell in row] for row in by_calamine] == on_page


@every_ledger
def test_headings_of_page_and_file_span_the_same_cells(
    client, zhao, committee, first_branch, tmp_path, ledger
):
    life_of(first_branch, "甲")
    zhao = able(zhao, ledger.permission)
    client.force_login(zhao)
    sheet = sheet_of(workbook_of(ledger, zhao, committee, tmp_path))
    spans = {(area.min_row, area.min_col): area for area in sheet.merged_cells.ranges}

    in_file = []
    for cells in sheet.iter_rows(3, first_row(ledger) - 1):
        titled = [cell for cell in cells if cell.value is not None]
        in_file.append([(cell.value, *size_of(spans, cell)) for cell in titled])

    assert in_file == TableParser(page_of_ledger(client, ledger).text).head


@every_ledger
def test_the_file_is_laid_out_as_an_inspection_expects(
    zhao, committee, first_branch, tmp_path, ledger
):
    life_of(first_branch, "甲")
    zhao = able(zhao, ledger.permission)
    path = workbook_of(ledger, zhao, committee, tmp_path)
    sheet, first = sheet_of(path), first_row(ledger)
    told = [value for value in next(sheet.iter_rows(2, 2, values_only=True)) if value]
    columns = [None, *ledger.columns]
    summed = [at for at, column in enumerate(columns) if column and column.total]

    assert sheet["A1"].value == ledger.title
    assert told == [
        "填报单位：青岚市档案局机关党委",
        "截至 2026-11-21" if ledger.as_of else "期间：2026年",
    ]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert sheet.print_title_rows == f"$3:${first - 1}"
    assert sheet.freeze_panes == f"A{first}"
    assert sheet.cell(sheet.max_row, 1).value.startswith("填报人：")
    if summed:
        totals = [cell.value for cell in sheet[sheet.max_row - 1]]
        rows = list(sheet.iter_rows(first, sheet.max_row - 2, values_only=True))
        assert totals == [
            "合计" if at == 0 else sum(row[at] or 0 for row in rows) if at in summed else None
            for at in range(len(columns))
        ]


def test_text_is_text_and_never_a_formula_in_any_ledger(zhao, committee, tmp_path):
    for word in HOSTILE:
        life_of(PartyOrganizationFactory(superior=committee), word)

    kinds = {}
    for ledger in ledgers:
        zhao = able(zhao, ledger.permission)
        path = workbook_of(ledger, zhao, committee, tmp_path)
        with zipfile.ZipFile(path) as package:
            assert "<f>" not in package.read("xl/worksheets/sheet1.xml").decode(), ledger.code
        for row in sheet_of(path).iter_rows(first_row(ledger)):
            for cell in row:
                kinds.setdefault((ledger.code, cell.value), set()).add(cell.data_type)

    every_word = list(itertools.product((ledger.code for ledger in ledgers), HOSTILE))
    assert {one: kinds.get(one) for one in every_word} == {one: {"s"} for one in every_word}


def test_personal_numbers_are_masked_text(zhao, committee, first_branch, tmp_path):
    life_of(first_branch, "甲")
    sheet = sheet_of(workbook_of(ledgers["members.roster"], zhao, committee, tmp_path))
    masked = {mask_id_number(ID_NUMBER), mask_phone(PHONE)}

    cells = [cell for row in sheet.iter_rows() for cell in row]

    assert {cell.value: cell.data_type for cell in cells if cell.value in masked} == {
        "999001********0021": "s",
        "154****1234": "s",
    }
    assert not {ID_NUMBER, PHONE} & {cell.value for cell in cells}


@every_ledger
def test_a_ledger_shows_nothing_of_the_neighbour_nor_of_strangers(
    li, first_branch, second_branch, foreign_branch, ledger
):
    for branch, word in ((first_branch, "甲"), (second_branch, "乙"), (foreign_branch, "丙")):
        life_of(branch, word)

    with scoped_to(able(li, ledger.permission).scope_for(ledger.permission)):
        table = list(ledger.table(YEAR))
    with everything(reason="what there is to leak"):
        whole = str(list(ledger.table(YEAR)))

    assert [word in whole for word in ("甲", "乙", "丙", "第二党支部", "云渚")] == [True] * 5
    assert [word in str(table) for word in ("甲", "乙", "丙", "第二党支部", "云渚")] == [
        True,
        False,
        False,
        False,
        False,
    ]


@every_ledger
def test_the_page_of_a_ledger_opens_only_for_its_readers_and_their_places(
    client, li, sun, first_branch, second_branch, foreign_branch, ledger
):
    life_of(first_branch, "甲")
    client.force_login(able(li, ledger.permission))
    answers = [
        page_of_ledger(client, ledger, organization=place.public_id).status_code
        for place in (first_branch, second_branch, foreign_branch)
    ]
    client.force_login(sun)

    assert answers == [200, 404, 404]
    assert page_of_ledger(client, ledger).status_code == 403


def test_a_long_text_is_cut_on_the_page_and_whole_in_the_file(client, li, first_branch, tmp_path):
    ledger, word = ledgers["activities.meetings"], "学" * 90
    MeetingFactory(activity__organization=first_branch, minutes=word)
    client.force_login(li)
    at = [column.title for column in ledger.columns].index("主要内容") + 1

    on_page = TableParser(page_of_ledger(client, ledger).text).body[0][at]
    sheet = sheet_of(workbook_of(ledger, li, first_branch, tmp_path))

    assert on_page == "学" * 59 + "…"
    assert sheet.cell(first_row(ledger), at + 1).value == word


def test_a_condition_of_a_link_narrows_the_page(client, li, first_branch):
    life_of(first_branch, "甲")
    client.force_login(li)
    ledger = ledgers["activities.meetings"]

    counts = [
        page_of_ledger(client, ledger, kind=kind).context["page"].count
        for kind in ("group_meeting", "party_day", "")
    ]

    assert counts == [1, 0, 1]


def test_a_period_that_is_none_is_told_and_the_running_year_shown(client, li):
    client.force_login(li)

    page = page_of_ledger(client, ledgers["activities.meetings"], period="2026Q5")

    assert page.status_code == 200
    assert "“2026Q5”不是期间；请写成 2026、2026H1、2026Q3 或 2026-11。" in page.text
    assert page.context["period"] == YEAR


def test_a_ledger_that_does_not_exist_is_not_found(client, li):
    client.force_login(li)

    assert client.get("/ledgers/activities.nothing/").status_code == 404


def test_the_same_records_make_the_same_bytes(li, first_branch, tmp_path):
    life_of(first_branch, "甲")
    ledger = ledgers["activities.meetings"]

    once = workbook_of(ledger, li, first_branch, tmp_path).read_bytes()
    again = workbook_of(ledger, li, first_branch, tmp_path).read_bytes()

    assert once == again
    assert re.match(b"PK", once)
