"""Background work of organisation life."""

from activities.models import Photo
from activities.photos import directory
from partybuild import jobs
from partybuild.celery import app
from partybuild.ledgerfiles import remove_unclaimed
from partybuild.scoping import everything


@app.task(name="activities.tidy_photos")
def tidy_photos() -> None:
    jobs.in_worker(remove_orphaned_photos)


def remove_orphaned_photos() -> int:
    """Remove photos of forms that were never saved and photos taken out; return how many.

    What lies in the trash keeps its photos: it can be restored.
    """
    with everything(reason="photos are kept for every activity there is, wherever it belongs"):
        kept = set(Photo.visible_rows().values_list("stored_as", flat=True))
    return remove_unclaimed(directory(), kept)
