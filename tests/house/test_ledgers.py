"""Every registered ledger: page, openpyxl and calamine show the same; nothing of others leaks."""

import csv
import datetime as dt
import io
import itertools
import re
import zipfile
from html.parser import HTMLParser
from urllib.parse import urlsplit

import openpyxl
import pytest
import python_calamine
from django.http import QueryDict
from django.urls import reverse

from members.models import Member, Membership
from partybuild import ledgerfiles
from partybuild.ledger_views import CHOSEN, FIXED, SHOWN
from partybuild.ledgers import heading_rows, ledgers
from partybuild.masking import mask_id_number, mask_phone
from partybuild.models import LedgerFile
from partybuild.narrowing import HIDE, Condition, Selection, asked_selection, filters_of, records
from partybuild.periods import Period
from partybuild.scoping import everything, scoped_to
from partybuild.sheetxml import figure_of
from partybuild.statistics import columns_for, figures_below
from tests.cast import able
from tests.factories.activities import MeetingFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.partybuild import StatisticFactory
from tests.partybuild.ledger_records import ID_NUMBER, PHONE, life_of

YEAR = Period.year(2026)
HOSTILE = ("=cmd()|'/c calc'!A0", "+8613800001234", "-1+1", "@SUM(1)", "<b>&amp;</b>", "\t=1")

pytestmark = pytest.mark.usefixtures("today")
every_ledger = pytest.mark.parametrize("ledger", list(ledgers), ids=lambda ledger: ledger.code)


class TableParser(HTMLParser):
    """Reads the table of a page: rows of (text, columns, rows) of its head, texts of its body."""

    def __init__(self, page):
        super().__init__()
        self.head, self.body, self.foot = [], [], []
        self.part = self.cell = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag in {"thead", "tbody", "tfoot"}:
            self.part = {"thead": self.head, "tbody": self.body, "tfoot": self.foot}[tag]
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


@every_ledger
def test_a_condition_of_a_ledger_is_not_called_as_something_of_its_page(ledger):
    assert not set(ledger.conditions) & {*FIXED, HIDE, CHOSEN, SHOWN, "q"}


def test_a_long_text_is_cut_on_the_page_and_whole_in_the_file(client, li, first_branch, tmp_path):
    ledger, word = ledgers["activities.meetings"], "学" * 90
    MeetingFactory(activity__organization=first_branch, minutes=word)
    client.force_login(li)
    at = [column.title for column in ledger.columns].index("主要内容") + 1

    on_page = TableParser(page_of_ledger(client, ledger).text).body[0][at]
    sheet = sheet_of(workbook_of(ledger, li, first_branch, tmp_path))

    assert on_page == "学" * 59 + "…"
    assert sheet.cell(first_row(ledger), at + 1).value == word


def in_text(cell):
    """Write a cell of a file as the files of text do, without the mark before a formula."""
    return "" if cell is None else shown(cell)


@every_ledger
def test_paper_clipboard_and_text_file_show_the_cells_of_the_excel_file(
    client, zhao, committee, first_branch, second_branch, tmp_path, ledger
):
    life_of(first_branch, "甲")
    life_of(second_branch, "乙")
    zhao = able(zhao, ledger.permission)
    client.force_login(zhao)
    place = committee.public_id
    paper = TableParser(other_page(client, ledger, "print_ledger", organization=place).text)
    copied = other_page(client, ledger, "ledger_text", organization=place).text
    lines = list(csv.reader(io.StringIO(copied, newline=""), delimiter="\t"))
    count = len(lines) - 1
    sheet = sheet_of(workbook_of(ledger, zhao, committee, tmp_path))
    first = first_row(ledger)
    in_file = [
        [in_text(cell) for cell in row[1:]]
        for row in sheet.iter_rows(first, first + count - 1, values_only=True)
    ]

    text_file = text_file_of(ledger, zhao, committee)

    assert count >= 2
    assert [plain_numbers(line) for line in lines[1:]] == in_file
    assert text_file == lines
    assert [plain_numbers(row[1:]) for row in paper.body[:count]] == [
        [cell or "—" for cell in row] for row in in_file
    ]
    assert lines[0] == ["/".join(column.path) for column in ledger.columns]


def plain_numbers(cells):
    """Write 12.00 as a workbook gives it back, without the mark before a formula."""
    return [re.sub(r"^'(?=[=+@-])", "", re.sub(r"(?<=\d)\.00$", "", cell)) for cell in cells]


def other_page(client, ledger, name, **conditions):
    url = reverse(f"partybuild:{name}", args=[ledger.code])
    return client.get(url, {"period": "2026", **conditions})


def text_file_of(ledger, user, place):
    """Have a text file of a ledger built as the job does; return its rows."""
    with scoped_to(user.scope_for(ledger.permission)):
        asked = ledgerfiles.ask_for_ledger(
            actor=user, ledger=ledger, period=YEAR, place=place, form=LedgerFile.Form.TEXT
        )
        ledgerfiles.build(asked, FirstTry())
    text = (ledgerfiles.directory() / asked.stored_as).read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


class FirstTry:
    """Progress that nobody looks at."""

    attempt = 1

    def __call__(self, done, total):
        """Keep quiet."""


@every_ledger
def test_a_condition_finds_exactly_the_rows_that_show_it(
    zhao, committee, first_branch, second_branch, ledger
):
    life_of(first_branch, "甲")
    life_of(second_branch, "乙")
    zhao = able(zhao, ledger.permission)

    with scoped_to(zhao.scope_for(ledger.permission)):
        table = list(ledger.table(YEAR))
        tried, wrong = 0, []
        for key, column, kind in filters_of(ledger, ledger.rows(YEAR)):
            at = list(ledger.by_key.values()).index(column)
            for value in {row[at] for row in table if is_whole(row[at])}:
                for condition, fits in ways_to_ask(key, kind, value):
                    tried += 1
                    asked = Selection(conditions=(condition,))
                    found = list(ledger.written(records(ledger, YEAR, asked)))
                    told = [row for row in found if is_whole(row[at])]
                    if told != [row for row in table if is_whole(row[at]) and fits(row[at])]:
                        wrong.append(str(condition))

    assert tried > 0
    assert wrong == []


def is_whole(value):
    """Tell whether a cell shows a value as it is stored, not half a date."""
    return value not in (None, "") and not re.fullmatch(r"\d{4}(-\d\d)?", str(value))


def ways_to_ask(key, kind, value):
    """Return conditions on a column that a value meets, and which values meet each."""
    text = str(value)
    if kind == "choice":
        return [
            (Condition(key, "is", text), lambda other: other == value),
            (Condition(key, "not", text), lambda other: other != value),
        ]
    if kind == "text":
        part = text[:2].strip()
        return [(Condition(key, "has", part), lambda other: part.lower() in other.lower())]
    return [
        (Condition(key, "from", text), lambda other: other >= value),
        (Condition(key, "to", text), lambda other: other <= value),
    ]


def test_a_narrowed_ledger_is_the_same_on_page_paper_clipboard_and_in_the_file(
    client, zhao, committee, first_branch, second_branch
):
    life_of(first_branch, "甲")
    life_of(second_branch, "乙")
    client.force_login(zhao)
    ledger = ledgers["members.roster"]
    asked = {"has.党支部": "第一", "hide": ["备注", "基本情况/民族"]}
    selection = asked_selection(
        ledger, [("has.党支部", "第一"), ("hide", "备注"), ("hide", "基本情况/民族")]
    )

    page = TableParser(page_of_ledger(client, ledger, **asked).text)
    paper = TableParser(other_page(client, ledger, "print_ledger", **asked).text)
    copied = other_page(client, ledger, "ledger_text", **asked).text.splitlines()
    with scoped_to(zhao.scope_for(ledger.permission)):
        asked_for = ledgerfiles.ask_for_ledger(
            actor=zhao, ledger=ledger, period=YEAR, place=committee, selection=selection
        )
        ledgerfiles.build(asked_for, FirstTry())
    sheet = sheet_of(ledgerfiles.directory() / asked_for.stored_as)
    in_file = [
        [shown(cell) for cell in row]
        for row in sheet.iter_rows(5, 4 + len(page.body), values_only=True)
    ]

    assert {row[1] for row in page.body} == {"第一党支部"}
    assert len(page.body[0]) == len(ledger.columns) + 1 - 2
    assert page.body == paper.body == in_file
    assert [line.split("\t")[0] for line in copied] == ["党支部", *["第一党支部"] * len(page.body)]
    assert sheet["A2"].value == "填报单位：青岚市档案局机关党委　　只含：党支部含有“第一”"
    assert asked_for.title == "党员花名册（部分） 机关党委 2026年"


def test_the_form_of_the_filters_becomes_a_short_address(client, li):
    client.force_login(li)
    ledger = ledgers["branches.organizations"]
    keys = list(ledger.by_key)

    answer = page_of_ledger(
        client, ledger, columns="chosen", show=keys[1:], **{"has.党组织名称": "一", "is.类别": ""}
    )

    assert dict(QueryDict(urlsplit(answer.url).query)) == {
        "period": ["2026"],
        "has.党组织名称": ["一"],
        "hide": [keys[0]],
    }


def test_a_condition_that_cannot_be_understood_leads_to_its_field(client, li):
    client.force_login(li)
    ledger = ledgers["members.roster"]

    answer = client.get(
        reverse("partybuild:ledger", args=[ledger.code]),
        {"from.基本情况/出生日期": "去年", "has.基本情况/姓名": "李"},
        follow=True,
    )

    assert answer.redirect_chain[0][0].startswith("/ledgers/members.roster/filter/?")
    fields = {
        field.name: (field.value, field.problem)
        for line in answer.context["lines"]
        for field in line.fields
    }
    assert fields["from.基本情况/出生日期"] == (
        "去年",
        "“出生日期”要写成 2026-11-21 这样的日期。",
    )
    assert fields["has.基本情况/姓名"] == ("李", "")


def test_totals_on_the_page_are_those_of_the_file(
    client, zhao, committee, first_branch, second_branch, tmp_path
):
    life_of(first_branch, "甲")
    life_of(second_branch, "乙")
    ledger = ledgers["branches.platforms"]
    client.force_login(able(zhao, ledger.permission))

    page = TableParser(page_of_ledger(client, ledger).text)
    sheet = sheet_of(workbook_of(ledger, zhao, committee, tmp_path))
    (total,) = [row for row in sheet.iter_rows(values_only=True) if row[0] == "合计"]

    (on_page,) = page.foot
    assert [cell.strip("　") for cell in on_page] == [
        "" if cell is None else shown(cell) for cell in total
    ]


def test_more_than_a_page_can_hold_is_said_and_not_cut(client, li, first_branch):
    branch = first_branch
    with everything(reason="the test arranges its rows"):
        people = Member.objects.bulk_create(
            Member(branch=branch, name=f"党员{number}", category="full") for number in range(2001)
        )
        Membership.objects.bulk_create(
            Membership(member=one, organization=branch, started_on=dt.date(2020, 1, 1))
            for one in people
        )
    client.force_login(li)
    ledger = ledgers["members.roster"]

    paper = other_page(client, ledger, "print_ledger")
    copied = other_page(client, ledger, "ledger_text")

    assert "行数太多，网页打印不了。请先筛选，或者导出 Excel 再打印。" in paper.text
    assert "<tbody>" not in paper.text
    assert (copied.status_code, copied.text) == (
        422,
        "这本台账有 2002 行，一次最多复制 2000 行。请先筛选，或者导出 Excel。",
    )


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
    assert page.context["asked"].period == YEAR


@every_ledger
def test_figures_of_those_below_add_up_to_what_the_ledger_shows(
    zhao, committee, first_branch, second_branch, ledger
):
    life_of(first_branch, "甲")
    life_of(second_branch, "乙")
    zhao = able(zhao, ledger.permission)

    with scoped_to(zhao.scope_for(ledger.permission)):
        counted = StatisticFactory(owner=zhao, code=ledger.code)
        added = [
            StatisticFactory(owner=zhao, code=ledger.code, measure="sum", column=key)
            for key in columns_for(ledger, "sum")
        ]
        table = list(ledger.table(YEAR))
        figures = {one.column: figures_below(one, YEAR, committee) for one in (counted, *added)}

    keys = list(ledger.by_key)
    for column, (figure, below, rest) in figures.items():
        parts = sum(one.figure.value for one in below) + (rest.value if rest else 0)
        cells = [figure_of(row[keys.index(column)]) for row in table] if column else []
        assert figure.value == parts == (sum(cells) if column else len(table))


@every_ledger
def test_a_ledger_has_a_page_for_any_year(client, zhao, committee, first_branch, ledger):
    life_of(first_branch, "甲")
    zhao = able(zhao, ledger.permission)
    client.force_login(zhao)

    periods = ("1949", "2009-01", "2030Q1", "2060")
    shown_for = [page_of_ledger(client, ledger, period=one).context["asked"] for one in periods]

    assert [asked.period.code for asked in shown_for] == list(periods)


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
