"""Every file that counts is read; which of them are set aside."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("records", "0002_told"),)
    operations = (
        migrations.AddField("upload", "set_aside", models.CharField(blank=True, default="", max_length=10)),
    )
