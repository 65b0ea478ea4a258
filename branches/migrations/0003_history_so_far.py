"""Give what was there before its history: events say what they brought, organisations where they stood."""

from django.db import migrations

from partybuild.publicids import new_public_id

CHUNK = 500


def tell(apps, schema_editor):
    organization = apps.get_model("branches", "PartyOrganization")
    event = apps.get_model("branches", "OrganizationEvent")
    placement = apps.get_model("branches", "Placement")
    organizations = {one.pk: one for one in organization._base_manager.iterator()}
    events = list(event._base_manager.iterator())
    for one in events:
        subject = organizations[one.organization_id]
        one.public_id = new_public_id()
        one.short_name, one.organization_kind = subject.short_name, subject.kind
    event._base_manager.bulk_update(
        events, ["public_id", "short_name", "organization_kind"], batch_size=CHUNK
    )
    founded = {one.organization_id for one in events}
    event._base_manager.bulk_create(
        [
            event(
                organization_id=one.pk,
                public_id=new_public_id(),
                kind="founded",
                happened_on=one.founded_on,
                name=one.name,
                short_name=one.short_name,
                organization_kind=one.kind,
                superior_id=one.superior_id,
            )
            for one in organizations.values()
            if one.pk not in founded
        ],
        batch_size=CHUNK,
    )
    placement._base_manager.bulk_create(
        [
            placement(
                organization_id=one.pk,
                name=one.name,
                short_name=one.short_name,
                kind=one.kind,
                superior_id=one.superior_id,
                path=one.path,
            )
            for one in organizations.values()
        ],
        batch_size=CHUNK,
    )


class Migration(migrations.Migration):
    dependencies = [("branches", "0002_life")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
