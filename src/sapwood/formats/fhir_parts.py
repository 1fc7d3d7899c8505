"""Of the bundle: the small pieces every resource is made of, with ids that are the same each time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any

from sapwood.values import Moment

Resource = dict[str, Any]

BASE = "https://sapwood.example/fhir"  # a reserved name: it leads nowhere, and gives each entry an address
ORIGIN = "urn:sapwood:origin"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
ABSENT_CODES = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}\Z")


def id_of(*parts: str) -> str:
    """An id made of words: `alert-hold-albumin`."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", "-".join(parts)).strip("-")[:64]


def is_id(text: Any) -> bool:
    """Whether R4 takes a text as an id."""
    return isinstance(text, str) and _ID.match(text) is not None


def reference(resource: Resource) -> Resource:
    """A reference to another entry of the bundle."""
    return {"reference": f"{resource['resourceType']}/{resource['id']}"}


def concept(system: str, code: str, text: str = "") -> Resource:
    """A code of its own system, with words where they may be read."""
    coded: Resource = {"coding": [{"system": system, "code": code}]}
    return {**coded, "text": text} if text else coded


def narrative(lines: Iterable[str]) -> Resource:
    """What a person reads of a resource: plain paragraphs, escaped."""
    body = "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines if line)
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div>'}


def origin(code: str, source: str = "") -> Resource:
    """Where a resource comes from: `proposed` by a plan, `carried` from a record, `answered` by a person."""
    meta: Resource = {"tag": [{"system": ORIGIN, "code": code}]}
    if source:
        meta["source"] = "urn:sapwood:source:" + re.sub(r"[^A-Za-z0-9/.\-]+", "-", source)
    return meta


def absent(code: str = "unknown") -> Resource:
    """The reason why something is not there, as an Observation has it."""
    return {"coding": [{"system": ABSENT_CODES, "code": code}]}


def absent_extension(code: str = "unknown") -> Resource:
    """The reason why a needed element is not there."""
    return {"extension": [{"url": ABSENT, "valueCode": code}]}


def day_of(moment: Moment) -> str:
    """A moment as a FHIR dateTime: an instant, a day, a month or a year; empty for another range of days."""
    if moment.exact:
        return moment.first.isoformat().replace("+00:00", "Z")
    text = str(moment)
    return "" if "/" in text else text


def bundled(entries: Iterable[Resource], as_of: Moment) -> Resource:
    """A collection of resources, each with its address, as of the moment of the plan."""
    last = as_of.first if as_of.exact else as_of.last
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": last.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "entry": [
            {"fullUrl": f"{BASE}/{resource['resourceType']}/{resource['id']}", "resource": resource}
            for resource in entries
        ],
    }
