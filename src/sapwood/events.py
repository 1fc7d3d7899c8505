"""One entry of a record about treatment: a dose or course given, held or planned, or one that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sapwood.concepts import Resource, codes_of, concept_text, holds_phrase, listed, phrases_of, tokens
from sapwood.cycles import Stretch
from sapwood.definitions import Regimen
from sapwood.elements import clinical_time
from sapwood.errors import Problem
from sapwood.record import Record
from sapwood.values import Moment, is_later, read_moment

TYPES = (
    *("MedicationAdministration", "MedicationStatement", "MedicationRequest", "Procedure"),
    *("MedicationDispense", "MedicationUsage"),
)
_GIVEN: dict[str, tuple[str, ...]] = {
    "MedicationAdministration": ("completed", "in-progress", "stopped"),
    "MedicationStatement": ("active", "completed", "stopped", "unknown"),
    "Procedure": ("completed", "in-progress"),
}
_NOT_GIVEN = ("not-done", "not-taken", "entered-in-error", "cancelled")
_PLANNED = ("intended", "preparation", "planned", "draft")
_ORDERED = ("active", "on-hold", "draft", "completed", "stopped")
_NUMBERED = re.compile(r"\bline\s+(\d{1,2})\s*:\s*([^;]*)", re.IGNORECASE)
_CYCLES = re.compile(r"\b(\d{1,2})\s*(?:cycle|course)(?:\(s\)|s)?\b", re.IGNORECASE)
_RESPONSE = re.compile(r"\bresponse\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
_RESPONSES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("PD", ("progression", "progressive disease", "grew", "progressed")),
    ("NR", ("no response", "refractory")),
    ("SD", ("no change", "stable disease")),
    ("CR", ("complete remission", "complete response", "cr")),
    ("PR", ("partial response", "partial remission", "pr")),
)
_ONE_SITE = ("marrow complete remission", "marrow complete response", "marrow remission", "marrow cr")
"""A response of one site is not the response of the person: the worst site decides."""

_REFUSED = ("not given", "not taken", "declined", "refused", "withheld", "cancelled", "canceled")
_NOT_PLAIN = (
    *("not", "never", "denies", "absence of", "free of", "without treatment", "instead of", "rather than"),
    *(
        "declined",
        "declines",
        "refused",
        "refuses",
        "withheld",
        "deferred",
        "postponed",
        "cancelled",
        "canceled",
    ),
    *("considered", "consider", "considering", "discussed", "offered", "contraindicated", "contraindication"),
    *("contra indicated", "avoid", "avoided", "ineligible", "unfit for", "candidate for", "eligible for"),
    *("allergy", "allergies", "allergic", "intolerance", "intolerant", "hypersensitivity", "reaction to"),
    *("premedication", "premedications", "premed", "pre medication", "prophylaxis against"),
)
_AHEAD = (
    "planned",
    "plan",
    "plans",
    "intended",
    "scheduled",
    "proposed",
    "awaiting",
    "to start",
    "to be given",
)
_BEFORE_NAME = ("pre", "before", "prior to", "without", "no", "awaiting")
_UNNAMED = ("not named", "not specified", "not stated", "not otherwise specified")
_NAME = "\0"


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
    until: Moment | None = None  # the end of a period, where it is known
    period: bool = False  # doses on days that are not told
    begun_before: bool = False  # a period of which only the end is told

    @property
    def stretch(self) -> Stretch | None:
        """The time it covers; a date of a month or a year is a time with a dose on a day that is not told."""
        if self.when is None:
            return None
        vague = self.begun_before or not _one_day(self.when)
        if self.period:
            return Stretch(self.when, self.until, False, vague, self.begun_before)
        return Stretch(self.when, self.when, not vague, vague)


def read_event(
    record: Record,
    resource: Resource,
    regimens: Mapping[str, Regimen],
    systems: Mapping[str, Sequence[str]],
    hedges: Sequence[str],
    as_of: Moment,
    problems: list[Problem],
) -> Event | Problem | None:
    """What an entry says about treatment; a `Problem` where it does but cannot be read, `None` where it does not."""
    source, kind = record.source_of(resource), _kind(resource)
    concept: Any = record.main_code(resource)
    if kind == "none":
        return None
    if concept is None and "medicationReference" in resource:
        what = "may be treatment: the medicine it refers to is not in the record"
        return Problem(source, what, "Add the Medication; until then it is not taken that nothing was given.")
    notes = " ; ".join(concept_text(note) for note in listed(resource.get("note")))
    numbered = _NUMBERED.search(notes)
    dosages = listed(resource.get("dosage"))
    dosage = " ; ".join(concept_text(entry) for entry in dosages)
    route = " ; ".join(concept_text(entry.get("route")) for entry in dosages if isinstance(entry, dict))
    text = tokens(" ; ".join((concept_text(concept), dosage, route)))
    vocabulary = _vocabulary_of(regimens, systems)
    coded = vocabulary.coded(codes_of(concept))
    drugs = coded | vocabulary.drugs_in(text)
    by_name, protocol = vocabulary.regimens_in(text + (tokens(numbered[2]) if numbered else ()))
    if not drugs and not by_name:
        return None
    if not kind:
        what = "is about treatment, and its status is not understood"
        return Problem(source, what, "Give it the status completed, or not-done where nothing was given.")
    if kind != "held" and not coded:
        said = " ; ".join((concept_text(concept), numbered[2] if numbered else ""))
        if not _plain(said, vocabulary.names, hedges, kind) or holds_phrase(tokens(dosage), _REFUSED):
            what = "names a treatment, but its words do not plainly say that it was given"
            return Problem(source, what, "Say it plainly or with a code; or give it the status not-done.")
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
    if when is None and any(key in resource for key in ("effectiveDateTime", "performedDateTime")):
        problems.append(
            Problem(
                source, "its date is not one that exists", "Mend the date; it is read as undated until then."
            )
        )
    period, until, begun_before = _period(resource, when, as_of)
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
        protocol,
        response is not None and not _response(response[1]),
        until,
        period,
        begun_before,
    )


class _Vocabulary:
    """What a pack calls its drugs and regimens; what a text names is kept, since a registry repeats its texts."""

    def __init__(self, regimens: Mapping[str, Regimen], systems: Mapping[str, Sequence[str]]) -> None:
        self.regimens, self.systems = regimens, systems
        self.drugs = [drug for regimen in regimens.values() for drug in regimen.drugs]
        self.names = [word for drug in self.drugs for word in drug.words]
        self.names += [name for regimen in regimens.values() for name in regimen.names]
        self._by_code: dict[tuple[str, str], set[str]] = {}
        for drug in self.drugs:
            for name, codes in drug.codes.items():
                for key in ((uri, code) for uri in systems[name] for code in codes):
                    self._by_code.setdefault(key, set()).add(drug.id)
        self._drugs: dict[tuple[str, ...], frozenset[str]] = {}
        self._named: dict[tuple[str, ...], tuple[frozenset[str], str]] = {}

    def coded(self, pairs: Iterable[tuple[str, str]]) -> set[str]:
        """The drugs that these codes mean."""
        return {drug for pair in pairs for drug in self._by_code.get(pair, ())}

    def drugs_in(self, text: tuple[str, ...]) -> frozenset[str]:
        """The drugs that a text names."""
        if text not in self._drugs:
            _make_room(self._drugs)
            self._drugs[text] = frozenset(
                drug.id for drug in self.drugs if drug.words and holds_phrase(text, drug.words)
            )
        return self._drugs[text]

    def regimens_in(self, text: tuple[str, ...]) -> tuple[frozenset[str], str]:
        """The regimens that a text names by their longest names, and the longest of the pack's words for them."""
        if text not in self._named:
            _make_room(self._named)
            self._named[text] = self._read_regimens(text)
        return self._named[text]

    def _read_regimens(self, text: tuple[str, ...]) -> tuple[frozenset[str], str]:
        named = {
            regimen.id: max(
                (len(tokens(name)) for name in regimen.names if holds_phrase(text, [name])), default=0
            )
            for regimen in self.regimens.values()
            if not holds_phrase(text, regimen.without)
        }
        size = max(named.values(), default=0)
        found = frozenset(name for name, length in named.items() if length and length == size)
        protocols = [name for one in found for name in self.regimens[one].names if holds_phrase(text, [name])]
        return found, max(protocols, key=len, default="")


def _make_room(kept: dict[tuple[str, ...], Any]) -> None:
    if len(kept) >= _KEPT:
        kept.clear()


_KEPT = 4096
_ready: list[_Vocabulary] = []


def _vocabulary_of(regimens: Mapping[str, Regimen], systems: Mapping[str, Sequence[str]]) -> _Vocabulary:
    """A pack's vocabulary, made once for the pack that is being asked."""
    if not _ready or _ready[0].regimens is not regimens or _ready[0].systems is not systems:
        _ready[:] = [_Vocabulary(regimens, systems)]
    return _ready[0]


def _kind(resource: Resource) -> str:
    """given, held, planned, none (nothing was given), or empty where the status does not tell."""
    kind, status = str(resource.get("resourceType")), resource.get("status")
    if kind == "MedicationAdministration" and status == "not-done":
        return "held"
    if status in _NOT_GIVEN or resource.get("doNotPerform") is True:
        return "none"
    if kind == "MedicationRequest":
        return "planned" if status in _ORDERED else ""
    if kind in _GIVEN:
        return "given" if status in _GIVEN[kind] else "planned" if status in _PLANNED else ""
    return ""


def _one_day(when: Moment) -> bool:
    return when.first_day == when.last_day


def _period(resource: Resource, when: Moment | None, as_of: Moment) -> tuple[bool, Moment | None, bool]:
    """Whether an entry covers more than a day; the end of that, where known; whether its start is not told."""
    content = resource.get("effectivePeriod") or resource.get("performedPeriod")
    if when is None or not isinstance(content, dict):
        return False, None, False
    told, end = content.get("end"), read_moment(content.get("end"))
    ongoing = told is None and resource.get("status") in ("active", "in-progress")
    if ongoing or is_later(end, as_of):
        end = as_of
    if content.get("start") is None:
        return True, end, True
    return end is None or not _one_day(when) or end.last_day > when.first_day, end, False


def _plain(said: str, names: Iterable[str], hedges: Sequence[str], kind: str) -> bool:
    """Whether words that name a treatment state it: nothing in them doubts, denies or puts it off."""
    words = tokens(said)
    for phrase in sorted(set(phrases_of((*names, *_UNNAMED))), key=len, reverse=True):
        words = _replaced(words, phrase)
    doubts = (*_NOT_PLAIN, *hedges) if kind == "planned" else (*_NOT_PLAIN, *_AHEAD, *hedges)
    if "?" in said or holds_phrase(words, doubts):
        return False
    for place, word in enumerate(words):
        after = words[place + 1] if place + 1 < len(words) else ""
        if word == "no" and not after.isdecimal():
            return False
        if word == _NAME and any(
            words[max(0, place - len(phrase)) : place] == phrase for phrase in phrases_of(_BEFORE_NAME)
        ):
            return False
    return True


def _replaced(words: tuple[str, ...], phrase: tuple[str, ...]) -> tuple[str, ...]:
    """The words with a mark in the place of a name, so that the name's own words say nothing."""
    size, place, left = len(phrase), 0, []
    while place < len(words):
        if size and words[place : place + size] == phrase:
            left.append("" if phrase[0] == "not" else _NAME)
            place += size
        else:
            left.append(words[place])
            place += 1
    return tuple(left)


def _response(text: str) -> str:
    """The response a text states, as a code; empty where it states none plainly."""
    words = tokens(text)
    if holds_phrase(words, _ONE_SITE):
        return ""
    found = [code for code, phrases in _RESPONSES if holds_phrase(words, phrases)]
    return found[0] if found else ""
