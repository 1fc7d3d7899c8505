"""Counts whose plan would read differently under one edition; the site starts this by itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sapwood_web.editions import actions
from sapwood_web.editions.models import Edition


class Command(BaseCommand):
    help = "Counts whose plan would read differently under one edition; the site starts this by itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("edition")

    def handle(self, *args: Any, **options: Any) -> None:
        actions.count(Edition.objects.get(pk=options["edition"]))
