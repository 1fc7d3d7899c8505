"""Doses become cycles, and cycles become lines of treatment; done once, for one patient and a registry alike.

A dose given, a dose held and a plan are three things. Records that only name a regimen are understood by that
name; where nothing is dated, the order the text gives ("line 1") is used and marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sapwood.concepts import holds_phrase, tokens
from sapwood.cycles import Cycle, Stretch, cycles_of, earliest, latest
from sapwood.definitions import Around, Regimen
from sapwood.elements import clinical_time, known_time
from sapwood.errors import Problem
from sapwood.events import TYPES, Event, read_event
from sapwood.record import Record
from sapwood.values import Moment, is_later

_GAP = timedelta(days=90)


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
    doses: tuple[Stretch, ...] = ()

    @property
    def began(self) -> Moment | None:
        """The time of its first dose, as exactly as the record tells it."""
        first = earliest([dose.start for dose in self.doses])
        return None if any(dose.begun_before for dose in self.doses) else first

    def previous_day(self, today: date) -> Moment | None:
        """The last time before a day at which a dose was surely given, where no other can lie between."""
        before = [dose for dose in self.doses if dose.day < today]
        last = latest([dose.start for dose in before if dose.single])
        for dose in before:
            end = dose.last_day
            if not dose.single and (last is None or end is None or end > last.first_day):
                return None
        return last


@dataclass(frozen=True, slots=True)
class Treatment:
    """All that the record says about treatment."""

    lines: tuple[Line, ...] = ()
    planned: tuple[Event, ...] = ()
    adjuncts: tuple[Event, ...] = ()
    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = field(default=())
    unread: tuple[Problem, ...] = field(default=())

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

    def last_dose(self, name: str, regimens: Mapping[str, Regimen]) -> Moment | None:
        """The time of the latest dose of a drug or regimen in any line; `None` where it cannot be told."""
        ends: list[Moment] = []
        maybe: list[Moment] = []
        for event in self.events:
            stretch = event.stretch
            if event.kind != "given" or stretch is None:
                continue
            if name in event.drugs or name in event.regimens:
                if stretch.end is None:
                    return None
                ends.append(stretch.end)
            elif not event.drugs and any(
                name in {drug.id for drug in regimens[one].drugs} for one in event.regimens
            ):
                maybe.append(stretch.end or stretch.start)
        last = latest(ends)
        if last is None or any(moment.last_day > last.first_day for moment in maybe):
            return None
        return last


def last_time(doses: Sequence[Stretch]) -> Moment | None:
    """The time of the last of some doses; `None` where a period among them has no known end."""
    ends = [dose.end for dose in doses if dose.end is not None]
    return latest(ends) if len(ends) == len(doses) else None


def treatment_of(
    record: Record,
    regimens: Mapping[str, Regimen],
    systems: Mapping[str, Sequence[str]],
    *,
    as_of: Moment,
    replay: bool = False,
    hedges: Sequence[str] = (),
) -> Treatment:
    """The treatment in a record up to `as_of`; in a replay only what is dated counts."""
    events: list[Event] = []
    problems: list[Problem] = []
    unread: list[Problem] = []
    for resource in (entry for kind in TYPES for entry in record.of_type(kind)):
        event = read_event(record, resource, regimens, systems, hedges, as_of, problems)
        if event is None:
            continue
        if is_later(clinical_time(resource), as_of) or is_later(known_time(resource), as_of):
            continue
        if isinstance(event, Problem):
            unread.append(event)
        elif event.when is not None or not replay:
            events.append(event)
    return group(events, regimens, (*problems, *unread), unread)


def group(
    events: Sequence[Event],
    regimens: Mapping[str, Regimen],
    problems: Iterable[Problem] = (),
    unread: Iterable[Problem] = (),
) -> Treatment:
    """Events grouped into lines; planned ones and adjuncts (intrathecal, radiotherapy) stand beside them."""
    planned = tuple(event for event in events if event.kind == "planned")
    done = [event for event in events if event.kind != "planned"]
    adjuncts = [event for event in done if event.number is None and _is_adjunct(event, regimens)]
    anchors = [event for event in adjuncts if _anchored(event, regimens)]
    adjuncts += [event for event in done if event not in adjuncts and _belongs(event, anchors, regimens)]
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
    for members in _by_regimen(dated, anchors, regimens):
        groups.append((groups[-1][0] + 1 if groups else 1, members, False))
    if undated and not groups:
        groups.append((1, undated, True))
    elif undated:
        groups[-1][1].extend(undated)
    lines = [_line(number, members, by_text, regimens) for number, members, by_text in groups]
    for place, after in enumerate(lines[1:]):
        if after.start is not None and lines[place].start is not None:
            lines[place] = replace(lines[place], end=after.start)
    return Treatment(tuple(lines), planned, tuple(adjuncts), tuple(events), tuple(problems), tuple(unread))


def _is_adjunct(event: Event, regimens: Mapping[str, Regimen]) -> bool:
    return bool(event.regimens) and all(regimens[name].adjunct for name in event.regimens)


def _anchored(event: Event, regimens: Mapping[str, Regimen]) -> bool:
    """Whether an entry is an adjunct with a day of its own, such as a transplant, around which drugs belong to it."""
    named = not event.drugs and event.kind == "given" and event.when is not None
    return named and any(regimens[name].around for name in event.regimens)


def _belongs(event: Event, anchors: Sequence[Event], regimens: Mapping[str, Regimen]) -> bool:
    """Whether a dose is part of an adjunct given around that day: conditioning, for a transplant."""
    if event.number is not None or event.when is None or not event.drugs:
        return False
    for anchor in anchors:
        for around, drugs in _reaches(anchor, regimens):
            first, last = timedelta(days=around.before), timedelta(days=around.after)
            if event.drugs <= drugs and anchor.when is not None:
                return bool(
                    anchor.when.first - first <= event.when.first
                    and event.when.last <= anchor.when.last + last
                )
    return False


def _reaches(anchor: Event, regimens: Mapping[str, Regimen]) -> Iterator[tuple[Around, frozenset[str]]]:
    for name in anchor.regimens:
        around = regimens[name].around
        if around is not None:
            yield around, frozenset(drug.id for drug in regimens[name].drugs)


def _near(last: Moment, when: Moment, anchors: Sequence[Event], regimens: Mapping[str, Regimen]) -> bool:
    """Whether a dose goes on with a line: soon after its last one, or after an adjunct that stands between the two."""
    if when.first - last.last <= _GAP:
        return True
    for anchor in anchors:
        middle = anchor.when
        if middle is not None and last.first <= middle.first and middle.first <= when.first:
            soon = middle.first - last.last <= _GAP
            for around, _ in _reaches(anchor, regimens):
                if soon and when.first - middle.last <= timedelta(days=around.bridges):
                    return True
    return False


def _by_regimen(
    events: Sequence[Event], anchors: Sequence[Event], regimens: Mapping[str, Regimen]
) -> list[list[Event]]:
    """Dated events cut into lines: a new one where no single regimen holds all the drugs, or after a long gap."""
    lines: list[list[Event]] = []
    fitting: frozenset[str] = frozenset()
    for event in events:
        last = latest([end for one in lines[-1] if (end := one.until or one.when)]) if lines else None
        shared = fitting & event.regimens
        near = last is not None and event.when is not None and _near(last, event.when, anchors, regimens)
        if lines and shared and near:
            lines[-1].append(event)
            fitting = shared
        else:
            lines.append([event])
            fitting = event.regimens
    return lines


def _line(number: int, events: Sequence[Event], by_text: bool, regimens: Mapping[str, Regimen]) -> Line:
    regimen = _best_regimen(events, regimens)
    given = [event for event in events if event.kind == "given"]
    doses = tuple(stretch for event in given if (stretch := event.stretch) is not None)
    held = sorted({event.when.first_day for event in events if event.kind == "held" and event.when})
    responses = [event.response for event in events if event.response]
    stated = [event.cycles for event in events if event.cycles]
    return Line(
        number,
        regimen,
        _title(regimen, events, regimens),
        min((dose.day for dose in doses), default=None),
        None,
        cycles_of(doses, held, regimens.get(regimen)),
        max(stated) if stated else None,
        len(given),
        sum(event.kind == "held" for event in events),
        responses[-1] if responses else "",
        not responses and any(event.response_unread for event in events),
        by_text,
        tuple(dict.fromkeys(event.source for event in events if event.source)),
        doses,
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


__all__ = ["Cycle", "Event", "Line", "Treatment", "group", "treatment_of"]
