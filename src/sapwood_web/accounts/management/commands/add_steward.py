"""Makes a steward: `add_steward ADDRESS`. They choose a password by “forgotten password”, then a second step."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from sapwood_web.accounts.models import Person, Role
from sapwood_web.audit.actions import record_event


class Command(BaseCommand):
    help = "Makes a steward, who verifies people and reads the trail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")

    @transaction.atomic
    def handle(self, *args: Any, address: str, **options: Any) -> None:
        address = address.strip().lower()
        if Person.objects.filter(email=address).exists():
            raise CommandError("There is an account with this address already. Use another one.")
        person = Person(email=address, role=Role.STEWARD)
        person.set_unusable_password()
        Person.objects.keep_new(person)
        EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
        record_event("made a steward", actor=None, about=person.subject, why="on the server")
        self.stdout.write("Made. They sign in after “Forgot your password?”, and set up a second step first.")
