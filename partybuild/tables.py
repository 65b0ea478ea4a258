"""Tables in: an uploaded .xlsx, .xlsm without macros, .xls or .csv becomes rows of plain cells.

Parsing happens behind one door: a child process with limits on memory, processor and time. A file
that is broken, dangerous or hostile costs one refusal in plain Chinese, never the worker.
"""

import datetime as dt
import json
import logging
import os
import subprocess  # it starts our own reader only  # nosec B404
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import IO, Any, NamedTuple

logger = logging.getLogger(__name__)

READER = Path(__file__).with_name("table_reader.py")
MEBIBYTE = 1 << 20
SIGABRT, SIGKILL, SIGXCPU = 6, 9, 24  # Windows does not name them
# What the reader may send: a cell of 32,767 characters, in UTF-8, in each of many columns.
MAX_LINE = 64 * MEBIBYTE

Cell = str | int | float | bool | dt.date | dt.datetime | None

TOO_LONG = "读这个文件花的时间太长，已经停下。内容可能太多或已经损坏，请拆成几个文件后再上传。"
TOO_LARGE = "读这个文件要用的内存太大，已经停下。表格右边或下边可能有误填的内容，请删除多余的行、列后再上传。"
UNREADABLE = "文件内容已经损坏，读不出来。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"


class TableRefused(Exception):
    """The file was not read, and nothing of it is kept; `reason` says why and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """What one file may cost: bytes of the file, seconds of processor and clock, bytes of memory.

    The clock is more patient than the processor: an honest file must not be refused because the
    machine is busy with others.
    """

    file_bytes: int = 50 * MEBIBYTE
    processor_seconds: int = 20
    clock_seconds: int = 60
    memory_bytes: int = 1024 * MEBIBYTE


class RawRow(NamedTuple):
    """One row that is not blank: `number` as the spreadsheet shows it, from 1.

    `cells` count from 0. An empty cell is None; a whole number is an int, but one of more than 15
    digits stays a float, its tail being lost already. `formulas` are the indexes of cells that hold
    a formula: the cell is the value stored with it, or None when there is none.
    """

    number: int
    cells: list[Cell]
    formulas: frozenset[int] = frozenset()

    def cell(self, column: int) -> Cell:
        """Give the cell, or None beyond the end of the row."""
        return self.cells[column] if column < len(self.cells) else None


class MergedRange(NamedTuple):
    """Merged cells: row numbers from 1 and column indexes from 0, both ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass
class RawSheet:
    """One sheet as it stands in the file. A .csv file is one sheet named `csv`."""

    name: str
    hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
    merged: list[MergedRange] = field(default_factory=list)
    rows: list[RawRow] = field(default_factory=list)

    def spread(self) -> list[RawRow]:
        """Give the rows with the value of each merged range in all of its cells."""
        rows = {row.number: row._replace(cells=list(row.cells)) for row in self.rows}
        for block in self.merged:
            if first := rows.get(block.first_row):
                _fill(rows, block, first.cell(block.first_column))
        return list(rows.values())


def _fill(rows: dict[int, RawRow], block: MergedRange, value: Cell) -> None:
    for number in range(block.first_row, block.last_row + 1):
        if row := rows.get(number):
            missing = block.last_column + 1 - len(row.cells)
            row.cells.extend([None] * missing)
            for column in range(block.first_column, block.last_column + 1):
                row.cells[column] = value


def read_tables(
    source: str | os.PathLike[str] | bytes, file_name: str, *, limits: Limits = Limits()
) -> list[RawSheet]:
    """Read all sheets of a file, hidden ones included and marked.

    `source` is a path or the bytes; `file_name` is what the user called the file, of which only the
    extension matters. Raises `TableRefused`.
    """
    with _opened(source) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limits.file_bytes:
            raise TableRefused(
                f"文件有 {size // MEBIBYTE} MB，超过 {limits.file_bytes // MEBIBYTE} MB 的上限。"
                "请拆成几个文件后再上传。"
            )
        return _read_in_child(file, PurePath(file_name).suffix.lower(), limits)


def _opened(source: str | os.PathLike[str] | bytes) -> IO[bytes]:
    if not isinstance(source, bytes):
        return Path(source).open("rb")
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the caller closes it; it has no name to leak
    file.write(source)
    file.seek(0)
    return file


def _read_in_child(file: IO[bytes], extension: str, limits: Limits) -> list[RawSheet]:
    command = [sys.executable, "-I", "-X", "utf8", str(READER)]
    arguments = [extension, str(limits.processor_seconds), str(limits.memory_bytes)]
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(  # noqa: S603 -- a fixed program, no shell  # nosec B603
            [*command, *arguments],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=_bare_environment(),
        )
        stopped = threading.Event()
        watchdog = threading.Timer(limits.clock_seconds, _stop, (child, stopped))
        watchdog.start()
        try:
            with child:
                sheets, finished = _collect(_lines(child))
        finally:
            watchdog.cancel()
        if finished:
            return sheets
        complaints.seek(0)
        raise TableRefused(_death(child.returncode, complaints.read(), timed_out=stopped.is_set()))


def _bare_environment() -> dict[str, str]:
    """Keep only what a program needs to start: no database address and no keys."""
    return {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}


def _stop(child: subprocess.Popen[bytes], stopped: threading.Event) -> None:
    stopped.set()
    child.kill()


def _lines(child: subprocess.Popen[bytes]) -> Iterator[Any]:
    while line := child.stdout.readline(MAX_LINE):  # type: ignore[union-attr]  # it is a pipe
        if not line.endswith(b"\n"):  # cut short by the child's death, or longer than allowed
            child.kill()
            return
        yield json.loads(line, object_hook=_untag)


def _untag(value: dict[str, Any]) -> Any:
    if "d" in value:
        return dt.date.fromisoformat(value["d"])
    if "t" in value:
        return dt.datetime.fromisoformat(value["t"])
    return value


def _collect(lines: Iterator[Any]) -> tuple[list[RawSheet], bool]:
    """Build the sheets; tell too whether the reader came to its end."""
    sheets: list[RawSheet] = []
    nothing: frozenset[int] = frozenset()
    for line in lines:
        if isinstance(line, list):
            number, cells, formulas = line
            row = RawRow(number, cells, frozenset(formulas) if formulas else nothing)
            sheets[-1].rows.append(row)
        elif "sheet" in line:
            sheets.append(
                RawSheet(
                    name=line["sheet"],
                    hidden=line["hidden"],
                    hidden_columns=frozenset(line["hidden_columns"]),
                    merged=[MergedRange(*ends) for ends in line["merged"]],
                )
            )
        elif "refused" in line:
            raise TableRefused(line["refused"])
        else:
            return sheets, True
    return sheets, False


def _death(code: int, complaints: bytes, *, timed_out: bool) -> str:
    """Put the end of a child that did not finish into words; the details go to the log."""
    text = complaints.decode(errors="replace")
    logger.warning("table reader ended with %s: %s", code, text[-2000:])
    if timed_out or code == -SIGXCPU:
        return TOO_LONG
    if code in (-SIGABRT, -SIGKILL) or "MemoryError" in text or "memory allocation" in text:
        return TOO_LARGE
    return UNREADABLE
