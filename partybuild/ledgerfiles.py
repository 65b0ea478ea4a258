"""Ledger files: asked for in the page, built by a job, kept in the archive month by month."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from partybuild import audit, jobs
from partybuild.ledgers import Ledger, ledgers
from partybuild.models import Job, LedgerFile
from partybuild.periods import Period
from partybuild.scoping import everything, within
from partybuild.workbooks import SheetColumn, SheetHead, write_workbook

PROGRESS_EVERY = 500


def ask_for_ledger(*, actor: Any, ledger: Ledger, period: Period, place: Any) -> LedgerFile:
    """Queue the building of one ledger; the caller rings the job.

    `place` is an organisation in the actor's scope; the file holds that subtree's rows.
    """
    with transaction.atomic():
        title = f"{ledger.title} {place.label} {period.title}"
        job = jobs.queue(
            kind=LedgerJob.code, title=title, owner=actor, arguments={"code": ledger.code}
        )
        ledger_file = LedgerFile.objects.create(
            owner=actor,
            code=ledger.code,
            title=title,
            place=place.path,
            unit=place.name,
            period=period.code,
            job=job,
        )
        audit.record(
            actor=actor,
            action="partybuild.ledgerfile.asked",
            subject=ledger_file,
            place=place.path,
            summary=f"申请导出 {title}",
            after={"code": ledger.code, "period": period.code},
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
        defaults={"title": title, "unit": place.name, "job": job},
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
        rows = build(ledger_file, progress)
        return {"ledger_file": ledger_file.public_id, "rows": rows}


def build(ledger_file: LedgerFile, progress: jobs.Progress) -> int:
    """Write the workbook under a temporary name, move it into place, note it; return the rows."""
    ledger, period = ledgers[ledger_file.code], Period.parse(ledger_file.period)
    target = directory() / f"{ledger_file.public_id}.xlsx"
    attempt = target.with_suffix(f".{progress.attempt}.part")
    for abandoned in directory().glob(f"{ledger_file.public_id}.*.part"):
        abandoned.unlink(missing_ok=True)  # its worker was killed
    try:
        with within(ledger_file.place), attempt.open("wb") as out:
            total = ledger.selected(period).count()
            progress(0, total)
            rows = _counted(ledger.table(period), total, progress)
            written = write_ledger(
                out, ledger=ledger, period=period, unit=ledger_file.unit, rows=rows
            )
            out.flush()
            os.fsync(out.fileno())
        digest = hashlib.sha256(attempt.read_bytes()).hexdigest()
        progress(total, total)  # still ours? Only then does the file take its place.
        attempt.replace(target)
    finally:
        attempt.unlink(missing_ok=True)
    ledger_file.stored_as = target.name
    ledger_file.row_count = written
    ledger_file.byte_count = target.stat().st_size
    ledger_file.sha256 = digest
    ledger_file.built_at = timezone.now()
    with transaction.atomic():
        ledger_file.save()
        audit.record(
            actor=ledger_file.owner,
            action="partybuild.ledgerfile.built",
            subject=ledger_file,
            place=ledger_file.place,
            summary=f"生成 {ledger_file.title}，{written} 行",
            after={"rows": written, "sha256": digest},
        )
    return written


def write_ledger(
    out: Any, *, ledger: Ledger, period: Period, unit: str, rows: Any, reveal: bool = False
) -> int:
    """Write a ledger as the inspection group expects it: head, unit, date, totals, signature."""
    head = SheetHead(
        title=ledger.title,
        left=f"填报单位：{unit}",
        right=f"截至 {ledger.day(period):%Y-%m-%d}" if ledger.as_of else f"期间：{period.title}",
        signature=("填报人：", "审核人：", "填报时间："),
    )
    columns = [
        SheetColumn(
            title=column.title,
            kind=column.kind,
            width=column.width,
            total=column.total,
            wrap=column.wrap,
        )
        for column in ledger.columns
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
