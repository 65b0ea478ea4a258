"""One file on its way in: uploaded, previewed, applied in one transaction, undone.

The file of a batch is kept encrypted beside the database: a roster holds ID numbers. It is read
again when the batch is applied, so that what is written is judged by what is stored at that moment.
"""

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from partybuild import audit, journal
from partybuild.crypto import decrypt, encrypt
from partybuild.imports import (
    ImportRefused,
    ImportTable,
    Reading,
    Row,
    find_table,
    outcome_of,
    read_file,
)
from partybuild.journal import Journal, Undone
from partybuild.models import ImportBatch
from partybuild.planner import renew_statistics
from partybuild.regulations import NoRegulation
from partybuild.scoping import active_scope
from partybuild.values import CONTROL

PURPOSE = "partybuild.importbatch"
KEEP_FILES = dt.timedelta(days=30)
FORGET_PREVIEWS = dt.timedelta(days=1)


class BatchOver(Exception):
    """The batch has been applied or undone already."""


def dry_run(table: ImportTable, data: bytes, file_name: str, *, as_of: dt.date) -> dict[str, Any]:
    """Tell what an import would do, and write nothing."""
    reading = read_file(table, data, file_name)
    return outcome_of(reading, _planned(table, reading, as_of))


def preview(
    *, actor: Any, table: ImportTable, data: bytes, file_name: str, as_of: dt.date
) -> tuple[ImportBatch, bytes]:
    """Return a batch that tells what a file would do, and its bytes; `keep` stores both.

    Reading takes seconds and is done outside any transaction, so that nobody waits for it.
    """
    batch = _new_batch(actor, table, data, file_name, as_of)
    batch.outcome = dry_run(table, data, file_name, as_of=as_of)
    return batch, data


def keep(batch: ImportBatch, data: bytes) -> ImportBatch:
    """Store a preview and its file, for its owner to confirm."""
    _keep_file(batch, data)
    batch.save()
    return batch


def confirm(*, actor: Any, batch: ImportBatch) -> ImportBatch:
    """Apply a previewed batch; BatchOver when somebody has done so already."""
    table = table_of(batch)
    data = stored_file(batch)
    reading = read_file(table, data, batch.file_name)
    with _one_transaction():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.state != ImportBatch.State.PREVIEWED:
            raise BatchOver(locked.public_id)
        _write(actor, locked, table, reading)
    return locked


def apply(
    *, actor: Any, table: ImportTable, data: bytes, file_name: str, as_of: dt.date
) -> ImportBatch:
    """Read, check and write a file at once, as the command line does."""
    reading = read_file(table, data, file_name)
    with _one_transaction():
        batch = _new_batch(actor, table, data, file_name, as_of)
        batch.save()
        _write(actor, batch, table, reading)
        _keep_file(batch, data)
        batch.save()
    return batch


def undo(*, actor: Any, batch: ImportBatch) -> Undone:
    """Take a batch back; rows that were changed since, are in use or settled stay and are named."""
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.state != ImportBatch.State.APPLIED:
            raise BatchOver(locked.public_id)
        report = journal.undo(locked.changes, settled=table_of(locked).settled)
        locked.state = ImportBatch.State.UNDONE
        locked.undone_at = timezone.now()
        locked.outcome["undone"] = {
            "count": report.count,
            "kept": [{"what": what, "why": why} for what, why in report.kept],
        }
        locked.changes = []
        locked.save()
        audit.record(
            actor=actor,
            action="partybuild.importbatch.undone",
            subject=locked,
            place=locked.place,
            summary=f"撤销导入 {table_of(locked).title}《{locked.file_name}》，退回 {report.count} 条，"
            f"保留 {len(report.kept)} 条",
            after={"undone": report.count, "kept": len(report.kept)},
        )
    return report


def discard(batch: ImportBatch) -> None:
    """Forget a preview and its file; BatchOver when it has been applied."""
    with transaction.atomic():
        gone = ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.PREVIEWED)
        if not gone.delete()[0]:
            raise BatchOver(batch.public_id)
    if batch.stored_as:  # old files are tidied away before their previews
        (directory() / batch.stored_as).unlink(missing_ok=True)


def problem_rows(batch: ImportBatch) -> list[tuple[str, list[Any], list[Any]]]:
    """Return the rejected rows: per sheet its name, its rows of headings, and (cells, reasons).

    Lines that stand over the headings come along: they may name the branch.
    """
    reading = read_file(table_of(batch), stored_file(batch), batch.file_name)
    reasons: dict[tuple[str, int], list[str]] = {}
    for remark in batch.outcome["rejected"]:
        reasons.setdefault((remark["sheet"], remark["row"]), []).append(remark["reason"])
    sheets: list[tuple[str, list[Any], list[Any]]] = []
    for sheet in reading.sheets:
        rows = [
            (record.raw, "；".join(reasons[(sheet.name, record.number)]))
            for record in sheet.records
            if (sheet.name, record.number) in reasons
        ]
        if rows:
            sheets.append((sheet.name, [*([line] for line in sheet.above), *sheet.head], rows))
    return sheets


def note_problem_rows(*, actor: Any, batch: ImportBatch) -> None:
    """Write down that somebody fetched the rejected rows: they hold ID numbers."""
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="partybuild.importbatch.problems_fetched",
            subject=batch,
            place=batch.place,
            summary=f"下载《{batch.file_name}》退回的行，{batch.outcome['rejected_rows']} 行",
        )


def table_of(batch: ImportBatch) -> ImportTable:
    """Return the table a batch was read as."""
    table = find_table(batch.table)
    if table is None:
        raise ImportRefused("本版本不再有这种导入表。")
    return table


def stored_file(batch: ImportBatch) -> bytes:
    """Return the bytes of a batch's file; ImportRefused once they are no longer kept."""
    path = directory() / batch.stored_as
    if not batch.stored_as or not path.exists():
        raise ImportRefused("上传的文件已过保存期，请重新上传。")
    return base64.b64decode(decrypt(path.read_text("ascii"), purpose=PURPOSE))


def tidy(now: dt.datetime) -> None:
    """Forget previews nobody confirmed, and files that are no longer needed."""
    old_previews = ImportBatch.objects.filter(
        state=ImportBatch.State.PREVIEWED, uploaded_at__lt=now - FORGET_PREVIEWS
    )
    old_files = ImportBatch.objects.filter(uploaded_at__lt=now - KEEP_FILES).exclude(stored_as="")
    for batch in [*old_previews, *old_files]:
        (directory() / batch.stored_as).unlink(missing_ok=True)
    old_files.update(stored_as="")
    old_previews.delete()


def directory() -> Path:
    """Return the folder of the uploaded files, made when needed."""
    folder = Path(settings.DATA_DIR) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _one_transaction() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as clash:
        raise ImportRefused(
            "导入时有别人改动了相同的记录，这一次没有写入任何内容。请重新导入。"
        ) from clash


def _planned(table: ImportTable, reading: Reading, as_of: dt.date) -> list[Row]:
    try:
        return table.plan(reading.sheets, as_of=as_of)
    except NoRegulation as missing:
        raise ImportRefused(
            f"系统里没有 {as_of} 当时有效的规定，不能以这一天为准检查。"
        ) from missing


def _new_batch(
    actor: Any, table: ImportTable, data: bytes, file_name: str, as_of: dt.date
) -> ImportBatch:
    return ImportBatch(
        owner=actor,
        table=table.code,
        file_name=CONTROL.sub("", PurePath(file_name).name)[:200],
        sha256=hashlib.sha256(data).hexdigest(),
        as_of=as_of,
        place=_place(),
    )


def _place() -> str:
    """Return the path under which a batch is filed: the top of the open scope."""
    scope = active_scope()
    if not scope.unlimited:
        return scope.tops[0] if scope.tops else ""
    model = apps.get_model(settings.PLACE_MODEL)
    tops = list(model._default_manager.filter(superior=None).values_list("path", flat=True)[:2])
    return tops[0] if len(tops) == 1 else ""


def _keep_file(batch: ImportBatch, data: bytes) -> None:
    batch.stored_as = f"{batch.public_id}.upload"
    path = directory() / batch.stored_as
    path.touch(mode=0o600)
    path.write_text(encrypt(base64.b64encode(data).decode(), purpose=PURPOSE), "ascii")


def _write(actor: Any, batch: ImportBatch, table: ImportTable, reading: Reading) -> None:
    rows = _planned(table, reading, batch.as_of)
    done = Journal(actor)
    table.write(rows, done, as_of=batch.as_of)
    transaction.on_commit(lambda: renew_statistics(done.tables()), robust=True)
    batch.outcome = outcome_of(reading, rows)
    batch.changes = [entry.as_json() for entry in done.entries()]
    batch.state = ImportBatch.State.APPLIED
    batch.applied_at = timezone.now()
    batch.place = batch.place or _place()
    batch.save()
    counts = {name: batch.outcome[name] for name in ("created", "changed", "unchanged")}
    counts["rejected"] = batch.outcome["rejected_rows"]
    audit.record(
        actor=actor,
        action="partybuild.importbatch.applied",
        subject=batch,
        place=batch.place,
        summary=f"导入 {table.title}《{batch.file_name}》：新增 {counts['created']}，"
        f"更新 {counts['changed']}，不变 {counts['unchanged']}，退回 {counts['rejected']}",
        after={**counts, "sha256": batch.sha256, "as_of": batch.as_of},
    )
