"""`restore DATABASE_FILE KEYS_FOLDER`: see docs/running-the-site.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sapwood_web.backups import BackupError, bring_back


class Command(BaseCommand):
    help = "Brings a backup back, with the site stopped, and erases again what was erased since."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("database", type=Path)
        parser.add_argument("keys", type=Path)

    def handle(self, *args: Any, database: Path, keys: Path, **options: Any) -> None:
        try:
            gone = bring_back(database, keys)
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Done. {gone} rows were erased again.")
