"""The database's own full-text index."""

from typing import Any

from django.db import migrations

from sapwood_web.library import full_text


def make(apps: Any, schema_editor: Any) -> None:
    full_text.create(schema_editor)


def unmake(apps: Any, schema_editor: Any) -> None:
    full_text.drop(schema_editor)


class Migration(migrations.Migration):
    dependencies = (("library", "0001_initial"),)
    operations = (migrations.RunPython(make, unmake),)
