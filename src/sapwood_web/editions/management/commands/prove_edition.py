"""Proves one loaded edition of the pack; the site starts this by itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sapwood_web.editions import actions
from sapwood_web.editions.active import edition_of
from sapwood_web.editions.models import Edition
from sapwood_web.editions.proving import prove


class Command(BaseCommand):
    help = "Proves one loaded edition of the pack; the site starts this by itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("edition")

    def handle(self, *args: Any, **options: Any) -> None:
        edition = Edition.objects.get(pk=options["edition"])
        actions.keep_proof(edition, prove(edition_of(edition.content).folder))
