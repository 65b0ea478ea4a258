"""The bricks of an .xlsx file: the package, its styles, and cells finished as XML text.

Columns remember their finished cells, within bounds, so that most cells of a ledger cost one look-up
and a row is one `join`. See `workbooks.py` for what is built of them.
"""

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from math import isfinite
from typing import BinaryIO, Self, TypeGuard

try:
    from isal import isal_zlib as deflate
except ImportError:  # there is no wheel for this machine
    import zlib as deflate  # type: ignore[no-redef]

MAX_TEXT = 32_767  # UTF-16 units in one cell
TRUNCATED = "……（内容过长，已截断）"
REMEMBERED = 5_000  # finished cells of one column
WORTH_REMEMBERING = 40  # characters; longer texts hardly come twice
EXACT = 10**15  # whole numbers from here on lose digits in Excel
BEIJING = dt.timezone(dt.timedelta(hours=8))
EPOCH = dt.date(1899, 12, 30).toordinal()
FIRST_SERIAL = 61  # 1 March 1900; before it, Excel counts a day that never was
DATE_FORMATS = {"date": r"yyyy\-mm\-dd", "datetime": r"yyyy\-mm\-dd\ hh:mm"}

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SITE = "http://schemas.openxmlformats.org"
MAIN = f'xmlns="{SITE}/spreadsheetml/2006/main"'
LINKS = f"{SITE}/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

REJECTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

FONTS = (("宋体", 11, ""), ("黑体", 11, ""), ("方正小标宋简体", 20, "<b/>"), ("宋体", 11, "<b/>"))
BODY, HEADING, TITLE, BOLD = range(len(FONTS))
TINTS = ("F2ECE4", "FFF2CC")
HEADING_TINT, REMARK_TINT = 2, 3  # after the two fills that every workbook must begin with


def is_plain(text: str) -> bool:
    """Tell quickly that a text needs neither cleaning nor escaping."""
    return (
        text.isprintable()
        and not ("&" in text or "<" in text or ">" in text or "_x" in text)
        and len(text) <= MAX_TEXT // 2
    )


def clean(text: str) -> str:
    """Drop what Excel rejects and shorten what it cannot hold."""
    text = REJECTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    units = len(text) + sum(character > "\uffff" for character in text)
    if units <= MAX_TEXT:
        return text
    room = (MAX_TEXT - len(TRUNCATED)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + TRUNCATED


def escaped(text: str) -> str:
    """Clean text and write it as XML. Excel reads `_x0041_` as a letter, unless so escaped."""
    if is_plain(text):
        return text
    text = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)


def text_cell(text: str, look: int) -> str:
    """Write what follows `<c r="A1` of a cell with its text in it."""
    xml = escaped(text)
    if not xml:
        return f'" s="{look}"/>'
    if xml[0] > " " and xml[-1] > " ":
        return f'" s="{look}" t="inlineStr"><is><t>{xml}</t></is></c>'
    return f'" s="{look}" t="inlineStr"><is><t xml:space="preserve">{xml}</t></is></c>'


class Styles:
    """The looks of cells, numbered as they are first asked for."""

    def __init__(self) -> None:
        self._looks: dict[str, int] = {"<xf/>": 0}
        self._formats: dict[str, int] = {}

    def look(
        self,
        font: int = BODY,
        *,
        fill: int = 0,
        lined: bool = True,
        align: str = "left",
        wrap: bool = False,
        number: str = "General",
    ) -> int:
        """Return the number of a look."""
        format_id = 164 + self._formats.setdefault(number, len(self._formats))
        xf = (
            f'<xf numFmtId="{format_id}" fontId="{font}" fillId="{fill}" borderId="{lined:d}" '
            'xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" '
            f'applyAlignment="1"><alignment horizontal="{align}" vertical="center" '
            f'wrapText="{wrap:d}"/></xf>'
        )
        return self._looks.setdefault(xf, len(self._looks))

    def xml(self) -> str:
        formats = "".join(
            f'<numFmt numFmtId="{164 + index}" formatCode="{escaped(code)}"/>'
            for code, index in self._formats.items()
        )
        fonts = "".join(
            f'<font>{bold}<sz val="{size}"/><name val="{name}"/></font>'
            for name, size, bold in FONTS
        )
        tints = "".join(
            f'<fill><patternFill patternType="solid"><fgColor rgb="FF{tint}"/></patternFill></fill>'
            for tint in TINTS
        )
        line = "".join(f'<{side} style="thin"/>' for side in ("left", "right", "top", "bottom"))
        return (
            f'{XML}<styleSheet {MAIN}><numFmts count="{len(self._formats)}">{formats}</numFmts>'
            f'<fonts count="{len(FONTS)}">{fonts}</fonts><fills count="{2 + len(TINTS)}">'
            '<fill><patternFill patternType="none"/></fill>'
            f'<fill><patternFill patternType="gray125"/></fill>{tints}</fills><borders count="2">'
            f'<border/><border>{line}</border></borders><cellStyleXfs count="1"><xf/>'
            f'</cellStyleXfs><cellXfs count="{len(self._looks)}">{"".join(self._looks)}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
            "</styleSheet>"
        )


# --- cells -----------------------------------------------------------------------------------


class TextCells(dict[object, str]):
    """Finished cells of a column, by value; see `row_from` for how they end."""

    def __init__(self, look: int, after: str) -> None:
        self.look = look
        self.after = after

    def __missing__(self, value: object) -> str:
        if type(value) is str and len(value) <= WORTH_REMEMBERING:
            return self.remember(value, text_cell(value, self.look) + self.after)
        # Never remembered: True and 1 are equal, their texts are not.
        return text_cell("" if value is None else str(value), self.look) + self.after

    def remember(self, value: object, cell: str) -> str:
        if len(self) < REMEMBERED:
            self[value] = cell
        return cell


class NumberCells(TextCells):
    """Finished cells of a column of numbers; what is no number becomes text."""

    def __missing__(self, value: object) -> str:
        if not is_figure(value):
            return super().__missing__(value)
        return self.remember(value, f'" s="{self.look}"><v>{value}</v></c>{self.after}')


class DateCells(TextCells):
    """Finished cells of a column of dates; what is no date that Excel knows becomes text."""

    def __missing__(self, value: object) -> str:
        days = serial(value) if isinstance(value, dt.date) else 0
        if days < FIRST_SERIAL:
            return super().__missing__(value)
        return self.remember(value, f'" s="{self.look}"><v>{days!r}</v></c>{self.after}')


def row_from(number: int, cells: Iterable[str], attributes: str = "") -> str:
    """Join finished cells: each ends with `<c r="B` of its neighbour, the last one with `</row>`."""
    return str(number).join(('<row r="', f'"{attributes}><c r="A', *cells))


def after(column: int, columns: int) -> str:
    """Tell what a finished cell of a column ends with."""
    return f'<c r="{column_letters(column + 1)}' if column + 1 < columns else "</row>"


def column_letters(index: int) -> str:
    """Turn 0 into `A`, 26 into `AA`."""
    letters = ""
    while index >= 0:
        letters = chr(65 + index % 26) + letters
        index = index // 26 - 1
    return letters


def text_row(number: int, cells: Sequence[tuple[str, int]], attributes: str = "") -> str:
    """Write a row of texts, each with its look."""
    finished = (
        text_cell(text, look) + after(at, len(cells)) for at, (text, look) in enumerate(cells)
    )
    return row_from(number, finished, attributes)


def serial(value: dt.date) -> float:
    """Count days as Excel does; a moment with a time zone is counted as Beijing's clock shows it."""
    if not isinstance(value, dt.datetime):
        return value.toordinal() - EPOCH
    if value.tzinfo:
        value = value.astimezone(BEIJING)
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return value.toordinal() - EPOCH + seconds / 86_400


def is_figure(value: object) -> TypeGuard[float | Decimal]:
    """Tell whether Excel can hold a value as a number without losing a digit before the point."""
    if type(value) is int:
        return -EXACT < value < EXACT
    return isinstance(value, float | Decimal) and isfinite(value) and -EXACT < value < EXACT


def figure_of(value: object) -> int | Decimal:
    """Return what a cell adds to a total: nothing where it is no number."""
    if type(value) is int:
        return value
    return Decimal(str(value)) if is_figure(value) else 0


# --- the package -----------------------------------------------------------------------------


class Package:
    """The zip file: its fixed parts, its styles and the sheets one by one."""

    def __init__(self, out: BinaryIO, names: Sequence[str], title: str) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self.names = sheet_names(names)
        self.styles = Styles()
        self._add("[Content_Types].xml", content_types(len(names)))
        self._add(
            "_rels/.rels",
            relations(
                (f"{LINKS}/officeDocument", "xl/workbook.xml"),
                (
                    f"{SITE}/package/2006/relationships/metadata/core-properties",
                    "docProps/core.xml",
                ),
            ),
        )
        self._add("docProps/core.xml", core_properties(title))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    @contextmanager
    def part(self, name: str) -> Iterator[Callable[[str], int]]:
        """Open a part and hand out the function that writes text into it."""
        entry = zipfile.ZipInfo(name)  # its date is 1980: the same rows give the same bytes
        entry.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(entry, "w") as part:
            # zipfile cannot be told to use igzip, which is six times as fast as zlib. The attribute
            # is private; were it gone, the part would be compressed by zlib, and still be right.
            part._compressor = deflate.compressobj(1, deflate.DEFLATED, -15)  # type: ignore[attr-defined]  # noqa: SLF001
            yield lambda text: part.write(text.encode())

    def _add(self, name: str, xml: str) -> None:
        with self.part(name) as write:
            write(xml)

    def finish(self, defined_names: str = "") -> None:
        """Write what is known only when all sheets are."""
        sheets = [f"worksheets/sheet{number}.xml" for number in range(1, len(self.names) + 1)]
        self._add("xl/styles.xml", self.styles.xml())
        self._add("xl/workbook.xml", workbook_xml(self.names, defined_names))
        self._add(
            "xl/_rels/workbook.xml.rels",
            relations(
                *((f"{LINKS}/worksheet", sheet) for sheet in sheets),
                (f"{LINKS}/styles", "styles.xml"),
            ),
        )


def sheet_names(names: Sequence[str]) -> list[str]:
    """Make names that Excel takes: none of its marks, 31 characters, no two alike."""
    taken: list[str] = []
    for name in names:
        wanted = REJECTED.sub("", re.sub(r"[\[\]:*?/\\\n\r\t]", " ", name)).strip(" '") or "表"
        short, number = wanted[:31], 2
        while short.lower() in {other.lower() for other in taken}:
            short, number = f"{wanted[:27]}({number})", number + 1
        taken.append(short)
    return taken


def content_types(sheets: int) -> str:
    parts = {
        "xl/workbook.xml": f"{TYPE}.sheet.main+xml",
        "xl/styles.xml": f"{TYPE}.styles+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    } | {f"xl/worksheets/sheet{n}.xml": f"{TYPE}.worksheet+xml" for n in range(1, sheets + 1)}
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in parts.items()
    )
    return (
        f'{XML}<Types xmlns="{SITE}/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def relations(*targets: tuple[str, str]) -> str:
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{XML}<Relationships xmlns="{SITE}/package/2006/relationships">{links}</Relationships>'


def core_properties(title: str) -> str:
    return (
        f'{XML}<cp:coreProperties xmlns:cp="{SITE}/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escaped(title)}</dc:title><dc:creator>党建工作管理门户</dc:creator>"
        "</cp:coreProperties>"
    )


def workbook_xml(names: Sequence[str], defined_names: str) -> str:
    sheets = "".join(
        f'<sheet name="{attribute(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    defined = f"<definedNames>{defined_names}</definedNames>" if defined_names else ""
    return f'{XML}<workbook {MAIN} xmlns:r="{LINKS}"><sheets>{sheets}</sheets>{defined}</workbook>'


def attribute(text: str) -> str:
    return escaped(text).replace('"', "&quot;")
