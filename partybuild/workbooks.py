"""Excel out: a ledger of any length as a workbook, one row in memory at a time.

It has what an inspection group expects to see: a title, a line for unit and date, merged headings of
several levels, typed cells, totals, a signature line, A3 landscape with the headings on every page.

Cells are cleaned of what Excel rejects: control characters and lone surrogates go, a carriage return
becomes a line end, text beyond 32,767 characters ends in a mark. Whole numbers of more than 15
digits, dates before March 1900 and what does not fit its column are written as text. Text is never
a formula. The same rows always give the same bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from math import ceil
from operator import getitem
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple

from partybuild.sheetxml import (
    BODY,
    BOLD,
    DATE_FORMATS,
    HEADING,
    HEADING_TINT,
    MAIN,
    REMARK_TINT,
    TITLE,
    XML,
    DateCells,
    NumberCells,
    Package,
    TextCells,
    after,
    column_letters,
    escaped,
    figure_of,
    row_from,
    text_row,
)
from partybuild.values import clean_text

if TYPE_CHECKING:
    from decimal import Decimal

MAX_ROWS, TALLEST = 1_048_576, 409
SAMPLE = 200  # rows that decide how wide a column is
BATCH = 500  # rows compressed at a time
MAX_SIZE = (1 << 31) - 1 - (64 << 20)  # of a part without the zip64 that Excel complains about
WIDEST, WIDEST_TITLE, REMARK_WIDTH, TOTAL_DIGITS = 48, 16, 50, 4
LEAST_WIDTH = {"date": 10, "datetime": 16, "number": 8, "integer": 4}
ALIGN = {
    "text": "left",
    "number": "right",
    "date": "center",
    "datetime": "center",
    "integer": "center",
}
CELLS = {
    "text": TextCells,
    "number": NumberCells,
    "integer": NumberCells,
    "date": DateCells,
    "datetime": DateCells,
}
PAGE = (
    '<printOptions horizontalCentered="1"/>'
    '<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
    '<pageSetup paperSize="8" orientation="landscape" fitToHeight="0"/>'
    "<headerFooter><oddFooter>&amp;C第 &amp;P 页 共 &amp;N 页</oddFooter></headerFooter>"
)
FIT = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
TITLE_HEIGHT, LINE_HEIGHT = ' ht="36" customHeight="1"', ' ht="22" customHeight="1"'
SIGNATURE_GAP = "　" * 10


class TooMuchForExcel(Exception):
    """The table does not fit into one sheet; the message says what to do."""

    def __init__(self) -> None:
        super().__init__("内容超过 Excel 一张工作表能装下的范围，请缩小单位或时间范围后再导出。")


@dataclass(frozen=True)
class SheetColumn:
    """A column: a tuple as title makes merged headings; widths are in half-width characters.

    Cells are str, int, float, Decimal, date, datetime or None. What does not fit the kind (a partial
    date, a dash among numbers) is written as text. `total` adds the numbers up in a last row.
    """

    title: str | tuple[str, ...]
    kind: Literal["text", "number", "date", "datetime", "integer"]
    width: float | None = None
    total: bool = False
    decimals: int | None = None
    wrap: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        """The titles from the top level down."""
        return (self.title,) if isinstance(self.title, str) else self.title

    @property
    def number_format(self) -> str:
        """How Excel shows a value."""
        if self.kind == "number":
            return f"0.{'0' * self.decimals}" if self.decimals else "General"
        return DATE_FORMATS.get(self.kind, "0" if self.kind == "integer" else "@")


@dataclass(frozen=True)
class SheetHead:
    """What stands around the table: title, unit at the left, date at the right, signatures."""

    title: str
    left: str = ""
    right: str = ""
    signature: tuple[str, ...] = ()


@dataclass(frozen=True)
class RemarkedSheet:
    """Rows handed back: the head rows as they were, and per row its cells and what is wrong."""

    name: str
    head: Sequence[Sequence[object]]
    rows: Sequence[tuple[Sequence[object], str]]


class Span(NamedTuple):
    """A heading and the cells it covers; levels and columns count from 0."""

    title: str
    level: int
    column: int
    levels: int
    columns: int


def write_workbook(
    out: BinaryIO,
    *,
    sheet_name: str,
    head: SheetHead,
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[object]],
    numbered: bool = True,
) -> int:
    """Write one table; return the number of rows. `numbered` puts a column 序号 in front.

    `out` must be writable, and may be a stream that cannot seek. Raises `TooMuchForExcel`, and
    ValueError when a row has not one cell for each column.
    """
    if numbered:
        columns = [SheetColumn("序号", "integer", width=6), *columns]
        rows = ((number, *row) for number, row in enumerate(rows, 1))
    rows = _checked(rows, len(columns))
    sample = list(islice(rows, SAMPLE))
    with Package(out, [sheet_name], head.title) as package:
        table = _Table(package, head, columns, sample)
        with package.part("xl/worksheets/sheet1.xml") as write:
            write(table.opening())
            table.write_rows(write, chain(sample, rows))
            write(table.closing())
        package.finish(table.defined_names(package.names[0]))
    return table.count


def _checked(rows: Iterable[Sequence[object]], width: int) -> Iterator[Sequence[object]]:
    for number, row in enumerate(rows, 1):
        if len(row) != width:
            raise ValueError(f"Row {number} has {len(row)} cells for {width} columns.")
        yield row


class _Table:
    """One sheet: where its headings, rows and totals stand, and the XML of each."""

    def __init__(
        self,
        package: Package,
        head: SheetHead,
        columns: Sequence[SheetColumn],
        sample: Sequence[Sequence[object]],
    ) -> None:
        self.package = package
        self.head = head
        self.columns = columns
        self.letters = [column_letters(index) for index in range(len(columns))]
        wanted = [wanted_width(c, [row[at] for row in sample]) for at, c in enumerate(columns)]
        self.widths = [
            column.width or min(width, WIDEST)
            for column, width in zip(columns, wanted, strict=True)
        ]
        self.wrapped = [
            column.kind == "text" and (column.wrap or want > width)
            for column, want, width in zip(columns, wanted, self.widths, strict=True)
        ]
        self.spans = list(heading_spans([column.path for column in columns]))
        self.first_heading = 3 if head.left or head.right else 2
        self.first_row = self.first_heading + max(len(column.path) for column in columns)
        self.count = 0
        self.sums: dict[int, int | Decimal] = {
            at: 0 for at, column in enumerate(columns) if column.total
        }
        self.merged: list[str] = []

    def opening(self) -> str:
        """Everything before the first row of data."""
        top = self.first_row - 1
        widths = "".join(
            f'<col min="{at}" max="{at}" width="{width + 0.7109375:g}" customWidth="1"/>'
            for at, width in enumerate(self.widths, 1)
        )
        return (
            f"{XML}<worksheet {MAIN}>{FIT}<sheetViews>"
            f'<sheetView workbookViewId="0"><pane ySplit="{top}" topLeftCell="A{top + 1}" '
            'activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/></sheetView>'
            f'</sheetViews><sheetFormatPr defaultRowHeight="18"/><cols>{widths}</cols><sheetData>'
            f"{self._title()}{self._headings()}"
        )

    def _title(self) -> str:
        look = self.package.styles.look
        last = len(self.columns) - 1
        title_look, left, right = (
            look(TITLE, lined=False, align="center"),
            look(lined=False),
            look(lined=False, align="right"),
        )
        self._merge(1, 1, 0, last)
        title = text_row(
            1, [(self.head.title, title_look)] + [("", title_look)] * last, TITLE_HEIGHT
        )
        if self.first_heading == 2:  # noqa: PLR2004 -- no line between title and headings
            return title
        split = self._split()
        cells = [("", left)] * split + [("", right)] * (last + 1 - split)
        cells[0] = (self.head.left, left)
        if split <= last:
            cells[split] = (self.head.right, right)
        else:
            cells[0] = (f"{self.head.left}　{self.head.right}", left)
        self._merge(2, 2, 0, split - 1)
        self._merge(2, 2, split, last)
        return title + text_row(2, cells, LINE_HEIGHT)

    def _split(self) -> int:
        """Tell from which column on the right half of the second line has room."""
        at, room = len(self.columns), 0.0
        while at > 1 and room < display_width(self.head.right) + 2:
            at -= 1
            room += self.widths[at]
        return at

    def _headings(self) -> str:
        look = self.package.styles.look(HEADING, fill=HEADING_TINT, align="center", wrap=True)
        grid = [
            [("", look)] * len(self.columns) for _ in range(self.first_row - self.first_heading)
        ]
        lines = 1
        for span in self.spans:
            grid[span.level][span.column] = (span.title, look)
            top = self.first_heading + span.level
            self._merge(top, top + span.levels - 1, span.column, span.column + span.columns - 1)
            room = sum(self.widths[span.column : span.column + span.columns])
            lines = max(lines, ceil(display_width(span.title) / room / span.levels))
        return "".join(
            text_row(number, cells, f' ht="{6 + 18 * lines}" customHeight="1"')
            for number, cells in enumerate(grid, self.first_heading)
        )

    def _merge(self, first_row: int, last_row: int, first: int, last: int) -> None:
        if (first_row, first) != (last_row, last) and first <= last:
            ends = f"{self.letters[first]}{first_row}:{self.letters[last]}{last_row}"
            self.merged.append(f'<mergeCell ref="{ends}"/>')

    def write_rows(self, write: Callable[[str], int], rows: Iterable[Sequence[object]]) -> None:
        """Write the data; raise `TooMuchForExcel` when it cannot all be in one sheet."""
        finished = [self._cells(at) for at in range(len(self.columns))]
        wrapped = [at for at, is_wrapped in enumerate(self.wrapped) if is_wrapped]
        batch: list[str] = []
        size = 0
        number = self.first_row - 1
        for number, row in enumerate(rows, self.first_row):
            tall = self._height(row, wrapped) if wrapped else ""
            batch.append(row_from(number, map(getitem, finished, row), tall))
            for at in self.sums:
                self.sums[at] += figure_of(row[at])
            if len(batch) == BATCH:
                size += write("".join(batch))
                batch.clear()
                if size > MAX_SIZE or number > MAX_ROWS - BATCH:
                    raise TooMuchForExcel
        write("".join(batch))
        self.count = number - self.first_row + 1

    def _height(self, row: Sequence[object], wrapped: Iterable[int]) -> str:
        return height_of((str(row[at] or ""), self.widths[at]) for at in wrapped)

    def _cells(self, at: int, font: int = BODY) -> TextCells:
        column, wrapped = self.columns[at], self.wrapped[at]
        look = self.package.styles.look(
            font,
            align=ALIGN[column.kind],
            wrap=wrapped,
            number="General" if wrapped else column.number_format,
        )
        return CELLS[column.kind](look, after(at, len(self.columns)))

    def closing(self) -> str:
        """Everything after the last row of data, in the order that the schema wants."""
        last = self.first_row + self.count - 1
        data = f"A{self.first_row}:{self.letters[-1]}{max(last, self.first_row)}"
        tail = self._totals(last + 1) + self._signature(last + 1 + bool(self.sums))
        merges = "".join(self.merged)
        if merges:
            merges = f'<mergeCells count="{len(self.merged)}">{merges}</mergeCells>'
        return (
            f'{tail}</sheetData><autoFilter ref="{self._filtered("")}"/>{merges}'
            f"{PAGE}"
            f'<ignoredErrors><ignoredError sqref="{data}" numberStoredAsText="1"/></ignoredErrors>'
            "</worksheet>"
        )

    def _totals(self, number: int) -> str:
        if not self.sums:
            return ""
        totals: dict[int, object] = {0: "合计", **self.sums}
        columns = range(len(self.columns))
        return row_from(number, [self._cells(at, BOLD)[totals.get(at)] for at in columns])

    def _signature(self, number: int) -> str:
        if not self.head.signature:
            return ""
        look = self.package.styles.look(lined=False)
        self._merge(number, number, 0, len(self.columns) - 1)
        return text_row(number, [(SIGNATURE_GAP.join(self.head.signature), look)], TITLE_HEIGHT)

    def _filtered(self, fixed: str) -> str:
        """The leaf headings and the rows, with `$` as `fixed` for a defined name."""
        first, last = self.first_row - 1, max(self.first_row + self.count - 1, self.first_row - 1)
        return f"{fixed}A{fixed}{first}:{fixed}{self.letters[-1]}{fixed}{last}"

    def defined_names(self, sheet_name: str) -> str:
        """What the filter covers, and which rows are printed on every page."""
        sheet = escaped("'" + sheet_name.replace("'", "''") + "'")
        return (
            '<definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'
            f"{sheet}!{self._filtered('$')}</definedName>"
            '<definedName name="_xlnm.Print_Titles" localSheetId="0">'
            f"{sheet}!${self.first_heading}:${self.first_row - 1}</definedName>"
        )


def heading_spans(paths: Sequence[tuple[str, ...]]) -> Iterator[Span]:
    """Lay out headings: neighbours under one parent share it, a short path reaches down."""
    depth = max(len(path) for path in paths)
    for level in range(depth):
        column = 0
        while column < len(paths):
            path, end = paths[column], column + 1
            is_parent = level < len(path) - 1
            while (
                is_parent
                and end < len(paths)
                and level < len(paths[end]) - 1
                and paths[end][: level + 1] == path[: level + 1]
            ):
                end += 1
            if level < len(path):
                levels = 1 if is_parent else depth - level
                yield Span(path[level], level, column, levels, end - column)
            column = end


def wanted_width(column: SheetColumn, values: Iterable[object]) -> float:
    """Tell how wide a column would have to be for its title and the values of the sample."""
    lines = chain.from_iterable(clean_text(value).split("\n") for value in values)
    longest = max(map(display_width, lines), default=0)
    title = min(display_width(column.path[-1]), WIDEST_TITLE)
    total = TOTAL_DIGITS if column.total else 0
    return max(longest + total, title, LEAST_WIDTH.get(column.kind, 4)) + 2


def display_width(line: str) -> int:
    """Count half-width characters: GB 18030 has two bytes for what is two wide."""
    return len(line.encode("gb18030", "ignore"))


def height_of(texts: Iterable[tuple[str, float]]) -> str:
    """Tell the height that wrapped texts need in their widths; LibreOffice does not find it."""
    lines = max(
        sum(ceil((display_width(line) + 1) / width) for line in text.split("\n"))
        for text, width in texts
    )
    return f' ht="{min(3 + 15 * lines, TALLEST)}"' if lines > 1 else ""


# --- rows handed back ------------------------------------------------------------------------


def write_remarked_copy(out: BinaryIO, sheets: Sequence[RemarkedSheet]) -> int:
    """Write rejected rows as plain text, each with its reason in 处理意见; return their number."""
    with Package(out, [sheet.name for sheet in sheets], "需要处理的行") as package:
        for number, sheet in enumerate(sheets, 1):
            with package.part(f"xl/worksheets/sheet{number}.xml") as write:
                write(_remarked_xml(package, sheet))
        package.finish()
    return sum(len(sheet.rows) for sheet in sheets)


def _remarked_xml(package: Package, sheet: RemarkedSheet) -> str:
    look = package.styles.look
    heading = look(HEADING, fill=HEADING_TINT, align="center", wrap=True)
    plain, remarked = look(number="@"), look(fill=REMARK_TINT, wrap=True)
    head = [list(row) for row in sheet.head] or [[]]
    width = max(len(row) for row in [*head, *(cells for cells, _ in sheet.rows)])
    lines = [
        [(text, heading) for text in _texts(row, width)]
        + [("处理意见" if row is head[-1] else "", heading)]
        for row in head
    ] + [
        [(text, plain) for text in _texts(cells, width)] + [(clean_text(remark), remarked)]
        for cells, remark in sheet.rows
    ]
    widths = [
        min(max(display_width(line[at][0]) for line in lines[:SAMPLE]) + 2, WIDEST)
        for at in range(width)
    ]
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{wide}" customWidth="1"/>'
        for at, wide in enumerate([*widths, REMARK_WIDTH], 1)
    )
    rows = "".join(
        text_row(number, line, height_of([(line[-1][0], REMARK_WIDTH)]))
        for number, line in enumerate(lines, 1)
    )
    return (
        f'{XML}<worksheet {MAIN}>{FIT}<sheetViews><sheetView workbookViewId="0"/></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="18"/><cols>{columns}</cols><sheetData>{rows}</sheetData>'
        f'{PAGE}<ignoredErrors><ignoredError sqref="A1:{column_letters(width)}{len(lines)}" '
        'numberStoredAsText="1"/></ignoredErrors></worksheet>'
    )


def _texts(cells: Sequence[object], width: int) -> list[str]:
    return [clean_text(cell) for cell in cells] + [""] * (width - len(cells))
