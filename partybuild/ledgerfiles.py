"""Ledger files: asked for in the page, built by a job, kept in the archive month by month.

A file is written under a name of its own, `NAME.part`, and takes its place only when it is whole.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from partybuild import audit, jobs
from partybuild.ledgers import Ledger, ledgers
from partybuild.models import Job, LedgerFile
from partybuild.narrowing import Selection, SelectionProblem, kept_selection, records, shown_columns
from partybuild.periods import Period
from partybuild.places import name_as_of
from partybuild.scoping import everything, within_as_of
from partybuild.textfiles import write_csv
from partybuild.workbooks import SheetColumn, SheetHead, TooMuchForExcel, write_workbook

PROGRESS_EVERY = 500
UNCLAIMED = timedelta(days=1)
ALL_PLACES = "全部党组织"
SIGNATURES = ("填报人：", "审核人：", "填报时间：")


@dataclass(frozen=True)
class Built:
    """A finished file: rows of data, or how many of what `measure` says, bytes, fingerprint."""

    rows: int
    byte_count: int
    sha256: str
    measure: str = "行"


def ask_for_ledger(
    *,
    actor: Any,
    ledger: Ledger,
    period: Period,
    place: Any,
    selection: Selection | None = None,
    form: LedgerFile.Form = LedgerFile.Form.EXCEL,
) -> LedgerFile:
    """Queue the building of one ledger; the caller rings the job.

    `place` is an organisation in the actor's scope; the file holds that subtree's rows, those of
    them that `selection` asks for.
    """
    chosen = selection or Selection()
    part = "（部分）" if chosen else ""
    return ask_for_file(
        actor=actor,
        kind=LedgerJob.code,
        code=ledger.code,
        title=f"{ledger.title}{part} {place.label} {period.title}",
        place=place,
        unit=name_as_of(place, ledger.day(period)),
        period=period,
        selection=chosen.as_json(),
        form=form,
    )


@transaction.atomic
def ask_for_file(
    *,
    actor: Any,
    kind: str,
    code: str,
    title: str,
    place: Any,
    unit: str,
    period: Period,
    **details: Any,
) -> LedgerFile:
    """Queue the building of a file by a kind of job; the caller rings the job.

    `code` says what the file holds; the job's `run` hands a writer of it to `keep`. `details` are
    further columns of the row.
    """
    job = jobs.queue(kind=kind, title=title, owner=actor, arguments={"code": code})
    ledger_file = LedgerFile.objects.create(
        owner=actor,
        code=code,
        title=title,
        place=place.path,
        unit=unit,
        period=period.code,
        job=job,
        **details,
    )
    audit.record(
        actor=actor,
        action="partybuild.ledgerfile.asked",
        subject=ledger_file,
        place=place.path,
        summary=f"申请导出 {title}",
        after={"code": code, "period": period.code, **details},
    )
    return ledger_file


def archive_ledgers(*, period: Period, place: Any) -> list[Job]:
    """Queue the archive's copy of every periodic ledger of one organisation, each once."""
    queued = []
    for ledger in ledgers:
        if ledger.periodic:
            with transaction.atomic():
                queued.append(_archive_one(ledger, period, place))
    return queued


def _archive_one(ledger: Ledger, period: Period, place: Any) -> Job:
    title = f"{ledger.title} {place.label} {period.title}（归档）"
    job = jobs.queue(
        kind=LedgerJob.code,
        title=title,
        arguments={"code": ledger.code},
        once_key=f"archive:{ledger.code}:{place.public_id}:{period.code}",
    )
    LedgerFile.objects.get_or_create(
        owner=None,
        code=ledger.code,
        place=place.path,
        period=period.code,
        version=1,
        defaults={"title": title, "unit": name_as_of(place, ledger.day(period)), "job": job},
    )
    return job


class LedgerJob(jobs.JobKind):
    """Builds the file of one LedgerFile row."""

    code = "partybuild.build_ledger"
    title = "生成台账"

    def permission_for(self, job: Job) -> str:
        return ledgers[job.arguments["code"]].permission

    def run(self, job: Job, progress: jobs.Progress) -> dict[str, Any]:
        ledger_file = LedgerFile.objects.get(job=job)
        try:
            rows = build(ledger_file, progress)
        except (TooMuchForExcel, SelectionProblem) as refused:
            raise jobs.JobRefused(str(refused)) from refused
        return {"ledger_file": ledger_file.public_id, "rows": rows}


def build(ledger_file: LedgerFile, progress: jobs.Progress) -> int:
    """Write the workbook, move it into place, note it; return the rows."""
    ledger, period = ledgers[ledger_file.code], Period.parse(ledger_file.period)
    selection = kept_selection(ledger, ledger_file.selection)
    columns = shown_columns(ledger, selection)
    as_text = ledger_file.form == LedgerFile.Form.TEXT

    def write(part: Path) -> Built:
        with within_as_of(ledger_file.place, ledger.day(period)), part.open("w+b") as out:
            found = records(ledger, period, selection)
            total = found.order_by().count()
            progress(0, total)
            rows = _counted(ledger.written(found, columns), total, progress)
            if as_text:
                return sealed(out, write_csv(out, columns=columns, rows=rows))
            return sealed(
                out,
                write_ledger(
                    out,
                    ledger=ledger,
                    period=period,
                    unit=ledger_file.unit,
                    rows=rows,
                    selection=selection,
                ),
            )

    return keep(ledger_file, progress, suffix=".csv" if as_text else ".xlsx", write=write)


def keep(
    ledger_file: LedgerFile,
    progress: jobs.Progress,
    *,
    suffix: str,
    write: Callable[[Path], Built],
) -> int:
    """Have a file written, move it into place, note it; return the rows."""
    target = directory() / f"{ledger_file.public_id}{suffix}"
    for abandoned in directory().glob(f"{ledger_file.public_id}.*.part"):
        abandoned.unlink(missing_ok=True)  # its worker was killed
    with _part(target.with_suffix(f".{progress.attempt}.part")) as part:
        built = write(part)
        progress(built.rows, built.rows)  # still ours? Only then does the file take its place.
        part.replace(target)
    ledger_file.stored_as = target.name
    ledger_file.row_count = built.rows
    ledger_file.byte_count = built.byte_count
    ledger_file.sha256 = built.sha256
    ledger_file.built_at = timezone.now()
    with transaction.atomic():
        ledger_file.save()
        _note_built(
            built,
            actor=ledger_file.owner,
            subject=ledger_file,
            place=ledger_file.place,
            title=ledger_file.title,
        )
    return built.rows


def export(*, actor: Any, ledger: Ledger, period: Period, place: Any, target: Path) -> Built:
    """Write a ledger straight into `target`, numbers masked, and note it.

    `place` narrows the open scope to its subtree; None keeps all of it. Raises `TooMuchForExcel`
    and OSError, and then leaves `target` as it was.
    """
    unit = name_as_of(place, ledger.day(period)) if place else _unit()
    with _part(target.with_name(f".{target.name}.{os.getpid()}.part")) as part:
        with within_as_of(place.path if place else "", ledger.day(period)):
            rows = ledger.table(period)
            built = _write_file(part, ledger=ledger, period=period, unit=unit, rows=rows)
        with transaction.atomic():
            _note_built(
                built,
                actor=actor,
                place=place.path if place else "",
                title=f"{ledger.title} {unit} {period.title}",
            )
            part.replace(target)
    return built


@contextmanager
def _part(path: Path) -> Iterator[Path]:
    """Leave no unfinished file behind, unless the process is killed; then `tidy_files` does."""
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _write_file(
    path: Path, *, ledger: Ledger, period: Period, unit: str, rows: Iterable[Any]
) -> Built:
    with path.open("w+b") as out:
        count = write_ledger(out, ledger=ledger, period=period, unit=unit, rows=rows)
        return sealed(out, count)


def sealed(out: BinaryIO, rows: int, *, measure: str = "行") -> Built:
    """Bring a file that has been written to the disk and take its fingerprint."""
    out.flush()
    os.fsync(out.fileno())
    out.seek(0)
    digest = hashlib.file_digest(out, "sha256").hexdigest()  # type: ignore[arg-type]
    return Built(rows, out.tell(), digest, measure)


def _note_built(
    built: Built, *, actor: Any, place: str, title: str, subject: LedgerFile | None = None
) -> None:
    audit.record(
        actor=actor,
        action="partybuild.ledgerfile.built",
        subject=subject,
        place=place,
        summary=f"生成 {title}，{built.rows} {built.measure}",
        after={"rows": built.rows, "sha256": built.sha256},
    )


def _unit() -> str:
    """Return the name of the organisation at the top, unless there are several."""
    tops = places_in_scope().filter(superior=None)[:2]
    return tops[0].name if len(tops) == 1 else ALL_PLACES


def write_ledger(
    out: Any,
    *,
    ledger: Ledger,
    period: Period,
    unit: str,
    rows: Any,
    selection: Selection | None = None,
) -> int:
    """Write a ledger as the inspection group expects it: head, unit, date, totals, signature.

    `rows` have the cells of the columns that `selection` leaves; what it asks for is written down.
    """
    chosen = selection or Selection()
    words = f"　　只含：{chosen.words()}" if chosen.narrows else ""
    head = SheetHead(
        title=ledger.title,
        left=f"填报单位：{unit}{words}",
        right=f"截至 {ledger.day(period):%Y-%m-%d}" if ledger.as_of else f"期间：{period.title}",
        signature=SIGNATURES,
    )
    columns = [
        SheetColumn(
            title=column.title,
            kind=column.kind,
            width=column.width,
            total=column.total,
            wrap=column.wrap,
        )
        for column in shown_columns(ledger, chosen)
    ]
    return write_workbook(out, sheet_name=ledger.title, head=head, columns=columns, rows=rows)


@transaction.atomic
def note_download(*, actor: Any, ledger_file: LedgerFile) -> None:
    """Write down who fetched a file before its bytes leave."""
    audit.record(
        actor=actor,
        action="partybuild.ledgerfile.downloaded",
        subject=ledger_file,
        place=ledger_file.place,
        summary=f"下载 {ledger_file.title}",
        after={"sha256": ledger_file.sha256},
    )


@transaction.atomic
def note_copied(
    *, actor: Any, ledger: Ledger, place: Any, period: Period, selection: Selection, rows: int
) -> None:
    """Write down who took a ledger to the clipboard before it leaves."""
    audit.record(
        actor=actor,
        action="partybuild.ledger.copied",
        subject=None,
        place=place.path,
        summary=f"复制 {ledger.title} {place.label} {period.title}，{rows} 行",
        after={"code": ledger.code, "rows": rows, **selection.as_json()},
    )


def files_for(user: Any) -> Any:
    """Return what a user may fetch: their own files and the archive's within the open scope."""
    own = LedgerFile.objects.filter(owner=user)
    readable = [ledger.code for ledger in ledgers if user.has_perm(ledger.permission)]
    return own | LedgerFile.objects.filter(owner=None, code__in=readable)


def forget_files_of(jobs_over: Any) -> None:
    """Remove the files of jobs that are about to be forgotten, and their rows."""
    with everything(reason="files that were asked for long ago are removed, whoever asked"):
        for ledger_file in LedgerFile.objects.filter(job__in=jobs_over):
            if ledger_file.stored_as:
                (directory() / ledger_file.stored_as).unlink(missing_ok=True)
            ledger_file.delete()


def tidy_files() -> int:
    """Remove files that no row names, such as those of killed workers; return how many.

    Files younger than a day are left: somebody may be writing them.
    """
    with everything(reason="files are kept for every row there is, wherever it belongs"):
        kept = set(LedgerFile.objects.exclude(stored_as="").values_list("stored_as", flat=True))
    return remove_unclaimed(directory(), kept)


def remove_unclaimed(folder: Path, kept: set[str]) -> int:
    """Remove the files of a folder that are older than a day and not `kept`; return how many."""
    before = (timezone.now() - UNCLAIMED).timestamp()
    old = [file for file in folder.iterdir() if file.stat().st_mtime < before]
    unclaimed = [file for file in old if file.is_file() and file.name not in kept]
    for file in unclaimed:
        file.unlink()
    return len(unclaimed)


def directory() -> Path:
    """Return the folder of the ledger files, made when needed."""
    folder = Path(settings.DATA_DIR) / "ledgers"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def places_in_scope() -> Any:
    """Return the organisations a ledger may be asked for, in the order of the tree."""
    model = apps.get_model(settings.PLACE_MODEL)
    return model._default_manager.exclude(kind="group").order_by("path")


def _counted(rows: Iterator[Any], total: int, progress: jobs.Progress) -> Iterator[Any]:
    for number, row in enumerate(rows, start=1):
        if number % PROGRESS_EVERY == 0:
            progress(number, max(total, number))
        yield row
