"""Doses become cycles, and cycles become lines of treatment; done once, for one patient and a registry alike.

A dose given, a dose held and a plan are three things. Records that only name a regimen are understood by that
name; where nothing is dated, the order the text gives ("line 1") is used and marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sapwood.concepts import Resource, codes_of, concept_text, holds_phrase, listed, tokens
from sapwood.definitions import Regimen
from sapwood.errors import Problem
from sapwood.finding import clinical_time, known_time
from sapwood.record import Record
from sapwood.values import Moment, is_later

_TYPES = ("MedicationAdministration", "MedicationStatement", "MedicationRequest", "Procedure")
_GIVEN = {
    "MedicationAdministration": ("completed", "in-progress", "stopped"),
    "MedicationStatement": ("active", "completed", "stopped", "unknown"),
    "Procedure": ("completed", "in-progress"),
}
_HELD = ("not-done", "on-hold", "not-taken")
_PLANNED = ("intended", "preparation", "planned", "draft")
_NUMBERED = re.compile(r"\bline\s+(\d{1,2})\s*:\s*([^;]*)", re.IGNORECASE)
_CYCLES = re.compile(r"\b(\d{1,2})\s*(?:cycle|course)(?:\(s\)|s)?\b", re.IGNORECASE)
_RESPONSE = re.compile(r"\bresponse\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
_GAP = timedelta(days=90)
_RESPONSES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("PD", ("progression", "progressive disease", "grew", "progressed")),
    ("NR", ("no response", "refractory")),
    ("SD", ("no change", "stable disease")),
    ("CR", ("complete remission", "complete response", "cr")),
    ("PR", ("partial response", "partial remission", "pr")),
)
_ONE_SITE = ("marrow complete remission", "marrow complete response", "marrow remission", "marrow cr")
"""A response of one site is not the response of the person: the worst site decides."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry about treatment: a dose or course given, held or planned."""

    kind: str  # given | held | planned
    regimens: frozenset[str]
    drugs: frozenset[str]
    when: Moment | None
    number: int | None = None
    response: str = ""
    cycles: int | None = None
    source: str = ""
    resource: Resource | None = None
    protocol: str = ""  # the pack's own word for the protocol the text names
    response_unread: bool = False


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle: its first day, and the doses given and held in it."""

    number: int
    start: date
    given: tuple[date, ...]
    held: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of treatment, from its first dose to the next line."""

    number: int
    regimen: str
    title: str
    start: date | None
    end: date | None
    cycles: tuple[Cycle, ...]
    cycles_stated: int | None
    given: int
    held: int
    response: str
    response_unread: bool
    ordered_by_text: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Treatment:
    """All that the record says about treatment."""

    lines: tuple[Line, ...] = ()
    planned: tuple[Event, ...] = ()
    adjuncts: tuple[Event, ...] = ()
    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = field(default=())

    @property
    def current(self) -> Line | None:
        """The latest line."""
        return self.lines[-1] if self.lines else None

    def gave(self, name: str) -> bool:
        """Whether any entry says that this drug or regimen was given."""
        return any(
            event.kind == "given"
            and (name in event.drugs or event.regimens == {name} or name in event.regimens)
            for event in self.events
        )


def treatment_of(
    record: Record,
    regimens: Mapping[str, Regimen],
    systems: Mapping[str, Sequence[str]],
    *,
    as_of: Moment,
    replay: bool = False,
) -> Treatment:
    """The treatment in a record up to `as_of`; in a replay only what is dated counts."""
    events: list[Event] = []
    problems: list[Problem] = []
    for resource in (entry for kind in _TYPES for entry in record.of_type(kind)):
        event = _event(record, resource, regimens, systems, problems)
        if event is None:
            continue
        if event.when is None and replay:
            continue
        if is_later(event.when, as_of) or is_later(known_time(resource), as_of):
            continue
        events.append(event)
    return group(events, regimens, problems)


def group(
    events: Sequence[Event], regimens: Mapping[str, Regimen], problems: Iterable[Problem] = ()
) -> Treatment:
    """Events grouped into lines; planned ones and adjuncts (intrathecal, radiotherapy) stand beside them."""
    planned = tuple(event for event in events if event.kind == "planned")
    done = [event for event in events if event.kind != "planned"]
    adjuncts = [event for event in done if event.number is None and _is_adjunct(event, regimens)]
    main = [event for event in done if event not in adjuncts]
    numbered: dict[int, list[Event]] = {}
    for event in main:
        if event.number is not None:
            numbered.setdefault(event.number, []).append(event)
    groups: list[tuple[int, list[Event], bool]] = [
        (number, numbered[number], True) for number in sorted(numbered)
    ]
    dated = sorted(
        (event for event in main if event.number is None and event.when is not None),
        key=lambda event: (event.when.first if event.when else None, event.source),
    )
    undated = [event for event in main if event.number is None and event.when is None]
    for members in _by_regimen(dated, regimens):
        groups.append((groups[-1][0] + 1 if groups else 1, members, False))
    if undated and not groups:
        groups.append((1, undated, True))
    elif undated:
        groups[-1][1].extend(undated)
    lines = [_line(number, members, by_text, regimens) for number, members, by_text in groups]
    for place, after in enumerate(lines[1:]):
        if after.start is not None and lines[place].start is not None:
            lines[place] = replace(lines[place], end=after.start)
    return Treatment(tuple(lines), planned, tuple(adjuncts), tuple(events), tuple(problems))


def _is_adjunct(event: Event, regimens: Mapping[str, Regimen]) -> bool:
    return bool(event.regimens) and all(regimens[name].adjunct for name in event.regimens)


def _event(
    record: Record,
    resource: Resource,
    regimens: Mapping[str, Regimen],
    systems: Mapping[str, Sequence[str]],
    problems: list[Problem],
) -> Event | None:
    concept: Any = record.main_code(resource)
    notes = " ; ".join(concept_text(note) for note in listed(resource.get("note")))
    numbered = _NUMBERED.search(notes)
    dosage = " ; ".join(concept_text(entry) for entry in listed(resource.get("dosage")))
    route = " ; ".join(
        concept_text(entry.get("route"))
        for entry in listed(resource.get("dosage"))
        if isinstance(entry, dict)
    )
    text = tokens(" ; ".join((concept_text(concept), dosage, route)))
    pairs = set(codes_of(concept))
    drugs = {
        drug.id
        for regimen in regimens.values()
        for drug in regimen.drugs
        if pairs
        & {(uri, code) for name, codes in drug.codes.items() for uri in systems[name] for code in codes}
        or (drug.words and holds_phrase(text, drug.words))
    }
    described = text + (tokens(numbered[2]) if numbered else ())
    named = {
        regimen.id: max(
            (len(tokens(name)) for name in regimen.names if holds_phrase(described, [name])),
            default=0,
        )
        for regimen in regimens.values()
    }
    longest = max(named.values(), default=0)
    by_name = frozenset(name for name, size in named.items() if size and size == longest)
    protocols = [name for one in by_name for name in regimens[one].names if holds_phrase(described, [name])]
    if not drugs and not by_name:
        return None
    kind = _kind(resource)
    if kind is None:
        return None
    fitting = by_name or frozenset(
        regimen.id for regimen in regimens.values() if drugs & {drug.id for drug in regimen.drugs}
    )
    if "intrathecal" in text:
        fitting = frozenset(name for name in fitting if regimens[name].adjunct) or fitting
    elif not by_name:
        fitting = frozenset(name for name in fitting if not regimens[name].adjunct) or fitting
    response = _RESPONSE.search(notes)
    cycles = _CYCLES.search(notes)
    when = clinical_time(resource)
    source = record.source_of(resource)
    if when is None and any(key in resource for key in ("effectiveDateTime", "performedDateTime")):
        problems.append(
            Problem(
                source, "its date is not one that exists", "Mend the date; it is read as undated until then."
            )
        )
    return Event(
        kind,
        fitting,
        frozenset(drugs),
        when,
        int(numbered[1]) if numbered else None,
        _response(response[1]) if response else "",
        int(cycles[1]) if cycles else None,
        source,
        resource,
        max(protocols, key=len, default=""),
        response is not None and not _response(response[1]),
    )


def _kind(resource: Resource) -> str | None:
    kind, status = str(resource.get("resourceType")), resource.get("status")
    if kind == "MedicationRequest":
        return "planned" if status in ("active", "on-hold", "draft", "completed", "stopped") else None
    if status in _GIVEN[kind]:
        return "given"
    if status in _HELD:
        return "held" if kind == "MedicationAdministration" else None
    return "planned" if status in _PLANNED else None


def _response(text: str) -> str:
    """The response a text states, as a code; empty where it states none plainly."""
    words = tokens(text)
    if holds_phrase(words, _ONE_SITE):
        return ""
    found = [code for code, phrases in _RESPONSES if holds_phrase(words, phrases)]
    return found[0] if found else ""


def _by_regimen(events: Sequence[Event], regimens: Mapping[str, Regimen]) -> list[list[Event]]:
    """Dated events cut into lines: a new one where no single regimen holds all the drugs, or after a long gap."""
    lines: list[list[Event]] = []
    fitting: frozenset[str] = frozenset()
    for event in events:
        last = lines[-1][-1].when if lines else None
        shared = fitting & event.regimens
        near = last is not None and event.when is not None and event.when.first - last.last <= _GAP
        if lines and shared and near:
            lines[-1].append(event)
            fitting = shared
        else:
            lines.append([event])
            fitting = event.regimens
    return lines


def _line(number: int, events: Sequence[Event], by_text: bool, regimens: Mapping[str, Regimen]) -> Line:
    regimen = _best_regimen(events, regimens)
    days = sorted({event.when.first_day for event in events if event.kind == "given" and event.when})
    held = sorted({event.when.first_day for event in events if event.kind == "held" and event.when})
    responses = [event.response for event in events if event.response]
    stated = [event.cycles for event in events if event.cycles]
    return Line(
        number,
        regimen,
        _title(regimen, events, regimens),
        days[0] if days else None,
        None,
        _cycles(days, held, regimens.get(regimen)),
        max(stated) if stated else None,
        sum(event.kind == "given" for event in events),
        sum(event.kind == "held" for event in events),
        responses[-1] if responses else "",
        not responses and any(event.response_unread for event in events),
        by_text,
        tuple(dict.fromkeys(event.source for event in events if event.source)),
    )


def _title(regimen: str, events: Sequence[Event], regimens: Mapping[str, Regimen]) -> str:
    """A line's name: its regimen, the protocol the text names, and drugs given that the regimen does not hold."""
    if regimen not in regimens:
        return "treatment not named"
    title = regimens[regimen].title
    protocol = next((event.protocol for event in events if event.protocol), "")
    if protocol and not holds_phrase(tokens(title), [protocol]):
        title = f"{title} ({protocol})"
    own = {drug.id for drug in regimens[regimen].drugs}
    added = dict.fromkeys(drug for event in events for drug in sorted(event.drugs - own))
    return f"{title} with {', '.join(added)}".replace("_", " ") if added and own else title


def _best_regimen(events: Sequence[Event], regimens: Mapping[str, Regimen]) -> str:
    """The regimen all entries fit, the one with the fewest drugs that are not there; else the first named."""
    shared = frozenset.intersection(*(event.regimens for event in events))
    candidates = shared or frozenset().union(*(event.regimens for event in events))
    seen = frozenset().union(*(event.drugs for event in events))
    order = list(regimens)

    def fit(name: str) -> tuple[int, int, int]:
        drugs = {drug.id for drug in regimens[name].drugs}
        return (len(seen - drugs), len(drugs - seen), order.index(name))

    return min(candidates, key=fit) if candidates else ""


def _cycles(days: Sequence[date], held: Sequence[date], regimen: Regimen | None) -> tuple[Cycle, ...]:
    if not days and not held:
        return ()
    length = regimen.cycle_days if regimen else None
    window = regimen.dose.window_days if regimen and regimen.dose else None
    span = timedelta(days=window or (length or 28) // 2)
    starts: list[date] = []
    for day in sorted({*days, *held}):
        if not starts or (
            day - starts[-1] >= span and (day in days or day - starts[-1] >= timedelta(days=length or 28))
        ):
            starts.append(day)
    cycles = []
    for number, start in enumerate(starts, start=1):
        end = starts[number] if number < len(starts) else date.max
        cycles.append(
            Cycle(
                number,
                start,
                tuple(day for day in days if start <= day < end),
                tuple(day for day in held if start <= day < end),
            )
        )
    return tuple(cycles)
