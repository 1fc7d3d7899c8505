"""Bytes -> Sketches: of a plain record, only what plain facts are read from; the rest stays bytes until asked for.

A registry asks the same few questions of millions of ordinary records, and reading every word of them costs more
than the answers do. A sketch never has a say of its own: a record that is not plain has none, and the long way
decides. Reasons, sources and problems always come from the whole record.

FHIR stays JSON everywhere else. The classes here list, for the three types the short way knows, the elements it
reads and those that are harmless to it; a resource with any other element is not plain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, ClassVar, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from sapwood.decode import LIMIT_BYTES

Resource = dict[str, Any]
Key = tuple[str, str]
Text = str | UnsetType
Unread = Raw | UnsetType
"""An element left as bytes: that it is there is all that most people ask."""


class Reference(Struct, gc=False):
    """Whom a resource is about."""

    reference: Text = UNSET


class _Word(Struct, gc=False):
    code: str


class Status(Struct, gc=False):
    """A status that FHIR writes as a concept."""

    coding: list[_Word] = []


class _Resource(Struct, gc=False, rename="camel", tag_field="resourceType"):
    """What every resource but the Patient has; elements are in about FHIR's order, which is quickest to decode."""

    id: str
    subject: Reference | UnsetType = UNSET


_ResultStatus = Literal[
    "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"
]
_DoseStatus = Literal[
    "in-progress", "not-done", "on-hold", "completed", "entered-in-error", "stopped", "unknown"
]


class Observation(_Resource, tag=True, forbid_unknown_fields=True):
    """A plain result: one value, none of its parts."""

    status: _ResultStatus | UnsetType = UNSET
    category: Unread = UNSET
    concept: Unread = field(default=UNSET, name="code")
    when: Text = field(default=UNSET, name="effectiveDateTime")
    value_quantity: Unread = UNSET
    value_codeable_concept: Unread = UNSET
    value_integer: Unread = UNSET
    value_boolean: Unread = UNSET
    value_string: Unread = UNSET
    issued: Unread = UNSET
    performer: Unread = UNSET
    data_absent_reason: Unread = UNSET
    meta: Unread = UNSET
    text: Unread = UNSET
    extension: Unread = UNSET
    identifier: Unread = UNSET
    based_on: Unread = UNSET
    encounter: Unread = UNSET
    interpretation: Unread = UNSET
    note: Unread = UNSET
    body_site: Unread = UNSET
    method: Unread = UNSET
    specimen: Unread = UNSET
    reference_range: Unread = UNSET

    @property
    def odd(self) -> bool:
        """Whether who said it, or since when it is known, must be looked at too."""
        return not (self.issued is self.performer is self.data_absent_reason is UNSET)


_VALUES = ("Quantity", "CodeableConcept", "Integer", "Boolean", "String")
_stated = attrgetter(
    "value_quantity",
    "value_codeable_concept",
    "value_integer",
    "value_boolean",
    "value_string",
    "issued",
    "performer",
    "data_absent_reason",
)


_PLACES = tuple(range(len(_VALUES)))
_ALL_BUT_ONE = 7


def value_of(sketch: Observation) -> tuple[str, bytes] | None:
    """The one value, as its suffix and its JSON; `None` where something else must be looked at too."""
    stated = _stated(sketch)
    if stated.count(UNSET) == _ALL_BUT_ONE:
        for place in _PLACES:
            if stated[place] is not UNSET:
                return _VALUES[place], bytes(stated[place])
    return None


class Condition(_Resource, tag=True, forbid_unknown_fields=True):
    """A plain diagnosis: since when, and whether it is confirmed and active."""

    clinical_status: Status | UnsetType = UNSET
    verification_status: Status | UnsetType = UNSET
    category: Unread = UNSET
    severity: Unread = UNSET
    concept: Unread = field(default=UNSET, name="code")
    when: Text = field(default=UNSET, name="onsetDateTime")
    abatement_date_time: Unread = UNSET
    recorded_date: Unread = UNSET
    recorder: Unread = UNSET
    asserter: Unread = UNSET
    meta: Unread = UNSET
    text: Unread = UNSET
    extension: Unread = UNSET
    identifier: Unread = UNSET
    encounter: Unread = UNSET
    note: Unread = UNSET
    body_site: Unread = UNSET

    @property
    def odd(self) -> bool:
        """Whether who said it, or since when it is known, must be looked at too."""
        return not (self.recorded_date is self.recorder is self.asserter is UNSET)


class MedicationAdministration(_Resource, tag=True, forbid_unknown_fields=True):
    """A plain dose at one instant."""

    status: _DoseStatus | UnsetType = UNSET
    category: Unread = UNSET
    concept: Unread = field(default=UNSET, name="medicationCodeableConcept")
    when: Text = field(default=UNSET, name="effectiveDateTime")
    dosage: Unread = UNSET
    performer: Unread = UNSET
    meta: Unread = UNSET
    text: Unread = UNSET
    extension: Unread = UNSET
    identifier: Unread = UNSET
    context: Unread = UNSET
    request: Unread = UNSET
    reason_code: Unread = UNSET
    note: Unread = UNSET

    @property
    def odd(self) -> bool:
        """Whether who said it must be looked at too."""
        return self.performer is not UNSET


class _Other(_Resource):
    """A resource that the short way never reads: only whom it is about matters."""

    concept: ClassVar[bytes] = b""


class _Procedure(_Other, tag="Procedure"): ...


class _MedicationRequest(_Other, tag="MedicationRequest"): ...


class _MedicationStatement(_Other, tag="MedicationStatement"): ...


class _DiagnosticReport(_Other, tag="DiagnosticReport"): ...


class _ServiceRequest(_Other, tag="ServiceRequest"): ...


class Patient(Struct, gc=False, rename="camel", tag_field="resourceType", tag=True):
    """Of the Patient, what age and sex are read from."""

    id: str
    gender: Text = UNSET
    birth_date: Text = UNSET
    link: Unread = UNSET


Sketch = Observation | Condition | MedicationAdministration


class _Entry(Struct, gc=False, rename="camel"):
    resource: (
        Observation
        | Condition
        | MedicationAdministration
        | _Procedure
        | _MedicationRequest
        | _MedicationStatement
        | _DiagnosticReport
        | _ServiceRequest
        | Patient
    )


class _Bundle(Struct, gc=False, rename="camel"):
    resource_type: Literal["Bundle"]
    type: Literal["collection", "transaction", "batch", "document", "message", "searchset"]
    entry: list[_Entry]
    link: Unread = UNSET


class _Address(Struct, gc=False, rename="camel"):
    full_url: Text = UNSET


class _Addresses(Struct, gc=False):
    entry: list[_Address]


class _Coding(Struct, gc=False):
    system: str
    code: str
    display: Text = UNSET


class _Concept(Struct, gc=False):
    coding: list[_Coding] = []
    text: Text = UNSET


_BUNDLE = msgspec.json.Decoder(_Bundle)
_ADDRESSES = msgspec.json.Decoder(_Addresses)
_RESOURCE = msgspec.json.Decoder(Sketch)
_CONCEPT = msgspec.json.Decoder(_Concept)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_FAILURES = (msgspec.MsgspecError, AttributeError, IndexError, RecursionError, TypeError, ValueError)

# The decoder passes over a number in what it skips, however long: one beyond 4,300 digits, which makes a file no
# record, shows as eight digits among every 512th byte.
_STRIDE = 512
_LONG_NUMBER = re.compile(rb"[0-9]{8}")


class Sketches(NamedTuple):
    """A plain record's sketches: the Patient's, and those of the three types by (system, code)."""

    patient: Patient
    coded: Mapping[Key, list[Sketch] | None]


def sketch_record(data: bytes) -> Sketches | None:
    """The sketches of one Bundle about one Patient; `None` for anything else, however slightly different."""
    if not _readable(data):
        return None
    try:
        bundle = _BUNDLE.decode(data)
        resources: list[Any] = [entry.resource for entry in bundle.entry]
        patient = resources.pop(0)
        if type(patient) is not Patient or not patient.id or not (patient.link is bundle.link is UNSET):
            return None
        named = {resource.subject.reference for resource in resources}
        own = f"Patient/{patient.id}"
        if named != {own} and not named <= {own, _address_of_first(data) or own}:
            return None
        if len({resource.id for resource in resources}) != len(resources):
            return None
        return Sketches(patient, _by_code(resources))
    except _FAILURES:
        return None


def _address_of_first(data: bytes) -> Text:
    return _ADDRESSES.decode(data).entry[0].full_url


def _by_code(sketches: list[Any]) -> Mapping[Key, list[Sketch] | None]:
    coded = _Coded()
    alike = coded.setdefault
    for sketch in sketches:
        for key in _KEYS[bytes(sketch.concept)]:
            alike(key, []).append(sketch)
    return coded


class _Keys(dict[bytes, tuple[Key, ...]]):
    """The codes of a concept, each once, by its JSON; concepts recur, so some thousands are kept."""

    def __missing__(self, content: bytes) -> tuple[Key, ...]:
        codings = _CONCEPT.decode(content).coding if content else []
        if len(self) >= _KEPT:
            self.clear()
        keys = self[content] = tuple({(coding.system, coding.code) for coding in codings})
        return keys


_KEPT = 4096
_KEYS = _Keys()


def words_of(sketch: Sketch) -> str:
    """The words of what a resource is about, joined as `finding` joins them."""
    return _words(bytes(sketch.concept or b"{}"))


@lru_cache(maxsize=4096)
def _words(content: bytes) -> str:
    concept = _CONCEPT.decode(content)
    return " ; ".join([concept.text or "", *(coding.display or "" for coding in concept.coding)])


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


class _Coded(dict[Key, list[Any]]):
    """Sketches by (system, code); of any other code there is none."""

    def __missing__(self, key: Key) -> list[Any]:
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
