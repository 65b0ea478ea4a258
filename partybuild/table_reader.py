"""The program that opens a stranger's table; runs alone in a child process (see `tables.py`).

The file comes on standard input; what was read goes to standard output as JSON lines: one object
per sheet, one array per row, `{"end": true}` last, or `{"refused": reason}` instead. Nothing of the
project is imported here, so that the child starts fast and holds no settings and no secrets.
"""

import csv
import datetime as dt
import io
import json
import posixpath
import re
import sys
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET  # parts with a DTD are refused before  # nosec B405

MEBIBYTE = 1 << 20
MAX_PARTS = 200
# RELIABILITY U-2 says 100 MB, but an honest sheet of 100,000 rows x 30 columns unpacks to 112 MB,
# or 169 MB when its texts are written in the cells, as our own ledgers do.
MAX_UNPACKED = 200 * MEBIBYTE
RATIO_MATTERS_FROM = 100 * 1024
MAX_RATIO = 100
MAX_AREA = 20_000_000  # cells of the rectangle around everything: what the parser allocates
MAX_TEXT = 32_767  # characters in a cell; Excel's own limit
MAX_OUTPUT = 150_000_000  # characters
HEAD_ROWS = 10  # where the title, and a classification mark, stand

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT_EXTENSIONS = (".csv", ".txt", ".tsv")

RESAVE = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
BROKEN = "文件不完整或已损坏，可能没有下载或拷贝完。请在 Excel 或 WPS 中打开确认，另存后再上传。"
ENCRYPTED = "文件设有打开密码，系统读不了。请取消密码后再上传。"
MACRO = "文件带有宏，为安全起见不接收。请另存为不带宏的 .xlsx 后再上传。"
CLASSIFIED = "文件标有高于“内部”的密级，不得上传到本系统。请按保密规定处理。"
MIXED_ENCODING = (
    "文本文件里混有几种文字编码，有的字读不准，没有导入任何一行。"
    "请用 Excel 或 WPS 打开核对，另存为 .xlsx 后再上传。"
)

# Pieces of lower-cased part names that do not belong into a table of people, and what they are.
UNWELCOME_PARTS = {
    "vbaproject": MACRO,
    "/macrosheets/": MACRO,
    "/externallinks/": "文件链接了外部工作簿或外部程序，为安全起见不接收。请断开链接、只留数值后再上传。",
    "/connections.xml": "文件带有外部数据连接，为安全起见不接收。请删除连接、只留数值后再上传。",
    "/querytables/": "文件带有外部数据连接，为安全起见不接收。请删除连接、只留数值后再上传。",
    "/embeddings/": "文件里嵌有其他文件，为安全起见不接收。请删除嵌入的对象后再上传。",
    "/activex/": "文件里嵌有控件，为安全起见不接收。请删除控件后再上传。",
}
CLASSIFICATION = re.compile(r"(密级[:：]?)?(绝密|机密|秘密)([★☆*].*)?")
MARK = "密★"

# What zipfile and ElementTree raise on a damaged package, as fuzzing has shown.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ET.ParseError,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)

FORMULA = re.compile(rb"[<:]f[\s/>]")
FORMULA_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f[\s/>]")
# Beyond column ZZ or row 99,999: first looked for quickly, then in cells that are not empty.
FAR = re.compile(rb"\sr=[\"'](?:[A-Z]{3}|[A-Z]{1,2}\d{5})\d")
FAR_CELL = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{3}(?=\d)|[A-Z]{1,2}(?=\d{6}))(\d+)[\"'][^>]*(?<!/)>"
    rb"(?!\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>)"
)
REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d+)")
HIDDEN_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*\bhidden=[\"'](?:1|true)[\"'][^>]*)>")
FIRST_AND_LAST = re.compile(rb"\b(min|max)=[\"'](\d{1,5})")


class Refused(Exception):
    """The file will not be read; the message says why and what to do, in plain Chinese."""


class SheetScan(NamedTuple):
    """What the parser does not tell about a sheet: columns count from 0, rows from 1."""

    formulas: dict[int, list[int]]
    hidden_columns: list[int]


Line = dict[str, Any] | list[Any]


def read_lines(data: bytes, extension: str) -> Iterator[Line]:
    """Yield the JSON lines for one file, the closing one excepted; raise `Refused`."""
    kind = kind_of(data, extension)
    if kind == "text":
        yield {"sheet": "csv", "hidden": False, "hidden_columns": [], "merged": []}
        yield from text_rows(data)
    elif kind == "zip":
        yield from workbook_lines(data, check_package(data))
    else:
        check_ole(data)
        yield from workbook_lines(data, {})


# --- what kind of file -----------------------------------------------------------------------


def kind_of(data: bytes, extension: str) -> str:
    """Tell `zip`, `ole` or `text` by the content, never by the name alone."""
    if not data:
        raise Refused("文件是空的（0 字节），没有可读的内容。")
    if data.startswith(ZIP_MAGIC):
        return "zip"
    if data.startswith(OLE_MAGIC):
        return "ole"
    start = data[:2048].lower()
    if b"<html" in start or b"<!doctype html" in start or b"<table" in start:
        raise Refused(f"这其实是网页文件，只是用了表格的扩展名。{RESAVE}")
    if b"urn:schemas-microsoft-com:office" in start or b"excel.sheet" in start:
        raise Refused(f"这其实是旧式的 XML 表格文件。{RESAVE}")
    if start.startswith(b"%pdf"):
        raise Refused("这其实是 PDF 文件，不是表格。请上传原来的 Excel 文件。")
    if extension in TEXT_EXTENSIONS:
        return "text"
    raise Refused(f"这不是 Excel 文件，或者文件开头已损坏。{RESAVE}")


def check_ole(data: bytes) -> None:
    """Refuse what an old binary container may hold besides a plain workbook."""
    if _utf16("EncryptedPackage") in data or _utf16("EncryptionInfo") in data:
        raise Refused(ENCRYPTED)
    if _utf16("_VBA_PROJECT") in data:
        raise Refused(MACRO)
    if _utf16("WordDocument") in data:
        raise Refused("这其实是 Word 文件，不是表格。请上传 Excel 文件。")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


# --- .xlsx: decided from the zip directory, before any parser sees it ------------------------


def check_package(data: bytes) -> dict[str, SheetScan]:
    """Refuse a dangerous package; tell what the parser leaves out, by sheet name."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            check_directory(package.infolist())
            scans = {
                entry.filename: check_part(package.read(entry), entry.filename)
                for entry in package.infolist()
                if entry.filename.lower().endswith((".xml", ".rels", ".vml"))
            }
            parts = sheet_parts(package)
    except DAMAGE as error:
        raise Refused(BROKEN) from error
    return {name: scans[part] for name, part in parts.items() if part in scans}


def check_directory(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename.lower().replace("\\", "/") for entry in entries]
    if len(names) > MAX_PARTS:
        raise Refused(f"文件内部有 {len(names)} 个部件，远多于普通表格，不予接收。{RESAVE}")
    if any(name.startswith("/") or ":" in name or ".." in name.split("/") for name in names):
        raise Refused("文件内部含有指向外部文件夹的路径，为安全起见不接收。")
    if len(set(names)) < len(names):
        raise Refused(f"文件内部有重名的部件，读哪个都可能出错。{RESAVE}")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused(ENCRYPTED)
    for name in names:
        for piece, reason in UNWELCOME_PARTS.items():
            if piece in f"/{name}":
                raise Refused(reason)
    if "xl/workbook.bin" in names:
        raise Refused(f"这是二进制的 .xlsb 文件，系统不读。{RESAVE}")
    if "xl/workbook.xml" not in names:
        raise Refused(f"这是压缩包或其他文件，不是 Excel 表格。{RESAVE}")
    check_sizes(entries)


def check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise Refused(
            f"文件展开后有 {unpacked // MEBIBYTE} MB，超过 {MAX_UNPACKED // MEBIBYTE} MB 的上限。"
            "请拆成几个文件后再上传。"
        )
    for entry in entries:
        packed = max(entry.compress_size, 1)
        if entry.file_size > RATIO_MATTERS_FROM and entry.file_size > MAX_RATIO * packed:
            raise Refused("文件压缩得过于厉害，像是用来拖垮系统的，不予接收。")


def check_part(xml: bytes, name: str) -> SheetScan:
    """Refuse a part with a DTD, in another encoding than UTF-8, or with a classification mark."""
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise Refused("文件内部带有实体定义，普通表格不会有，为安全起见不接收。")
    if xml.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(BROKEN)
    if MARK.encode() in xml:
        raise Refused(CLASSIFIED)
    if "/worksheets/" not in name.lower():
        return SheetScan({}, [])
    check_far_cells(xml)
    return SheetScan(formula_cells(xml), hidden_columns(xml))


def check_far_cells(xml: bytes) -> None:
    if not FAR.search(xml):
        return
    last_row = last_column = 1
    for match in FAR_CELL.finditer(xml):
        last_column = max(last_column, column_index(match[1]) + 1)
        last_row = max(last_row, int(match[2]))
    if last_row * last_column > MAX_AREA:
        raise Refused(
            f"表格里有内容填到了很远的地方（第 {last_row} 行、第 {last_column} 列）。"
            "请删除表格右边和下边多余的行、列后再上传。"
        )


def formula_cells(xml: bytes) -> dict[int, list[int]]:
    """Tell which cells hold a formula; the parser hands out only the values stored with them."""
    found: dict[int, list[int]] = defaultdict(list)
    if not FORMULA.search(xml):
        return found
    for match in FORMULA_CELL.finditer(xml):
        if reference := REFERENCE.search(match[1]):
            found[int(reference[2])].append(column_index(reference[1]))
    return found


def hidden_columns(xml: bytes) -> list[int]:
    found: set[int] = set()
    before_rows = xml.partition(b"sheetData")[0]
    for match in HIDDEN_COLUMN.finditer(before_rows):
        ends = {name: int(number) for name, number in FIRST_AND_LAST.findall(match[1])}
        if len(ends) == len(("min", "max")):
            found.update(range(ends[b"min"] - 1, min(ends[b"max"], 16_384)))
    return sorted(found)


def column_index(letters: bytes) -> int:
    """Turn `A` into 0, `Z` into 25, `AA` into 26."""
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Tell the part that holds each sheet, by sheet name."""
    names = {name.lower(): name for name in package.namelist()}
    workbook = parsed(package.read(names["xl/workbook.xml"]))
    relations = parsed(package.read(names["xl/_rels/workbook.xml.rels"]))
    targets = {
        relation.get("Id"): posixpath.normpath(posixpath.join("xl", relation.get("Target", "")))
        for relation in relations
    }
    found = {}
    for sheet in workbook.iterfind("{*}sheets/{*}sheet"):
        relation_id = next((v for k, v in sheet.items() if k.endswith("}id")), None)
        part = targets.get(relation_id, "").lstrip("/").lower()
        found[sheet.get("name", "")] = names.get(part, part)
    return found


def parsed(xml: bytes) -> ET.Element:
    return ET.fromstring(xml)  # noqa: S314 -- `check_part` has refused any DTD  # nosec B314


# --- .xlsx and .xls through the parser -------------------------------------------------------


def workbook_lines(data: bytes, scans: dict[str, SheetScan]) -> Iterator[Line]:
    import python_calamine as calamine  # noqa: PLC0415 -- text files need no parser

    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = workbook.sheets_metadata
        if not sheets:
            raise Refused(f"文件里没有工作表。{RESAVE}")
        for sheet in sheets:
            if sheet.typ == calamine.SheetTypeEnum.WorkSheet:
                hidden = sheet.visible != calamine.SheetVisibleEnum.Visible
                yield from sheet_lines(
                    workbook.get_sheet_by_name(sheet.name),
                    scans.get(sheet.name, SheetScan({}, [])),
                    hidden=hidden,
                )
    except calamine.PasswordError as error:
        raise Refused(ENCRYPTED) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise Refused(BROKEN) from error


def sheet_lines(sheet: Any, scan: SheetScan, *, hidden: bool) -> Iterator[Line]:
    height, width = (end + 1 for end in sheet.end) if sheet.end else (0, 0)
    if height * width > MAX_AREA:
        raise Refused(
            f"工作表“{sheet.name}”有 {height} 行、{width} 列，超出系统能处理的范围。"
            "请删除表格右边和下边多余的行、列后再上传。"
        )
    yield {
        "sheet": sheet.name,
        "hidden": hidden,
        "hidden_columns": [column for column in scan.hidden_columns if column < width],
        "merged": merged_ranges(sheet.merged_cell_ranges or [], height, width),
    }
    margin = [None] * (sheet.start[1] if sheet.start else 0)
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = margin + [plain_cell(value) for value in values]
        if any(cell is not None for cell in cells):
            check_classification(number, cells)
            yield [number, cells, [at for at in scan.formulas.get(number, ()) if at < width]]


def merged_ranges(ranges: list[Any], height: int, width: int) -> list[list[int]]:
    """Give [first row, last row, first column, last column], cut to the cells there are."""
    found = [
        [top + 1, min(bottom + 1, height), left, min(right, width - 1)]
        for (top, left), (bottom, right) in ranges
        if top < height and left < width
    ]
    covered = sum((last - first + 1) * (right - left + 1) for first, last, left, right in found)
    if covered > height * width:
        raise Refused(f"合并单元格互相重叠，无法判断内容属于哪里。{RESAVE}")
    return found


def plain_cell(value: Any) -> Any:
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise Refused(f"有单元格的内容超过 {MAX_TEXT} 个字，不像是表格。请检查后再上传。")
        return value or None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 -- digits Excel keeps
        return int(value)
    return value


def check_classification(number: int, cells: list[Any]) -> None:
    for cell in cells:
        if not isinstance(cell, str):
            continue
        if MARK in cell:
            raise Refused(CLASSIFIED)
        if number <= HEAD_ROWS and CLASSIFICATION.fullmatch("".join(cell.split())):
            raise Refused(CLASSIFIED)


# --- .csv ------------------------------------------------------------------------------------


def text_rows(data: bytes) -> Iterator[Line]:
    text = decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        for number, values in enumerate(reader, 1):
            cells = [plain_cell(value) for value in values]
            if any(cell is not None for cell in cells):
                check_classification(number, cells)
                yield [number, cells, []]
    except csv.Error as error:
        raise Refused(f"文本文件的分隔符或引号有误，读到一半读不下去了。{RESAVE}") from error


def decode(data: bytes) -> str:
    """Decode UTF-8 or GB18030, whole or not at all: a mangled name is worse than a refusal."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        if b"\0" in data:
            raise Refused(f"这不是文本文件，只是用了文本的扩展名。{RESAVE}")
        return decode_8_bit(data)
    except UnicodeDecodeError as error:
        raise Refused(MIXED_ENCODING) from error


def decode_8_bit(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    # UTF-8 with an even number of bytes often passes as GB18030, as other characters.
    if any(is_utf8_chinese(line) for line in data.splitlines()):
        raise Refused(MIXED_ENCODING)
    return text


def is_utf8_chinese(line: bytes) -> bool:
    try:
        return re.search("[\u4e00-\u9fff]", line.decode("utf-8")) is not None
    except UnicodeDecodeError:
        return False


def delimiter_of(text: str) -> str:
    counts = Counter("".join(text.splitlines()[: 2 * HEAD_ROWS]))
    return max((",", "\t", ";"), key=lambda mark: counts[mark])


# --- the door --------------------------------------------------------------------------------


def tagged(value: Any) -> Any:
    """Mark dates, which JSON does not know; write a time or a duration as text."""
    if isinstance(value, dt.datetime):
        return {"t": value.isoformat()}
    if isinstance(value, dt.date):
        return {"d": value.isoformat()}
    return str(value)


def limit_process(seconds: int, memory: int) -> None:
    """Cap processor time, memory and core files. Windows has no such limits: time-out only."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 -- not on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # SIGXCPU, then SIGKILL
    if sys.platform == "linux":  # macOS refuses a limit below what it has already mapped
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def encoded_lines(data: bytes, extension: str) -> Iterator[bytes]:
    written = 0
    for line in read_lines(data, extension):
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=tagged)
        yield text.encode() + b"\n"
        written += len(text)
        if written > MAX_OUTPUT:
            raise Refused("表格内容太多，超出系统能处理的范围。请拆成几个文件后再上传。")


def main(extension: str, seconds: int, memory: int) -> None:
    limit_process(seconds, memory)
    out = sys.stdout.buffer
    try:
        out.writelines(encoded_lines(sys.stdin.buffer.read(), extension))
        last: Line = {"end": True}
    except Refused as refusal:
        last = {"refused": str(refusal)}
    out.write(json.dumps(last).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
