"""From now on every event has a public id of its own."""

from django.db import migrations

import partybuild.publicids


class Migration(migrations.Migration):
    dependencies = [("branches", "0003_history_so_far")]

    operations = [
        migrations.AlterField(
            model_name="organizationevent",
            name="public_id",
            field=partybuild.publicids.PublicIdField(default=partybuild.publicids.new_public_id),
        ),
    ]
