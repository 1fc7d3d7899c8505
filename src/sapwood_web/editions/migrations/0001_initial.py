import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("pack", models.CharField(max_length=60)),
                ("version", models.CharField(max_length=60)),
                ("content", models.CharField(max_length=64, unique=True)),
                ("packed", models.BinaryField()),
                ("loaded_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("loaded", "Loaded, not checked yet"),
                            ("checking", "Being checked"),
                            ("sound", "Found sound"),
                            ("faulty", "Faults found"),
                            ("broken", "The check did not end"),
                        ],
                        default="loaded",
                        max_length=10,
                    ),
                ),
                ("checked_at", models.DateTimeField(null=True)),
                ("report", models.JSONField(default=dict)),
                ("counted_at", models.DateTimeField(null=True)),
                ("counted_against", models.CharField(blank=True, max_length=64)),
                ("counting_since", models.DateTimeField(null=True)),
                ("counts", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ("-loaded_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Activation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "edition",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activations",
                        to="editions.edition",
                    ),
                ),
            ],
            options={
                "ordering": ("-pk",),
            },
        ),
    ]
