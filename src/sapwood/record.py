"""Bytes -> Record: an index of one person's FHIR resources, with what could not be read.

FHIR stays JSON: a resource is the `dict` that came in, and numbers keep their printed digits (`Decimal`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import UNSET

from sapwood.decode import decode, read_bytes
from sapwood.errors import Problem
from sapwood.gather import gather, gather_plain
from sapwood.shapes import NOT_CLINICAL, Resource, faults_of
from sapwood.sketch import Key, Sketch, SketchedLater, Sketches, sketch_record
from sapwood.sketch import Patient as PatientSketch
from sapwood.unwrap import Located, Notes, name_of, tail_of

_SEPARATORS = re.compile(r"[^\w+\-/%]+|_+")
_KEPT = frozenset("+-/%")
_ASCII = {n: " " for n in range(128) if not (chr(n).isalnum() or chr(n) in _KEPT)}
_DASHES = (*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D)
_INVISIBLE = (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF)
_TYPOGRAPHY: dict[int, str] = {**dict.fromkeys(_DASHES, "-"), **dict.fromkeys(_INVISIBLE, "")}

_MAIN = ("code", "medicationCodeableConcept", "medicationReference", "event", "vaccineCode", "type")
_SEVERAL = {
    "Appointment": "serviceType",
    "CarePlan": "category",
    "CareTeam": "category",
    "Consent": "category",
    "Encounter": "type",
    "EpisodeOfCare": "type",
    "FamilyMemberHistory": "condition",
    "Goal": "description",
    "ImagingStudy": "procedureCode",
}
"""Types whose main code is elsewhere, or is a list."""


def normalise(text: str) -> str:
    """Text as words to compare: in one case, with a space for all but letters, digits and + - / %."""
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII).split())
    text = unicodedata.normalize("NFKC", text.translate(_TYPOGRAPHY)).casefold()
    text = unicodedata.normalize("NFKC", text)
    return " ".join(_SEPARATORS.sub(" ", text).split())


def codings_of(concept: Resource) -> list[Resource]:
    """The codings of a CodeableConcept that can be read."""
    coding = concept.get("coding")
    return [item for item in coding if type(item) is dict] if type(coding) is list else []


def read_record(path: str | Path, *, patient: str | None = None) -> Record:
    """One person's record from a file; `RecordError` says what is wrong with a file that cannot be used."""
    return parse_record(read_bytes(Path(path), str(path)), patient=patient, where=str(path))


def parse_record(data: bytes | str, *, patient: str | None = None, where: str = "the record") -> Record:
    """One person's record from JSON or NDJSON; `RecordError` says why it cannot be read."""
    if patient is None and type(data) is bytes:
        sketches = sketch_record(data)
        if sketches is not None:
            return _Sketched(sketches, data, where)
    return _parse_whole(data, patient, where)


def _parse_whole(data: bytes | str, patient: str | None, where: str) -> Record:
    decoded = decode(data, where)
    if patient is None and len(decoded.values) == 1 and not decoded.problems:
        plain = gather_plain(decoded.values[0])
        if plain is not None:
            entries = decoded.values[0]["entry"]
            counts = {"read": len(entries), "kept": len(entries)}
            record = Record(plain.patient, tuple(plain.resources), counts, (), entries)
            record.__dict__["coded"] = plain.coded  # built on the way; the property below would give the same
            return record
    notes = Notes()
    found = gather(decoded.values, patient, notes, where)
    noted = (*decoded.problems, *notes.problems())
    return Record(found.patient, tuple(found.resources), found.counts, noted, found.located)


@dataclass(frozen=True, eq=False, repr=False)
class Record:
    """What is on record about one person, in file order; nothing in it is changed after it was read."""

    # Not slotted: the indexes below are built when first asked for, and kept.
    patient: Resource | None
    resources: tuple[Resource, ...]
    counts: Mapping[str, int]
    noted: tuple[Problem, ...]
    entries: Sequence[Located | Resource]

    def __repr__(self) -> str:
        return f"<Record of {len(self.resources)} resources>"  # never what they say: this may reach a log

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read, or was left out: each kind once, with its first place and a count."""
        notes = Notes()
        for place, _, resource in self._places:
            for fault in faults_of(resource, resource["resourceType"]):
                notes.add(name_of(resource, place), fault, "That part cannot be relied on; correct it")
            if "medicationReference" in resource and self.main_code(resource) is None:
                what = "the medicine it refers to is not in the record"
                notes.add(name_of(resource, place), what, "Add the Medication")
        return (*self.noted, *notes.problems())

    @cached_property
    def coded(self) -> Mapping[tuple[str, str], list[Resource]]:
        """Clinical resources by (system, code) of their main code; a code without a system has system ''."""
        index: dict[tuple[str, str], list[Resource]] = {}
        for resource in self.resources:
            if resource["resourceType"] in NOT_CLINICAL:
                continue
            try:
                for coding in resource["code"]["coding"]:
                    key = coding["system"], coding["code"]
                    same = index.get(key)
                    if same is None:
                        if type(key[0]) is str and type(key[1]) is str:
                            index[key] = [resource]
                    elif same[-1] is not resource:
                        same.append(resource)
            except (KeyError, TypeError):
                for key in self._keys_of(resource):
                    same = index.setdefault(key, [])
                    if not same or same[-1] is not resource:
                        same.append(resource)
        return index

    @cached_property
    def sketches(self) -> Mapping[Key, list[Sketch] | None]:
        """What the short way reads, by (system, code); `None` where a resource is not plain."""
        return SketchedLater(self.coded)

    @property
    def plain(self) -> bool:
        """Whether all of it was sketched, so that no result has parts."""
        return False

    @property
    def patient_id(self) -> Any:
        """The Patient's id as written; `None` where there is none."""
        return self.patient.get("id") if self.patient is not None else None

    @property
    def birth_date(self) -> Any:
        """The Patient's birth date as written; `None` where there is none."""
        return self.patient.get("birthDate") if self.patient is not None else None

    @property
    def gender(self) -> Any:
        """The Patient's administrative gender as written; `None` where there is none."""
        return self.patient.get("gender") if self.patient is not None else None

    @cached_property
    def worded(self) -> list[tuple[str, Resource]]:
        """Clinical resources and the words of their main code, in file order, where there are any."""
        texts = [(self.text_of(r), r) for r in self.resources if r["resourceType"] not in NOT_CLINICAL]
        return [pair for pair in texts if pair[0]]

    def of_type(self, kind: str) -> list[Resource]:
        """This person's resources of one type, in file order."""
        return self._by_type.get(kind, [])

    def main_code(self, resource: Resource) -> Resource | None:
        """What a resource is about, as a CodeableConcept; `None` where it does not say, or not readably."""
        return next(self._main_codes(resource), None)

    def text_of(self, resource: Resource) -> str:
        """The words of a resource's main code, its displays after its text, normalised."""
        words: dict[str, None] = {}
        for concept in self._main_codes(resource):
            for text in (concept.get("text"), *(coding.get("display") for coding in codings_of(concept))):
                if type(text) is str and text:
                    words[normalise(text)] = None
        return " ".join(words).strip()

    def resolve(self, reference: object, within: Resource) -> Resource | None:
        """The resource that a reference within another points to; `None` when it is not in the record."""
        if type(reference) is not str or not reference:
            return None
        if reference[0] == "#":
            return self._contained(reference[1:], within)
        found = self._by_reference.get(reference)
        if found is None:
            tail = tail_of(reference)
            if tail is None and reference.startswith(("urn:uuid:", "urn:oid:")):
                tail = reference
            found = self._by_reference.get(tail) if tail else None
        return found

    def source_of(self, resource: Resource) -> str:
        """A stable name without anything personal: `Observation/abc`, or `Observation #12` by its place."""
        container = self._containers.get(id(resource))
        if container is not None:
            return f"{self.source_of(container)} (contained)"
        return name_of(resource, self._place_of.get(id(resource), 0))

    @cached_property
    def _places(self) -> list[tuple[int, str | None, Resource]]:
        """Place, Bundle address and resource, the Patient's too."""
        places: list[tuple[int, str | None, Resource]] = []
        for place, entry in enumerate(self.entries, 1):
            if isinstance(entry, Located):
                places.append((entry.place, entry.url, entry.resource))
            else:
                url = entry.get("fullUrl")
                places.append((place, url if type(url) is str else None, entry["resource"]))
        return places

    @cached_property
    def _place_of(self) -> dict[int, int]:
        return {id(resource): place for place, _, resource in self._places}

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        index: dict[str, list[Resource]] = {}
        for resource in self.resources:
            index.setdefault(resource["resourceType"], []).append(resource)
        return index

    @cached_property
    def _by_reference(self) -> dict[str, Resource]:
        index: dict[str, Resource] = {}
        for _, url, resource in self._places:
            if url:
                index.setdefault(url, resource)
                index.setdefault(tail_of(url) or url, resource)
        for _, _, resource in self._places:
            own = resource.get("id")
            if type(own) is str and own:
                index.setdefault(f"{resource['resourceType']}/{own}", resource)
                index.setdefault(f"urn:uuid:{own}", resource)
        return index

    @cached_property
    def _containers(self) -> dict[int, Resource]:
        """The container of each contained resource, by the identity of the contained one."""
        return {
            id(inner): resource
            for _, _, resource in self._places
            if type(resource.get("contained")) is list
            for inner in resource["contained"]
            if type(inner) is dict
        }

    def _contained(self, own: str, within: Resource) -> Resource | None:
        container = self._containers.get(id(within), within)
        if not own:
            return container
        contained = container.get("contained")
        for inner in contained if type(contained) is list else ():
            if type(inner) is dict and inner.get("id") == own:
                return inner
        return None

    def _main_codes(self, resource: Resource) -> Iterator[Resource]:
        several = _SEVERAL.get(resource["resourceType"])
        if several is not None:
            given = resource.get(several)
            for item in given if type(given) is list else (given,):
                concept = item.get("code") if several == "condition" and type(item) is dict else item
                if type(concept) is dict:
                    yield concept
            return
        for element in _MAIN:
            concept = resource.get(element)
            if element == "medicationReference" and type(concept) is dict:
                concept = self._medication(concept, resource)
            if type(concept) is dict and concept:
                yield concept
                return

    def _medication(self, reference: Resource, within: Resource) -> Resource | None:
        """The code of the Medication referred to, or the words in its place; no second step is taken."""
        medication = self.resolve(reference.get("reference"), within)
        if medication is not None and medication.get("resourceType") == "Medication":
            code = medication.get("code")
            return code if type(code) is dict else None
        display = reference.get("display")
        return {"text": display} if type(display) is str else None

    def _keys_of(self, resource: Resource) -> Iterator[tuple[str, str]]:
        for concept in self._main_codes(resource):
            for coding in codings_of(concept):
                system, code = coding.get("system", ""), coding.get("code")
                if type(code) is str and type(system) is str:
                    yield system, code


class _Sketched(Record):
    """A plain record of which a sketch was read; the whole of it is, when somebody asks for more."""

    def __init__(self, sketches: Sketches, data: bytes, where: str) -> None:
        self.__dict__.update(_unread=(data, where), _patient=sketches.patient, sketches=sketches.coded)

    _patient: PatientSketch
    _unread: tuple[bytes, str]

    @cached_property
    def _whole(self) -> Record:
        data, where = self._unread
        return _parse_whole(data, None, where)

    @property
    def patient(self) -> Resource | None:
        return self._whole.patient

    @property
    def resources(self) -> tuple[Resource, ...]:
        return self._whole.resources

    @property
    def counts(self) -> Mapping[str, int]:
        return self._whole.counts

    @property
    def noted(self) -> tuple[Problem, ...]:
        return self._whole.noted

    @property
    def entries(self) -> Sequence[Located | Resource]:
        return self._whole.entries

    @cached_property
    def coded(self) -> Mapping[Key, list[Resource]]:
        return self._whole.coded

    @property
    def plain(self) -> bool:
        return True

    @property
    def patient_id(self) -> Any:
        return self._patient.id

    @property
    def birth_date(self) -> Any:
        return self._patient.birth_date if self._patient.birth_date is not UNSET else None

    @property
    def gender(self) -> Any:
        return self._patient.gender if self._patient.gender is not UNSET else None
