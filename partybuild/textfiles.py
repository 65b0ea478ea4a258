"""Tables as text: comma separated for other programs, tab separated for the clipboard.

A cell that a spreadsheet would take for a formula is written as text, with the mark ' before it that
spreadsheets hide; numbers stay numbers, dates are written as 2026-05-18.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from partybuild.ledgers import Column

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(out: BinaryIO, *, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
    """Write a table as UTF-8 with the mark that Excel needs; return the number of rows."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(titles_of(columns))
    count = 0
    for row in rows:
        writer.writerow([plain(cell) for cell in row])
        count += 1
    text.detach()
    return count


def tab_separated(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as what spreadsheets take from the clipboard."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="\t", lineterminator="\r\n")
    writer.writerow(titles_of(columns))
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return text.getvalue()


def titles_of(columns: Iterable[Column]) -> Iterator[str]:
    """Yield the headings in one row, those of several levels as 收入/党费返还."""
    return ("/".join(column.path) for column in columns)


def plain(cell: Any) -> str:
    """Return a cell as text that no spreadsheet takes for a formula."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA) else cell
    return str(cell)
