"""Where a pack's facts stand in a record: each source of each fact finds its resources, once per record.

A resource that matches but may not count is rejected with its reason, never dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from sapwood.concepts import Resource, beside, codes_of, concept_text, holds_phrase, listed, matches, tokens
from sapwood.definitions import FactDefinition, Source
from sapwood.pack import Pack
from sapwood.readings import Reading, Refusal, read_element, read_value, value_element
from sapwood.record import Record
from sapwood.statuses import kept_from_counting
from sapwood.values import Moment, Value, read_moment

_DENIED_AFTER = (
    *(
        "not seen",
        "not found",
        "not detected",
        "not identified",
        "not present",
        "not confirmed",
        "absent",
        "disproved",
    ),
    *("excluded", "ruled out", "unlikely", "negative for"),
)
_NEGATORS = ("no", "not", "without", "denies", "never", "negative for", "absence of", "free of")
_CLINICAL_TIME = (
    "effectiveDateTime",
    "effectiveInstant",
    "effectivePeriod",
    "performedDateTime",
    "performedPeriod",
    "occurrenceDateTime",
    "onsetDateTime",
    "onsetPeriod",
    "date",
    "authoredOn",
    "recordedDate",
    "dateAsserted",
    "issued",
    "recorded",
)
_KNOWN_TIME = ("issued", "recordedDate", "recorded", "authoredOn", "dateAsserted")


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something found for a fact that does not count, and why.

    `unusable` where it could not be understood, `pending` where it is not yet settled (provisional, preliminary,
    planned): neither lets silence be read as "no".
    """

    resource: Resource | None
    why: str
    unusable: bool
    when: Moment | None = None
    conflict: bool = False
    pending: bool = False


@dataclass(slots=True)
class Candidate:
    """A value that could be the fact's: with its time, when it became known, and where it stands."""

    value: Value
    when: Moment | None
    known: Moment | None
    resource: Resource | None
    assurance: str = "clinical"
    override: bool = False
    note: str = ""
    limits: tuple[Value, Value] = (None, None)
    until: Moment | None = None  # when what it says ended, where it has
    placed: bool = False  # an answer that needs no date: it says itself which time it is about


@dataclass(slots=True)
class Found:
    """What a record holds for one fact, before any of it is chosen."""

    candidates: list[Candidate] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """One source of one fact, made ready."""

    fact: str
    definition: FactDefinition
    source: Source
    types: frozenset[str]
    keys: tuple[tuple[str, str], ...]
    phrases: tuple[tuple[str, ...], ...]


class Extraction:
    """A pack's sources made ready for any number of records."""

    def __init__(self, pack: Pack) -> None:
        self.systems = pack.about.codesystems
        self.hedges = tuple(pack.about.hedges)
        self.populations = pack.about.populations
        self.places: dict[str, tuple[Place, ...]] = {}
        self.starts: dict[str, list[tuple[tuple[str, ...], Place]]] = {}
        self.known_codes: set[tuple[str, str]] = set()
        for name, fact in pack.facts.items():
            self.places[name] = tuple(self._place(name, fact, source) for source in fact.find)

    def _place(self, name: str, fact: FactDefinition, source: Source) -> Place:
        keys = tuple(
            (uri, code)
            for system, codes in source.codes.items()
            for uri in self.systems[system]
            for code in codes
        )
        phrases = tuple(tokens(word) for word in source.words)
        place = Place(name, fact, source, frozenset(source.types), keys, phrases)
        if "Observation" in place.types:
            self.known_codes.update(keys)
        for phrase in phrases:
            if phrase:
                self.starts.setdefault(phrase[0], []).append((phrase, place))
        return place


def extraction_of(pack: Pack) -> Extraction:
    """The pack's sources made ready; made once and kept with the pack."""
    ready: Extraction | None = pack.__dict__.get("extraction")
    if ready is None:
        ready = Extraction(pack)
        pack.__dict__["extraction"] = ready
    return ready


class Finder:
    """Finds, in one record, what each fact could be."""

    def __init__(self, record: Record, extraction: Extraction) -> None:
        self.record = record
        self.extraction = extraction
        self._worded: dict[int, list[tuple[Resource, int]]] | None = None
        self.used: set[int] = set()

    @cached_property
    def parts(self) -> list[Resource]:
        """Each coded component of an Observation as an Observation of its own."""
        if not any("component" in resource for resource in self.record.resources):
            return []
        return list(_parts(self.record))

    @cached_property
    def _coded_parts(self) -> Mapping[tuple[str, str], list[Resource]]:
        coded: dict[tuple[str, str], list[Resource]] = {}
        for part in self.parts:
            for pair in codes_of(part.get("code")):
                coded.setdefault(pair, []).append(part)
        return coded

    def found(self, name: str) -> Found:
        """Every candidate of a fact, and everything rejected for it."""
        found = Found()
        for place in self.extraction.places[name]:
            seen: set[int] = set()
            for key in place.keys:
                for index in (self.record.coded, self._coded_parts):
                    for resource in index.get(key, ()):
                        if id(resource) not in seen:
                            seen.add(id(resource))
                            self._consider(place, resource, None, found)
            if place.phrases:
                for resource, start in self.worded().get(id(place), ()):
                    if id(resource) not in seen:
                        seen.add(id(resource))
                        self._consider(place, resource, start, found)
            if not place.keys and not place.phrases:
                for kind in place.types:
                    for resource in self.record.of_type(kind):
                        self._consider(place, resource, None, found)
        accepted = {id(candidate.resource) for candidate in found.candidates}
        found.rejected = [entry for entry in found.rejected if id(entry.resource) not in accepted]
        return found

    def worded(self) -> Mapping[int, list[tuple[Resource, int]]]:
        """For each place, the resources whose words name it, and where in the text."""
        if self._worded is None:
            self._worded = {}
            starts = self.extraction.starts
            for text, resource in (*self.record.worded, *((text_of(part), part) for part in self.parts)):
                if resource.get("resourceType") == "Observation" and any(
                    pair in self.extraction.known_codes for pair in codes_of(resource.get("code"))
                ):
                    continue
                words = tokens(text)
                for start, word in enumerate(words):
                    for phrase, place in starts.get(word, ()):
                        if words[start : start + len(phrase)] == phrase:
                            self._worded.setdefault(id(place), []).append((resource, start))
        return self._worded

    # --- one resource for one place -----------------------------------------------------------

    def _consider(self, place: Place, resource: Resource, start: int | None, found: Found) -> None:
        source = place.source
        if resource.get("resourceType") not in place.types or not self._fits(source, resource):
            return
        self.used.add(id(resource.get("_whole", resource)))
        when = clinical_time(resource)
        kept = kept_from_counting(resource, source)
        ended = read_moment(resource.get("abatementDateTime")) if kept is not None and kept.history else None
        if kept is not None and ended is None:
            found.rejected.append(Rejected(resource, kept.why, kept.unusable, when, pending=kept.pending))
            return
        if "modifierExtension" in resource or "implicitRules" in resource:
            why_not = "carries a modifier that is not understood here, which may change its meaning"
            found.rejected.append(Rejected(resource, why_not, True, when))
            return
        if self._hedged(source, resource, start):
            found.rejected.append(
                Rejected(resource, "its words do not state a fact (hedged or denied)", True, when)
            )
            return
        reading = self._reading(place, resource)
        if reading is None:
            return
        if isinstance(reading, Refusal):
            found.rejected.append(Rejected(resource, reading.why, True, when, reading.conflict))
            return
        written = resource.get("effectiveDateTime") or resource.get("performedDateTime")
        if when is None and written is not None:
            found.rejected.append(Rejected(resource, "its date is not one that exists", True))
            return
        found.candidates.append(
            Candidate(reading, when, known_time(resource), resource, self.assurance(resource), until=ended)
        )

    def _fits(self, source: Source, resource: Resource) -> bool:
        text = tokens(text_of(resource)) if source.without else ()
        if source.without and holds_phrase(text, source.without):
            return False
        if (
            source.component is not None
            and source.take == "value"
            and not self._has_component(source, resource)
        ):
            return False
        if source.take == "component" and "_whole" not in resource:
            return False
        if source.at is not None:
            sites = resource.get("bodySite")
            if not any(matches(site, source.at, self.extraction.systems) for site in listed(sites)):
                return False
        if source.category:
            found = {code for concept in listed(resource.get("category")) for _, code in codes_of(concept)}
            if not found & set(source.category):
                return False
        if source.value_words:
            element = value_element(resource)
            said = tokens(concept_text(element[1])) if element else ()
            if not holds_phrase(said, source.value_words):
                return False
        if source.note_words:
            notes = tokens(" ; ".join(concept_text(note) for note in listed(resource.get("note"))))
            if not holds_phrase(notes, source.note_words):
                return False
        return True

    def _has_component(self, source: Source, resource: Resource) -> bool:
        assert source.component is not None
        for component in listed(resource.get("component")):
            element = value_element(component) if isinstance(component, dict) else None
            if element and matches(element[1], source.component, self.extraction.systems):
                return True
        return False

    def _hedged(self, source: Source, resource: Resource, start: int | None) -> bool:
        hedges = self.extraction.hedges
        if source.value_words:
            element = value_element(resource)
            said = concept_text(element[1]) if element else ""
            if hedged_text(said, hedges) or holds_phrase(tokens(said), _NEGATORS):
                return True
        elif resource.get("resourceType") == "Observation":
            return False
        text = text_of(resource)
        if source.hedged == "refuse" and hedged_text(text, hedges):
            return True
        words = tokens(text)
        if source.beside and beside(words, source.words) - set(tokens(" ".join(source.beside))):
            return True
        return start is not None and (
            holds_phrase(words[:start], _NEGATORS) or holds_phrase(words[start:], _DENIED_AFTER)
        )

    def _reading(self, place: Place, resource: Resource) -> Reading | None:
        """The value; `None` where the resource says nothing at all about this fact."""
        source, fact = place.source, place.definition
        if source.path is not None:
            for path in source.path if isinstance(source.path, list) else [source.path]:
                content = _follow(resource, path)
                if content is not None:
                    return read_element(_suffix(content), content, fact)
            return None
        kind = resource.get("resourceType")
        if source.value is not None:
            if kind == "Observation" and isinstance(resource.get("dataAbsentReason"), dict):
                return Refusal("recorded as not known")
            fixed: Reading = source.value
            return fixed
        if kind == "Observation":
            return read_value(resource, fact)
        if fact.type == "boolean":
            return True
        if fact.type in ("instant",):
            moment = clinical_time(resource)
            return moment if moment is not None else Refusal("has no date")
        if fact.type == "count":
            return True
        return read_element("CodeableConcept", self.record.main_code(resource), fact)

    def assurance(self, resource: Resource) -> str:
        """Whether a resource is the patient's own word or a clinical source."""
        people = [*listed(resource.get("performer")), *listed(resource.get("informationSource"))]
        people += [*listed(resource.get("asserter")), *listed(resource.get("source"))]
        for person in people:
            actor = person.get("actor", person) if isinstance(person, dict) else {}
            reference = actor.get("reference") if isinstance(actor, dict) else None
            if isinstance(reference, str) and ("Patient/" in reference or "RelatedPerson/" in reference):
                return "patient"
            if (
                self.record.patient is not None
                and self.record.resolve(reference, resource) is self.record.patient
            ):
                return "patient"
        return "clinical"

    # --- groups --------------------------------------------------------------------------------

    def group(self, resource: Resource | None) -> tuple[str, str]:
        """The specimen and cell population a finding belongs to: a key, and words for people."""
        if resource is None:
            return "", "no specimen named"
        whole = resource.get("_whole", resource)
        key, label = self._specimen(whole)
        text = tokens(text_of(resource))
        for name, match in self.extraction.populations.items():
            if holds_phrase(text, match.words):
                return f"{key}|{name}", f"{label}, {name} cells"
        return key, label

    def _specimen(self, resource: Resource) -> tuple[str, str]:
        itself = resource.get("resourceType") == "Specimen"
        reference = _reference(resource.get("specimen")) or self._reported_specimen(resource)
        if reference or itself:
            specimen = resource if itself else self.record.resolve(reference, resource)
            if specimen is not None:
                collection = specimen.get("collection")
                site = concept_text(collection.get("bodySite")) if isinstance(collection, dict) else ""
                label = concept_text(specimen.get("type")) or site
                return f"specimen:{self.record.source_of(specimen)}", label or "specimen"
            return f"specimen:{reference}", "specimen"
        for site in listed(resource.get("bodySite")):
            label = concept_text(site)
            if label:
                return f"site:{' '.join(tokens(label))}", label
            for _, code in codes_of(site):
                return f"site:{code}", f"site {code}"
        return "", "no specimen named"

    def _reported_specimen(self, resource: Resource) -> str:
        """The one specimen of the one report that lists this result."""
        found = set()
        for report in self.record.of_type("DiagnosticReport"):
            specimens = [_reference(entry) for entry in listed(report.get("specimen"))]
            if len(specimens) == 1 and any(
                self.record.resolve(_reference(entry), report) is resource
                for entry in listed(report.get("result"))
            ):
                found.add(specimens[0])
        return found.pop() if len(found) == 1 else ""


# --- small readings of resources --------------------------------------------------------------------


def _reference(content: Any) -> str:
    content = content[0] if isinstance(content, list) and content else content
    reference = content.get("reference") if isinstance(content, dict) else None
    return reference if isinstance(reference, str) else ""


def _parts(record: Record) -> Iterator[Resource]:
    """Each coded component of an Observation as an Observation of its own."""
    for whole in record.of_type("Observation"):
        components = whole.get("component")
        if not isinstance(components, list):
            continue
        shared = {
            key: content
            for key, content in whole.items()
            if key not in ("component", "code", "interpretation")
        }
        shared = {key: content for key, content in shared.items() if not key.startswith("value")}
        for component in components:
            if isinstance(component, dict) and component.get("code"):
                yield {**shared, **component, "_whole": whole}


@lru_cache(maxsize=4096)
def hedged_text(text: str, hedges: tuple[str, ...]) -> bool:
    """Whether a text only asks, suspects or denies, by the pack's own list of such words."""
    return "?" in text or holds_phrase(tokens(text), hedges)


def text_of(resource: Resource) -> str:
    """The words of what a resource is about, as written."""
    for key in ("code", "medicationCodeableConcept", "event", "vaccineCode"):
        concept = resource.get(key)
        if isinstance(concept, dict):
            displays = [c.get("display", "") for c in listed(concept.get("coding")) if isinstance(c, dict)]
            return " ; ".join(part for part in (concept.get("text", ""), *displays) if isinstance(part, str))
    return ""


def _follow(resource: Resource, path: str) -> Any:
    content: Any = resource
    for step in path.split("."):
        if isinstance(content, list):
            content = content[0] if content else None
        content = content.get(step) if isinstance(content, dict) else None
    return content


def _suffix(content: Any) -> str:
    if isinstance(content, bool):
        return "Boolean"
    if isinstance(content, str):
        return "String"
    if isinstance(content, dict):
        return "Quantity" if "value" in content else "CodeableConcept"
    return "Decimal"


def clinical_time(resource: Resource) -> Moment | None:
    """When what a resource says was so: a sample's time, a dose's time, an onset."""
    for key in _CLINICAL_TIME:
        content = resource.get(key)
        if content is not None:
            if isinstance(content, dict):
                content = content.get("start") or content.get("end")
            return read_moment(content)
    return None


def known_time(resource: Resource) -> Moment | None:
    """When what a resource says became known: issued, recorded, ordered or asserted."""
    for key in _KNOWN_TIME:
        content = resource.get(key)
        if content is not None:
            return read_moment(content)
    return None
