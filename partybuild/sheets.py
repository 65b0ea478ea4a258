"""Recognise the table inside a sheet: which rows are headings, which are data, which are neither.

Offices lay out one list in many ways: title lines, headings on one to three levels, columns in any
order, subtotals, remarks and a line for signatures. A sheet is read by what its headings say, never
by where they stand.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from partybuild.tables import Cell, RawRow, RawSheet
from partybuild.values import clean_text, squeeze

# Titles of columns that must be there; of a tuple, one is enough.
Required = Sequence[str | tuple[str, ...]]

HEAD_DEPTH = 20  # rows in which headings are looked for
HEAD_LEVELS = 3
SERIAL = re.compile("序号?|编号|No\\.?|行号|排序", re.IGNORECASE)

TOTAL = re.compile(
    "(本页|本表|全部|支部|人数)?(合计|小计|总计|共计|累计|总数|总人数)"
    "([:：]?([\\d一二三四五六七八九十百(（].*)?)"
)
REMARK = re.compile(
    "(填表|填报|填写|编制|使用)?(注|备注|附注|说明|注意事项|须知)(\\d{0,2})[:：.．、].*", re.DOTALL
)
SIGNATURE = re.compile(
    ".{0,6}((填表|填报|制表|审核|审批|复核|统计|经办|负责|签发|联系)(人|单位|时间|日期|电话)?|签名|签字|签章|盖章)"
    "([(（].{0,12}[)）])?[:：_＿].*|.{0,10}[（(](盖章|签章|公章)[）)].*",
    re.DOTALL,
)
EXAMPLE = re.compile("(填写|填报)?(示例|样例|范例|举例)|例[:：]?")
BRACKETS = re.compile("[(（\\[【〔].*?[)）\\]】〕]")
FEW_CELLS = 4
YEAR = re.compile(r"(20\d\d)年")
FILLED_IN = re.compile(r"(填表|填报|制表|编制|报送|上报|打印|导出|统计)?(时间|日期)[:：].*")


class Heading(Protocol):
    """What a sheet must know of a column: its title and the patterns of its headings.

    `pattern` must match the whole heading, blanks and remarks in brackets left out; `under`, where
    given, a heading above it.
    """

    title: str
    pattern: str
    under: str


@dataclass
class Record:
    """One row of data: its number as the spreadsheet shows it, and its cells by column title.

    `formulas` holds the titles of columns whose cell is a formula; `raw` is the whole row, merged cells repeated.
    """

    sheet: str
    number: int
    cells: dict[str, Cell]
    formulas: frozenset[str]
    raw: list[Cell]

    def get(self, title: str) -> Cell:
        return self.cells.get(title)


@dataclass
class DataSheet:
    """A sheet in which a table was found."""

    name: str
    columns: dict[int, str]  # index -> title of a known column
    head: list[list[Cell]]  # the rows of headings, merged ones repeated
    above: list[str]  # what stands over the headings: titles, the reporting unit
    strange: list[str]  # headings that no column answers to
    hidden: list[str]  # known columns that are hidden in the file and were read
    records: list[Record] = field(default_factory=list)
    left_out: dict[int, str] = field(default_factory=dict)  # row number -> what it is

    def has(self, title: str) -> bool:
        return title in self.columns.values()


def recognise(sheet: RawSheet, headings: Sequence[Heading], required: Required) -> DataSheet | None:
    """Return the table of a sheet, None when no row of headings holds the required columns."""
    spread = sheet.spread()
    found = _find_head(sheet, spread, headings, required)
    if found is None:
        return None
    start, height, columns = found
    head = spread[start : start + height]
    table = DataSheet(
        name=sheet.name,
        columns=columns,
        head=[row.cells for row in head],
        above=[text for row in sheet.rows[:start] for text in _texts(row)],
        strange=_strange(head, columns),
        hidden=[title for index, title in columns.items() if index in sheet.hidden_columns],
    )
    leaves = {index: _path(head, index)[-1] for index in columns}
    wide = _wide_rows(sheet)
    for raw, row in zip(sheet.rows[start + height :], spread[start + height :], strict=True):
        kind = _kind(raw, columns, leaves, is_wide=raw.number in wide)
        if kind:
            table.left_out[raw.number] = kind
        else:
            table.records.append(_record(sheet.name, row, columns))
    return table


# --- headings --------------------------------------------------------------------------------


def year_of(sheet: DataSheet) -> int | None:
    """Return the year that the headings, the titles or the name of a sheet speak of.

    The day on which the list was filled in is not meant.
    """
    heads = [str(cell) for cells in sheet.head for cell in cells if cell is not None]
    for text in (*heads, *sheet.above, sheet.name):
        found = YEAR.search(FILLED_IN.sub("", squeeze(text)))
        if found:
            return int(found[1])
    return None


def normal(heading: object) -> str:
    """Give a heading without blanks, stars and remarks in brackets."""
    text = squeeze(heading)
    bare = re.sub("[*＊※:：#]", "", BRACKETS.sub("", text))
    return bare or text


def _find_head(
    sheet: RawSheet, rows: list[RawRow], headings: Sequence[Heading], required: Required
) -> tuple[int, int, dict[int, str]] | None:
    """Return the first row, the height and the columns of the block that answers best."""
    best: tuple[int, int, dict[int, str]] | None = None
    for start in range(min(len(rows), HEAD_DEPTH)):
        for height in range(1, HEAD_LEVELS + 1):
            block = rows[start : start + height]
            if len(block) < height:
                break
            columns = _columns(block, headings, sheet.hidden_columns)
            if not _answers(set(columns.values()), required):
                continue
            if best is None or (len(columns), -height) > (len(best[2]), -best[1]):
                best = (start, height, columns)
    return best


def _answers(titles: set[str], required: Required) -> bool:
    return all(
        one in titles if isinstance(one, str) else not titles.isdisjoint(one) for one in required
    )


def _columns(
    block: list[RawRow], headings: Sequence[Heading], hidden: Collection[int]
) -> dict[int, str]:
    """Match the columns of a block; of two that answer to one title, the visible one, the first."""
    width = max(len(row.cells) for row in block)
    found: dict[str, int] = {}
    for index in sorted(range(width), key=lambda index: (index in hidden, index)):
        title = _title(_path(block, index), headings)
        if title:
            found.setdefault(title, index)
    return {index: title for title, index in sorted(found.items(), key=lambda pair: pair[1])}


def _path(block: Sequence[RawRow], index: int) -> list[str]:
    """Return the headings over one column from top to bottom, repeated ones once; [""] for none."""
    path: list[str] = []
    for row in block:
        text = normal(row.cell(index)) if isinstance(row.cell(index), str) else ""
        if text and text not in path[-1:]:
            path.append(text)
        elif not text and row.cell(index) is not None:
            path.append("")  # a number or a date: no heading
    return path or [""]


def _title(path: list[str], headings: Sequence[Heading]) -> str:
    """Return the title of the column that a path of headings stands for, "" for none."""
    leaf, above = path[-1], path[:-1]
    if not leaf or SERIAL.fullmatch(leaf):
        return ""
    spellings = [leaf, *re.split("[/／、]", leaf)]
    if above:
        spellings.append(above[-1] + leaf)  # 入党 / 时间
    for spelling in spellings:
        for heading in headings:
            if heading.under and not any(re.fullmatch(heading.under, text) for text in above):
                continue
            if re.fullmatch(heading.pattern, spelling, re.IGNORECASE):
                return heading.title
    return ""


def _strange(head: Sequence[RawRow], columns: dict[int, str]) -> list[str]:
    width = max(len(row.cells) for row in head)
    leaves = [_path(head, index)[-1] for index in range(width) if index not in columns]
    return list(dict.fromkeys(leaf for leaf in leaves if leaf and not SERIAL.fullmatch(leaf)))


# --- rows ------------------------------------------------------------------------------------


def _record(sheet: str, row: RawRow, columns: dict[int, str]) -> Record:
    return Record(
        sheet=sheet,
        number=row.number,
        cells={title: row.cell(index) for index, title in columns.items()},
        formulas=frozenset(columns[index] for index in row.formulas if index in columns),
        raw=row.cells,
    )


def _texts(row: RawRow) -> Iterator[str]:
    for cell in row.cells:
        if isinstance(cell, str) and clean_text(cell):
            yield clean_text(cell)


def _wide_rows(sheet: RawSheet) -> set[int]:
    """Return the numbers of rows that are one merged cell over a good part of the table."""
    return {
        block.first_row
        for block in sheet.merged
        if block.first_row == block.last_row and block.last_column - block.first_column >= FEW_CELLS
    }


def _kind(row: RawRow, columns: dict[int, str], leaves: dict[int, str], *, is_wide: bool) -> str:
    """Tell what a row under the headings is, "" for a row of data."""
    filled = {i: text for i, cell in enumerate(row.cells) if (text := squeeze(cell))}
    known = {index: text for index, text in filled.items() if index in columns}
    if not filled:
        return "blank"
    first = next(iter(filled.values()))
    if EXAMPLE.fullmatch(first):
        return "example"
    if any(TOTAL.fullmatch(text) for text in list(filled.values())[:3]):
        return "total" if not first.startswith("小计") else "subtotal"
    few = len(filled) <= FEW_CELLS
    if few and REMARK.fullmatch(first):
        return "remark"
    if few and any(SIGNATURE.fullmatch(text) for text in filled.values()):
        return "signature"
    repeated = sum(normal(text) == leaves.get(index) for index, text in known.items())
    if repeated > 1 and repeated * 2 >= len(known):
        return "heading"
    if len(filled) == 1 and is_wide:
        return "remark"
    return "" if known else "blank"
