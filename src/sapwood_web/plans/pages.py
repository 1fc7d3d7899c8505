"""What the clinician's pages show of a record: the board's parts, the entries they lead to, one line a person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sapwood.changes import Changes, compare
from sapwood.earlier import earlier_plan
from sapwood.formats.html import alerts_of, parts_of
from sapwood.formats.html_board import Board, board_of
from sapwood.formats.html_changes import block_of
from sapwood.formats.html_parts import Part
from sapwood.plan import Plan
from sapwood.values import day_moment
from sapwood_web.records.reading import Reading


def anchor_of(source: str) -> str:
    """The place of one entry on the page of entries: its name may hold anything, an address must not."""
    return "e-" + hashlib.sha256(source.encode()).hexdigest()[:12]


class BoardPage:
    """One record as a board reads it, as of one day, with what changed since another."""

    def __init__(self, reading: Reading, entries: str, since: date | None = None) -> None:
        self.reading, self.since = reading, since
        self.board: Board = board_of(reading.plan, lambda source: f"{entries}#{anchor_of(source)}")

    @cached_property
    def changes(self) -> Changes | None:
        """What changed since the earlier day, where one was asked for."""
        if self.since is None:
            return None
        moment = day_moment(self.since, self.since)
        return compare(earlier_plan(self.reading.facts, moment), self.reading.plan)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts of the page that have something to say."""
        return parts_of(self.board, block_of(self.changes, "clinician") if self.changes else None)

    @property
    def alerts(self) -> str:
        """The urgent and the stopping alerts."""
        return alerts_of(self.board)

    @property
    def left_out(self) -> int:
        """How many kept files and typed facts do not count."""
        return sum(bool(file.upload.set_aside) for file in self.reading.files) + self.reading.lost_answers

    def as_shown(self) -> dict[str, Any]:
        """The page as it stands, to be kept with a signature."""
        return {
            "headline": self.board.headline,
            "about": self.board.about,
            "alerts": self.alerts,
            "parts": [
                {
                    "id": part.id,
                    "title": part.title,
                    "short": part.short,
                    "html": part.html,
                    "folded": part.folded,
                }
                for part in board_parts(self.reading.plan)
            ],
        }


def board_parts(plan: Plan) -> tuple[Part, ...]:
    """The parts without a way to the record's entries: these stay when the record goes on."""
    return parts_of(board_of(plan))


def basis_of(reading: Reading) -> str:
    """Stands for exactly what a plan rests on: the files that count, what was typed and measured, pack and day."""
    record = reading.record
    kept = [
        sorted(str(pk) for pk in record.uploads.filter(set_aside="").values_list("pk", flat=True)),
        sorted(str(pk) for pk in record.answers.values_list("pk", flat=True)),
        sorted(str(pk) for pk in record.daily_entries.values_list("pk", flat=True)),
        reading.pack.hash,
        reading.as_of.isoformat(),
    ]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the record as it came, or one typed fact."""

    name: str
    anchor: str
    text: str


def entries_of(reading: Reading, says: Callable[[Any], str]) -> list[Entry]:
    """Every entry that a reason may lead to; `says` words what somebody typed."""
    record = reading.facts.record
    found = []
    patient = (record.patient,) if record.patient is not None else ()
    for resource in (*patient, *record.resources):
        name = record.source_of(resource)
        text = json.dumps(resource, indent=1, ensure_ascii=False, default=str)
        found.append(Entry(name, anchor_of(name), text))
    for answer in reading.record.answers.select_related("by"):
        name = f"answer/{answer.pk}"
        found.append(Entry(name, anchor_of(name), says(answer)))
    for daily in reading.record.daily_entries.select_related("by"):
        name = f"daily/{daily.pk}"
        found.append(Entry(name, anchor_of(name), says(daily)))
    return found


@dataclass(frozen=True, slots=True)
class Patient:
    """One person's line in the list: where they stand, what is urgent, what is due."""

    headline: str
    step: str
    urgent: tuple[str, ...]
    due: tuple[str, ...]

    @property
    def weight(self) -> tuple[int, int]:
        """The most urgent first."""
        return (-len(self.urgent), -len(self.due))


def line_of(plan: Plan) -> Patient:
    """One person in a line."""
    board = board_of(plan)
    return Patient(
        board.headline,
        plan.position.title,
        tuple(standing.message for standing in board.urgent),
        tuple(standing.task.title for standing in board.due),
    )
