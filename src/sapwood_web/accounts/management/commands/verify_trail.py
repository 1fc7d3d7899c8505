"""Says whether the audit trail is as it was written; exit code 1 where it is not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sapwood_web.audit.actions import verify_trail


class Command(BaseCommand):
    help = "Checks every event of the audit trail."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = verify_trail()
        for fault in faults:
            self.stdout.write(str(fault))
        if faults:
            raise CommandError("The trail is not as it was written.")
        self.stdout.write("The trail is whole.")
