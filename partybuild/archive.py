"""The archive: whether a file still says what the records say, and a further version where not.

Both are read back from workbooks written alike, so nothing but the records can make a difference.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import python_calamine
from django.db import transaction

from partybuild import audit, jobs
from partybuild.ledgerfiles import LedgerJob, directory, write_ledger
from partybuild.ledgers import Column, heading_rows, ledgers
from partybuild.models import LedgerFile
from partybuild.narrowing import kept_selection, records, shown_columns
from partybuild.periods import Period
from partybuild.refusals import Refused
from partybuild.scoping import within_as_of

MOST = 5000
ABOVE_HEADINGS = 2  # the title, and the line of unit and period

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Changes:
    """What has changed since a file was written: rows that are gone, rows that are new."""

    columns: tuple[Column, ...]
    gone: list[Row]
    new: list[Row]
    kept: int

    def __bool__(self) -> bool:
        return bool(self.gone or self.new)


def changes_since(ledger_file: LedgerFile) -> Changes:
    """Compare a finished Excel file with the records as they are, in the open scope.

    Raises Refused for a file that is no ledger in Excel, is too long to compare on a page, was
    altered on the disk, or was written with other columns; SelectionProblem where its columns are gone.
    """
    ledger = ledgers.get(ledger_file.code)
    path = directory() / ledger_file.stored_as
    if ledger is None or path.suffix != ".xlsx" or not path.is_file():
        raise Refused("只有做好的 Excel 台账可以对照。")
    if (ledger_file.row_count or 0) > MOST:
        raise Refused(f"超过 {MOST} 行，网页上对照不了。请重新导出一份，在 Excel 里对照。")
    if hashlib.sha256(path.read_bytes()).hexdigest() != ledger_file.sha256:
        raise Refused("这个文件和生成时的指纹对不上，不能作依据。请联系系统管理员。")
    period = Period.parse(ledger_file.period)
    selection = kept_selection(ledger, ledger_file.selection)
    columns = shown_columns(ledger, selection)
    with TemporaryDirectory() as folder:
        now = Path(folder) / "now.xlsx"
        with within_as_of(ledger_file.place, ledger.day(period)), now.open("w+b") as out:
            write_ledger(
                out,
                ledger=ledger,
                period=period,
                unit=ledger_file.unit,
                rows=ledger.written(records(ledger, period, selection), columns),
                selection=selection,
            )
        head_then, rows_then = _read(path, columns)
        head_now, rows_now = _read(now, columns)
    if head_then != head_now:
        raise Refused("台账的列后来有变化，不能逐行对照。")
    return _compared(columns, rows_then, rows_now)


def _read(path: Path, columns: Sequence[Column]) -> tuple[list[Row], list[Row]]:
    """Return the headings of a ledger's workbook and its rows, without their numbers."""
    sheet = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    lines = sheet.to_python(skip_empty_area=False)
    first = ABOVE_HEADINGS + len(heading_rows(columns))
    rows = []
    for line in lines[first:]:
        if not isinstance(line[0], int | float):  # the totals, or the signatures
            break
        rows.append(tuple(_plain(cell) for cell in line[1:]))
    return [tuple(line) for line in lines[ABOVE_HEADINGS:first]], rows


def _plain(cell: Any) -> Any:
    """Return a cell as a page shows it: no empty text, no point behind whole numbers."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return None if cell == "" else cell


def _compared(columns: tuple[Column, ...], then: list[Row], now: list[Row]) -> Changes:
    gone, new = Counter(then) - Counter(now), Counter(now) - Counter(then)
    kept = len(then) - gone.total()
    return Changes(columns, _in_order(then, gone), _in_order(now, new), kept)


def _in_order(rows: list[Row], wanted: Counter[Row]) -> list[Row]:
    left, found = wanted.copy(), []
    for row in rows:
        if left[row] > 0:
            left[row] -= 1
            found.append(row)
    return found


def newest_version(ledger_file: LedgerFile) -> LedgerFile:
    """Return the newest file of the archive for the same ledger, place and period."""
    same = LedgerFile.objects.filter(
        owner=None, code=ledger_file.code, place=ledger_file.place, period=ledger_file.period
    )
    return same.order_by("-version")[0]


@transaction.atomic
def archive_again(*, actor: Any, ledger_file: LedgerFile) -> LedgerFile:
    """Queue a further version of an archived file; the caller rings the job.

    The former version stays. Raises Refused unless it is the archive's newest version, finished,
    and the records have changed since.
    """
    if ledger_file.owner_id is not None:
        raise Refused("只有归档的台账分版本；您自己导出的，再导出一次就是新的。")
    if newest_version(ledger_file) != ledger_file:
        raise Refused("已经有更新的版本，请打开最新的一版。")
    changes = changes_since(ledger_file)
    if not changes:
        raise Refused("和现在的记录一样，不用再归档。")
    version = ledger_file.version + 1
    former = ledger_file.title.partition("（归档")[0]
    title = f"{former}（归档第 {version} 版）"
    job = jobs.queue(
        kind=LedgerJob.code,
        title=title,
        arguments={"code": ledger_file.code},
        once_key=f"archive:{ledger_file.public_id}:{version}",
    )
    made = LedgerFile.objects.create(
        owner=None,
        code=ledger_file.code,
        title=title,
        place=ledger_file.place,
        unit=ledger_file.unit,
        period=ledger_file.period,
        version=version,
        job=job,
    )
    audit.record(
        actor=actor,
        action="partybuild.ledgerfile.renewed",
        subject=made,
        place=made.place,
        summary=f"更正以后重新归档 {title}",
        after={"former": ledger_file.sha256, "gone": len(changes.gone), "new": len(changes.new)},
    )
    return made
