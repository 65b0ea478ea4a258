"""A scheme as a workbook: one sheet for each list of the document, one column for each field.

Sheets and columns follow from the fields and their labels; every cell is text, so that a number is
exactly what was written and nothing is a formula. Reading what was written gives the same document;
a cell that cannot be read is named with its sheet, row and column, and then nothing is read.
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from assessments.engine.document import Document, Line
from assessments.engine.editing import PARTS
from assessments.engine.rules.base import KINDS, Rule
from assessments.engine.typed import EMPTY, Entry, entries_of
from assessments.engine.written import Unreadable
from assessments.filetext import TranscriptProblem
from partybuild.sheetxml import column_letters
from partybuild.tables import RawRow, RawSheet
from partybuild.textbooks import TextSheet, write_text_book

HEAD, RULES = "方案", "规则"
LINE, KIND = "项目编号", "规则种类"
HEAD_COLUMNS = ["内容", "写的是"]
MOST_EXACT = 15
Values = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Column:
    """A column (or a row of the first sheet): its title, and the field that it is."""

    title: str
    name: str
    entry: Entry


def columns_of(cls: Any, without: Sequence[str] = ()) -> list[Column]:
    """Return the columns of a part; a part within it has columns of its own."""
    found = []
    for name, entry in entries_of(cls).items():
        if name in without:
            continue
        if dataclasses.is_dataclass(entry.bare):
            for inner, one in entries_of(entry.bare).items():
                title = f"{entry.label.text}：{one.label.text}"
                found.append(Column(title, f"{name}.{inner}", one))
        else:
            found.append(Column(entry.label.text, name, entry))
    return found


def _inside(part: Any, name: str) -> Any:
    for step in name.split("."):
        part = getattr(part, step)
    return part


def _built(cls: Any, values: Values) -> Any:
    own: Values = {}
    for name, value in values.items():
        outer, _, inner = name.partition(".")
        if inner:
            own.setdefault(outer, {})[inner] = value
        else:
            own[name] = value
    entries = entries_of(cls)
    return cls(
        **{
            name: entries[name].bare(**value) if isinstance(value, dict) else value
            for name, value in own.items()
        }
    )


def titles() -> dict[str, str]:
    """Return the names of the sheets of lists, by list."""
    entries = entries_of(Document)
    return {part: entries[part].label.text for part in PARTS}


# Out.


def write_scheme(out: BinaryIO, document: Document) -> None:
    """Write a document as a workbook."""
    write_text_book(out, title=document.title, sheets=list(_sheets(document)))


def _sheets(document: Document) -> Iterator[TextSheet]:
    head = columns_of(Document, tuple(PARTS))
    rows = [(one.title, one.entry.written(_inside(document, one.name))) for one in head]
    yield TextSheet(HEAD, HEAD_COLUMNS, rows)
    for part, title in titles().items():
        columns = columns_of(PARTS[part], ("rules",))
        yield TextSheet(
            title,
            [one.title for one in columns],
            [_row(columns, one) for one in getattr(document, part)],
        )
        if part == "lines":
            yield _rules(document)


def _row(columns: Sequence[Column], part: Any) -> list[str]:
    cells = [one.entry.written(_inside(part, one.name)) for one in columns]
    if not any(cells):
        # A row of nothing but defaults would be no row at all.
        cells[0] = columns[0].entry.shown(_inside(part, columns[0].name)) or EMPTY
    return cells


def _rules(document: Document) -> TextSheet:
    used = {type(rule) for line in document.lines for rule in line.rules}
    named = {one.title: None for kind in KINDS.values() if kind in used for one in columns_of(kind)}
    rows = []
    for line in document.lines:
        for rule in line.rules:
            said = {
                one.title: one.entry.written(_inside(rule, one.name))
                for one in columns_of(type(rule))
            }
            rows.append([code_of(line), rule.title, *(said.get(title, "") for title in named)])
    return TextSheet(RULES, [LINE, KIND, *named], rows)


def code_of(line: Line) -> str:
    """Return how rules name the line they belong to."""
    return entries_of(Line)["code"].written(line.code)


# In.


class BadCell(TranscriptProblem):
    """A cell that cannot be read; str() says where it stands and why."""

    def __init__(self, sheet: str, row: int, column: int, why: str) -> None:
        place = f"工作表“{sheet}”第 {row} 行 {column_letters(column)} 列"
        super().__init__(f"{place}：{why}")


def document_of(sheets: Sequence[RawSheet]) -> Document:
    """Read a document from the sheets of a workbook; TranscriptProblem says where it is none."""
    by_name = {sheet.name: sheet for sheet in sheets}
    if HEAD not in by_name:
        raise TranscriptProblem(f"没有工作表“{HEAD}”，不是本系统导出的考核方案。")
    expected = {HEAD, RULES, *titles().values()}
    unknown = [sheet.name for sheet in sheets if sheet.name not in expected and sheet.rows]
    if unknown:
        raise TranscriptProblem(f"工作表“{unknown[0]}”不认识，应是 {'、'.join(sorted(expected))}。")
    rules = _rules_in(by_name.get(RULES))
    values: Values = _head_in(by_name[HEAD])
    for part, title in titles().items():
        more = (
            (lambda one: {"rules": rules.pop(one["code"], ((), None))[0]})
            if part == "lines"
            else None
        )
        values[part] = _parts_in(by_name.get(title), PARTS[part], more)
    for code, (_, row) in rules.items():
        raise BadCell(RULES, row.number, 0, f"没有编号是“{code}”的项目。")
    document: Document = _built(Document, values)
    return document


def _head_in(sheet: RawSheet) -> Values:
    columns = {one.title: one for one in columns_of(Document, tuple(PARTS))}
    values: Values = {}
    for row in _rows(sheet, HEAD_COLUMNS):
        title = _text(sheet, row, 0)
        if title not in columns:
            raise BadCell(sheet.name, row.number, 0, f"“{title}”不认识。")
        if columns[title].name in values:
            raise BadCell(sheet.name, row.number, 0, f"“{title}”写了两次。")
        values[columns[title].name] = _read(sheet, row, 1, columns[title].entry)
    for one in columns.values():
        if one.name not in values and one.entry.is_required:
            raise TranscriptProblem(f"工作表“{sheet.name}”没有写“{one.title}”。")
    return values


def _parts_in(
    sheet: RawSheet | None, cls: Any, more: Callable[[Values], Values] | None
) -> tuple[Any, ...]:
    if sheet is None:
        return ()
    found = []
    for row, values in _records(sheet, columns_of(cls, ("rules",))):
        del row
        found.append(_built(cls, values | (more(values) if more else {})))
    return tuple(found)


def _rules_in(sheet: RawSheet | None) -> dict[str, tuple[tuple[Rule, ...], RawRow]]:
    """Return the rules of each line, and where the first of them stands."""
    found: dict[str, tuple[tuple[Rule, ...], RawRow]] = {}
    if sheet is None or not sheet.rows:
        return found
    kinds = {kind.title: kind for kind in KINDS.values()}
    heading = _heading(sheet)
    code_entry = entries_of(Line)["code"]
    for row in sheet.rows[1:]:
        at = {title: column for column, title in heading.items()}
        if KIND not in at or LINE not in at:
            raise TranscriptProblem(f"工作表“{RULES}”第一行应有“{LINE}”和“{KIND}”。")
        code = _read(sheet, row, at[LINE], code_entry)
        title = _text(sheet, row, at[KIND])
        if title not in kinds:
            raise BadCell(sheet.name, row.number, at[KIND], f"没有“{title}”这种规则。")
        rule = _rule_in(sheet, row, at, kinds[title])
        rules, first = found.get(code, ((), row))
        found[code] = ((*rules, rule), first)
    return found


def _rule_in(sheet: RawSheet, row: RawRow, at: dict[str, int], kind: type[Rule]) -> Rule:
    columns = columns_of(kind)
    wanted = {one.title for one in columns} | {LINE, KIND}
    for title, column in at.items():
        if title not in wanted and _text(sheet, row, column):
            why = f"“{kind.title}”没有“{title}”，请清空这一格。"
            raise BadCell(sheet.name, row.number, column, why)
    values = {}
    for one in columns:
        if one.title in at:
            values[one.name] = _read(sheet, row, at[one.title], one.entry)
        elif one.entry.is_required:
            raise BadCell(sheet.name, row.number, at[KIND], f"没有“{one.title}”这一列。")
    rule: Rule = _built(kind, values)
    return rule


def _records(sheet: RawSheet, columns: Sequence[Column]) -> Iterator[tuple[RawRow, Values]]:
    """Yield the rows under the heading, each field read."""
    if not sheet.rows:
        return
    known = {one.title: one for one in columns}
    heading = _heading(sheet)
    for column, title in heading.items():
        if title not in known:
            raise BadCell(sheet.name, sheet.rows[0].number, column, f"“{title}”这一列不认识。")
    lacking = [one.title for one in columns if one.entry.is_required]
    lacking = [title for title in lacking if title not in heading.values()]
    if lacking:
        raise TranscriptProblem(f"工作表“{sheet.name}”没有“{lacking[0]}”这一列。")
    for row in sheet.rows[1:]:
        yield (
            row,
            {
                known[title].name: _read(sheet, row, column, known[title].entry)
                for column, title in heading.items()
            },
        )


def _rows(sheet: RawSheet, heading: Sequence[str]) -> Iterator[RawRow]:
    """Yield the rows under the heading of the first sheet."""
    if not sheet.rows or [_text(sheet, sheet.rows[0], at) for at in (0, 1)] != list(heading):
        raise TranscriptProblem(f"工作表“{sheet.name}”第一行应是 {'、'.join(heading)}。")
    yield from sheet.rows[1:]


def _heading(sheet: RawSheet) -> dict[int, str]:
    """Return the titles of the columns, by column; no two alike."""
    row = sheet.rows[0]
    found: dict[int, str] = {}
    for column in range(len(row.cells)):
        title = _text(sheet, row, column)
        if title in found.values():
            raise BadCell(sheet.name, row.number, column, f"“{title}”这一列有两个。")
        if title:
            found[column] = title
    return found


def _read(sheet: RawSheet, row: RawRow, column: int, entry: Entry) -> Any:
    try:
        return entry.read(_text(sheet, row, column))
    except Unreadable as problem:
        raise BadCell(sheet.name, row.number, column, str(problem)) from None


def _text(sheet: RawSheet, row: RawRow, column: int) -> str:
    """Return a cell as the text that was typed; a number as it was, not as a computer holds it."""
    value = row.cell(column)
    if column in row.formulas:
        raise BadCell(sheet.name, row.number, column, "这里是公式，请改成算好的数或文字。")
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and len(repr(value)) <= MOST_EXACT + 2:
        # repr is the shortest text that stands for the number: 0.1 where 0.1 was typed.
        return format(Decimal(repr(value)), "f")
    raise BadCell(sheet.name, row.number, column, "这一格是日期或者太长的数，请改成文本格式再写。")
