"""A scheme that is being written, and one in the trash."""

from django.utils import timezone

from tests.factories.assessments import LINES, SchemeDraftFactory


def furnish(place, member):
    about = {"organization": place.organization, "drafted_by": place.secretary}
    return (
        SchemeDraftFactory(document=document(f"draft-{place.name}", place.mark), **about),
        SchemeDraftFactory(
            document=document(f"trashed-{place.name}", place.mark),
            deleted_at=timezone.now(),
            **about,
        ),
    )


def document(code, mark):
    return {
        "format": "scheme/1",
        "code": code,
        "title": f"草稿{mark}",
        "categories": [{"code": "A", "name": "组织生活", "max": "10"}],
        "lines": [line | {"category": "A"} for line in LINES],
    }
