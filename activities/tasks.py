"""Background work of organisation life."""

from pathlib import Path
from typing import Any

from activities import documents, photos
from activities.binders import write_binder
from activities.models import Attachment, MaterialVersion, Photo
from activities.services.papers import BINDER_JOB
from branches.queries.organizations import find_by_path
from partybuild import jobs
from partybuild.celery import app
from partybuild.ledgerfiles import Built, keep, remove_unclaimed
from partybuild.models import Job, LedgerFile
from partybuild.periods import Period
from partybuild.scoping import everything


class BinderJob(jobs.JobKind):
    """Builds the binder of one organisation's year, of what its owner may read."""

    code = BINDER_JOB
    title = "生成会议记录汇编"
    permission = "activities.view_activity"

    def run(self, job: Job, progress: jobs.Progress) -> dict[str, Any]:
        ledger_file = LedgerFile.objects.get(job=job)
        organization = find_by_path(ledger_file.place)
        if organization is None:
            raise jobs.JobRefused("这个党组织刚刚调整过隶属，请重新申请一次。")

        def write(part: Path) -> Built:
            period = Period.parse(ledger_file.period)
            return write_binder(part, organization=organization, period=period, progress=progress)

        rows = keep(ledger_file, progress, suffix=".zip", write=write)
        return {"ledger_file": ledger_file.public_id, "rows": rows}


@app.task(name="activities.tidy_photos")
def tidy_photos() -> None:
    jobs.in_worker(remove_orphaned_photos)


def remove_orphaned_photos() -> int:
    """Remove photos of forms that were never saved and photos taken out; return how many.

    What lies in the trash keeps its photos: it can be restored.
    """
    with everything(reason="photos are kept for every activity there is, wherever it belongs"):
        kept = set(Photo.visible_rows().values_list("stored_as", flat=True))
    return remove_unclaimed(photos.directory(), kept)


@app.task(name="activities.tidy_documents")
def tidy_documents() -> None:
    jobs.in_worker(remove_orphaned_documents)


def remove_orphaned_documents() -> int:
    """Remove documents of forms that were never saved and attachments taken out; return how many.

    What lies in the trash keeps its documents: it can be restored.
    """
    with everything(reason="documents are kept for all that names them, wherever it belongs"):
        kept = set(MaterialVersion.visible_rows().values_list("stored_as", flat=True))
        kept |= set(Attachment.visible_rows().values_list("stored_as", flat=True))
    return remove_unclaimed(documents.directory(), kept)
