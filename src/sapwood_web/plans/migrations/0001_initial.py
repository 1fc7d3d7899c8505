import uuid
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

TABLE = "plans_signedplan"
SQLITE = f"""
CREATE TRIGGER {TABLE}_stays BEFORE UPDATE ON {TABLE}
BEGIN SELECT RAISE(ABORT, 'a signed plan is never changed'); END
"""
POSTGRES = f"""
CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a signed plan is never changed'; END $$;
CREATE TRIGGER {TABLE}_stays BEFORE UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()
"""


def guard(apps: Any, editor: Any) -> None:
    editor.execute(SQLITE if editor.connection.vendor == "sqlite" else POSTGRES)


def unguard(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute(f"DROP TRIGGER {TABLE}_stays")
    else:
        editor.execute(f"DROP TRIGGER {TABLE}_stays ON {TABLE}; DROP FUNCTION {TABLE}_refuse()")


class Migration(migrations.Migration):
    initial = True

    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SignedPlan",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("signer", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("sealed", models.BinaryField()),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signed_plans",
                        to="records.record",
                    ),
                ),
            ],
            options={"ordering": ("-at", "-pk")},
        ),
        migrations.RunPython(guard, unguard),
    ]
