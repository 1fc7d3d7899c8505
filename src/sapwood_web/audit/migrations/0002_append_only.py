"""The database refuses to change an event."""

from typing import Any

from django.db import migrations

from sapwood_web.audit.append_only import guard, unguard


def set_guard(apps: Any, schema_editor: Any) -> None:
    guard(schema_editor.connection)


def take_guard(apps: Any, schema_editor: Any) -> None:
    unguard(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = (("audit", "0001_initial"),)
    operations = (migrations.RunPython(set_guard, take_guard),)
