"""Removes what was to be erased and still stands: after a power cut, and after a backup came back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from sapwood_web.accounts.actions import finish_erasures


class Command(BaseCommand):
    help = "Replays the erasure list on the database."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{finish_erasures()} rows erased.")
