"""A scheme as a workbook: what goes out comes back identical, and a wrong cell is named."""

import io

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as example_settings

from assessments.engine.written import as_json
from assessments.filetext import TranscriptProblem
from assessments.loading import SHIPPED, read_scheme_file
from assessments.schemebooks import _sheets, document_of, write_scheme
from assessments.schemefiles import document_in
from assessments.transcripts import read_transcript
from partybuild.tables import RawRow, RawSheet, TableRefused, read_tables
from partybuild.textbooks import TextSheet, write_text_book
from tests.assessments.engine.test_properties import documents

FOLDER = settings.BASE_DIR.parent / "shared" / "domain" / "schemes"
FILES = sorted(FOLDER.glob("*.yaml")) if FOLDER.is_dir() else [SHIPPED]


def book(document):
    out = io.BytesIO()
    write_scheme(out, document)
    return out.getvalue()


def raw(sheet):
    """A written sheet as the reader hands it back: no empty texts, no empty rows."""
    rows = [
        RawRow(number, [cell.strip() or None for cell in row])
        for number, row in enumerate([sheet.heading, *sheet.rows], start=1)
    ]
    return RawSheet(sheet.name, rows=[row for row in rows if any(row.cells)])


@given(documents)
@example_settings(max_examples=50, deadline=None)
def test_whatever_a_document_says_comes_back_from_its_sheets(document):
    assert document_of([raw(sheet) for sheet in _sheets(document)]) == document


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_real_scheme_comes_back_identical_from_workbook_and_text(path):
    document = read_transcript(path.read_bytes()).document
    data = book(document)

    again = document_in(data, "方案.xlsx")

    assert as_json(again) == as_json(document)
    assert book(again) == data


@pytest.fixture
def sheets():
    """The sheets of the shipped scheme, as lists of rows that a test may spoil."""
    document = read_transcript(read_scheme_file(SHIPPED)).document
    return {
        one.name: [list(one.heading), *(list(row) for row in one.rows)] for one in _sheets(document)
    }


def read(sheets):
    out = io.BytesIO()
    texts = [TextSheet(name, rows[0], rows[1:]) for name, rows in sheets.items()]
    write_text_book(out, title="方案", sheets=texts)
    return document_in(out.getvalue(), "方案.xlsx")


def spoil(sheets, sheet, row, title, text):
    sheets[sheet][row - 1][sheets[sheet][0].index(title)] = text


def test_a_wrong_cell_is_named_with_sheet_row_and_column(sheets):
    spoil(sheets, "类别", 2, "满分", "十")

    with pytest.raises(TranscriptProblem) as refused:
        read(sheets)

    assert str(refused.value) == "工作表“类别”第 2 行 G 列：“满分”应是数字，写的是“十”。"


def test_a_rule_of_a_line_that_is_not_there_is_named(sheets):
    spoil(sheets, "规则", 3, "项目编号", "没有")

    with pytest.raises(TranscriptProblem, match="工作表“规则”第 3 行 A 列：没有编号是“没有”的项目"):
        read(sheets)


def test_a_kind_of_rule_that_nobody_knows_is_named(sheets):
    spoil(sheets, "规则", 2, "规则种类", "随便")

    with pytest.raises(TranscriptProblem, match="工作表“规则”第 2 行 B 列：没有“随便”这种规则"):
        read(sheets)


def test_a_column_that_nobody_knows_is_named(sheets):
    sheets["类别"][0].append("颜色")
    for row in sheets["类别"][1:]:
        row.append("红")

    with pytest.raises(TranscriptProblem, match="“颜色”这一列不认识"):
        read(sheets)


def test_another_workbook_is_no_scheme():
    out = io.BytesIO()
    write_text_book(out, title="x", sheets=[TextSheet("花名册", ["姓名"], [["甲"]])])

    with pytest.raises(TranscriptProblem, match="没有工作表“方案”"):
        document_in(out.getvalue(), "花名册.xlsx")


def test_what_is_no_workbook_at_all_is_refused():
    with pytest.raises(TableRefused):
        document_in(b"PK nonsense", "方案.xlsx")


def test_a_number_typed_in_excel_is_what_was_typed(sheets):
    head = ["类别名称", "代号", "满分"]
    cells = [RawRow(1, head), RawRow(2, ["甲", "A", 0.1]), RawRow(3, ["乙", "B", 12])]
    found = document_of([*_raws(sheets, "类别"), RawSheet("类别", rows=cells)])

    assert [str(one.max) for one in found.categories] == ["0.1", "12"]


def test_a_formula_is_refused_where_it_stands(sheets):
    row = RawRow(2, ["甲", "A", None], frozenset({2}))
    cells = [RawRow(1, ["类别名称", "代号", "满分"]), row]

    with pytest.raises(TranscriptProblem, match="工作表“类别”第 2 行 C 列：这里是公式"):
        document_of([*_raws(sheets, "类别"), RawSheet("类别", rows=cells)])


def _raws(sheets, *left_out):
    return [
        raw(TextSheet(name, rows[0], rows[1:]))
        for name, rows in sheets.items()
        if name not in left_out
    ]


def test_no_cell_is_a_formula(sheets):
    spoil(sheets, "方案", 3, "写的是", "=cmd|' /C calc'!A0")

    out = io.BytesIO()
    texts = [TextSheet(name, rows[0], rows[1:]) for name, rows in sheets.items()]
    write_text_book(out, title="方案", sheets=texts)
    [head, *_] = read_tables(out.getvalue(), "方案.xlsx")

    assert [row.formulas for row in head.rows if row.formulas] == []
    assert read(sheets).title == "=cmd|' /C calc'!A0"
