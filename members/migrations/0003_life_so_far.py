"""Complete what was kept before: posts get their events, offices an id, health reasons are sealed."""

from django.db import migrations, models
from django.db.models.functions import Cast

from partybuild.publicids import new_public_id

CHUNK = 500


def tell_posts(apps, schema_editor):
    post = apps.get_model("members", "VanguardPost")
    event = apps.get_model("members", "PostEvent")
    pledge = apps.get_model("members", "PostPledge")
    posts = list(post._base_manager.iterator())
    over = [one for one in posts if one.ended_on]
    for one in over:
        one.state = "withdrawn"
    post._base_manager.bulk_update(over, ["state"], batch_size=CHUNK)
    event._base_manager.bulk_create(
        [
            event(
                post_id=one.pk,
                kind="awarded",
                happened_on=one.awarded_on,
                precision=one.awarded_precision,
            )
            for one in posts
        ]
        + [event(post_id=one.pk, kind="withdrawn", happened_on=one.ended_on) for one in over],
        batch_size=CHUNK,
    )
    pledge._base_manager.bulk_create(
        [
            pledge(post_id=one.pk, promise=one.pledge, started_on=one.awarded_on)
            for one in posts
            if one.pledge
        ],
        batch_size=CHUNK,
    )


def name_offices(apps, schema_editor):
    office = apps.get_model("members", "Office")
    offices = list(office._base_manager.iterator())
    for one in offices:
        one.public_id = new_public_id()
    office._base_manager.bulk_update(offices, ["public_id"], batch_size=CHUNK)


def seal_reasons(apps, schema_editor):
    """Encrypt the reasons of exemptions: until now the column held plain text."""
    exemption = apps.get_model("members", "AttendanceExemption")
    plain = exemption._base_manager.annotate(text=Cast("reason", models.TextField()))
    for key, text in list(plain.values_list("pk", "text")):
        exemption._base_manager.filter(pk=key).update(reason=text)


class Migration(migrations.Migration):
    dependencies = [("members", "0002_life")]

    operations = [
        migrations.RunPython(tell_posts, migrations.RunPython.noop),
        migrations.RunPython(name_offices, migrations.RunPython.noop),
        migrations.RunPython(seal_reasons, migrations.RunPython.noop),
    ]
