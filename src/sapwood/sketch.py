"""Bytes -> Sketches: of a plain record, only what plain facts are read from; the rest stays bytes until asked for.

A registry asks the same few questions of millions of ordinary records, and reading every word of them costs more
than the answers do. A sketch never has a say of its own: a record that is not plain has none, and the long way
decides. Reasons, sources and problems always come from the whole record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from sapwood.decode import LIMIT_BYTES

Resource = dict[str, Any]
Key = tuple[str, str]
Text = str | UnsetType
Unread = Raw | UnsetType
"""An element left as bytes: that it is there, or what it says, is asked of few resources."""


class _Coding(Struct, gc=False):
    system: str
    code: str
    display: Text = UNSET


class _Concept(Struct, gc=False):
    coding: list[_Coding] = []
    text: Text = UNSET


class Word(Struct, gc=False):
    """A coding of which the code alone is read."""

    code: str


class Status(Struct, gc=False):
    """A status that FHIR writes as a concept."""

    coding: list[Word] = []


class Reference(Struct, gc=False):
    """Whom a resource is about."""

    reference: Text = UNSET


class Sketch(Struct, gc=False, rename="camel", forbid_unknown_fields=True):
    """Of a resource of any type, what the short way reads, and what it knows to be harmless; nothing else may be there.

    In about the order in which FHIR writes it: the decoder looks for the next name from the last one found.
    """

    resource_type: Literal[
        "Patient",
        "Observation",
        "Condition",
        "Procedure",
        "MedicationAdministration",
        "MedicationRequest",
        "MedicationStatement",
        "DiagnosticReport",
        "ServiceRequest",
    ]
    id: Text = UNSET
    clinical_status: Status | UnsetType = UNSET
    verification_status: Status | UnsetType = UNSET
    status: Text = UNSET
    category: Unread = UNSET
    code: Unread = UNSET
    medication_codeable_concept: Unread = UNSET
    subject: Reference | UnsetType = UNSET
    onset_date_time: Text = UNSET
    effective_date_time: Text = UNSET
    value_quantity: Unread = UNSET
    value_codeable_concept: Unread = UNSET
    value_integer: Unread = UNSET
    value_boolean: Unread = UNSET
    value_string: Unread = UNSET
    dosage: Unread = UNSET
    gender: Text = UNSET
    birth_date: Text = UNSET
    # A fact whose resource has one of these goes the long way.
    issued: Unread = UNSET
    performer: Unread = UNSET
    information_source: Unread = UNSET
    asserter: Unread = UNSET
    recorder: Unread = UNSET
    recorded_date: Unread = UNSET
    authored_on: Unread = UNSET
    date_asserted: Unread = UNSET
    effective_period: Unread = UNSET
    performed_period: Unread = UNSET
    performed_date_time: Unread = UNSET
    data_absent_reason: Unread = UNSET
    # What these say never changes a value that is read the short way.
    meta: Unread = UNSET
    text: Unread = UNSET
    identifier: Unread = UNSET
    encounter: Unread = UNSET
    context: Unread = UNSET
    note: Unread = UNSET
    interpretation: Unread = UNSET
    reference_range: Unread = UNSET
    body_site: Unread = UNSET
    severity: Unread = UNSET
    abatement_date_time: Unread = UNSET
    intent: Unread = UNSET
    dosage_instruction: Unread = UNSET
    reason_code: Unread = UNSET
    requester: Unread = UNSET
    result: Unread = UNSET
    name: Unread = UNSET
    telecom: Unread = UNSET
    address: Unread = UNSET
    deceased_date_time: Unread = UNSET
    deceased_boolean: Unread = UNSET
    marital_status: Unread = UNSET


class _Entry(Struct, gc=False, rename="camel"):
    resource: Sketch
    full_url: Text = UNSET


class _Bundle(Struct, gc=False, rename="camel", forbid_unknown_fields=True):
    resource_type: Literal["Bundle"]
    type: Literal["collection", "transaction", "batch", "document", "message", "searchset"]
    entry: list[_Entry]
    id: Unread = UNSET
    meta: Unread = UNSET
    identifier: Unread = UNSET
    timestamp: Unread = UNSET
    total: Unread = UNSET


_BUNDLE = msgspec.json.Decoder(_Bundle)
_RESOURCE = msgspec.json.Decoder(Sketch)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_CONCEPT = msgspec.json.Decoder(_Concept)
_FAILURES = (msgspec.MsgspecError, AttributeError, IndexError, RecursionError, TypeError, ValueError)

# The decoder passes over a number in what it skips, however long: one beyond 4,300 digits, which makes a file no
# record, shows as eight digits among every 512th byte.
_STRIDE = 512
_LONG_NUMBER = re.compile(rb"[0-9]{8}")


class Concept(NamedTuple):
    """What a resource is about: its codes, each once, and its words, joined as `finding` joins them."""

    keys: tuple[Key, ...]
    text: str


class Sketches(NamedTuple):
    """A plain record's sketches: the Patient's, and the others by (system, code)."""

    patient: Sketch
    coded: Mapping[Key, list[Sketch] | None]


def sketch_record(data: bytes) -> Sketches | None:
    """The sketches of one Bundle about one Patient; `None` for anything else, however slightly different.

    What it accepts, `gather_plain` accepts too.
    """
    if not _readable(data):
        return None
    try:
        entries = _BUNDLE.decode(data).entry
        patient = entries[0].resource
        mine = {f"Patient/{patient.id}", entries[0].full_url or f"Patient/{patient.id}"}
        others = [entry.resource for entry in entries[1:]]
        if (
            patient.resource_type != "Patient"
            or not patient.id
            or not mine.issuperset({sketch.subject.reference for sketch in others})  # type: ignore[union-attr]
        ):
            return None
        ids = {sketch.id for sketch in others}
        if UNSET in ids or len(ids) != len(others):
            return None
        return Sketches(patient, _by_code(others))
    except _FAILURES:
        return None


def _concept(sketch: Sketch) -> bytes:
    return bytes(sketch.code or sketch.medication_codeable_concept)  # type: ignore[arg-type]


def _by_code(sketches: list[Sketch]) -> Mapping[Key, list[Sketch] | None]:
    alike: dict[bytes, list[Sketch]] = {}
    for sketch in sketches:
        concept = bytes(sketch.code or sketch.medication_codeable_concept)  # type: ignore[arg-type]
        same = alike.get(concept)
        if same is None:
            alike[concept] = [sketch]
        else:
            same.append(sketch)
    coded = _Coded()
    for concept, same in alike.items():
        for key in read_concept(concept).keys:
            others = coded.get(key)
            coded[key] = same if others is None else others + same
    return coded


def concept_of(sketch: Sketch) -> Concept:
    """What a resource is about."""
    return read_concept(_concept(sketch))


@lru_cache(maxsize=4096)
def read_concept(content: bytes) -> Concept:
    """A concept from its JSON; concepts recur, so the last thousands are kept."""
    concept = _CONCEPT.decode(content)
    if not concept.coding and concept.text is UNSET:
        raise ValueError("a concept that says nothing")
    keys = dict.fromkeys((coding.system, coding.code) for coding in concept.coding)
    words = [concept.text or "", *(coding.display or "" for coding in concept.coding)]
    return Concept(tuple(keys), " ; ".join(words))


def _readable(data: bytes) -> bool:
    """Whether the bytes a sketch passes over are known to be readable too."""
    if len(data) > LIMIT_BYTES or _LONG_NUMBER.search(data[::_STRIDE]):
        return False
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Coded(dict[Key, "list[Sketch] | None"]):
    """Sketches by (system, code); of any other code there is none."""

    def __missing__(self, key: Key) -> list[Sketch]:
        return []


class SketchedLater(dict[Key, "list[Sketch] | None"]):
    """The sketches of a record that was read in full, made when a code is asked for; `None` where not plain."""

    def __init__(self, coded: Mapping[Key, list[Resource]]) -> None:
        super().__init__()
        self.whole = coded

    def __missing__(self, key: Key) -> list[Sketch] | None:
        found = self[key] = _sketched(self.whole.get(key, []))
        return found


def _sketched(resources: list[Resource]) -> list[Sketch] | None:
    try:
        return [_RESOURCE.decode(_ENCODER.encode(resource)) for resource in resources]
    except _FAILURES:
        return None
