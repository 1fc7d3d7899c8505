"""When the mail about an invitation went; of those made before, at once."""

from typing import Any

from django.db import migrations, models


def told_when_made(apps: Any, schema_editor: Any) -> None:
    apps.get_model("records", "Invitation").objects.update(told_at=models.F("at"))


class Migration(migrations.Migration):
    dependencies = (("records", "0001_initial"),)
    operations = (
        migrations.AddField("invitation", "told_at", models.DateTimeField(null=True)),
        migrations.RunPython(told_when_made, migrations.RunPython.noop),
    )
