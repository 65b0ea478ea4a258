"""Study materials, their versions and what an activity used."""

import factory

from activities.models import MaterialUse, MaterialVersion, StudyMaterial
from tests.factories.activities import ActivityFactory
from tests.factories.base import HouseFactory
from tests.factories.branches import PartyOrganizationFactory


class StudyMaterialFactory(HouseFactory):
    class Meta:
        model = StudyMaterial

    organization = factory.SubFactory(PartyOrganizationFactory)
    title = factory.Sequence(lambda number: f"学习材料{number}")


class MaterialVersionFactory(HouseFactory):
    class Meta:
        model = MaterialVersion

    material = factory.SubFactory(StudyMaterialFactory)
    number = 1
    text = "全文。"


class MaterialUseFactory(HouseFactory):
    class Meta:
        model = MaterialUse

    activity = factory.SubFactory(ActivityFactory)
    version = factory.SubFactory(
        MaterialVersionFactory,
        material__organization=factory.SelfAttribute("...activity.organization"),
    )


def many_materials(count, branch, activity):
    """Put `count` materials into a library, bulk-made, as many into its trash, all of them used."""
    for trashed in (None, "2026-11-05T00:00Z"):
        materials = StudyMaterial.objects.bulk_create(
            StudyMaterial(organization=branch, title=f"材料{number}", deleted_at=trashed)
            for number in range(count)
        )
        versions = MaterialVersion.objects.bulk_create(
            MaterialVersion(material=one, number=1, text="全文。") for one in materials
        )
        MaterialUse.objects.bulk_create(
            MaterialUse(activity=activity, version=version) for version in versions
        )
