"""A material that was not sent down, one in the trash, and an activity that used the first."""

from django.utils import timezone

from activities.documents import directory
from tests.factories.activities import ActivityFactory
from tests.factories.materials import (
    MaterialUseFactory,
    MaterialVersionFactory,
    StudyMaterialFactory,
)


def furnish(place, member):
    organization, by = place.organization, place.secretary
    material = StudyMaterialFactory(organization=organization, added_by=by)
    withdrawn = StudyMaterialFactory(organization=organization, deleted_at=timezone.now())
    stored_as = f"{place.name}.txt"
    (directory() / stored_as).write_text(place.mark)
    version = MaterialVersionFactory(
        material=material, kind="txt", file_name="讲稿.txt", stored_as=stored_as, added_by=by
    )
    activity = ActivityFactory(organization=organization, recorded_by=by)
    return (
        material,
        withdrawn,
        version,
        MaterialVersionFactory(material=withdrawn),
        activity,
        MaterialUseFactory(activity=activity, version=version),
    )
