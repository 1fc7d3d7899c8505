"""Where a pack's facts stand in a record: each source of each fact finds its resources, once per record.

A resource that matches but may not count is rejected with its reason, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from sapwood.concepts import (
    Resource,
    beside,
    codes_of,
    concept_text,
    holds_phrase,
    listed,
    masked,
    matches,
    phrases_of,
    tokens,
)
from sapwood.definitions import Source
from sapwood.elements import clinical_time, follow, hedged_text, known_time, parts_of, suffix_of, text_of
from sapwood.found import Candidate, Found, Rejected
from sapwood.readings import Reading, Refusal, read_element, read_value, value_element
from sapwood.record import Record
from sapwood.sources import Extraction, Place
from sapwood.specimens import Specimens
from sapwood.statuses import kept_from_counting
from sapwood.values import read_moment

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
_NONE: frozenset[str] = frozenset()
_NEGATORS = ("no", "not", "without", "denies", "never", "negative for", "absence of", "free of")


class Finder:
    """Finds, in one record, what each fact could be."""

    def __init__(self, record: Record, extraction: Extraction) -> None:
        self.record = record
        self.extraction = extraction
        self._worded: dict[int, list[tuple[Resource, int]]] | None = None
        self._named: set[str] = set()
        self.used: set[int] = set()
        self.specimens = Specimens(record, extraction.populations)

    @cached_property
    def parts(self) -> list[Resource]:
        """Each coded component of an Observation as an Observation of its own."""
        if not any("component" in resource for resource in self.record.resources):
            return []
        return list(parts_of(self.record))

    @cached_property
    def _coded_parts(self) -> Mapping[tuple[str, str], list[Resource]]:
        coded: dict[tuple[str, str], list[Resource]] = {}
        for part in self.parts:
            for pair in codes_of(part.get("code")):
                coded.setdefault(pair, []).append(part)
        return coded

    @cached_property
    def spoken_of(self) -> set[str]:
        """The facts that anything in the record could be; of the others `found` finds nothing at all."""
        self.worded()
        extraction, facts = self.extraction, set(self._named)
        for index in (self.record.coded, self._coded_parts):
            for key in index:
                facts |= extraction.facts_by_key.get(key, _NONE)
        for kind, names in extraction.facts_by_type.items():
            if self.record.of_type(kind):
                facts |= names
        return facts

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
                            self._named.add(place.fact)
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
            if _doubted(said, hedges, source.value_words) or holds_phrase(tokens(said), _NEGATORS):
                return True
        elif resource.get("resourceType") == "Observation":
            return False
        text = text_of(resource)
        if source.hedged == "refuse" and _doubted(text, hedges, source.words):
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
                content = follow(resource, path)
                if content is not None:
                    return read_element(suffix_of(content), content, fact)
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

    def group(self, resource: Resource | None) -> tuple[str, str]:
        """The specimen and cell population a finding belongs to: a key, and words for people."""
        return self.specimens.group(resource)


def _doubted(text: str, hedges: tuple[str, ...], names: list[str]) -> bool:
    """Whether a text doubts; a word of doubt within a name, as in "graft versus host disease", is none."""
    if not hedged_text(text, hedges):
        return False
    if "?" in text:
        return True
    own = [phrase for phrase in phrases_of(tuple(names)) if holds_phrase(phrase, hedges)]
    return holds_phrase(masked(tokens(text), own), hedges)
