"""Bytes -> Sketches: of a plain record, only what plain facts are read from; the rest stays bytes until asked for.

A registry asks the same few questions of millions of ordinary records, and reading every word of them costs more
than the answers do. A sketch never has a say of its own: a record that is not plain has none, and the long way
decides. Reasons, sources and problems always come from the whole record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from sapwood.decode import LIMIT_BYTES

Resource = dict[str, Any]
Key = tuple[str, str]
Text = str | UnsetType
Unread = Raw | UnsetType
"""An element left as bytes: that it is there, or what it says, is asked of few resources."""
Never = Annotated[int, Meta(gt=0, lt=0)] | UnsetType
"""An element that no plain record has: nothing that JSON can hold fits its type."""


class Coding(Struct, gc=False):
    """A code of a system, and its words."""

    system: str
    code: str
    display: Text = UNSET


class Concept(Struct, gc=False):
    """What a resource is about."""

    coding: list[Coding] = []
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


class Sketch(Struct, gc=False, rename="camel"):
    """Of a resource of any type, what the short way reads; in about the order in which FHIR writes it."""

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
    status: Text = UNSET
    clinical_status: Status | UnsetType = UNSET
    verification_status: Status | UnsetType = UNSET
    code: Concept | UnsetType = UNSET
    medication_codeable_concept: Concept | UnsetType = UNSET
    subject: Reference | UnsetType = UNSET
    effective_date_time: Text = UNSET
    onset_date_time: Text = UNSET
    value_quantity: Unread = UNSET
    value_codeable_concept: Unread = UNSET
    value_integer: Unread = UNSET
    value_boolean: Unread = UNSET
    value_string: Unread = UNSET
    gender: Text = UNSET
    birth_date: Text = UNSET
    # A fact whose resource has one of these goes the long way.
    issued: Unread = UNSET
    performer: Unread = UNSET
    information_source: Unread = UNSET
    asserter: Unread = UNSET
    recorder: Unread = UNSET
    source: Unread = UNSET
    data_absent_reason: Unread = UNSET
    recorded_date: Unread = UNSET
    recorded: Unread = UNSET
    authored_on: Unread = UNSET
    date_asserted: Unread = UNSET
    effective_instant: Unread = UNSET
    effective_period: Unread = UNSET
    performed_date_time: Unread = UNSET
    performed_period: Unread = UNSET
    value_range: Unread = UNSET
    value_ratio: Unread = UNSET
    value_sampled_data: Unread = UNSET
    value_time: Unread = UNSET
    value_date_time: Unread = UNSET
    value_period: Unread = UNSET
    value_attachment: Unread = UNSET
    value_reference: Unread = UNSET
    value_coding: Unread = UNSET
    value_decimal: Unread = UNSET
    value_date: Unread = UNSET
    value_instant: Unread = UNSET
    value_code: Unread = UNSET
    value_positive_int: Unread = UNSET
    value_unsigned_int: Unread = UNSET
    # Other people, parts of a result, or another version of FHIR: `gather` must look at such a record.
    link: Never = UNSET
    focus: Never = UNSET
    component: Never = UNSET
    medication: Never = UNSET
    occurence_date_time: Never = UNSET
    occurence_period: Never = UNSET
    occurrence_date_time: Never = UNSET
    occurrence_period: Never = UNSET
    occurrence_string: Never = UNSET
    occurrence_age: Never = UNSET
    occurrence_range: Never = UNSET
    was_not_taken: Never = UNSET
    taken: Never = UNSET
    was_not_given: Never = UNSET
    not_given: Never = UNSET
    not_done: Never = UNSET
    not_performed: Never = UNSET


class _Entry(Struct, gc=False, rename="camel"):
    resource: Sketch
    full_url: Text = UNSET


class _Bundle(Struct, gc=False, rename="camel"):
    resource_type: Literal["Bundle"]
    type: Literal["collection", "transaction", "batch", "document", "message", "searchset"]
    entry: list[_Entry]
    link: Never = UNSET


_BUNDLE = msgspec.json.Decoder(_Bundle)
_RESOURCE = msgspec.json.Decoder(Sketch)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_FAILURES = (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError, TypeError)

# The decoder passes over a number in what it skips, however long: one beyond 4,300 digits, which makes a file no
# record, shows as eight digits among every 512th byte.
_STRIDE = 512
_LONG_NUMBER = re.compile(rb"[0-9]{8}")


class Sketches(NamedTuple):
    """A plain record's sketches: the Patient, the others by (system, code), and how many there are."""

    patient: Sketch
    coded: Mapping[Key, list[Sketch] | None]
    count: int


def sketch_record(data: bytes) -> Sketches | None:
    """The sketches of one Bundle about one Patient; `None` for anything else, however slightly different.

    What it accepts, `gather_plain` accepts too. Everything is in one loop because a registry reads millions.
    """
    if not _readable(data):
        return None
    try:
        bundle = _BUNDLE.decode(data)
    except _FAILURES:
        return None
    entries = bundle.entry
    if not entries:
        return None
    first = entries[0]
    patient = first.resource
    if patient.resource_type != "Patient" or not patient.id:
        return None
    mine, url = f"Patient/{patient.id}", first.full_url or None
    ids: set[Any] = set()
    coded: dict[Key, list[Sketch] | None] = {}
    try:
        for entry in entries[1:]:
            sketch = entry.resource
            reference = sketch.subject.reference  # type: ignore[union-attr]
            if reference != mine and reference != url:
                return None
            ids.add(sketch.id)
            concept = sketch.code or sketch.medication_codeable_concept
            codings = concept.coding  # type: ignore[union-attr]
            if not codings and concept.text is UNSET:  # type: ignore[union-attr]
                return None
            for coding in codings:
                key = coding.system, coding.code
                same = coded.get(key)
                if same is None:
                    coded[key] = [sketch]
                elif same[-1] is not sketch:
                    same.append(sketch)
    except AttributeError:  # an element is absent that a plain resource has
        return None
    if UNSET in ids or len(ids) != len(entries) - 1:
        return None
    return Sketches(patient, coded, len(entries))


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
