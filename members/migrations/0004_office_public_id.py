"""From now on every office has a public id of its own."""

from django.db import migrations

import partybuild.publicids


class Migration(migrations.Migration):
    dependencies = [("members", "0003_life_so_far")]

    operations = [
        migrations.AlterField(
            model_name="office",
            name="public_id",
            field=partybuild.publicids.PublicIdField(default=partybuild.publicids.new_public_id),
        ),
    ]
