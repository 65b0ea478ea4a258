import datetime as dt
import io
import math
import re
import unicodedata
import zipfile
import zlib
from decimal import Decimal

import openpyxl
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from partybuild.sheetxml import MAX_TEXT, TRUNCATED
from partybuild.tables import read_tables
from partybuild.workbooks import (
    RemarkedSheet,
    SheetColumn,
    SheetHead,
    Span,
    heading_spans,
    write_remarked_copy,
    write_workbook,
)

HEAD = SheetHead(
    "“三会一课”台账",
    left="填报单位：安澜市司法局机关党委",
    right="期间：2025年",
    signature=("填报人：", "审核人：", "填报时间："),
)
COLUMNS = (
    SheetColumn("党支部", "text"),
    SheetColumn("召开日期", "date"),
    SheetColumn(("人数", "应到"), "integer", total=True),
    SheetColumn(("人数", "实到"), "integer", total=True),
    SheetColumn("经费", "number", decimals=2, total=True),
)
ROWS = (
    ("第一党支部", dt.date(2025, 7, 1), 30, 28, Decimal("12.50")),
    ("第二党支部", "2025-07", 25, None, 0.25),
    ("第三党支部", None, 10, 10, "—"),
)


def written(columns=COLUMNS, rows=ROWS, head=HEAD, *, sheet_name="台账", numbered=True):
    out = io.BytesIO()
    write_workbook(
        out, sheet_name=sheet_name, head=head, columns=columns, rows=rows, numbered=numbered
    )
    return out.getvalue()


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def values(sheet, first, last):
    return list(sheet.iter_rows(first, last, values_only=True))


def column(kind, cells):
    """Write a column and read it back, through both readers."""
    data = written(
        [SheetColumn("列", kind)], [(cell,) for cell in cells], SheetHead("表"), numbered=False
    )
    by_openpyxl = [value for (value,) in values(opened(data), 3, 2 + len(cells))] if cells else []
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    rows = [row[0] for row in sheet.to_python()][2:]
    return by_openpyxl, rows + [""] * (len(cells) - len(rows))


def part(data, name="xl/worksheets/sheet1.xml"):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name).decode()


def test_a_ledger_has_title_unit_headings_rows_totals_and_signature():
    rows = values(opened(written()), 1, 9)

    assert rows == [
        ("“三会一课”台账", None, None, None, None, None),
        ("填报单位：安澜市司法局机关党委", None, None, None, "期间：2025年", None),
        ("序号", "党支部", "召开日期", "人数", None, "经费"),
        (None, None, None, "应到", "实到", None),
        (1, "第一党支部", dt.datetime(2025, 7, 1), 30, 28, 12.5),  # noqa: DTZ001 -- as openpyxl reads it
        (2, "第二党支部", "2025-07", 25, None, 0.25),
        (3, "第三党支部", None, 10, 10, "—"),
        ("合计", None, None, 65, 38, 12.75),
        (
            "填报人：" + "　" * 10 + "审核人：" + "　" * 10 + "填报时间：",
            None,
            None,
            None,
            None,
            None,
        ),
    ]


def test_the_number_of_rows_is_returned_and_rows_may_come_from_any_iterable():
    out = io.BytesIO()

    count = write_workbook(
        out, sheet_name="台账", head=HEAD, columns=COLUMNS, rows=(row for row in ROWS * 400)
    )

    assert count == 1200
    assert opened(out.getvalue()).max_row == 1200 + 6


def test_headings_are_merged_in_levels():
    assert sorted(str(merged) for merged in opened(written()).merged_cells.ranges) == [
        "A1:F1",
        "A2:D2",
        "A3:A4",
        "A9:F9",
        "B3:B4",
        "C3:C4",
        "D3:E3",
        "E2:F2",
        "F3:F4",
    ]


def test_three_levels_of_headings_are_laid_out():
    paths = [("单位",), ("数", "当月", "人"), ("数", "当月", "次"), ("数", "累计"), ("别", "累计")]

    assert list(heading_spans(paths)) == [
        Span("单位", 0, 0, 3, 1),
        Span("数", 0, 1, 1, 3),
        Span("别", 0, 4, 1, 1),
        Span("当月", 1, 1, 1, 2),
        Span("累计", 1, 3, 2, 1),
        Span("累计", 1, 4, 2, 1),
        Span("人", 2, 1, 1, 1),
        Span("次", 2, 2, 1, 1),
    ]


def test_the_page_is_ready_to_print():
    sheet = opened(written(sheet_name="甲'乙"))

    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (0, True)
    assert sheet.print_title_rows == "$3:$4"
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert sheet.freeze_panes == "A5"
    assert sheet.auto_filter.ref == "A4:F7"


def test_the_parts_of_a_sheet_stand_in_the_order_of_the_schema():
    order = [
        "sheetPr",
        "sheetViews",
        "sheetFormatPr",
        "cols",
        "sheetData",
        "autoFilter",
        "mergeCells",
        "printOptions",
        "pageMargins",
        "pageSetup",
        "headerFooter",
        "ignoredErrors",
    ]
    xml = part(written())

    assert sorted(order, key=lambda name: xml.index(f"<{name}")) == order


def test_every_cell_is_named_and_styled():
    xml = part(written())

    assert re.findall('<c(?! r="[A-Z]+[0-9]+" s="[0-9]+")[^o>]*>', xml) == []
    assert xml.count("<c ") == 6 * 8 + 1


def test_numbers_stored_as_text_carry_no_green_triangle():
    assert '<ignoredError sqref="A5:F7" numberStoredAsText="1"/>' in part(written())


def test_cells_are_framed_dates_formatted_and_headings_tinted():
    sheet = opened(written())

    assert sheet["A1"].font.name == "方正小标宋简体"
    assert sheet["D4"].fill.fgColor.rgb == "FFF2ECE4"
    assert sheet["C5"].number_format == r"yyyy\-mm\-dd"
    assert sheet["F5"].number_format == "0.00"
    assert sheet["B5"].border.left.style == "thin"
    assert sheet["F8"].font.b is True
    assert sheet["B9"].border.left is None


def test_columns_are_as_wide_as_their_content():
    columns = [
        SheetColumn("姓名", "text"),
        SheetColumn("身份证号", "text"),
        SheetColumn("日期", "date"),
        SheetColumn("内容", "text"),
        SheetColumn("固定", "text", width=33),
    ]
    rows = [("古丽娜尔·买买提", "999021198507185530", dt.date(2025, 7, 1), "学" * 60, "学" * 60)]
    sheet = opened(written(columns, rows, numbered=False))

    widths = [sheet.column_dimensions[letter].width for letter in "ABCDE"]

    assert [round(width - 0.71) for width in widths] == [18, 20, 12, 48, 33]
    assert [sheet[f"{letter}4"].alignment.wrap_text for letter in "ABCDE"] == [0, 0, 0, 1, 1]
    assert sheet.row_dimensions[4].height == 3 + 15 * 4


def test_a_table_without_unit_totals_and_signature_has_none():
    data = written([SheetColumn("姓名", "text")], [("刘梅",)], SheetHead("名册"), numbered=False)

    assert values(opened(data), 1, None) == [("名册",), ("姓名",), ("刘梅",)]
    assert "mergeCell" not in part(data)


def test_unit_and_date_share_the_only_column():
    data = written([SheetColumn("姓名", "text")], [], SheetHead("名册", "甲", "乙"), numbered=False)

    assert values(opened(data), 2, 2) == [("甲　乙",)]


def test_a_ledger_without_rows_is_a_valid_workbook():
    sheet = opened(written(rows=()))

    assert values(sheet, 5, 5) == [("合计", None, None, 0, 0, 0)]
    assert sheet.auto_filter.ref == "A4:F4"


def test_the_same_rows_give_the_same_bytes():
    assert written() == written()


def test_without_igzip_zlib_writes_the_same_cells(monkeypatch):
    pytest.importorskip("isal")
    by_igzip = written(rows=ROWS * 100)
    monkeypatch.setattr("partybuild.sheetxml.deflate", zlib)
    by_zlib = written(rows=ROWS * 100)

    assert by_zlib != by_igzip
    assert part(by_zlib) == part(by_igzip)


def test_a_stream_that_cannot_seek_is_written_too():
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.content = b""

        def writable(self):
            return True

        def write(self, piece):
            self.content += bytes(piece)
            return len(piece)

    pipe = Pipe()
    write_workbook(pipe, sheet_name="台账", head=HEAD, columns=COLUMNS, rows=ROWS)

    assert values(opened(pipe.content), 1, 9) == values(opened(written()), 1, 9)


@pytest.mark.parametrize("row", [("少",), ("多", None, 1, 2, 3, 4)])
def test_a_row_of_the_wrong_length_is_an_error(row):
    with pytest.raises(ValueError, match=f"Row 4 has {len(row) + 1} cells for 6 columns"):
        written(rows=[*ROWS, row])


@pytest.mark.parametrize(
    ("name", "sheet_name"),
    [
        ("“三会一课”台账", "“三会一课”台账"),
        ("a/b\\c[d]:e*f?", "a b c d  e f"),
        ("'引号'", "引号"),
        ("", "表"),
        ("长" * 40, "长" * 31),
        ("<&>\x00", "<&>"),
    ],
)
def test_sheet_names_are_made_acceptable(name, sheet_name):
    assert opened(written(sheet_name=name)).title == sheet_name


def test_document_properties_name_the_title():
    book = openpyxl.load_workbook(io.BytesIO(written()))

    assert (book.properties.title, book.properties.creator) == (
        "“三会一课”台账",
        "党建工作管理门户",
    )


# --- cells -----------------------------------------------------------------------------------

INJECTIONS = [
    '=HYPERLINK("http://example.invalid/","看")',
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "\t=1+1",
    "＝1+1",
    "http://example.invalid/",
]


def test_text_never_becomes_a_formula_or_a_link():
    data = written([SheetColumn("列", "text")], [(text,) for text in INJECTIONS], SheetHead("表"))
    sheet = opened(data)

    assert [row[1].value for row in sheet.iter_rows(3, 2 + len(INJECTIONS))] == INJECTIONS
    assert {row[1].data_type for row in sheet.iter_rows(3, 2 + len(INJECTIONS))} == {"s"}
    assert ("<f" in part(data), "<hyperlink" in part(data)) == (False, False)


def test_id_numbers_and_phones_stay_text():
    numbers = ["999021198507185530", "99900719690611053X", "007"]

    assert column("text", numbers) == (numbers, numbers)


def test_whole_numbers_beyond_15_digits_are_kept_as_text():
    cells = [999_999_999_999_999, 999021198507185530, Decimal("1234567890123456.5"), 1e15]

    assert column("integer", cells)[0] == [
        999_999_999_999_999,
        "999021198507185530",
        "1234567890123456.5",
        "1000000000000000.0",
    ]


def test_what_is_no_number_is_written_as_text():
    assert column("number", [math.nan, math.inf, Decimal("NaN"), "—"])[0] == [
        "nan",
        "inf",
        "NaN",
        "—",
    ]


def test_dates_excel_does_not_know_are_written_as_text():
    dates = [
        dt.date(1900, 2, 28),
        dt.date(1900, 3, 1),
        dt.date(9999, 12, 31),
        dt.date(1066, 10, 14),
    ]

    assert column("date", dates)[1] == ["1900-02-28", dt.date(1900, 3, 1), dates[2], "1066-10-14"]


def test_a_moment_with_a_time_zone_is_shown_in_beijing_time():
    moment = dt.datetime(2025, 7, 1, 23, 30, tzinfo=dt.UTC)

    assert column("datetime", [moment])[1] == [dt.datetime(2025, 7, 2, 7, 30)]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x08c\x0bd\x0ce\x1ff", "abcdef"),
        ("\ud800甲\udfff", "甲"),
        ("甲\ufffe乙\uffff", "甲乙"),
        ("甲\r\n乙\r丙\n丁", "甲\n乙\n丙\n丁"),
        ("  两头空格\t", "  两头空格\t"),
        ("\n", "\n"),
        ("朱𬍛\ue863·\u3000\xa0\u202e", "朱𬍛\ue863·\u3000\xa0\u202e"),
        ("<&>\"']]>", "<&>\"']]>"),
        ("长" * MAX_TEXT, "长" * MAX_TEXT),
        ("长" * (MAX_TEXT + 1), "长" * (MAX_TEXT - len(TRUNCATED)) + TRUNCATED),
        ("𬍛" * 16_384, "𬍛" * ((MAX_TEXT - len(TRUNCATED)) // 2) + TRUNCATED),
    ],
)
def test_text_is_kept_but_for_what_excel_rejects(text, kept):
    assert column("text", [text]) == ([kept], [kept])


def test_what_looks_like_an_escape_of_excel_is_escaped_itself():
    data = written([SheetColumn("列", "text")], [("_x0041_ 与 _x005F_",)], SheetHead("表"))

    assert "_x005F_x0041_ 与 _x005F_x005F_" in part(data)


def test_texts_are_remembered_within_bounds():
    texts = [f"备注{number}" for number in range(12_000)] + ["备注1", "备注11999"]

    assert column("text", texts) == (texts, texts)


def test_equal_values_of_different_kinds_keep_their_own_text():
    assert column("text", [1, True, 1.0, "1"])[0] == ["1", "True", "1.0", "1"]


def cleaned(text):
    """The documented cleaning, said in another way."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c
        for c in lines
        if c in "\t\n"
        or (unicodedata.category(c) not in ("Cc", "Cs") and c not in "\ufffe\uffff")
        or "\x7f" <= c <= "\x9f"
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text() | st.text("=+-@\t\r\n_x0041&<>]'\" 甲𬍛\ud800"), min_size=1, max_size=30))
def test_any_text_is_read_back_as_it_was(texts):
    by_openpyxl, by_calamine = column("text", texts)

    assert [value or "" for value in by_openpyxl] == [escaped_as_excel(cleaned(t)) for t in texts]
    assert by_calamine == [cleaned(text) for text in texts]


def escaped_as_excel(text):
    """openpyxl hands out Excel's escapes as they stand in the file."""
    return re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)


NUMBERS = (
    st.integers(-(10**15) + 1, 10**15 - 1)
    | st.floats(-1e14, 1e14)
    | st.decimals(-(10**12), 10**12, places=2)
)


@settings(max_examples=40, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=30))
def test_any_number_is_read_back_as_it_was(numbers):
    expected = [float(number) for number in numbers]
    by_openpyxl, by_calamine = column("number", numbers)

    assert (by_openpyxl, by_calamine) == (expected, expected)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dates(dt.date(1900, 3, 1)), min_size=1, max_size=30))
def test_any_date_is_read_back_as_it_was(dates):
    assert column("date", dates)[1] == dates


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(2200, 1, 1)).map(  # noqa: DTZ001
            lambda moment: moment.replace(microsecond=0)
        ),
        min_size=1,
        max_size=30,
    )
)
def test_any_moment_is_read_back_to_the_second(moments):
    assert column("datetime", moments)[0] == moments


def test_our_own_tables_can_be_read_in_again():
    (sheet,) = read_tables(written(), "台账.xlsx")

    assert [row.cells for row in sheet.spread()[2:5]] == [
        ["序号", "党支部", "召开日期", "人数", "人数", "经费"],
        ["序号", "党支部", "召开日期", "应到", "实到", "经费"],
        [1, "第一党支部", dt.date(2025, 7, 1), 30, 28, 12.5],
    ]


# --- rows handed back ------------------------------------------------------------------------


def test_rejected_rows_are_handed_back_with_their_heads_and_reasons():
    sheets = [
        RemarkedSheet(
            "办公室党支部",
            [["花名册"], ["序号", "姓名", "身份证号", "入党时间"]],
            [
                ([1, "刘梅", 9.990141969100385e17, dt.date(2018, 5, 12)], "身份证号丢了末三位"),
                ([2, "=1+1"], "姓名不像姓名"),
            ],
        ),
        RemarkedSheet("办公室党支部", [], [(["杨武"], "缺身份证号")]),
    ]
    out = io.BytesIO()

    assert write_remarked_copy(out, sheets) == 3

    first, second = openpyxl.load_workbook(out).worksheets
    assert (first.title, second.title) == ("办公室党支部", "办公室党支部(2)")
    assert values(first, 1, None) == [
        ("花名册", None, None, None, None),
        ("序号", "姓名", "身份证号", "入党时间", "处理意见"),
        ("1", "刘梅", "9.990141969100385e+17", "2018-05-12", "身份证号丢了末三位"),
        ("2", "=1+1", None, None, "姓名不像姓名"),
    ]
    assert first["E3"].fill.fgColor.rgb == "FFFFF2CC"
    assert first["B4"].data_type == "s"
    assert values(second, 1, None) == [(None, "处理意见"), ("杨武", "缺身份证号")]
