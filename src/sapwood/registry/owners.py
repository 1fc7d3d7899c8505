"""Whose a resource is: the id of its Patient, a name to be looked up, or nobody's."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from sapwood.decode import decode
from sapwood.gather import subjects_of
from sapwood.shapes import NOT_CLINICAL, SHARED, Resource
from sapwood.unwrap import tail_of

_OWN = re.compile(r"Patient/([A-Za-z0-9.\-]{1,64})\Z")
_URN = re.compile(r"urn:(?:uuid|oid):(.+)\Z", re.DOTALL)

REFERRED = frozenset({"Medication", "Specimen"})
"""Types that may name nobody and are still part of a person's record, because something of theirs refers to them."""


class Owner(NamedTuple):
    """Whose a resource is.

    `key` is a Patient's id. Where there is only a `name` (an identifier, an address), a Patient with that name is
    still to be found. With neither, the resource is `shared` by those who refer to it, or nobody's.
    """

    kind: str
    key: str = ""
    name: str = ""
    shared: str = ""
    refers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class _Reference(Struct, gc=False):
    reference: str | UnsetType = UNSET


class _Line(Struct, gc=False, rename={"kind": "resourceType", "medication": "medicationReference"}):
    kind: str
    id: str | UnsetType = UNSET
    subject: _Reference | UnsetType = UNSET
    medication: _Reference | UnsetType = UNSET
    specimen: Raw | UnsetType = UNSET


_LINE = msgspec.json.Decoder(_Line)
_REFERENCES = msgspec.json.Decoder(_Reference | list[_Reference])


def owner_of(data: bytes, where: str) -> Owner | Any:
    """Whose the resource in these bytes is; the JSON value itself where it is no resource alone (a Bundle, a list).

    Raises RecordError, with the place, where they are no JSON.
    """
    try:
        line = _LINE.decode(data)
        if line.kind not in _ASIDE and line.subject is not UNSET:
            mine = _OWN.match(line.subject.reference) if line.subject.reference is not UNSET else None
            if mine is not None:
                return Owner(line.kind, mine[1], refers=_refers(line))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass  # odd, no resource, or no JSON: read with care below
    value = decode(data, where).values[0]
    if type(value) is not dict or type(value.get("resourceType")) is not str:
        return value
    return value if value["resourceType"] in ("Bundle", "Parameters") else owner_of_resource(value)


_ASIDE = NOT_CLINICAL | {"Bundle", "Parameters"}


def _refers(line: _Line) -> tuple[str, ...]:
    if line.medication is UNSET and line.specimen is UNSET:
        return ()
    found = [line.medication] if line.medication is not UNSET else []
    if line.specimen is not UNSET:
        given = _REFERENCES.decode(line.specimen)
        found += given if type(given) is list else [given]
    return _targets([one.reference for one in found if one.reference is not UNSET])


def owner_of_resource(resource: Resource) -> Owner:
    """The same of a resource that was read."""
    kind, own = resource["resourceType"], resource.get("id")
    if kind == "Patient":
        key = own if type(own) is str and own else ""
        return Owner(kind, key, names=_names(resource))
    tail = f"{kind}/{own}" if type(own) is str and own else ""
    refers = _targets(
        [
            one.get("reference")
            for element in ("medicationReference", "specimen")
            for one in _listed(resource.get(element))
            if type(one) is dict
        ]
    )
    if kind in SHARED:
        return Owner(kind, shared=tail if kind in REFERRED else "")
    for subject in subjects_of(resource):
        if subject.startswith("#"):
            continue
        target = tail_of(subject)
        if target is not None:
            patient = _OWN.match(target)
            return Owner(kind, patient[1] if patient else "", refers=refers)
        return Owner(kind, name=subject, refers=refers)
    return Owner(kind, shared=tail if kind in REFERRED else "")


def key_of_urn(name: str) -> str:
    """The id within `urn:uuid:...`, for a person whose Patient is nowhere; empty for any other name."""
    match = _URN.match(name)
    return match[1] if match else ""


def _names(patient: Resource) -> tuple[str, ...]:
    """Identifiers by which other resources may mean a Patient, as `system|value`."""
    found = []
    for one in _listed(patient.get("identifier")):
        if type(one) is dict and type(one.get("value")) is str and one["value"]:
            system = one.get("system")
            found.append(f"{system if type(system) is str else ''}|{one['value']}")
    return tuple(dict.fromkeys(found))


def _targets(references: list[Any]) -> tuple[str, ...]:
    """Medications and Specimens referred to, by type and id."""
    tails = (tail_of(one) for one in references if type(one) is str and one[:1] != "#")
    return tuple(dict.fromkeys(tail for tail in tails if tail and tail.partition("/")[0] in REFERRED))


def _listed(content: Any) -> list[Any]:
    return content if type(content) is list else [] if content is None else [content]
