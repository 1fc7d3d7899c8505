"""Sends the mails about invitations that could not be sent before."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sapwood_web.records.letters import send_waiting


class Command(BaseCommand):
    help = "Sends the mails about open invitations that still wait; exit code 1 where some could not be sent again."

    def handle(self, *args: Any, **options: Any) -> None:
        went, left = send_waiting()
        if left:
            raise CommandError(
                f"Mails sent: {went}; still waiting: {left}. Is the mail server (SAPWOOD_MAIL) there?"
            )
        self.stdout.write(f"Mails sent: {went}; none waits.")
