"""A scheme that is being written, and one in the trash."""

from django.utils import timezone

from tests.factories.assessments import SchemeDraftFactory


def furnish(place, member):
    about = {"organization": place.organization, "drafted_by": place.secretary}
    draft, trashed = SchemeDraftFactory(**about), SchemeDraftFactory(**about)
    for row in (draft, trashed):
        row.document = row.document | {"title": f"草稿{place.mark}"}
        row.save()
    trashed.deleted_at = timezone.now()
    trashed.save()
    return draft, trashed
