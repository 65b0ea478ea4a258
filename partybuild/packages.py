"""All ledgers of one organisation and period in one archive, with a list of what is in it.

Each ledger is read with its own permission: what the reader may not open is not in the archive.
"""

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from partybuild import jobs
from partybuild.acting import acting_as
from partybuild.ledgerfiles import Built, ask_for_file, keep, sealed, write_ledger
from partybuild.ledgers import Ledger, ledgers
from partybuild.models import Job, LedgerFile
from partybuild.narrowing import Selection, records
from partybuild.periods import Period
from partybuild.places import name_as_of
from partybuild.scoping import within_as_of
from partybuild.workbooks import SheetColumn, SheetHead, TooMuchForExcel, write_workbook

CODE = "partybuild.all_ledgers"
CONTENTS = "00 目录.xlsx"
# The same records give the same archive: no clock in it.
EARLIEST = (1980, 1, 1, 0, 0, 0)
COLUMNS = (
    SheetColumn("台账", "text"),
    SheetColumn("行数", "integer", total=True),
    SheetColumn("文件", "text"),
    SheetColumn("说明", "text"),
    SheetColumn("指纹", "text"),
)


@dataclass(frozen=True)
class Part:
    """One ledger of an archive: how many rows, its file (none without rows), its fingerprint."""

    title: str
    rows: int
    name: str = ""
    note: str = ""
    sha256: str = ""


class Digested:
    """A stream that takes the fingerprint of what is written through it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return self._out.write(data)

    def flush(self) -> None:
        self._out.flush()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def ask_for_all(*, actor: Any, period: Period, place: Any) -> LedgerFile:
    """Queue the archive of all ledgers that the actor may read; the caller rings the job."""
    return ask_for_file(
        actor=actor,
        kind=AllLedgersJob.code,
        code=CODE,
        title=f"全部台账 {place.label} {period.title}",
        place=place,
        unit=name_as_of(place, period.end),
        period=period,
    )


class AllLedgersJob(jobs.JobKind):
    """Builds the archive of one LedgerFile row."""

    code = "partybuild.build_all_ledgers"
    title = "打包全部台账"
    permission = "partybuild.add_ledgerfile"

    def run(self, job: Job, progress: jobs.Progress) -> dict[str, Any]:
        ledger_file = LedgerFile.objects.select_related("owner").get(job=job)
        count = keep(
            ledger_file,
            progress,
            suffix=".zip",
            write=lambda part: write_package(part, ledger_file, progress),
        )
        return {"ledger_file": ledger_file.public_id, "rows": count}


def write_package(path: Path, ledger_file: LedgerFile, progress: jobs.Progress) -> Built:
    """Write one workbook for each ledger that has rows, and the list of all; count the workbooks."""
    owner: Any = ledger_file.owner
    period = Period.parse(ledger_file.period)
    readable = [ledger for ledger in ledgers if owner.has_perm(ledger.permission)]
    parts: list[Part] = []
    with path.open("w+b") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
            for done, ledger in enumerate(readable):
                progress(done, len(readable))
                number = sum(bool(part.name) for part in parts) + 1
                parts.append(_put(package, ledger, ledger_file, owner, number))
            with package.open(zipfile.ZipInfo(CONTENTS, EARLIEST), "w") as sheet:
                write_workbook(
                    sheet,  # type: ignore[arg-type]  # a stream that cannot seek will do
                    sheet_name="目录",
                    head=SheetHead(
                        title="台账目录",
                        left=f"填报单位：{ledger_file.unit}",
                        right=f"期间：{period.title}",
                    ),
                    columns=COLUMNS,
                    rows=_lines(parts),
                )
        return sealed(out, sum(bool(part.name) for part in parts), measure="份")


def _put(
    package: zipfile.ZipFile, ledger: Ledger, ledger_file: LedgerFile, owner: Any, number: int
) -> Part:
    """Write one ledger into the archive, as far as its reader may see it."""
    period = Period.parse(ledger_file.period)
    with (
        acting_as(owner.pk, ledger.permission),
        within_as_of(ledger_file.place, ledger.day(period)),
    ):
        found = records(ledger, period, Selection())
        count = found.order_by().count()
        if not count:
            return Part(ledger.title, 0, note="没有记录")
        name = f"{number:02} {ledger.title}.xlsx"
        try:
            with package.open(zipfile.ZipInfo(name, EARLIEST), "w", force_zip64=True) as stream:
                out = Digested(stream)
                rows = write_ledger(
                    out,
                    ledger=ledger,
                    period=period,
                    unit=ledger_file.unit,
                    rows=ledger.written(found),
                )
        except TooMuchForExcel as too_much:
            raise jobs.JobRefused(f"《{ledger.title}》{too_much}") from too_much
    return Part(ledger.title, rows, name, sha256=out.sha256)


def _lines(parts: list[Part]) -> Iterator[tuple[object, ...]]:
    for part in parts:
        yield part.title, part.rows, part.name, part.note, part.sha256
