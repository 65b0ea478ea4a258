"""Excel out: our writer beside those a team would otherwise take, each in a process of its own.

Thirty columns as ledgers have them, 17 of text, 5 of dates and 8 of numbers; the rows lie in
memory before the clock starts, CPU time is counted. Peers that are not installed are left out.
"""

import datetime as dt
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from assessments.bench.figures import Figure
from partybuild.workbooks import SheetColumn, SheetHead, write_workbook

HEAD = SheetHead(
    "“三会一课”台账", "填报单位：青岚市档案局机关党委", "期间：2025年", ("填报人：", "审核人：")
)
TEXTS, DAYS, COUNTS = 17, 5, 8
TITLES = [
    f"{kind}{number}"
    for kind, many in zip(("文字", "日期", "数字"), (TEXTS, DAYS, COUNTS), strict=True)
    for number in range(1, many + 1)
]
OURS = "本门户"
FIRST_DAY = dt.date(2025, 1, 1)
FORMS = ("支部党员大会", "支部委员会会议", "党小组会", "党课", "主题党日", "组织生活会")
STATES = ("已审核", "待审核", "已退回", "草稿")

Row = tuple[Any, ...]


class Taken(NamedTuple):
    """What writing one file took: CPU seconds, growth of memory in MB (None unknown), bytes."""

    seconds: float
    growth: float | None
    size: int


def rows_of(count: int) -> list[Row]:
    """Make up the rows: most texts repeat as names do, three in every row are its own."""
    return [_row(number) for number in range(count)]


def _row(number: int) -> Row:
    repeated = (
        *(f"第{number % 120}街道工作委员会", f"社区第{number % 1000}党支部", FORMS[number % 6]),
        *(f"第{number % 5}党小组", f"党群服务中心{number % 40}会议室", STATES[number % 4]),
        *(
            f"主持人{number % 3000}",
            f"记录人{number % 3000}",
            f"主讲人{number % 500}",
            "汉族",
            "男",
        ),
        *(f"学习贯彻第{number % 300}次会议精神", f"完成{number % 97}项任务", "大学本科毕业"),
    )
    own = (f"33{number:010}", f"154{number:08}", f"党员{number}（病假）、党员{number + 1}（公出）")
    days = tuple(FIRST_DAY + dt.timedelta(days=(number + at) % 360) for at in range(DAYS))
    counts = tuple((number * (at + 3)) % 90 for at in range(COUNTS - 1))
    return (*repeated, *own, *days, *counts, number * 1.25)


def write_ours(path: Path, rows: list[Row]) -> None:
    kinds: list[Any] = ["text"] * TEXTS + ["date"] * DAYS + ["integer"] * (COUNTS - 1) + ["number"]
    columns = [SheetColumn(title, kind) for title, kind in zip(TITLES, kinds, strict=True)]
    with path.open("wb") as out:
        write_workbook(
            out, sheet_name="台账", head=HEAD, columns=columns, rows=rows, numbered=False
        )


def write_xlsxwriter(path: Path, rows: list[Row]) -> None:
    book = import_module("xlsxwriter").Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("台账")
    sheet.freeze_panes(1, 0)
    look, day = book.add_format({"border": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, TITLES, look)
    for number, row in enumerate(rows, 1):
        for at, value in enumerate(row):
            if at < TEXTS:
                sheet.write_string(number, at, value, look)
            elif at < TEXTS + DAYS:
                sheet.write_datetime(number, at, value, day)
            else:
                sheet.write_number(number, at, value, look)
    sheet.autofilter(0, 0, len(rows), len(TITLES) - 1)
    book.close()


def write_openpyxl(path: Path, rows: list[Row]) -> None:
    book = import_module("openpyxl").Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.freeze_panes = "A2"
    sheet.append(TITLES)
    for row in rows:
        sheet.append(row)
    book.save(path)


def write_import_export(path: Path, rows: list[Row]) -> None:
    """Export as django-import-export does by itself: every field as text, through tablib."""
    from import_export import fields, resources  # noqa: PLC0415 -- it wants Django to be set up

    declared = {title: fields.Field(attribute=title, column_name=title) for title in TITLES}
    resource: Any = type("BenchResource", (resources.Resource,), declared)()
    record: Any = NamedTuple("record", [(title, Any) for title in TITLES])  # type: ignore[misc]
    path.write_bytes(resource.export([record(*row) for row in rows]).export("xlsx"))


WRITERS: dict[str, tuple[str, Callable[[Path, list[Row]], None]]] = {
    OURS: ("partybuild", write_ours),
    "XlsxWriter constant_memory": ("xlsxwriter", write_xlsxwriter),
    "openpyxl write_only": ("openpyxl", write_openpyxl),
    "django-import-export": ("import_export", write_import_export),
}
GOALS = {"XlsxWriter constant_memory": 8.0, "django-import-export": 30.0}


def measure(count: int, *, rounds: int) -> Iterator[Figure]:
    """Write `count` rows with every writer, round after round."""
    writers = [name for name, (module, _) in WRITERS.items() if find_spec(module)]
    taken: dict[str, list[Taken]] = {name: [] for name in writers}
    for _ in range(rounds):
        for name in writers:
            taken[name].append(_in_a_process(name, count))
    speed = {name: count / statistics.median(t.seconds for t in taken[name]) for name in writers}
    for name in writers:
        growth = max((one.growth or 0 for one in taken[name]), default=0)
        note = f"内存最多增加 {growth:.0f} MB，文件 {taken[name][0].size / 2**20:.1f} MB"
        if name == OURS:
            yield Figure(f"Excel 30 列 {count} 行", speed[name], "行/秒", note=note)
        else:
            yield Figure(
                f"Excel 30 列 {count} 行",
                speed[OURS],
                "行/秒",
                peer=name,
                peer_value=speed[name],
                ratio=speed[OURS] / speed[name],
                at_least=GOALS.get(name),
                note=f"对照{note}",
            )


def _in_a_process(name: str, count: int) -> Taken:
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(write_once, (name, count))


def write_once(name: str, count: int) -> Taken:
    """Write one file in this process and tell what it took."""
    if name.startswith("django"):
        import django  # noqa: PLC0415 -- only this peer needs it

        django.setup()
    write = WRITERS[name][1]
    rows = rows_of(count)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.xlsx"
        write(path, rows[:10])  # what is imported and remembered once is not counted
        _forget_peak()
        before, started = _peak(), time.process_time()
        write(path, rows)
        seconds, after = time.process_time() - started, _peak()
        growth = None if before is None or after is None else after - before
        return Taken(seconds, growth, path.stat().st_size)


def _forget_peak() -> None:
    """Let Linux count the peak of this process's memory from now on."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> float | None:
    """Return the most memory this process has held since then, in MB; None elsewhere."""
    if sys.platform != "linux":
        return None
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return None
