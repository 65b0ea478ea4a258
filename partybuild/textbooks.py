"""Workbooks of several sheets in which every cell is text: what is meant to be read back, exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from partybuild.sheetxml import (
    HEADING,
    HEADING_TINT,
    MAIN,
    MAX_TEXT,
    XML,
    Package,
    column_letters,
    text_row,
)
from partybuild.workbooks import (
    FIT,
    PAGE,
    SAMPLE,
    WIDEST,
    TooMuchForExcel,
    display_width,
    height_of,
)

LEAST = 8


@dataclass(frozen=True)
class TextSheet:
    """A sheet: its name, the titles of its columns, and rows of texts."""

    name: str
    heading: Sequence[str]
    rows: Sequence[Sequence[str]]


def write_text_book(out: BinaryIO, *, title: str, sheets: Sequence[TextSheet]) -> None:
    """Write the sheets; the same sheets give the same bytes, and text is never a formula.

    TooMuchForExcel when a text does not fit into a cell: it would not come back whole.
    """
    texts = (text for sheet in sheets for row in sheet.rows for text in row)
    if any(len(text.encode("utf-16-le")) > 2 * MAX_TEXT for text in texts):
        raise TooMuchForExcel
    with Package(out, [sheet.name for sheet in sheets], title) as package:
        for number, sheet in enumerate(sheets, 1):
            with package.part(f"xl/worksheets/sheet{number}.xml") as write:
                write(_xml(package, sheet))
        package.finish()


def _xml(package: Package, sheet: TextSheet) -> str:
    look = package.styles.look
    heading = look(HEADING, fill=HEADING_TINT, align="center", wrap=True)
    cell = look(wrap=True, number="@")
    lines = [[(text, heading) for text in sheet.heading]]
    lines += [[(text, cell) for text in row] for row in sheet.rows]
    widths = [_width([line[at][0] for line in lines[:SAMPLE]]) for at in range(len(sheet.heading))]
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{wide}" customWidth="1"/>'
        for at, wide in enumerate(widths, 1)
    )
    rows = "".join(
        text_row(
            number,
            line,
            height_of((text, wide) for (text, _), wide in zip(line, widths, strict=True)),
        )
        for number, line in enumerate(lines, 1)
    )
    last = f"{column_letters(len(sheet.heading) - 1)}{len(lines)}"
    return (
        f'{XML}<worksheet {MAIN}>{FIT}<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="18"/><cols>{columns}</cols><sheetData>{rows}</sheetData>'
        f'{PAGE}<ignoredErrors><ignoredError sqref="A1:{last}" numberStoredAsText="1"/>'
        "</ignoredErrors></worksheet>"
    )


def _width(texts: Sequence[str]) -> float:
    longest = max(display_width(line) for text in texts for line in text.split("\n"))
    return min(max(longest + 2, LEAST), WIDEST)
