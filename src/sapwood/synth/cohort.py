"""Writes a cohort person by person: one file for each type of resource, a key to who is who, and what it all is."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, cast

import msgspec

from sapwood.errors import Problem, SapwoodError

from .background import live_in_background
from .chart import Chart
from .dice import Dice, Tally
from .journey import live_with_bpdcn

TYPES = (
    "Patient", "Condition", "Observation", "Procedure", "MedicationAdministration", "MedicationRequest",
    "MedicationStatement", "DiagnosticReport", "Specimen", "Encounter", "ServiceRequest", "AdverseEvent",
    "Immunization", "Consent",
)  # fmt: skip
KEY = "who.csv"
_AT_ONCE = 250  # people kept in memory before they are written


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: how many people of each kind, by which seed, known until which day."""

    patients: int
    background: int
    seed: int
    until: date


@dataclass(slots=True)
class Written:
    """What came out."""

    counts: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented person: their entries, and what they are."""

    chart: Chart
    kind: str  # patient | background
    group: str  # how far a patient has come; what somebody else has
    first_sign: int | None = None
    diagnosed: int | None = None

    def row(self) -> str:
        """The person's line of the key."""
        days = (self.first_sign, self.diagnosed)
        told = ("" if day is None else date.fromordinal(day).isoformat() for day in days)
        return ",".join((self.chart.person, self.kind, self.group, *told)) + "\n"


def person_id(seed: int, kind: str, number: int) -> str:
    """The id of one person, from which nobody reads what they are."""
    return "syn-" + hashlib.sha256(f"{seed}:{kind}:{number}".encode()).hexdigest()[:12]


def invent(order: Order, kind: str, number: int, tally: Tally) -> Invented:
    """Person `number` of a kind: the same for the same seed and day, however many others there are."""
    own = person_id(order.seed, kind, number)
    last = order.until.toordinal()
    dice = Dice(str(order.seed), f"{kind}:{number}", tally)
    si = dice.chance("si_units")
    if kind == "patient":
        chart = Chart(own, dice, last, "continental" if si else dice.one_of(("district", "practice")))
        case = live_with_bpdcn(chart, last)
        named = case.diagnosed if case.diagnosed <= chart.until else None
        return Invented(chart, kind, case.stage_on(chart.until), case.first, named)
    chart = Chart(own, dice, last, "continental" if si else dice.one_of(("district", "district", "practice")))
    return Invented(chart, kind, live_in_background(chart, last))


def people(order: Order) -> Iterator[tuple[str, int]]:
    """Who is invented, those with BPDCN spread evenly among the others."""
    total = order.patients + order.background
    done = 0
    for place in range(total):
        wanted = (place + 1) * order.patients // total
        if wanted > done:
            done = wanted
            yield "patient", done
        else:
            yield "background", place - done + 1


def write_cohort(
    order: Order, folder: Path, *, packed: bool = False, progress: Callable[[int, int], None] | None = None
) -> Written:
    """Writes the cohort's files into a folder that holds no other; raises SapwoodError where it cannot."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise SapwoodError(
                Problem(str(folder), "the folder is not empty", "Name a new folder; nothing is overwritten.")
            )
        return _write(order, folder, packed, progress)
    except OSError as error:
        what = f"cannot be written ({error.strerror or type(error).__name__})"
        raise SapwoodError(Problem(str(folder), what, "Name a folder that you can write to.")) from None


def _write(order: Order, folder: Path, packed: bool, progress: Callable[[int, int], None] | None) -> Written:
    written = Written()
    encoder, total = msgspec.json.Encoder(), order.patients + order.background
    files: dict[str, IO[bytes]] = {}
    buffers: dict[str, bytearray] = {kind: bytearray() for kind in TYPES}
    with ExitStack() as opened:
        key = opened.enter_context(open(folder / KEY, "w", encoding="utf-8", newline="\n"))
        key.write("person,kind,group,first_sign,diagnosed\n")
        for done, (kind, number) in enumerate(people(order), 1):
            person = invent(order, kind, number, written.tally)
            key.write(person.row())
            group = f"{kind}: {person.group}"
            written.groups[group] = written.groups.get(group, 0) + 1
            for what, resource in person.chart.entries:
                buffer = buffers[what]
                buffer += encoder.encode(resource)
                buffer += b"\n"
                written.counts[what] = written.counts.get(what, 0) + 1
            if done % _AT_ONCE == 0 or done == total:
                for what, buffer in buffers.items():
                    if buffer:
                        if what not in files:
                            files[what] = _open(opened, folder, what, packed)
                        files[what].write(buffer)
                        buffer.clear()
                if progress:
                    progress(done, total)
    return written


def _open(opened: ExitStack, folder: Path, what: str, packed: bool) -> IO[bytes]:
    """A file of one type; packed ones carry no time and no name, so that they are the same byte for byte."""
    if not packed:
        return opened.enter_context((folder / f"{what}.ndjson").open("wb"))
    raw = opened.enter_context((folder / f"{what}.ndjson.gz").open("wb"))
    return cast(IO[bytes], opened.enter_context(gzip.GzipFile("", "wb", 6, raw, mtime=0)))
