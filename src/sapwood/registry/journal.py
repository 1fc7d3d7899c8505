"""What a build notes of itself, so that it can go on: how it was begun, what was given to it, which parts are there."""

from __future__ import annotations

from pathlib import Path

import msgspec

from .intake import write_settled
from .layout import Layout
from .sources import Source, Unit
from .worker import Part


class Plan(msgspec.Struct, frozen=True):
    """What a registry was begun with."""

    format: int
    buckets: int
    pack: dict[str, str]
    as_of: str
    looks_back: bool | None


class Intake(msgspec.Struct, frozen=True):
    """Some sources that were given together, and the chunks they are cut into."""

    first_source: int
    first_chunk: int
    sources: list[Source]
    chunks: list[list[Unit]]


def plan_of(layout: Layout) -> Plan | None:
    """What a registry was begun with; `None` where there is none yet."""
    path = layout.progress / "plan.json"
    return msgspec.json.decode(path.read_bytes(), type=Plan) if path.exists() else None


def keep_plan(layout: Layout, plan: Plan) -> None:
    """Notes what a registry is begun with."""
    write_settled(layout.progress / "plan.json", msgspec.json.encode(plan))


def moment_of(folder: Path) -> tuple[str, bool | None] | None:
    """The moment of the registry in a folder, and whether it looks back; `None` where there is none yet."""
    plan = plan_of(Layout(folder))
    return (plan.as_of, plan.looks_back) if plan is not None else None


def intakes_of(layout: Layout) -> list[Intake]:
    """Everything that was ever given, in order."""
    return [
        msgspec.json.decode(path.read_bytes(), type=Intake)
        for path in sorted(layout.progress.glob("intake-*.json"))
    ]


def keep_intake(layout: Layout, intake: Intake, number: int) -> None:
    """Notes what is given now."""
    write_settled(layout.progress / f"intake-{number:05}.json", msgspec.json.encode(intake))


def parts_of(layout: Layout) -> dict[int, Part]:
    """The parts that are there, by bucket."""
    return {
        int(path.stem): msgspec.json.decode(path.read_bytes(), type=Part)
        for path in sorted(layout.journal.glob("*.json"))
    }
