"""`backup DATABASE_FILE KEYS_FOLDER`: see docs/running-the-site.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sapwood_web.backups import BackupError, back_up


class Command(BaseCommand):
    help = "Copies the database to a file and people's keys to a folder; keep them apart."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("database", type=Path)
        parser.add_argument("keys", type=Path)

    def handle(self, *args: Any, database: Path, keys: Path, **options: Any) -> None:
        try:
            back_up(database, keys)
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write("Done. Keep the two apart.")
